import pytest

from guardrails import Topology, Verdict
from guardrails.model.knowledge import External, OneOf, Unknown
from guardrails.model.network import Vpc
from guardrails.model.routing import MainAssociation, Propagation, TargetKind, main_table_of
from tests.support.gateways import NAT, egress_vpc, firewall, listed, nat
from tests.support.topologies import (
    PRIVATE_RULE,
    REGION,
    bind,
    findings,
    gateway,
    network,
    route,
    subnet,
    table,
    verdict,
)

ENI = TargetKind.INTERFACE

NOWHERE_KNOWN = (
    subnet("middle", vpc=Unknown("the VPC of the middle")),
    table("inner", vpc="far"),
    bind("middle", "inner"),
    gateway("far-gateway", TargetKind.INTERNET, vpc="far"),
    gateway("hub", TargetKind.TRANSIT, vpc=None),
    table("first", vpc="far"),
    table("second", vpc="far"),
    bind("a", "first", subnet=Unknown("the subnet")),
    bind("b", "second", subnet=Unknown("the subnet")),
)
"""A subnet of an unknown VPC, whose table is one of three."""

UNVERIFIED = {
    "a gateway of unknown kind": network(route("0.0.0.0/0", Unknown("the gateway"))),
    "a gateway of unknown kind for a private range": network(
        route("10.9.0.0/16", Unknown("the gateway"))
    ),
    "routes that cannot be seen": network(route(Unknown("r"), Unknown("t"), Unknown("v"))),
    "a NAT gateway that cannot be seen": network(route("0.0.0.0/0", Unknown("the NAT"), NAT)),
    "a NAT gateway elsewhere": network(route("0.0.0.0/0", External("nat-1"), NAT)),
    "a NAT gateway of unknown connectivity": network(
        nat(private=Unknown("its connectivity")), route("0.0.0.0/0", "nat", NAT)
    ),
    "a public NAT gateway for a range that cannot be seen": network(
        nat(), route(Unknown("the range"), "nat", NAT)
    ),
    "a public NAT gateway for a prefix list of unknown entries": network(
        nat(),
        listed("172.20.0.0/16", Unknown("its other entries")),
        route(None, "nat", NAT, prefix_list="list", key="r"),
    ),
    "two halves of the internet to a peer": network(
        gateway("peering", TargetKind.PEERING, peer="far"),
        route("0.0.0.0/1", "peering", TargetKind.PEERING),
        route("128.0.0.0/1", "peering", TargetKind.PEERING),
    ),
    "an internet gateway or a virtual private one": network(
        gateway("vpn", TargetKind.VIRTUAL_PRIVATE), route("10.9.0.0/16", OneOf(("internet", "vpn")))
    ),
    **{
        f"a default route to a {kind}": network(
            gateway("x", kind, vpc=None), route("0.0.0.0/0", "x", kind)
        )
        for kind in (
            *(TargetKind.VIRTUAL_PRIVATE, TargetKind.TRANSIT, TargetKind.LOCAL_GATEWAY),
            *(
                TargetKind.PEERING,
                TargetKind.CORE_NETWORK,
                TargetKind.ODB_NETWORK,
                TargetKind.OTHER,
            ),
        )
    },
    "a peer's own public range beside a default route to a VPN gateway": network(
        gateway("vpn", TargetKind.VIRTUAL_PRIVATE, vpc=None),
        route("0.0.0.0/0", "vpn", TargetKind.VIRTUAL_PRIVATE),
        gateway("peering", TargetKind.PEERING, peer="far"),
        route("20.0.0.0/16", "peering", TargetKind.PEERING, key="partner"),
    ),
    "public space to a transit gateway": network(
        gateway("hub", TargetKind.TRANSIT), route("8.8.8.0/24", "hub", TargetKind.TRANSIT)
    ),
    "a transit gateway whose table leads elsewhere": network(*egress_vpc(table="other-table")),
    "a transit gateway with a black hole": network(*egress_vpc(blackhole=True)),
    "an appliance in a closed subnet": network(route("0.0.0.0/0", "node-a", ENI)),
    "an appliance that cannot be seen": network(route("0.0.0.0/0", Unknown("the id"), ENI)),
    "an appliance for a public network": network(route("8.8.8.0/24", "appliance", ENI)),
    "a firewall endpoint in a closed subnet": network(
        firewall(where="private"), route("0.0.0.0/0", "firewall", TargetKind.ENDPOINT)
    ),
    "an interface for an unknown range": network(route(Unknown("the range"), "node-a", ENI)),
    "a prefix list of unknown entries": network(
        listed(Unknown("its entries")), route(None, "node-a", ENI, prefix_list="list", key="r")
    ),
    "a prefix list elsewhere to a transit gateway": network(
        gateway("hub", TargetKind.TRANSIT),
        route(None, "hub", TargetKind.TRANSIT, prefix_list=External("pl-1"), key="r"),
    ),
    "a range that is none": network(route("10.0.0.0/99", "node-a", ENI)),
    "propagation by a VPN gateway": network(
        Propagation(key="p", table="closed", via=TargetKind.VIRTUAL_PRIVATE, gateway="vpn")
    ),
    "propagation by a route server": network(
        Propagation(key="p", table="closed", via=TargetKind.ROUTE_SERVER, gateway=External("rs-1"))
    ),
    "propagation into an unknown table": network(
        Propagation(key="p", table=Unknown("x"), via=TargetKind.VIRTUAL_PRIVATE, gateway="vpn")
    ),
    "an internet route of an unknown table": network(
        route("0.0.0.0/0", "internet", table=Unknown("the table"))
    ),
    "an internet route of one of two tables": network(
        route("0.0.0.0/0", "internet", table=OneOf(("closed", "open")))
    ),
    "an association with an unknown table": network(bind("private", Unknown("t"), key="second")),
    "an open table bound to an unknown subnet": network(
        bind("x", "open", subnet=Unknown("the subnet"))
    ),
    "a private NAT gateway in a subnet that may have an internet or a transit gateway": network(
        *NOWHERE_KNOWN,
        gateway("nat", NAT, private=True, subnets=("middle",)),
        route("0.0.0.0/0", "far-gateway", key="out", table="first"),
        route("0.0.0.0/0", "hub", TargetKind.TRANSIT, key="on", table="second"),
        route("0.0.0.0/0", "nat", NAT),
    ),
    "a firewall in a subnet that may have a route of either address family": network(
        *NOWHERE_KNOWN,
        gateway("wall", TargetKind.FIREWALL, subnets=("middle",)),
        route("::/0", "far-gateway", key="v6", table="first"),
        route("0.0.0.0/0", "far-gateway", key="v4", table="second"),
        route("0.0.0.0/0", "wall", TargetKind.ENDPOINT),
    ),
    "a table elsewhere": network(
        bind("private", External("rtb-1")), without=("private-association",)
    ),
    "the main table of a VPC that is only read": network(
        Vpc(key="read", scope=REGION, name="read", managed=False),
        subnet("private", vpc="read"),
        without=("private", "private-association"),
    ),
    "a table that may have adopted an open main table": network(
        table("adopted", main_of=Unknown("what it adopted")),
        route("0.0.0.0/0", "internet", table=main_table_of("vpc")),
        bind("private", "adopted"),
        without=("private-association",),
    ),
    "a private NAT gateway in a subnet with one of two gateways": network(
        gateway("nat", NAT, private=True, subnets=("public",)),
        gateway("hub", TargetKind.TRANSIT, vpc=None),
        route("0.0.0.0/0", OneOf(("internet", "hub")), key="either", table="open"),
        route("0.0.0.0/0", "nat", NAT),
    ),
    "a binding to the main table, which an open one may have adopted": network(
        table("adopting", main_of=Unknown("whose main table it is")),
        route("0.0.0.0/0", "internet", key="out", table="adopting"),
        bind("private", main_table_of("vpc")),
        without=("private-association",),
    ),
    "a main association of an unknown VPC": network(
        MainAssociation(key="main", vpc=Unknown("the VPC"), table="open"),
        without=("private-association",),
    ),
    "a private NAT gateway in a subnet with a transit gateway": network(
        gateway("nat", NAT, private=True, subnets=("middle",)),
        subnet("middle-public"),
        subnet("middle"),
        table("middle-table"),
        bind("middle", "middle-table"),
        gateway("hub", TargetKind.TRANSIT, vpc=None),
        route("0.0.0.0/0", "hub", TargetKind.TRANSIT, key="on", table="middle-table"),
        route("0.0.0.0/0", "nat", NAT),
    ),
}


