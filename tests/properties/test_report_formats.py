"""Whatever a preview says, its report has the shape that readers of SARIF and of pages need."""

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft7Validator

from guardrails.report import write_sarif, write_web_page
from tests.support.event_logs import (
    ended,
    finding,
    judged,
    judged_preview,
    said,
    step,
)
from tests.support.web_page import Page

NAMES = st.text(max_size=12) | st.sampled_from(
    ["](x)", "<b>", "a" * 2_000, "\u202e", "]]>", "&lt;"]
)
POLICIES = st.text(st.characters(categories=["L", "Pd"]), min_size=1, max_size=9)


def an_object(required: dict[str, Any], **optional: Any) -> dict[str, Any]:
    """An object with these members and no others, as the standard's own schema has it."""
    return {
        "type": "object",
        "properties": required | optional,
        "required": list(required),
        "additionalProperties": False,
    }


def a_list(items: Any, **limits: int) -> dict[str, Any]:
    return {"type": "array", "items": items, **limits}


TEXT = {"type": "string", "minLength": 1}
MESSAGE = an_object({"text": TEXT})
SHORT = an_object({"text": {"type": "string", "minLength": 1, "maxLength": 1_024}})
PLACE = {"type": "integer", "minimum": 1}
REGION = an_object(dict.fromkeys(["startLine", "startColumn", "endLine", "endColumn"], PLACE))
LOCATION = an_object(
    {
        "physicalLocation": an_object(
            {"artifactLocation": an_object({"uri": TEXT}), "region": REGION}
        )
    },
    logicalLocations=a_list(
        an_object({"name": {"type": "string"}, "fullyQualifiedName": TEXT, "kind": TEXT})
    ),
)
RULE = an_object(
    {
        "id": TEXT,
        "shortDescription": SHORT,
        "fullDescription": SHORT,
        "help": MESSAGE,
        "properties": an_object(
            {"tags": a_list(TEXT)}, **{"security-severity": {"pattern": r"^\d\.\d$"}}
        ),
    }
)
RESULT = an_object(
    {
        "ruleId": TEXT,
        "ruleIndex": {"type": "integer", "minimum": 0},
        "level": {"enum": ["error", "warning", "note"]},
        "message": MESSAGE,
        "locations": a_list(LOCATION, minItems=1, maxItems=1),
        "partialFingerprints": an_object({"primaryLocationLineHash": TEXT}),
    }
)
NOTIFICATION = an_object({"level": {"enum": ["error", "warning"]}, "message": MESSAGE})
INVOCATION = an_object(
    {
        "executionSuccessful": {"type": "boolean"},
        "exitCode": {"type": "integer"},
        "toolExecutionNotifications": a_list(NOTIFICATION),
    }
)
RUN = an_object(
    {
        "tool": an_object({"driver": an_object({"name": TEXT, "rules": a_list(RULE)})}),
        "automationDetails": an_object({"id": {"type": "string", "pattern": "/$"}}),
        "invocations": a_list(INVOCATION, minItems=1, maxItems=1),
        "results": a_list(RESULT),
    }
)
SARIF = Draft7Validator(
    an_object({"$schema": TEXT, "version": {"const": "2.1.0"}, "runs": a_list(RUN, minItems=1)})
)
"""The members that the report uses of SARIF 2.1.0, and what GitHub's code scanning requires."""

LOGS = st.lists(
    st.builds(
        finding,
        POLICIES | st.just("facts-are-missing"),
        st.sampled_from(["mandatory", "advisory", "remediate"]),
        NAMES,
        severity=st.sampled_from(["", "low", "medium", "high", "critical", "unheard-of"]),
    )
    | st.builds(step, st.sampled_from(["create", "delete", "replace", "same"]), NAMES)
    | st.builds(said, st.sampled_from(["error", "warning"]), NAMES)
    | st.builds(judged, POLICIES)
    | st.just(ended()),
    max_size=6,
)


@given(LOGS, st.sampled_from([0, 1, 7]), NAMES)
def test_sarif_has_what_the_standard_and_github_require(
    events: list[dict[str, Any]], exit_code: int, name: str
) -> None:
    written = json.loads(write_sarif(judged_preview(*events, exit_code=exit_code, name=name)))
    SARIF.validate(written)
    (run,) = written["runs"]
    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    assert all(rules[each["ruleIndex"]] == each["ruleId"] for each in run["results"])
    prints = [each["partialFingerprints"]["primaryLocationLineHash"] for each in run["results"]]
    assert len(set(prints)) == len(prints)


@given(LOGS, st.sampled_from([0, 1, 7]), NAMES)
def test_a_page_is_whole_and_has_the_elements_of_the_report_alone(
    events: list[dict[str, Any]], exit_code: int, name: str
) -> None:
    page = Page(write_web_page(judged_preview(*events, exit_code=exit_code, name=name)))
    assert page.tags <= {
        *("html", "head", "meta", "title", "style", "body", "main", "h1", "h2", "h3", "p"),
        *("article", "code", "pre", "small", "table", "thead", "tbody", "tr", "th", "td", "span"),
    }
