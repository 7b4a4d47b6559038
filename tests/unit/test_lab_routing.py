"""The lab's router as lines for `ip -batch`: what each of AWS's routes is in a kernel's table."""

import pytest

from lab.vpc.routing import (
    bindings,
    changes,
    first_lines,
    host_lines,
    number_tables,
    rebound,
    routes,
)
from lab.vpc.snapshot import Snapshot
from tests.support.lab_vpc import (
    PORTS,
    SNAPSHOT,
    VIP,
    changed,
    instance,
    plan,
    table,
    to,
    with_interface,
)

NUMBERS = {"rtb-main": 101, "rtb-a": 102}
LOCAL = "10.0.0.0/16"
TO_NODE_A = f"{VIP} via 10.0.110.10 dev port1 onlink"


def route_of(route: dict[str, str], snapshot: Snapshot = SNAPSHOT) -> str:
    """What one route of the main table is in the router."""
    found = routes(
        plan(), changed(tables=[table("rtb-main", route)], instances=snapshot.instances), NUMBERS
    )
    destination = route["DestinationCidrBlock"].replace("0.0.0.0/0", "default")
    return found[101, destination]


TO_INTERNET = "via 192.0.2.10 dev port7 onlink"


def test_an_empty_router_looks_up_the_hosts_last_and_knows_nothing_beyond() -> None:
    assert list(first_lines()) == [
        "rule del pref 32766",
        "rule del pref 32767",
        "rule add pref 30000 lookup 100",
        "rule add pref 30001 unreachable",
    ]


def test_each_host_has_a_route_through_its_port() -> None:
    assert list(host_lines(plan())) == [
        "route replace 10.0.110.10/32 dev port1 table 100",
        "route replace 10.0.120.10/32 dev port2 table 100",
        "route replace 10.0.110.20/32 dev port3 table 100",
        "route replace 10.0.10.254/32 dev port4 table 100",
        "route replace 10.0.110.254/32 dev port5 table 100",
        "route replace 10.0.120.254/32 dev port6 table 100",
        "route replace 192.0.2.10/32 dev port7 table 100",
    ]


def test_a_table_ends_unreachable_passes_local_packets_on_and_leads_to_an_interface() -> None:
    found = routes(plan(), SNAPSHOT, NUMBERS)
    assert found == {
        (number, destination): route
        for number in (101, 102)
        for destination, route in {
            "default": "unreachable default",
            LOCAL: f"throw {LOCAL}",
            VIP: TO_NODE_A,
        }.items()
    }


@pytest.mark.parametrize(
    ("route", "line"),
    [
        (to(LOCAL, GatewayId="local"), f"throw {LOCAL}"),
        (to(VIP, NetworkInterfaceId="eni-a"), TO_NODE_A),
        (to("0.0.0.0/0", NetworkInterfaceId="eni-b"), "default via 10.0.120.10 dev port2 onlink"),
        (to("0.0.0.0/0", GatewayId="igw-1"), f"default {TO_INTERNET}"),
        (to("192.0.2.0/24", GatewayId="igw-1"), f"192.0.2.0/24 {TO_INTERNET}"),
        (to("192.0.2.0/24", GatewayId="vgw-1"), "blackhole 192.0.2.0/24"),
        (to("192.0.2.0/24", TransitGatewayId="tgw-1"), "blackhole 192.0.2.0/24"),
        (to("0.0.0.0/0", NatGatewayId="nat-1"), f"default {TO_INTERNET}"),
        (to(VIP, NetworkInterfaceId="eni-of-nobody"), f"blackhole {VIP}"),
        (to(VIP), f"blackhole {VIP}"),
    ],
)
def test_a_route_is_what_its_target_makes_of_it(route: dict[str, str], line: str) -> None:
    assert route_of(route) == line


@pytest.mark.parametrize(
    ("state", "line"),
    [
        ("running", TO_NODE_A),
        ("stopping", TO_NODE_A),
        ("shutting-down", TO_NODE_A),
        ("pending", f"blackhole {VIP}"),
        ("stopped", f"blackhole {VIP}"),
        ("terminated", f"blackhole {VIP}"),
    ],
)
def test_a_route_to_an_instance_leads_there_until_it_has_stopped(state: str, line: str) -> None:
    assert (
        route_of(to(VIP, NetworkInterfaceId="eni-a"), changed(instances=[instance("i-a", state)]))
        == line
    )