@pytest.mark.parametrize("topology", UNVERIFIED.values(), ids=UNVERIFIED.keys())
def test_a_private_subnet_is_unverified_with(topology: Topology) -> None:
    assert verdict(topology, PRIVATE_RULE, "private") is Verdict.UNVERIFIED
    assert all(each.missing for each in findings(topology, PRIVATE_RULE))


def test_a_default_route_to_a_peer_is_said_to_lead_no_further_than_the_peer() -> None:
    [found] = findings(
        network(
            gateway("peering", TargetKind.PEERING, peer="far"),
            route("0.0.0.0/0", "peering", TargetKind.PEERING),
        ),
        PRIVATE_RULE,
    )
    [fact] = found.missing
    assert fact == (
        "why public addresses are routed to the VPC peering connection peering, which carries "
        "nothing beyond the peer's VPC (AWS has no edge-to-edge routing)"
    )
    assert found.remedy == (
        'if nothing behind the target leads to the internet, configure {"private-subnets-have-no-'
        'internet-route": {"closedTargets": ["peering"]}}; otherwise route only the peer\'s own '
        "ranges through the peering connection"
    )


CLOSED_ELSEWHERE = {
    "a transit gateway": (TargetKind.TRANSIT, "tgw-1"),
    "a core network": (TargetKind.CORE_NETWORK, "arn:aws:networkmanager::1:core-network/c"),
    "a VPN gateway": (TargetKind.VIRTUAL_PRIVATE, "vgw-1"),
    "a peering connection": (TargetKind.PEERING, "pcx-1"),
    "a firewall's endpoint": (TargetKind.ENDPOINT, "vpce-1"),
    "a machine": (ENI, "eni-1"),
}


