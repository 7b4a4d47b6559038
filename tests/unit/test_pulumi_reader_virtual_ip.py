"""Virtual IP addresses: where they come from and which ranges their VPC has."""

from typing import Any

import pytest

from guardrails.pack import policies
from guardrails.testing import UNKNOWN, Given, Outcome, analyze
from tests.support.policy_stacks import Made, Stack

RULE = "virtual-ip-outside-vpc-cidr"


def verdict(
    shown: list[Given], config: dict[str, Any] | None = None, *, preview: bool | None = True
) -> str:
    return word(analyze(shown, policies(), config=config, preview=preview))


def word(outcome: Outcome) -> str:
    assert outcome.of("pack-is-sound") == []
    if outcome.of(RULE):
        return "violated"
    unverified = [v for v in outcome.of("facts-are-missing") if RULE in v.message]
    return "unverified" if unverified else "kept"


def both(stack: Stack) -> str:
    found = {verdict(stack.preview()), verdict(stack.state(), preview=None)}
    assert len(found) == 1, found
    return found.pop()


def cluster(address: str = "20.0.0.100/32", **vpc: Any) -> tuple[Stack, Made]:
    """A VPC in which a host route to an interface shows a virtual IP address."""
    stack = Stack()
    hub = stack.add("ec2/vpc:Vpc", "hub", **(vpc or {"cidrBlock": "10.0.0.0/16"}))
    subnet = stack.add("ec2/subnet:Subnet", "private-a", vpcId=hub, cidrBlock="10.0.1.0/24")
    table = stack.add("ec2/routeTable:RouteTable", "inner", vpcId=hub)
    node = stack.add("ec2/networkInterface:NetworkInterface", "node", subnetId=subnet)
    stack.add(
        "ec2/route:Route",
        "virtual",
        routeTableId=table,
        networkInterfaceId=node,
        destinationCidrBlock=address,
    )
    return stack, hub


def test_an_address_outside_is_kept_and_one_inside_violated() -> None:
    assert both(cluster()[0]) == "kept"
    assert both(cluster("10.0.9.9/32")[0]) == "violated"


def test_a_secondary_range_counts() -> None:
    stack, hub = cluster()
    stack.add(
        "ec2/vpcIpv4CidrBlockAssociation:VpcIpv4CidrBlockAssociation",
        "more",
        vpcId=hub,
        cidrBlock="20.0.0.0/16",
    )
    assert both(stack) == "violated"


def test_an_address_from_the_configuration_counts() -> None:
    stack = Stack()
    stack.add("ec2/vpc:Vpc", "hub", cidrBlock="10.0.0.0/16")
    config = {RULE: {"virtualIps": ["10.0.0.9"]}}
    assert verdict(stack.preview(), config) == "violated"
    assert verdict(stack.preview()) == "kept"


def test_a_range_from_a_pool_is_bounded_by_the_pool() -> None:
    for address, expected in (("20.0.0.100/32", "kept"), ("10.0.9.9/32", "unverified")):
        stack, hub = cluster(address, ipv4IpamPoolId="ipam-pool-1", ipv4NetmaskLength=16)
        assert hub.name == "hub"
        pool = stack.add("ec2/vpcIpamPool:VpcIpamPool", "pool", addressFamily="ipv4")
        stack.add(
            "ec2/vpcIpamPoolCidr:VpcIpamPoolCidr", "range", ipamPoolId=pool, cidr="10.0.0.0/8"
        )
        inputs = {**hub.inputs, "ipv4IpamPoolId": pool}
        stack.made[0] = type(hub)(hub.token, "hub", inputs, {"cidrBlock": UNKNOWN}, None)
        assert verdict(stack.preview()) == expected


