import pytest

from guardrails import Topology, Verdict
from guardrails.model.knowledge import External, OneOf, Unknown
from guardrails.model.machines import VirtualIp
from guardrails.model.network import UnseenWriter, Vpc, VpcRange
from guardrails.model.routing import PrefixList, TargetKind, main_table_of
from tests.support.topologies import (
    REGION,
    VIRTUAL_IP_RULE,
    findings,
    interface,
    judged,
    network,
    paths,
    route,
    subnet,
    table,
    verdict,
)

ENI = TargetKind.INTERFACE
VIP = "20.0.0.100"
SUBJECT = f"{VIP} in vpc"


def vip_route(address: str | Unknown = f"{VIP}/32", **more: object) -> object:
    return route(address, **{"target": "node-a", "via": ENI, **more})


def ranged(cidr: object, **more: object) -> VpcRange:
    return VpcRange(**{"key": f"range-{cidr}", "vpc": "vpc", "cidr": cidr, **more})


def worst(topology: Topology, **settings: object) -> Verdict | None:
    verdicts = judged(topology, **settings).coverage[VIRTUAL_IP_RULE].verdicts.values()
    order = (Verdict.VIOLATED, Verdict.UNVERIFIED, Verdict.KEPT)
    return min(verdicts, key=order.index, default=None)


def far(*ranges: object, **more: object) -> tuple[object, ...]:
    return (
        Vpc(key="far", scope=REGION, name="far", **more),
        table("far-table", vpc="far"),
        *(ranged(each, vpc="far") for each in ranges),
    )


VIOLATED = {
    "in the VPC's own range": network(vip_route("10.0.200.100/32")),
    "at the range's edge": network(vip_route("10.0.255.255/32")),
    "in a secondary range": network(vip_route(), ranged("20.0.0.0/16")),
    "in a range with host bits": network(vip_route(), ranged("20.0.7.7/16")),
    "in an IPv6 range": network(vip_route("2600:1f00::9/128"), ranged("2600:1f00::/56")),
    "written as a mapped IPv6 address": network(vip_route("::ffff:10.0.1.1/128")),
    "in a secondary range beside an unknown one": network(
        vip_route(), ranged("20.0.0.0/16"), ranged(Unknown("the IPAM range"))
    ),
    "in a subnet of a VPC whose ranges are unknown": network(
        vip_route("10.0.110.9/32"), ranged(Unknown("its range")), without=("vpc",)
    ),
    "in a prefix list": network(
        PrefixList(key="list", scope=REGION, entries=("10.0.0.9/32",)),
        route(None, "node-a", ENI, prefix_list="list", key="r"),
    ),
    "in the main table that AWS made": network(
        vip_route("10.0.0.9/32", table=main_table_of("vpc"))
    ),
    "to an instance": network(
        vip_route("10.0.0.9/32", target=External("i-1"), via=TargetKind.INSTANCE)
    ),
    "in a table elsewhere, to an interface of the VPC": network(
        vip_route("10.0.0.9/32", table=External("rtb-1"))
    ),
    "declared for the VPC": network(VirtualIp(key="c", address="10.0.0.9", vpc="vpc")),
    "declared for no VPC and routed nowhere": network(VirtualIp(key="c", address="10.0.0.9")),
    "declared as a range": network(VirtualIp(key="c", address="20.0.0.0/24")),
    "declared as something else": network(VirtualIp(key="c", address="floating")),
    "in a reserved range": network(vip_route("169.254.1.1/32")),
}

UNVERIFIED = {
    "a VPC of unknown range": network(vip_route(), ranged(Unknown("its range"))),
    "a VPC of unknown range in a pool that holds it": network(
        vip_route(), ranged(Unknown("its range"), within=("20.0.0.0/8",))
    ),
    "a pool that is not wholly known": network(
        vip_route(), ranged(Unknown("its range"), within=("10.0.0.0/8", Unknown("the rest")))
    ),
    "a VPC without any range": network(*far(), vip_route(table="far-table")),
    "a VPC that is only read": network(
        *far("10.1.0.0/16", managed=False), vip_route(table="far-table")
    ),
    "a VPC elsewhere": network(table("there", vpc=External("vpc-1")), vip_route(table="there")),
    "a table of an unknown VPC and a range that holds it": network(
        *far("20.0.0.0/16"), table("t", vpc=Unknown("the VPC")), vip_route(table="t")
    ),
    "a table of an unknown VPC": network(table("t", vpc=Unknown("v")), vip_route(table="t")),
    "declared for an unknown VPC": network(VirtualIp(key="c", address=VIP, vpc=Unknown("v"))),
    "a range of an unknown VPC that is none": network(
        vip_route(), ranged("20.0.0.0/99", vpc=Unknown("v"))
    ),
    "one of two tables, one of them in a range that holds it": network(
        *far("20.0.0.0/16"), vip_route(table=OneOf(("closed", "far-table")))
    ),
    "a range of an unknown VPC": network(vip_route(), ranged("20.0.0.0/16", vpc=Unknown("v"))),
    "an address that cannot be seen": network(VirtualIp(key="c", address=Unknown("a"), vpc="vpc")),
    "a route to an interface of unknown destination": network(vip_route(Unknown("the address"))),
    "a target that may be an interface": network(
        vip_route("10.0.0.9/32", target=Unknown("t"), via=Unknown("v"))
    ),
    "a range that is none": network(vip_route(), ranged("20.0.0.0/99")),
}

