"""What routes lead to: transit gateways, appliances, endpoints, propagation, prefix lists."""

from dataclasses import replace
from typing import Any

import pytest

from guardrails.pack import policies
from guardrails.testing import Given, analyze
from tests.support.policy_stacks import Made, Stack, closed_network

RULE = "private-subnets-have-no-internet-route"


def verdict(shown: list[Given], *, preview: bool | None) -> str:
    outcome = analyze(shown, policies(), preview=preview)
    assert outcome.of("pack-is-sound") == []
    if outcome.of(RULE):
        return "violated"
    unverified = [v for v in outcome.of("facts-are-missing") if RULE in v.message]
    return "unverified" if unverified else "kept"


def both(stack: Stack) -> str:
    found = {verdict(stack.preview(), preview=True), verdict(stack.state(), preview=None)}
    assert len(found) == 1, found
    return found.pop()


def routed(destination: str = "0.0.0.0/0", **target: Any) -> tuple[Stack, dict[str, Made]]:
    stack, made = closed_network()
    stack.add(
        "ec2/route:Route",
        "out",
        routeTableId=made["table"],
        destinationCidrBlock=destination,
        **target,
    )
    return stack, made


def egress_vpc(stack: Stack) -> tuple[Made, Made]:
    """Add a VPC with a subnet whose table leads out."""
    vpc = stack.add("ec2/vpc:Vpc", "egress", cidrBlock="10.8.0.0/16")
    out = stack.add("ec2/internetGateway:InternetGateway", "egress", vpcId=vpc)
    subnet = stack.add("ec2/subnet:Subnet", "public-e", vpcId=vpc, cidrBlock="10.8.0.0/24")
    table = stack.add(
        "ec2/routeTable:RouteTable",
        "egress",
        vpcId=vpc,
        routes=[{"cidrBlock": "0.0.0.0/0", "gatewayId": out}],
    )
    stack.add(
        "ec2/routeTableAssociation:RouteTableAssociation",
        "egress",
        subnetId=subnet,
        routeTableId=table,
    )
    return vpc, subnet


def transit(stack: Stack, made: dict[str, Made], *, blackhole: bool) -> None:
    hub = stack.add("ec2transitgateway/transitGateway:TransitGateway", "transit")
    egress, subnet = egress_vpc(stack)
    attachment = "ec2transitgateway/vpcAttachment:VpcAttachment"
    stack.add(
        attachment,
        "inner",
        transitGatewayId=hub,
        vpcId=made["vpc"],
        subnetIds=[made["subnet"]],
    )
    beyond = stack.add(attachment, "beyond", transitGatewayId=hub, vpcId=egress, subnetIds=[subnet])
    stack.add(
        "ec2transitgateway/route:Route",
        "default",
        transitGatewayRouteTableId=hub.output("associationDefaultRouteTableId"),
        destinationCidrBlock="0.0.0.0/0",
        **({"blackhole": True} if blackhole else {"transitGatewayAttachmentId": beyond}),
    )
    stack.add(
        "ec2/route:Route",
        "out",
        routeTableId=made["table"],
        destinationCidrBlock="0.0.0.0/0",
        transitGatewayId=hub,
    )


def test_a_transit_gateway_is_followed_into_the_vpc_that_leads_out() -> None:
    stack, made = closed_network()
    transit(stack, made, blackhole=False)
    assert both(stack) == "violated"


def test_a_black_hole_in_a_transit_gateway_is_no_way_out() -> None:
    stack, made = closed_network()
    transit(stack, made, blackhole=True)
    assert both(stack) != "violated"


def test_an_appliance_in_a_subnet_that_leads_out_is_a_way_out() -> None:
    stack, made = closed_network()
    _, subnet = egress_vpc(stack)
    interface = stack.add(
        "ec2/networkInterface:NetworkInterface",
        "appliance",
        subnetId=subnet,
        sourceDestCheck=False,
    )
    stack.add(
        "ec2/route:Route",
        "out",
        routeTableId=made["table"],
        destinationCidrBlock="0.0.0.0/0",
        networkInterfaceId=interface,
    )
    assert both(stack) in {"violated", "unverified"}


def test_an_instance_is_followed_by_its_own_interface() -> None:
    stack, made = closed_network()
    _, subnet = egress_vpc(stack)
    shown = {"primaryNetworkInterfaceId": "eni-of-nat"}
    instance = stack.add("ec2/instance:Instance", "nat", shown=shown, subnetId=subnet)
    stack.add(
        "ec2/route:Route",
        "out",
        routeTableId=made["table"],
        destinationCidrBlock="0.0.0.0/0",
        networkInterfaceId=instance.output("primaryNetworkInterfaceId"),
    )
    assert both(stack) == "violated"


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        ({"gatewayId": "local"}, "kept"),
        ({"gatewayId": "igw-0123"}, "violated"),
        ({"natGatewayId": "nat-0123"}, "unverified"),
        ({"egressOnlyGatewayId": "eigw-0123"}, "violated"),
        ({"carrierGatewayId": "cagw-0123"}, "violated"),
        ({"transitGatewayId": "tgw-0123"}, "unverified"),
        ({"vpcPeeringConnectionId": "pcx-0123"}, "unverified"),
        ({"networkInterfaceId": "eni-0123"}, "unverified"),
        ({"vpcEndpointId": "vpce-0123"}, "unverified"),
        ({"coreNetworkArn": "arn:aws:networkmanager::1:core-network/c"}, "unverified"),
        ({"localGatewayId": "lgw-0123"}, "unverified"),
        ({"gatewayId": "", "natGatewayId": "", "networkInterfaceId": ""}, "unverified"),
    ],
)
def test_targets_outside_of_the_stack_are_judged_by_what_they_are(
    target: dict[str, str], expected: str
) -> None:
    stack, _ = routed(**target)
    assert both(stack) == expected


