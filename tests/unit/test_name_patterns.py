"""Patterns that users configure: what covers everything or may take forever is refused."""

import re

import pytest

from guardrails.configuration import Configuration
from guardrails.name_patterns import LONGEST_NAME, read_name
from guardrails.patterns import refuse_every_urn

EVERY_NAME = [".", ".*", "", r"\w", "[a-z]", "[^0-9]", "^", "private|", r"\D+", "a|c|m|q"]
SLOW = [
    "(a+)+b",
    "(a*)*b",
    "(?:a|a)*b",
    "(x?){30}b",
    "(ab|cd){2,}b",
    "((a{2,3}b))+c",
    "a*a*a*b",
    "x{0,100}x{0,100}x{0,100}y",
    "b?b?b?b?b?b?b?b?b?c",
    "(a|b)(a|b)(a|b)(a|b)(a|b)(a|b)(a|b)(a|b)(a|b)c",
    "([a-c]+?)+?z",
    r"(?P<word>b\w*)*z",
]
FAIR = [
    *Configuration().private_names,
    *Configuration().public_names,
    "^in-.*-db$",
    "(?:web|db)-[0-9]+$",
    "(private){2}",
    r"\(+[(+*]+",
    "(?<!non)private",
    "db-[]|)*]x",
    "(internal-)?db.{3}",
]


@pytest.mark.parametrize("text", EVERY_NAME)
def test_an_expression_that_matches_every_name_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="it matches every name"):
        read_name(text)


@pytest.mark.parametrize("text", SLOW)
def test_an_expression_that_may_take_forever_is_refused(text: str) -> None:
    re.compile(text)
    with pytest.raises(ValueError, match=r"may take forever|too many repetitions and choices"):
        read_name(text)


@pytest.mark.parametrize("text", FAIR)
def test_an_ordinary_expression_is_taken_as_it_is(text: str) -> None:
    assert read_name(text).pattern == text


@pytest.mark.parametrize(
    "text", ["*", "**", "?*", "urn:*", "*::*", "urn:pulumi:*", "*Subnet::*", "*[a-z]*"]
)
def test_a_pattern_over_urns_that_covers_everything_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="it covers everything; name what is meant"):
        refuse_every_urn(text)


@pytest.mark.parametrize("text", ["*::private-?", "urn:pulumi:live::*", "subnet-1", "*$*::db-*"])
def test_a_pattern_over_some_urns_is_fine(text: str) -> None:
    refuse_every_urn(text)


def test_names_are_searched_as_far_as_a_tag_is_long() -> None:
    assert LONGEST_NAME == 256