@pytest.mark.parametrize(("kind", "name"), CLOSED_ELSEWHERE.values(), ids=CLOSED_ELSEWHERE.keys())
def test_a_target_elsewhere_that_is_said_to_be_closed_is_believed(
    kind: TargetKind, name: str
) -> None:
    topology = network(route("0.0.0.0/0", External(name), kind))
    closed = frozenset({name})
    assert verdict(topology, PRIVATE_RULE, "private") is Verdict.UNVERIFIED
    assert verdict(topology, PRIVATE_RULE, "private", closed_targets=closed) is Verdict.KEPT
    other = verdict(topology, PRIVATE_RULE, "private", closed_targets=frozenset({"tgw-2"}))
    assert other is Verdict.UNVERIFIED


NOT_CLOSED = {
    "an internet gateway": network(route("0.0.0.0/0", External("igw-1"))),
    "a NAT gateway": network(route("0.0.0.0/0", External("nat-1"), NAT)),
    "one of two targets": network(
        gateway("a", TargetKind.VIRTUAL_PRIVATE),
        gateway("b", TargetKind.VIRTUAL_PRIVATE),
        route("0.0.0.0/0", OneOf(("a", "b"))),
    ),
    "a transit gateway of the topology": network(*egress_vpc()),
    "a transit gateway of the topology that is not seen through": network(
        gateway("hub", TargetKind.TRANSIT), route("0.0.0.0/0", "hub", TargetKind.TRANSIT)
    ),
    "a firewall of the topology": network(
        firewall(where="private"), route("0.0.0.0/0", "firewall", TargetKind.ENDPOINT)
    ),
}


@pytest.mark.parametrize("topology", NOT_CLOSED.values(), ids=NOT_CLOSED.keys())
def test_a_target_that_is_said_to_be_closed_is_not_believed_for(topology: Topology) -> None:
    names = {"igw-1", "nat-1", "a", "hub", "firewall"}
    said = verdict(topology, PRIVATE_RULE, "private", closed_targets=frozenset(names))
    assert said is verdict(topology, PRIVATE_RULE, "private")
    assert said is not Verdict.KEPT


def test_routes_from_a_gateway_that_is_said_to_be_closed_lead_nowhere() -> None:
    topology = network(
        gateway("vpn", TargetKind.VIRTUAL_PRIVATE),
        Propagation(key="p", table="closed", via=TargetKind.VIRTUAL_PRIVATE, gateway="vpn"),
    )
    assert verdict(topology, PRIVATE_RULE, "private") is Verdict.UNVERIFIED
    closed = frozenset({"vpn"})
    assert verdict(topology, PRIVATE_RULE, "private", closed_targets=closed) is Verdict.KEPT


def test_a_closed_gateway_does_not_hide_another_that_propagates_into_an_unknown_table() -> None:
    topology = network(
        *(
            Propagation(key=key, table=Unknown("x"), via=TargetKind.VIRTUAL_PRIVATE, gateway=vpn)
            for key, vpn in (("first", "closed-vpn"), ("second", "open-vpn"))
        )
    )
    closed = frozenset({"closed-vpn"})
    assert verdict(topology, PRIVATE_RULE, "private", closed_targets=closed) is Verdict.UNVERIFIED
    closed |= {"open-vpn"}
    assert verdict(topology, PRIVATE_RULE, "private", closed_targets=closed) is Verdict.KEPT