def test_an_adopted_vpc_needs_its_ranges_from_the_configuration() -> None:
    stack = Stack()
    table = stack.add("ec2/routeTable:RouteTable", "inner", vpcId="vpc-adopted")
    node = stack.add("ec2/networkInterface:NetworkInterface", "node", subnetId="subnet-adopted")
    stack.add(
        "ec2/route:Route",
        "virtual",
        routeTableId=table,
        networkInterfaceId=node,
        destinationCidrBlock="20.0.0.100/32",
    )
    assert verdict(stack.preview()) == "unverified"
    assert verdict(stack.preview(), {RULE: {"vpcRanges": {"vpc-adopted": ["10.0.0.0/16"]}}}) == (
        "kept"
    )
    assert verdict(stack.preview(), {RULE: {"vpcRanges": {"vpc-adopted": ["20.0.0.0/8"]}}}) == (
        "violated"
    )


@pytest.mark.parametrize(
    ("address", "expected"), [("20.0.0.100", "kept"), ("10.0.0.9", "violated")]
)
def test_a_cluster_component_shows_its_virtual_ip(address: str, expected: str) -> None:
    stack = Stack()
    stack.add("ec2/vpc:Vpc", "hub", cidrBlock="10.0.0.0/16")
    stack.add("hacluster:index:Cluster", "cluster", virtualIp=address)
    assert verdict(stack.preview()) == expected


def test_a_native_vpc_shows_the_ipv6_ranges_that_it_had_when_it_was_last_read() -> None:
    for address, expected in (("2001:db8:1::9", "violated"), ("2001:db8:2::9", "unverified")):
        stack = Stack()
        ranges = {"ipv6CidrBlocks": ["2001:db8:1::/56"]}
        hub = stack.add("aws-native:ec2:Vpc", "hub", shown=ranges, cidrBlock="10.0.0.0/16")
        more = "aws-native:ec2:VpcCidrBlock"
        stack.add(more, "more", vpcId=hub, ipv6IpamPoolId="pool-1", ipv6NetmaskLength=56)
        table = stack.add("aws-native:ec2:RouteTable", "inner", vpcId=hub)
        way = {"destinationIpv6CidrBlock": f"{address}/128", "networkInterfaceId": "eni-1"}
        stack.add("aws-native:ec2:Route", "virtual", routeTableId=table, **way)
        assert verdict(stack.preview()) == "unverified"
        assert verdict(stack.state(), preview=None) == expected


def test_a_gate_waits_for_the_route_of_an_address_from_the_configuration() -> None:
    stack, _ = cluster("20.0.0.100/32", cidrBlock="10.0.0.0/16")
    other = Stack()
    other.add("ec2/vpc:Vpc", "other", cidrBlock="20.0.0.0/16")
    config = {RULE: {"virtualIps": ["20.0.0.100"]}}
    given = [*other.update(), *stack.update()]
    assert analyze(given, policies(), config=config, preview=False).of(f"{RULE}-gate") == []
    assert verdict(given, config) == "kept"


def test_a_gate_concludes_nothing_from_a_machine_whose_table_is_elsewhere() -> None:
    stack, _ = cluster()
    stack.made.pop()
    stack.add(
        "ec2/routeTableAssociation:RouteTableAssociation",
        "inner-a",
        subnetId=stack.made[1],
        routeTableId=stack.made[2],
    )
    away = {"routeTableId": "rtb-0elsewhere", "networkInterfaceId": "eni-0elsewhere"}
    stack.add("ec2/route:Route", "away", destinationCidrBlock="10.0.9.9/32", **away)
    assert analyze(stack.update(), policies(), preview=False).of(f"{RULE}-gate") == []
    assert both(stack) == "unverified"


def test_a_table_elsewhere_is_in_the_vpc_of_the_interface_that_it_leads_to() -> None:
    for address, expected in (("10.0.9.9/32", "violated"), ("20.0.0.9/32", "kept")):
        stack, _ = cluster()
        node = stack.made[-2]
        way = {"routeTableId": "rtb-0elsewhere", "networkInterfaceId": node}
        stack.add("ec2/route:Route", "away", destinationCidrBlock=address, **way)
        assert both(stack) == expected
