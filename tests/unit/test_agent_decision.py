"""What a monitor of the agent decides from what it sees."""

import pytest

from agents.virtual_ip.decision import Facts, Verdict, decide

OWN, OTHER = "eni-own", "eni-other"
HERE = {"rtb-1": OWN, "rtb-2": OWN}


def facts(**changes: object) -> Facts:
    given: dict[str, object] = {"has_address": True, "own": OWN, "targets": HERE}
    return Facts(**{**given, **changes})  # pyright: ignore[reportArgumentType]


def led(first: str, second: str, *, able: bool = True, peer: bool | None = False) -> Facts:
    others = frozenset({OTHER}) if able else frozenset[str]()
    return facts(targets={"rtb-1": first, "rtb-2": second}, able=others, peer=peer)


@pytest.mark.parametrize(
    ("seen", "verdict"),
    [
        (facts(has_address=False), Verdict.STOPPED),
        (facts(), Verdict.RUNNING),
        (facts(targets=None), Verdict.UNREAD),
        (led(OTHER, OTHER), Verdict.YIELD),
        (led(OTHER, OTHER, peer=True), Verdict.REASSERT),
        (led(OTHER, OTHER, peer=None), Verdict.UNDECIDED),
        (led(OTHER, OTHER, able=False), Verdict.REASSERT),
        (led(f"{OTHER} (blackhole)", "igw-1", able=False), Verdict.REASSERT),
        (led(OTHER, OWN), Verdict.YIELD),
        (led(OWN, OTHER), Verdict.REASSERT),
        (facts(targets={}), Verdict.RUNNING),
    ],
)
def test_a_verdict_follows_from_the_facts(seen: Facts, verdict: Verdict) -> None:
    assert decide(seen) is verdict
