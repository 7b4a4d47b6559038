"""Over generated stacks and orders: a gate refuses nothing that the stack policy would keep."""

from unittest.mock import patch

from hypothesis import given, settings
from hypothesis import strategies as st

from guardrails.findings import Verdict
from guardrails.pack import policies
from guardrails.pack.gates.registered import Registrations
from guardrails.testing import Analyzer, Given
from tests.support.policy_generated import stacks


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
    every = policies()
    analyzer = Analyzer(every)
    for each in shown:
        analyzer.register(each)
    analyzer.judge(shown)
    judgement = every[0].session.verdicts.judgement
    return {each.rule for each in judgement.findings if each.verdict is Verdict.VIOLATED}


@settings(max_examples=200, deadline=None)
@given(updates())
def test_a_gate_refuses_only_what_the_stack_policy_would_refuse(shown: list[Given]) -> None:
    analyzer = Analyzer(policies(), preview=False)
    rules = violated(shown)
    for each in shown:
        for refusal in analyzer.register(each):
            assert refusal.policy.removesuffix("-gate") in rules, (each.name, refusal.message)


def refused(shown: list[Given]) -> set[tuple[str, str]]:
    analyzer = Analyzer(policies(), preview=False)
    return {(each.name, refusal.policy) for each in shown for refusal in analyzer.register(each)}


@settings(max_examples=200, deadline=None)
@given(updates())
def test_a_gate_that_looks_at_the_neighbours_only_refuses_what_it_would_among_all(
    shown: list[Given],
) -> None:
    everything = patch.object(
        Registrations, "around", lambda self, _resource: list(self._resources.values())
    )
    with everything:
        expected = refused(shown)
    assert refused(shown) == expected
