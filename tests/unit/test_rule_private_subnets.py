import pytest

from guardrails import Topology, Verdict
from guardrails.model.knowledge import External, OneOf, Unknown
from guardrails.model.machines import Instance
from guardrails.model.network import Vpc
from guardrails.model.routing import MainAssociation, PrefixListEntry, TargetKind, main_table_of
from tests.support.gateways import NAT, egress_vpc, firewall, listed, nat
from tests.support.topologies import (
    PRIVATE_RULE,
    REGION,
    bind,
    gateway,
    interface,
    network,
    route,
    subnet,
    table,
    verdict,
)

EVERYWHERE = ("0.0.0.0/0", "::/0", "8.8.8.8/32", "10.9.0.0/16", "64:ff9b::/96", "2000::/3")
ENI = TargetKind.INTERFACE


VIOLATED = {
    **{f"an internet gateway for {to}": network(route(to, "internet")) for to in EVERYWHERE},
    "an internet gateway by its id": network(route("0.0.0.0/0", External("igw-1"))),
    "a public NAT gateway": network(nat(), route("0.0.0.0/0", "nat", NAT)),
    "a public NAT gateway for one address": network(nat(), route("8.8.8.8/32", "nat", NAT)),
    "NAT64 behind a public NAT gateway": network(nat(), route("64:ff9b::/96", "nat", NAT)),
    "an egress-only gateway": network(
        gateway("eigw", TargetKind.EGRESS_ONLY), route("::/0", "eigw", TargetKind.EGRESS_ONLY)
    ),
    "an egress-only gateway that cannot be seen yet": network(
        route("::/0", Unknown("the gateway's id"), TargetKind.EGRESS_ONLY)
    ),
    "a carrier gateway": network(
        gateway("carrier", TargetKind.CARRIER), route("0.0.0.0/0", "carrier", TargetKind.CARRIER)
    ),
    "a destination that cannot be seen": network(route(Unknown("its range"), "internet")),
    "one of two internet gateways": network(
        gateway("other", TargetKind.INTERNET), route("0.0.0.0/0", OneOf(("internet", "other")))
    ),
    "a prefix list": network(
        listed("0.0.0.0/0"), route(None, "internet", prefix_list="list", key="r")
    ),
    "a second association": network(bind("private", "open", key="second")),
    "the default VPC's main table": network(
        Vpc(key="aws", scope=REGION, name="aws", default=True),
        subnet("private", vpc="aws"),
        without=("private", "private-association"),
    ),
    "the main table by a main association": network(
        MainAssociation(key="main", vpc="vpc", table="open"), without=("private-association",)
    ),
    "an adopted main table": network(
        table("adopted", main_of="vpc"),
        route("0.0.0.0/0", "internet", table="adopted"),
        without=("private-association",),
    ),
    "a route written into the main table that AWS made": network(
        route("0.0.0.0/0", "internet", table=main_table_of("vpc")),
        without=("private-association",),
    ),
    "the main table reached by two names": network(
        table("adopted", main_of="vpc"),
        route("0.0.0.0/0", "internet", table=main_table_of("vpc")),
        bind("private", "adopted", key="explicit"),
    ),
    "a NAT instance's interface": network(route("0.0.0.0/0", "appliance", ENI)),
    "a NAT instance's interface in two halves": network(
        route("0.0.0.0/1", "appliance", ENI), route("128.0.0.0/1", "appliance", ENI)
    ),
    "a NAT instance by half of the internet": network(route("0.0.0.0/1", "appliance", ENI)),
    "a NAT instance by NAT64": network(route("64:ff9b::/96", "appliance", ENI)),
    "a NAT instance by an entry apart from its prefix list": network(
        listed("10.9.0.0/16"),
        PrefixListEntry(key="entry", prefix_list="list", cidr="0.0.0.0/0"),
        route(None, "appliance", ENI, prefix_list="list", key="r"),
    ),
    "a NAT instance with a second interface in public": network(
        Instance(key="box", scope=REGION, name="box", interfaces=("inside", "outside")),
        interface("inside", subnet="private", instance="box"),
        interface("outside", subnet="public"),
        route("0.0.0.0/0", "inside", ENI),
    ),
    "a NAT instance by its instance": network(
        Instance(key="box", scope=REGION, name="box", subnet="public"),
        route("0.0.0.0/0", "box", TargetKind.INSTANCE),
    ),
    "a firewall endpoint in a subnet that is open": network(
        firewall(), route("0.0.0.0/0", "firewall", TargetKind.ENDPOINT)
    ),
    "a transit gateway to a VPC with NAT": network(*egress_vpc()),
    "a public NAT gateway for a prefix list with one public address": network(
        nat(),
        listed("172.20.0.0/16", "8.8.8.8/32", Unknown("its other entries")),
        route(None, "nat", NAT, prefix_list="list", key="r"),
    ),
    "half of the internet to a NAT instance, half to a peer": network(
        gateway("peering", TargetKind.PEERING, peer="far"),
        route("0.0.0.0/1", "peering", TargetKind.PEERING),
        route("128.0.0.0/1", "appliance", ENI),
    ),
}