def test_a_firewall_in_the_way_is_named() -> None:
    stack, made = closed_network()
    wall = stack.add("networkfirewall/firewall:Firewall", "wall", vpcId=made["vpc"])
    stack.add(
        "ec2/route:Route",
        "out",
        routeTableId=made["table"],
        destinationCidrBlock="0.0.0.0/0",
        vpcEndpointId=wall.output("firewallStatuses"),
    )
    outcome = analyze(stack.preview(), policies(), preview=True)
    assert "wall" in outcome.of("facts-are-missing")[0].message


@pytest.mark.parametrize(
    ("entries", "expected"),
    [(["10.9.0.0/16"], "kept"), (["10.9.0.0/16", "0.0.0.0/0"], "violated")],
)
def test_a_prefix_list_counts_by_its_entries_wherever_they_are_written(
    entries: list[str], expected: str
) -> None:
    stack, made = closed_network()
    first, *rest = entries
    listed = stack.add(
        "ec2/managedPrefixList:ManagedPrefixList", "inner", entries=[{"cidr": first}]
    )
    for at, cidr in enumerate(rest):
        stack.add(
            "ec2/managedPrefixListEntry:ManagedPrefixListEntry",
            f"more-{at}",
            prefixListId=listed,
            cidr=cidr,
        )
    nat = stack.add("ec2/natGateway:NatGateway", "nat", subnetId=made["subnet"])
    stack.add(
        "ec2/route:Route",
        "out",
        routeTableId=made["table"],
        destinationPrefixListId=listed,
        natGatewayId=nat,
    )
    assert both(stack) == expected


@pytest.mark.parametrize("inline", [True, False])
def test_propagation_from_a_vpn_gateway_is_unverified(inline: bool) -> None:  # noqa: FBT001 - a row of a table
    stack = Stack()
    vpc = stack.add("ec2/vpc:Vpc", "hub", cidrBlock="10.0.0.0/16")
    vpn = stack.add("ec2/vpnGateway:VpnGateway", "vpn", vpcId=vpc)
    table = stack.add(
        "ec2/routeTable:RouteTable",
        "inner",
        vpcId=vpc,
        **({"propagatingVgws": [vpn]} if inline else {}),
    )
    subnet = stack.add("ec2/subnet:Subnet", "private-a", vpcId=vpc, cidrBlock="10.0.1.0/24")
    stack.add(
        "ec2/routeTableAssociation:RouteTableAssociation", "a", subnetId=subnet, routeTableId=table
    )
    if not inline:
        stack.add(
            "ec2/vpnGatewayRoutePropagation:VpnGatewayRoutePropagation",
            "p",
            routeTableId=table,
            vpnGatewayId=vpn,
        )
    assert both(stack) == "unverified"


def network_with_another_main_table() -> tuple[Stack, Made]:
    """A VPC whose outputs show a table of the stack as its main one, and a route in that table.

    The provider reads both outputs from the table that is the main one (vpc_.go).
    """
    stack = Stack()
    shown = {"mainRouteTableId": "rtb-other", "defaultRouteTableId": "rtb-other"}
    vpc = stack.add("ec2/vpc:Vpc", "hub", cidrBlock="10.0.0.0/16", shown=shown)
    stack.add("ec2/subnet:Subnet", "private-a", vpcId=vpc, cidrBlock="10.0.1.0/24")
    routes = [{"cidrBlock": "0.0.0.0/0", "gatewayId": "igw-1"}]
    table = stack.add(
        "ec2/routeTable:RouteTable", "other", vpcId=vpc, routes=routes, shown={"id": "rtb-other"}
    )
    return stack, table


def test_another_main_table_in_the_outputs_of_a_vpc_may_be_gone_since() -> None:
    assert verdict(network_with_another_main_table()[0].state(), preview=None) == "unverified"


def test_another_main_table_in_the_outputs_of_a_vpc_counts_if_it_is_declared() -> None:
    stack, table = network_with_another_main_table()
    token = "ec2/mainRouteTableAssociation:MainRouteTableAssociation"
    stack.add(token, "main", vpcId=stack.made[0], routeTableId=table.output("id"))
    assert verdict(stack.state(), preview=None) == "violated"


def test_another_main_table_in_the_outputs_of_a_vpc_that_is_only_read_counts() -> None:
    hub, *others = network_with_another_main_table()[0].state()
    assert verdict([replace(hub, inputs={}), *others], preview=None) == "violated"


def test_aws_native_routes_are_read_by_their_own_names() -> None:
    stack = Stack()
    vpc = stack.add("aws-native:ec2:Vpc", "hub", cidrBlock="10.0.0.0/16")
    table = stack.add("aws-native:ec2:RouteTable", "inner", vpcId=vpc)
    subnet = stack.add("aws-native:ec2:Subnet", "private-a", vpcId=vpc, cidrBlock="10.0.1.0/24")
    six = stack.add("aws-native:ec2:EgressOnlyInternetGateway", "six", vpcId=vpc)
    stack.add(
        "aws-native:ec2:SubnetRouteTableAssociation", "a", subnetId=subnet, routeTableId=table
    )
    stack.add(
        "aws-native:ec2:Route",
        "out",
        routeTableId=table,
        destinationIpv6CidrBlock="::/0",
        egressOnlyInternetGatewayId=six,
    )
    assert both(stack) == "violated"
