"""The router in step with AWS: which lines it is given when something changes, and only then."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from lab.errors import LabError
from lab.vpc import fabric
from lab.vpc.fabric import Fabric
from lab.vpc.firewall import Cut
from lab.vpc.snapshot import Snapshot
from tests.support.lab_vpc import SNAPSHOT, VIP, admit, changed, group, instance, plan, table, to

LED_TO_B = [
    table("rtb-main", to(VIP, NetworkInterfaceId="eni-b")),
    table("rtb-a", to(VIP, NetworkInterfaceId="eni-a"), subnets=("subnet-a",)),
]
TO_B = f"route replace {VIP} via 10.0.120.10 dev port2 onlink table 101"


@dataclass
class Router:
    """The router's commands in place of a router, and AWS in place of AWS."""

    snapshot: Snapshot = SNAPSHOT
    lines: list[str] = field(default_factory=list[str])
    rules: list[str] = field(default_factory=list[str])
    seen: list[Snapshot] = field(default_factory=list[Snapshot])
    fault: str = ""

    def batch(self, lines: Any, namespace: str) -> None:
        assert namespace == "vpc"
        if self.fault:
            raise LabError(self.fault)
        self.lines += lines

    def run(self, *words: str, stdin: str) -> str:
        assert words == ("ip", "netns", "exec", "vpc", "nft", "-f", "-")
        self.rules.append(stdin)
        return ""

    def clear(self) -> None:
        for record in (self.lines, self.rules, self.seen):
            record.clear()


@pytest.fixture
def router(monkeypatch: pytest.MonkeyPatch) -> Router:
    found = Router()
    monkeypatch.setattr(fabric.shell, "batch", found.batch)
    monkeypatch.setattr(fabric.shell, "run", found.run)
    monkeypatch.setattr(fabric, "read_snapshot", lambda *_: found.snapshot)
    monkeypatch.setattr(fabric, "read_tables", lambda *_: found.snapshot.tables)
    return found


@pytest.fixture
def built(router: Router) -> Fabric:
    aws: Any = None
    made = Fabric(aws, plan(), SNAPSHOT, router.seen.append)
    router.clear()
    return made


def test_a_new_router_gets_its_rules_the_hosts_the_routes_and_the_firewall(router: Router) -> None:
    aws: Any = None
    Fabric(aws, plan(), SNAPSHOT, router.seen.append)
    assert router.lines[0] == "rule del pref 32766"
    assert "route replace 10.0.110.10/32 dev port1 table 100" in router.lines
    assert "rule add pref 1000 iif port1 lookup 102" in router.lines
    assert f"route replace {VIP} via 10.0.110.10 dev port1 onlink table 101" in router.lines
    [rules] = router.rules
    assert rules.startswith("flush ruleset")
    assert router.seen == []


def test_a_vpc_that_is_as_before_changes_nothing(router: Router, built: Fabric) -> None:
    built.follow()
    assert (router.lines, router.rules) == ([], [])
    assert router.seen == [SNAPSHOT]


def test_a_route_that_leads_elsewhere_is_one_line(router: Router, built: Fabric) -> None:
    router.snapshot = changed(tables=LED_TO_B)
    built.follow()
    assert router.lines == [TO_B]
    assert router.rules == []
    assert built.snapshot.tables == LED_TO_B


def test_a_group_that_changes_is_another_ruleset(router: Router, built: Fabric) -> None:
    router.snapshot = changed(groups=[group("sg-nodes", [admit("-1", "0.0.0.0/0")])])
    built.follow()
    assert router.lines == []
    assert len(router.rules) == 1
    assert "ip saddr { 0.0.0.0/0 }" in router.rules[0]


def test_a_cut_is_made_and_healed(router: Router, built: Fabric) -> None:
    built.cut(Cut("node-a", "node-b"))
    built.cut()
    [cut, healed] = router.rules
    assert 'iifname "port1" oifname "port2"  drop' in cut
    assert "oifname" not in healed.partition("ct state")[0].replace('oifname "port3"', "")


def test_cables_that_are_pulled_take_routes_along_which_come_back_with_them(
    router: Router, built: Fabric
) -> None:
    """The kernel drops the routes of an interface that goes down."""
    hosts = [plan().host("node-a"), plan().host("client-private-a")]
    built.set_links(hosts, up=False)
    assert router.lines == ["link set port1 down", "link set port5 down"]
    router.clear()
    built.set_links(hosts, up=True)
    assert router.lines[:2] == ["link set port1 up", "link set port5 up"]
    assert "route replace 10.0.110.10/32 dev port1 table 100" in router.lines
    assert f"route replace {VIP} via 10.0.110.10 dev port1 onlink table 102" in router.lines


def test_what_a_router_has_not_taken_is_tried_again(router: Router, built: Fabric) -> None:
    router.snapshot = changed(tables=LED_TO_B)
    router.fault = "no such device"
    with pytest.raises(LabError, match="no such device"):
        built.follow()
    router.fault = ""
    built.follow()
    assert router.lines == [TO_B]


def await_true(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 5
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.002)


def test_an_instance_that_a_node_stops_is_shown_at_once(router: Router, built: Fabric) -> None:
    router.snapshot = changed(instances=[instance("i-a", "stopped"), instance("i-b")])
    built.note("StopInstances")
    assert router.seen == [router.snapshot]
    assert router.lines[0].startswith(f"route replace blackhole {VIP}")


def test_a_change_that_the_router_cannot_follow_is_a_fault_and_not_the_callers(
    router: Router, built: Fabric
) -> None:
    router.fault = "no such device"
    router.snapshot = changed(instances=[])
    built.note("StopInstances")
    assert built.fault == "no such device"


def test_a_route_that_a_node_replaces_is_shown_at_once_and_a_fault_is_kept_until_it_is_over(
    router: Router, built: Fabric, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fabric, "INTERVAL_S", 1e6)
    built.start()
    router.fault = "no such device"
    router.snapshot = changed(tables=LED_TO_B)
    built.note("ReplaceRoute")
    await_true(lambda: built.fault == "no such device")
    router.fault = ""
    built.note("ReplaceRoute")
    await_true(lambda: built.fault == "")
    assert router.lines == [TO_B]
    assert router.seen == []
