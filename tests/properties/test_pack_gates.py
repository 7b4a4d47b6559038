"""Over generated stacks and orders: what gates block, beside what the stack policies keep."""

from collections.abc import Mapping
from typing import Any
from unittest.mock import patch

from hypothesis import given, settings
from hypothesis import strategies as st

from guardrails.findings import Verdict
from guardrails.pack import policies
from guardrails.pack.gates import gate
from guardrails.pack.gates.registered import Registrations
from guardrails.testing import Analyzer, Given
from tests.support.policy_foreign import updates_with_foreign_ids
from tests.support.policy_generated import stacks
from tests.support.policy_stacks import GUESSING
from tests.support.policy_verdicts import judgement

Config = Mapping[str, Mapping[str, Any]]


def in_some_order(draw: st.DrawFn, shown: list[Given]) -> list[Given]:
    """Return the resources in an order in which each comes after those that it is made from."""
    waiting, done = list(shown), []
    while waiting:
        ready = [
            each
            for each in waiting
            if not {urn for urns in each.links.values() for urn in urns}
            & {other.urn for other in waiting}
        ]
        done.append(draw(st.sampled_from(ready)))
        waiting.remove(done[-1])
    return done


@st.composite
def updates(draw: st.DrawFn) -> list[Given]:
    stack = draw(stacks())
    return in_some_order(draw, stack.update())


def violated(shown: list[Given]) -> set[str]:
    _, found = judgement(shown)
    return {each.rule for each in found.findings if each.verdict is Verdict.VIOLATED}


def blocked(shown: list[Given], config: Config | None = None) -> set[tuple[str, str]]:
    """The rule by which each blocked resource was blocked, with the resource's name."""
    analyzer = Analyzer(policies(), preview=False, config=config)
    return {
        (said.policy.removesuffix("-gate"), each.name)
        for each in shown
        for said in analyzer.register(each)
    }


def blocked_among_all(shown: list[Given], config: Config | None = None) -> set[tuple[str, str]]:
    """The same where a gate judges everything that is registered, not the neighbours alone."""
    everything = patch.object(
        Registrations, "around", lambda self, _resource, **_: list(self._resources.values())
    )
    with everything:
        return blocked(shown, config)


@settings(max_examples=300)
@given(updates_with_foreign_ids())
def test_a_gate_blocks_only_what_the_stack_policy_would_reject(shown: list[Given]) -> None:
    rules = {rule for rule, _ in blocked(shown)}
    assert not rules or rules <= violated(shown)


@settings(max_examples=200)
@given(updates())
def test_the_gate_that_guesses_does_the_same_where_every_id_is_the_stacks_own(
    shown: list[Given],
) -> None:
    rules = {rule for rule, _ in blocked(shown, GUESSING)}
    assert not rules or rules <= violated(shown)


@settings(max_examples=200)
@given(updates_with_foreign_ids())
def test_a_gate_that_looks_at_neighbours_blocks_what_it_would_among_all(shown: list[Given]) -> None:
    assert blocked(shown) == blocked_among_all(shown)


@settings(max_examples=200)
@given(updates())
def test_so_does_the_gate_that_guesses(shown: list[Given]) -> None:
    assert blocked(shown, GUESSING) == blocked_among_all(shown, GUESSING)


@settings(max_examples=200)
@given(updates_with_foreign_ids())
def test_a_gate_blocks_the_same_when_it_passes_over_no_harmless_resource(
    shown: list[Given],
) -> None:
    for config in (None, GUESSING):
        with patch.object(gate, "is_harmless", lambda *_: False):
            every = blocked(shown, config)
        assert blocked(shown, config) == every
