"""Patterns over URNs: which of many match, and that the index finds what trying each would."""

import sys
from types import FrameType

import pytest

from guardrails.patterns import Patterns, read_pattern

SUBJECTS = ("private-a", "private[0]", "private0", "subnet-0123", "a::b", "")
PATTERNS = (
    *("*", "?*", "*::private-a", "*private-a", "private-a", "urn:x::private-?", "*::private[0]"),
    *("subnet-0123", "*:subnet-0123", "*::a::b", "*::b", "b", "", "*::", "private-[ab]", "]"),
)


@pytest.mark.parametrize("subject", [*SUBJECTS, *(f"urn:x::{each}" for each in SUBJECTS)])
def test_the_index_finds_what_trying_every_pattern_finds(subject: str) -> None:
    tried = [each for each in PATTERNS if read_pattern(each).fullmatch(subject)]
    assert Patterns(zip(PATTERNS, PATTERNS, strict=True)).of(subject) == tried


def test_brackets_of_a_name_stand_for_themselves_too() -> None:
    patterns = Patterns([("*::private[0]", 1)])
    assert patterns.of("urn::private[0]") == [1]
    assert patterns.of("urn::private0") == [1]
    assert patterns.of("urn::private[1]") == []


@pytest.mark.parametrize("count", [10, 1000])
def test_of_patterns_that_end_with_a_name_only_one_is_tried(count: int) -> None:
    patterns = Patterns((f"*::private-{at}", at) for at in range(count))
    tried = 0

    def tick(_frame: FrameType, event: str, called: object) -> None:
        nonlocal tried
        tried += event == "c_call" and getattr(called, "__name__", "") == "fullmatch"

    sys.setprofile(tick)
    try:
        found = patterns.of("urn:x::private-7")
    finally:
        sys.setprofile(None)
    assert (found, tried) == ([7], 1)