KEPT = {
    "outside of every range": network(vip_route(), ranged("172.16.0.0/16")),
    "an IPv6 address beside an unknown IPv4 range": network(
        vip_route("2600:1f00::9/128"), ranged(Unknown("r"), version=4), ranged("2600:1f01::/56")
    ),
    "an IPv4 address beside an unknown IPv6 range": network(
        vip_route(), ranged(Unknown("the IPv6 range"), version=6)
    ),
    "a pool that does not hold it": network(
        vip_route(), ranged(Unknown("its range"), within=("10.0.0.0/8",))
    ),
    "a range of another VPC that does not route it": network(*far("20.0.0.0/16"), vip_route()),
    "a table elsewhere that leads to an interface of the VPC": network(
        *far("20.0.0.0/16"), vip_route(table=External("rtb-1"))
    ),
    "a subnet of an unknown VPC": network(
        vip_route(), subnet("lost", vpc=Unknown("v"), cidrs=("20.0.0.0/24",))
    ),
    "an interface that cannot be seen yet": network(vip_route(target=Unknown("the interface"))),
}


@pytest.mark.parametrize("topology", VIOLATED.values(), ids=VIOLATED.keys())
def test_a_virtual_ip_is_violated(topology: Topology) -> None:
    assert worst(topology) is Verdict.VIOLATED


@pytest.mark.parametrize("topology", UNVERIFIED.values(), ids=UNVERIFIED.keys())
def test_a_virtual_ip_is_unverified_with(topology: Topology) -> None:
    assert worst(topology) is Verdict.UNVERIFIED
    assert all(each.missing for each in findings(topology, VIRTUAL_IP_RULE))


@pytest.mark.parametrize("topology", KEPT.values(), ids=KEPT.keys())
def test_a_virtual_ip_is_kept(topology: Topology) -> None:
    assert worst(topology) is Verdict.KEPT


@pytest.mark.parametrize(
    "irrelevant",
    [
        network(),
        network(route("10.0.0.9/32", "internet")),
        network(route("10.0.0.9/32", Unknown("the gateway"))),
        network(route("10.0.0.0/24", "node-a", ENI)),
    ],
)
def test_without_a_virtual_ip_nothing_is_judged(irrelevant: Topology) -> None:
    assert worst(irrelevant) is None


def test_an_address_of_the_configuration_is_judged_where_it_is_routed() -> None:
    topology = network(*far("20.0.0.0/16"), vip_route())
    assert verdict(topology, VIRTUAL_IP_RULE, SUBJECT, virtual_ips=(VIP,)) is Verdict.KEPT
    assert worst(topology, virtual_ips=(VIP,)) is Verdict.KEPT


def test_an_address_of_the_configuration_that_nobody_routes_is_judged_everywhere() -> None:
    topology = network(*far("20.0.0.0/16"))
    assert verdict(topology, VIRTUAL_IP_RULE, f"{VIP} in far", virtual_ips=(VIP,)) is (
        Verdict.VIOLATED
    )


@pytest.mark.parametrize("text", ["20.0.0.0/24", "20.0.0.300", "", "224.0.0.1", "fe80::1%eth0"])
def test_a_malformed_address_of_the_configuration_is_an_error_of_its_author(text: str) -> None:
    with pytest.raises(ValueError, match="cannot be read"):
        judged(network(), virtual_ips=(text,))


def test_an_address_and_a_range_of_one_are_the_same_virtual_ip() -> None:
    topology = network(*far("20.0.0.0/16"))
    for text in (VIP, f"{VIP}/32"):
        assert worst(topology, virtual_ips=(text,)) is Verdict.VIOLATED


def test_ranges_told_by_the_configuration_stand_for_those_that_cannot_be_seen() -> None:
    topology = network(table("there", vpc=External("vpc-1")), vip_route(table="there"))
    outside = {"vpc_ranges": {"vpc-1": ("10.0.0.0/8",)}}
    inside = {"vpc_ranges": {"vpc-1": ("10.0.0.0/8", "20.0.0.0/24")}}
    assert worst(topology, **outside) is Verdict.KEPT
    assert worst(topology, **inside) is Verdict.VIOLATED


def test_a_machine_that_has_the_address_as_its_own_is_a_violation() -> None:
    topology = network(
        vip_route(),
        ranged(Unknown("its range")),
        interface("node-b", subnet="private", addresses=("10.0.110.5", VIP)),
    )
    [found] = findings(topology, VIRTUAL_IP_RULE)
    assert found.verdict is Verdict.VIOLATED
    assert found.path[-1].text == "address of network interface node-b"


def test_the_path_runs_from_the_route_to_the_range() -> None:
    assert paths(network(vip_route("10.0.200.100/32", key="vip")), VIRTUAL_IP_RULE) == [
        "route 10.0.200.100 (vip) -> VPC vpc -> range 10.0.0.0/16"
    ]


def test_an_address_in_many_tables_is_one_finding() -> None:
    topology = network(
        vip_route("10.0.0.9/32", key="a"), vip_route("10.0.0.9/32", key="b", table="open")
    )
    assert [found.subject for found in findings(topology, VIRTUAL_IP_RULE)] == ["a"]


def test_what_writes_out_of_sight_is_named() -> None:
    writer = UnseenWriter(key="urn::template", scope="", what="CloudFormation stack")
    [found] = findings(network(vip_route(), writer), VIRTUAL_IP_RULE)
    assert found.message.startswith("template (CloudFormation stack) may change the network")
