"""What clients see of a fault: how long they wait, from the samples of their requests."""

from typing import Any

import pytest

from lab.aws.endpoint import Call
from lab.drill.outage import Outage, Probes, Sample, longest_outage
from lab.drill.stage import Measured
from tests.support.lab_vpc import plan


def samples(text: str, first: float = 100.0) -> list[Sample]:
    """One request a second; the answer is the node's letter, `.` for none."""
    return [
        Sample(first + place, "" if letter == "." else f"node-{letter}")
        for place, letter in enumerate(text)
    ]


@pytest.mark.parametrize(
    ("answers", "outage"),
    [
        ("aaaa", Outage(0.0, 100.0)),
        ("", Outage(0.0, 100.0)),
        ("aa..bb", Outage(2.0, 102.0)),
        ("a.a..b.b", Outage(2.0, 103.0)),
        ("a..b..b", Outage(2.0, 101.0)),
        ("...bb", Outage(3.0, 100.0)),
        ("aa...", Outage(2.0, 102.0)),
        ("aaaa.", Outage(0.0, 100.0)),
    ],
)
def test_an_outage_lasts_from_the_first_request_that_failed_to_the_next_that_did_not(
    answers: str, outage: Outage
) -> None:
    assert longest_outage(samples(answers), 100.0) == outage


def test_what_was_before_the_fault_does_not_count() -> None:
    assert longest_outage(samples("....aa.a"), 103.5) == Outage(1.0, 106.0)


def test_requests_count_by_when_they_began_and_not_by_when_they_ended() -> None:
    assert longest_outage(reversed(samples("aa..bb")), 100.0) == Outage(2.0, 102.0)


class TestProbes:
    """Whether clients are served again."""

    @staticmethod
    def probes(**answers: str) -> Probes:
        found = {subnet: samples(text) for subnet, text in answers.items()}
        return Probes(plan().hosts, "20.0.0.100", found)

    def test_clients_are_settled_when_their_last_requests_were_answered(self) -> None:
        probes = self.probes(one="..aaa", other="bbbbb")
        assert probes.settled(["one", "other"], 100.0, 3)
        assert not probes.settled(["one", "other"], 100.0, 4)

    def test_too_few_requests_settle_nothing(self) -> None:
        assert not self.probes(one="aaaaa").settled(["one"], 103.0, 3)
        assert self.probes(one="aaaaa").settled(["one"], 102.0, 3)

    def test_other_clients_do_not_count(self) -> None:
        assert self.probes(one="aaa", other="...").settled(["one"], 100.0, 3)

    def test_waiting_ends_when_the_time_is_up(self) -> None:
        probes = self.probes(one="aaa", other="...")
        assert probes.await_settled(["one"], 100.0, count=3, patience=0.0)
        assert not probes.await_settled(["other"], 100.0, count=3, patience=0.0)


def measured(calls: list[Call], **outages: float) -> Measured:
    found = {subnet: Outage(seconds, 100.0) for subnet, seconds in outages.items()}
    return Measured(100.0, found, None, None, calls, {})


def call(node: str, operation: str = "ReplaceRoute") -> Call:
    return Call(101.0, 102.0, node, operation, "rtb-a", "")


def test_the_worst_outage_is_that_of_the_client_who_waits_longest() -> None:
    assert measured([], one=0.5, other=1.5).worst == 1.5
    assert measured([]).worst == 0.0


@pytest.mark.parametrize(
    ("nodes", "owners"),
    [("", ""), ("aaa", "a"), ("aab", "ab"), ("aabbab", "abab")],
)
def test_owners_are_the_nodes_that_replaced_routes_one_after_the_other(
    nodes: str, owners: str
) -> None:
    calls: list[Any] = [call(node) for node in nodes]
    assert measured(calls).owners == list(owners)


def test_a_node_that_only_looks_owns_nothing() -> None:
    assert measured([call("a"), call("b", "DescribeRouteTables"), call("a")]).owners == ["a"]
