"""Over generated stacks: unknown values decide nothing, and every way to show a stack agrees."""

import random
from collections.abc import Mapping
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from guardrails.findings import Verdict
from guardrails.testing import Given, with_unknowns
from tests.support.policy_generated import stacks
from tests.support.policy_stacks import SHOWN_BY, Stack
from tests.support.policy_verdicts import judgement
from tests.support.topologies import ADVICE

KEPT = Verdict.KEPT
Verdicts = dict[tuple[str, str], Verdict]


def verdicts(
    shown: list[Given], *, preview: bool | None = None, exits: Mapping[str, list[str]] | None = None
) -> Verdicts:
    """Return the verdict of every rule on every subject."""
    config = {"private-subnets-have-no-internet-route": exits or {}}
    outcome, found = judgement(shown, preview=preview, config=config)
    assert outcome.of("pack-is-sound") == []
    return {
        (rule, subject): verdict
        for rule, covered in found.coverage.items()
        for subject, verdict in covered.verdicts.items()
    }


links = st.sampled_from(["all", "none"])
every_exit = st.sampled_from([{}, {"allowedExits": ["nat"]}, {"advisoryExits": ["nat"]}])


@settings(max_examples=300)
@given(stacks(), st.integers(0, 2**32), st.sampled_from([0.02, 0.1, 0.3, 0.7]), links, every_exit)
def test_turning_values_unknown_moves_a_verdict_only_to_unverified(
    stack: Stack, seed: int, chance: float, shown_links: str, exits: dict[str, list[str]]
) -> None:
    shown = [each if shown_links == "all" else replace(each, links={}) for each in stack.state()]
    known = verdicts(shown, exits=exits)
    hidden = verdicts(with_unknowns(shown, chance, random.Random(seed)), exits=exits)
    for subject, verdict in known.items():
        after = hidden.get(subject, Verdict.UNVERIFIED)
        assert after in {verdict, Verdict.UNVERIFIED}, subject
    for subject, verdict in hidden.items():
        if verdict is Verdict.VIOLATED:
            assert known.get(subject) is Verdict.VIOLATED, subject


@settings(max_examples=150)
@given(stacks(), every_exit)
def test_a_preview_and_the_state_after_it_get_one_verdict(
    stack: Stack, exits: dict[str, list[str]]
) -> None:
    before = verdicts(stack.preview(), preview=True, exits=exits)
    assert before == verdicts(stack.state(), exits=exits)


@settings(max_examples=100)
@given(stacks())
def test_an_advisory_exit_changes_no_verdict_and_an_allowed_one_never_for_the_worse(
    stack: Stack,
) -> None:
    strict = verdicts(stack.state())
    assert verdicts(stack.state(), exits={"advisoryExits": ["nat"]}) == strict
    allowing = verdicts(stack.state(), exits={"allowedExits": ["nat"]})
    assert all(strict[key] is allowing[key] for key in allowing if allowing[key] is not KEPT)


@settings(max_examples=50)
@given(stacks(), st.randoms())
def test_the_order_of_resources_changes_nothing(stack: Stack, source: random.Random) -> None:
    shown = stack.preview()
    shuffled = list(shown)
    source.shuffle(shuffled)
    assert verdicts(shuffled, preview=True) == verdicts(shown, preview=True)


@settings(max_examples=150)
@given(stacks())
def test_a_refresh_changes_no_verdict(stack: Stack) -> None:
    assert verdicts(stack.refreshed()) == verdicts(stack.state())


@settings(max_examples=200)
@given(stacks(), st.data())
def test_what_outputs_still_show_of_removed_resources_moves_a_verdict_only_to_unverified(
    stack: Stack, data: st.DataObject
) -> None:
    parts = [made for made in stack.made if made.kind in SHOWN_BY]
    gone = [made for made in parts if data.draw(st.booleans())]
    after = Stack([made for made in stack.made if made not in gone])
    fresh, stale = verdicts(after.state()), verdicts(stack.refreshed(*gone))
    for subject, verdict in stale.items():
        if subject in fresh:
            assert verdict in {fresh[subject], Verdict.UNVERIFIED}, subject
        else:
            assert verdict is not Verdict.VIOLATED, subject
    lost = {each for each in fresh.keys() - stale.keys() if each[0] != ADVICE}
    assert all(fresh[each] is not Verdict.VIOLATED for each in lost)
