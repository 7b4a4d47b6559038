"""What a person reads of a scenario that was played."""

from lab.drill.outage import Outage
from lab.drill.play import Played, lines_of
from lab.drill.stage import Measured


def played(
    expectations: list[tuple[str, bool]] | None = None,
    *,
    detected: float | None = 1.5,
    goals: list[tuple[str, bool]] | None = None,
    fault: str = "",
) -> Played:
    outages = {"public_a": Outage(1.25, 100.0), "private_b": Outage(0.0, 100.0)}
    found = Measured(100.0, outages, detected, None if detected is None else 0.25, [], {})
    return Played("D2", "Crash the node.", [found], expectations or [], goals or [], fault)


def test_a_scenario_says_how_long_the_clients_of_each_subnet_waited_and_why() -> None:
    assert lines_of(played([("one", True), ("other", False)], goals=[("in time", True)])) == [
        "D2. Crash the node.",
        "   without an answer: public_a 1.25 s, private_b 0.00 s",
        "   first route replaced after 1.50 s, the last 0.25 s later; 0 calls of the EC2 API",
        "   holds: one",
        "   FAILS: other",
        "   within the goal: in time",
    ]


def test_a_scenario_without_a_takeover_has_no_time_of_one() -> None:
    assert lines_of(played(detected=None)) == [
        "D2. Crash the node.",
        "   without an answer: public_a 1.25 s, private_b 0.00 s",
    ]


def test_a_scenario_that_broke_off_says_why_at_the_end() -> None:
    assert lines_of(played(fault="no node is on"))[-1] == "   FAILS: no node is on"


def test_a_scenario_holds_when_all_that_must_be_true_is_and_a_goal_that_is_missed_fails_none() -> (
    None
):
    assert played([("one", True)], goals=[("in time", False)]).held
    assert not played([("one", True), ("other", False)]).held
    assert not played([("one", True)], fault="no node is on").held
