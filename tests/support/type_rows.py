"""Rows of a table of resource types: what the pack says of a stack, and what it ought to say."""

from typing import Any

from guardrails.pack import policies
from guardrails.testing import Given, Outcome, analyze
from tests.support.policy_stacks import Stack


def judged(stack: Stack, rule: str, **config: Any) -> list[str]:
    """What the rule says of a preview and of a state: a word, with the facts that are missing."""
    shown: tuple[tuple[list[Given], bool | None], ...] = (
        (stack.preview(), True),
        (stack.state(), None),
    )
    given = {rule: config} if config else None
    return [
        _word(analyze(each, policies(), config=given, preview=preview), rule)
        for each, preview in shown
    ]


def _word(outcome: Outcome, rule: str) -> str:
    assert outcome.of("pack-is-sound") == []
    if outcome.of(rule):
        return "violated"
    missing = [v.message for v in outcome.of("facts-are-missing") if rule in v.message]
    return "\n".join(["unverified ", *missing]) if missing else "kept"


def check(found: list[str], expected: str) -> None:
    """Every view of the stack says the word, and names what is missing if something is."""
    word, _, fact = expected.partition(" ")
    assert [each.partition(" ")[0] for each in found] == [word] * len(found), found
    assert all(fact in each for each in found), found
