"""A preview's report as a web page: complete, escaped, without scripts."""

from typing import Any

import pytest

from guardrails.report import write_web_page
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
    step,
)
from tests.support.web_page import Page


def page(*events: Any, exit_code: int = 0, name: str = "net/dev") -> Page:
    return Page(write_web_page(judged_preview(*events, exit_code=exit_code, name=name)))


def headline(found: Page) -> tuple[str, str | None]:
    ((_, attributes),) = [each for each in found.elements if each[0] == "h1"]
    return found.texts["h1"][0], attributes["class"]


def test_a_page_has_every_section_in_order() -> None:
    found = page(
        VIOLATION,
        finding("facts-are-missing", "advisory", f"{RULE}: may"),
        finding("virtual-ip-is-complete", "advisory", "no route in table b"),
        step("create", "new"),
        step("delete", "volume", old={"retainOnDelete": True}),
        said("warning", "node-b keeps its type"),
        said("error", "no such image"),
        judged("endpoints-admit-only-https"),
        ended(create=1),
        exit_code=1,
    )
    sections = ["Failed", "Violated", "Unverified", "Changes", "Verdicts", "Notes", "Warnings"]
    assert found.texts["h2"] == sections
    assert any(PATH in text for text in found.texts["pre"])
    assert found.texts["p"][0] == "1 violated, 1 unverified, 1 to delete, 1 to create"
    assert found.texts["td"][:4] == [" (AWS keeps it)", "volume", "aws:ec2:Vpc", "create"]


@pytest.mark.parametrize(
    ("events", "exit_code", "said_first", "style"),
    [
        ((judged(RULE), ended()), 0, "no policy is violated", "kept"),
        ((VIOLATION, judged(), LAST_WORDS, ended()), 1, "a policy is violated", "violated"),
        ((judged(RULE), ended()), 7, "the stack differs from its program", "differs"),
        ((ended(),), 0, "the preview failed", "failed"),
    ],
)
def test_a_page_says_the_outcome_first(
    events: tuple[Any, ...], exit_code: int, said_first: str, style: str
) -> None:
    assert headline(page(*events, exit_code=exit_code)) == (f"net/dev: {said_first}", style)


def test_nothing_of_a_program_becomes_markup() -> None:
    hostile = '</pre><script>alert("1")</script>&amp;'
    found = page(
        finding(RULE, "mandatory", hostile, severity="<b>"),
        step("create", '"><img src=x onerror=y>', type="<i>"),
        said("warning", hostile),
        judged(RULE),
        ended(),
        name="<script>",
    )
    assert found.tags.isdisjoint({"script", "img", "b", "i"})
    assert any(hostile in text for text in found.texts["pre"])
    assert '"><img src=x onerror=y>' in found.texts["td"]


def test_a_page_loads_nothing_and_runs_nothing() -> None:
    found = page(VIOLATION, step("create", "a"), judged(RULE), ended())
    names = {name for _, attributes in found.elements for name in attributes}
    assert names <= {"lang", "charset", "name", "content", "http-equiv", "class", "title"}
    policy = next(each for _, each in found.elements if "http-equiv" in each)
    assert policy["content"] == "default-src 'none'; style-src 'unsafe-inline'"
    assert "url(" not in found.texts["style"][0]


def test_characters_that_cannot_be_seen_are_shown() -> None:
    found = page(finding(RULE, "mandatory", "a\u202eb\x00c\td"), judged(RULE), ended())
    (text,) = found.texts["pre"]
    assert text.endswith("a\N{REPLACEMENT CHARACTER}b\N{REPLACEMENT CHARACTER}c\td")


def test_a_page_about_nothing_has_no_empty_sections() -> None:
    found = page(judged(), ended())
    assert "h2" not in found.texts