KEPT = {
    "no route at all": network(),
    "local": network(route("10.0.0.0/16", None, TargetKind.LOCAL)),
    "local by its name": network(route("10.0.0.0/16", External("local"))),
    "a virtual IP in public space": network(route("20.0.0.100/32", "node-a", ENI)),
    "an IPv6 virtual IP": network(route("2600:1f00::100/128", "node-a", ENI)),
    "a virtual IP to a machine that cannot be seen yet": network(
        route("20.0.0.100/32", Unknown("the interface's id"), ENI)
    ),
    "a virtual IP in a prefix list": network(
        listed("20.0.0.100/32"), route(None, "node-a", ENI, prefix_list="list", key="r")
    ),
    "a virtual IP on an instance": network(
        route("20.0.0.100/32", External("i-1"), TargetKind.INSTANCE)
    ),
    "a private range to an appliance": network(route("10.9.0.0/16", "appliance", ENI)),
    "private ranges to a transit gateway": network(
        gateway("hub", TargetKind.TRANSIT),
        route("10.0.0.0/8", "hub", TargetKind.TRANSIT),
        route("fd00::/8", "hub", TargetKind.TRANSIT, key="v6"),
    ),
    "a private range to a VPN gateway": network(
        gateway("vpn", TargetKind.VIRTUAL_PRIVATE), route("192.168.0.0/16", "vpn")
    ),
    "a peer's own public range": network(
        gateway("peering", TargetKind.PEERING, peer="far"),
        route("2600:1f00:1::/56", "peering", TargetKind.PEERING),
    ),
    "a gateway endpoint's routes": network(
        firewall("Gateway"),
        route(None, "firewall", TargetKind.ENDPOINT, prefix_list=External("pl-63a5400a"), key="r"),
    ),
    "a gateway endpoint elsewhere": network(
        route(None, External("vpce-1"), prefix_list=External("pl-63a5400a"), key="r")
    ),
    "a private NAT gateway in its own subnet for inner addresses": network(
        gateway("nat", NAT, private=True, subnets=("private",)), route("10.9.0.0/16", "nat", NAT)
    ),
    **{
        f"a public NAT gateway for {to}": network(nat(), route(to, "nat", NAT))
        for to in ("172.20.0.0/16", "10.9.0.0/16", "100.64.0.0/10", "fd00::/8")
    },
    "a public NAT gateway for a prefix list of private ranges": network(
        nat(),
        listed("172.20.0.0/16", "10.9.0.0/16"),
        route(None, "nat", NAT, prefix_list="list", key="r"),
    ),
    "a NAT gateway of unknown connectivity for a private range": network(
        nat(private=Unknown("its connectivity")), route("172.20.0.0/16", "nat", NAT)
    ),
    "a private NAT gateway in a public subnet": network(
        nat(private=True), route("0.0.0.0/0", "nat", NAT)
    ),
    "a peer's private range": network(
        gateway("peering", TargetKind.PEERING, peer="far"),
        route("10.1.0.0/16", "peering", TargetKind.PEERING),
    ),
    "an open edge table": network(bind("edge", "open", subnet=None)),
    "an internet route of another table": network(route("::/0", "internet", table="open")),
    "an open table of another VPC bound to an unknown subnet": network(
        Vpc(key="far", scope=REGION, name="far"),
        table("far-table", vpc="far"),
        gateway("far-gateway", TargetKind.INTERNET, vpc="far"),
        route("0.0.0.0/0", "far-gateway", table="far-table"),
        bind("x", "far-table", subnet=Unknown("the subnet")),
    ),
    "a main table that AWS made": network(without=("private-association",)),
    "a main association that replaces an open main table": network(
        table("adopted", main_of="vpc"),
        route("0.0.0.0/0", "internet", table="adopted"),
        MainAssociation(key="main", vpc="vpc", table="closed"),
        without=("private-association",),
    ),
    "an open main table that an association overrides": network(
        MainAssociation(key="main", vpc="vpc", table="open")
    ),
}


@pytest.mark.parametrize("topology", VIOLATED.values(), ids=VIOLATED.keys())
def test_a_private_subnet_is_violated_by(topology: Topology) -> None:
    assert verdict(topology, PRIVATE_RULE, "private") is Verdict.VIOLATED


@pytest.mark.parametrize("topology", KEPT.values(), ids=KEPT.keys())
def test_a_private_subnet_is_kept_with(topology: Topology) -> None:
    assert verdict(topology, PRIVATE_RULE, "private") is Verdict.KEPT