def test_an_instance_that_aws_no_longer_lists_takes_no_packets() -> None:
    assert (
        route_of(to(VIP, NetworkInterfaceId="eni-a"), changed(instances=[])) == f"blackhole {VIP}"
    )


def test_an_interface_that_is_detached_takes_no_packets() -> None:
    snapshot = with_interface("eni-a", Attachment=None)
    assert routes(plan(), snapshot, NUMBERS)[101, VIP] == f"blackhole {VIP}"


def test_routes_of_ipv6_and_prefix_lists_are_not_shown() -> None:
    more = [
        {"DestinationIpv6CidrBlock": "::/0", "GatewayId": "igw-1"},
        {"DestinationPrefixListId": "pl-1", "GatewayId": "vpce-s3"},
    ]
    found = routes(plan(), changed(tables=[table("rtb-main", *more)]), NUMBERS)
    assert [destination for _, destination in found] == ["default", LOCAL]


def test_what_is_as_wanted_is_left_alone() -> None:
    wanted = routes(plan(), SNAPSHOT, NUMBERS)
    assert list(changes(wanted, wanted)) == []


def test_a_route_that_is_new_or_leads_elsewhere_is_replaced_in_its_table() -> None:
    before = {(101, VIP): TO_NODE_A}
    wanted = {(101, VIP): f"blackhole {VIP}", (102, VIP): TO_NODE_A}
    assert list(changes(before, wanted)) == [
        f"route replace blackhole {VIP} table 101",
        f"route replace {TO_NODE_A} table 102",
    ]


@pytest.mark.parametrize(
    ("route", "line"),
    [
        (TO_NODE_A, f"route del {VIP} table 101"),
        (f"throw {VIP}", f"route del throw {VIP} table 101"),
        (f"blackhole {VIP}", f"route del blackhole {VIP} table 101"),
        (f"unreachable {VIP}", f"route del unreachable {VIP} table 101"),
    ],
)
def test_a_route_is_deleted_by_its_kind(route: str, line: str) -> None:
    [found] = changes({(101, VIP): route}, {})
    assert found.split() == line.split()


def test_a_port_is_looked_up_in_its_subnets_table_and_without_one_in_the_main_table() -> None:
    found = bindings(plan(), SNAPSHOT, NUMBERS)
    in_subnet_a = {"node-a", "ec2-private-a", "client-private-a"}
    assert found == {port: 102 if host in in_subnet_a else 101 for host, port in PORTS.items()}


def test_ports_are_bound_once_at_first_by_rules_of_their_own() -> None:
    wanted = bindings(plan(), SNAPSHOT, NUMBERS)
    assert list(rebound(plan(), {}, wanted)) == [
        "rule add pref 1000 iif port1 lookup 102",
        "rule add pref 1001 iif port2 lookup 101",
        "rule add pref 1002 iif port3 lookup 102",
        "rule add pref 1003 iif port4 lookup 101",
        "rule add pref 1004 iif port5 lookup 102",
        "rule add pref 1005 iif port6 lookup 101",
    ]
    assert list(rebound(plan(), wanted, wanted)) == []


def test_an_association_that_moved_binds_the_ports_of_its_subnet_alone() -> None:
    before = bindings(plan(), SNAPSHOT, NUMBERS)
    moved = changed(tables=[table("rtb-main"), table("rtb-a", subnets=("subnet-a", "subnet-b"))])
    assert list(rebound(plan(), before, bindings(plan(), moved, NUMBERS))) == [
        "rule del pref 1001",
        "rule add pref 1001 iif port2 lookup 102",
        "rule del pref 1005",
        "rule add pref 1005 iif port6 lookup 102",
    ]


def test_a_table_keeps_its_number_when_others_come_and_go() -> None:
    numbers: dict[str, int] = {}
    number_tables(numbers, SNAPSHOT)
    assert numbers == NUMBERS
    number_tables(numbers, changed(tables=[table("rtb-new"), table("rtb-a")]))
    assert numbers == {**NUMBERS, "rtb-new": 103}
