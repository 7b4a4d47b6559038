"""A preview's findings in SARIF; tests/properties/test_report_formats.py holds its shape."""

import json
from typing import Any

import pytest

from guardrails.report import write_sarif
from tests.support.event_logs import (
    LAST_WORDS,
    PATH,
    RULE,
    VIOLATION,
    ended,
    finding,
    judged,
    judged_preview,
    said,
)

MISSING = finding("facts-are-missing", "advisory", f"{RULE}: private-b may have a way out")
NOTE = finding("virtual-ip-is-complete", "advisory", "no route in table b", "medium")


def sarif(*events: Any, exit_code: int = 0, location: str = "Pulumi.yaml") -> dict[str, Any]:
    preview = judged_preview(*events, exit_code=exit_code, location=location)
    written = json.loads(write_sarif(preview))
    (run,) = written["runs"]
    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    assert all(rules[result["ruleIndex"]] == result["ruleId"] for result in run["results"])
    return run


def test_a_violation_is_an_error_with_its_path_at_the_project_file() -> None:
    (result,) = sarif(VIOLATION, judged(), LAST_WORDS, ended(), exit_code=1)["results"]
    assert (result["ruleId"], result["level"]) == (RULE, "error")
    assert result["message"]["text"] == f"private-a: private-a reaches the internet\n  {PATH}"
    (location,) = result["locations"]
    assert location["physicalLocation"]["artifactLocation"]["uri"] == "Pulumi.yaml"
    assert location["logicalLocations"] == [
        {
            "name": "private-a",
            "fullyQualifiedName": "urn:pulumi:dev::ha-cluster::aws:ec2/subnet:Subnet::private-a",
            "kind": "resource",
        }
    ]


def test_what_is_unverified_is_a_warning_and_a_remark_is_a_note() -> None:
    results = sarif(MISSING, NOTE, judged(RULE), ended())["results"]
    assert [(each["ruleId"], each["level"]) for each in results] == [
        ("facts-are-missing", "warning"),
        ("virtual-ip-is-complete", "note"),
    ]


def test_what_must_be_verified_and_is_not_is_an_error() -> None:
    refused = finding("facts-are-missing-is-refused", "mandatory", f"{RULE}: may")
    (result,) = sarif(refused, judged(), ended())["results"]
    assert result["level"] == "error"


def test_every_policy_that_looked_is_a_rule_with_its_promise_and_severity() -> None:
    run = sarif(VIOLATION, judged("endpoints-admit-only-https"), ended())
    kept, violated = run["tool"]["driver"]["rules"]
    assert kept["id"] == "endpoints-admit-only-https"
    assert kept["fullDescription"]["text"] == "Endpoints admit only https"
    assert violated["fullDescription"]["text"] == "What the policy promises."
    assert violated["properties"] == {"tags": ["security"], "security-severity": "9.5"}


def test_an_alert_is_known_by_policy_and_resource_whatever_is_said_of_it() -> None:
    def fingerprints(text: str) -> list[str]:
        subnet = finding(RULE, "mandatory", text)
        again = finding(RULE, "mandatory", f"{text}, another way")
        results = sarif(MISSING, subnet, again, judged(), ended())["results"]
        return [each["partialFingerprints"]["primaryLocationLineHash"] for each in results]

    found = fingerprints("private-a reaches the internet through gateway (unknown)")
    assert fingerprints("private-a reaches the internet through igw-1") == found
    assert len(set(found)) == 3
    assert [each.partition(":")[2] for each in found] == ["1", "1", "2"]


def test_a_clean_preview_has_no_results_and_says_that_it_ran() -> None:
    run = sarif(judged(RULE), ended())
    assert run["results"] == []
    assert run["invocations"][0] == {
        "executionSuccessful": True,
        "exitCode": 0,
        "toolExecutionNotifications": [],
    }


def test_a_failed_preview_says_so_because_no_results_would_close_every_alert() -> None:
    run = sarif(said("error", "no such image"), LAST_WORDS, ended(), exit_code=1)
    invocation = run["invocations"][0]
    assert invocation["executionSuccessful"] is False
    said_in = [each["message"]["text"] for each in invocation["toolExecutionNotifications"]]
    assert "no such image" in said_in


def test_stacks_of_one_repository_have_a_category_each() -> None:
    assert sarif(judged(RULE), ended())["automationDetails"] == {"id": "net/dev/"}


def test_the_file_may_be_another_one_and_is_a_valid_reference() -> None:
    run = sarif(VIOLATION, judged(), ended(), location="my net/100%/main.go")
    location = run["results"][0]["locations"][0]["physicalLocation"]
    assert location["artifactLocation"]["uri"] == "my%20net/100%25/main.go"


def test_no_text_of_a_program_becomes_a_link() -> None:
    text = "see [the fix](https://example.com)"
    (result,) = sarif(finding(RULE, "mandatory", text), judged(), ended())["results"]
    assert "](" not in result["message"]["text"]


def test_a_finding_about_the_stack_has_no_resource() -> None:
    event = finding("facts-are-missing", "advisory", "nothing to judge")
    event["policyEvent"]["resourceUrn"] = ""
    (result,) = sarif(event, judged(), ended())["results"]
    assert result["message"]["text"] == "the stack: nothing to judge"
    assert "logicalLocations" not in result["locations"][0]


@pytest.mark.parametrize(
    ("severity", "score"), [("critical", 9.0), ("high", 7.0), ("medium", 4.0), ("low", 0.1)]
)
def test_a_severity_is_the_one_that_github_shows(severity: str, score: float) -> None:
    ceilings = {"critical": 10.0, "high": 8.9, "medium": 6.9, "low": 3.9}
    run = sarif(finding(RULE, "mandatory", "x", severity), judged(), ended())
    (rule,) = run["tool"]["driver"]["rules"]
    assert score < float(rule["properties"]["security-severity"]) <= ceilings[severity]
