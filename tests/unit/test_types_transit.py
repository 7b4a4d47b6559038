"""Types of transit gateways: what joins them, and what fills the tables that they look up."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.support.policy_stacks import Made, Stack, closed_network
from tests.support.type_rows import check, judged

RULE = "private-subnets-have-no-internet-route"
WORLD = "0.0.0.0/0"
INNER = "10.0.0.0/8"
Added = Callable[[Stack, dict[str, Made]], Any]


def joined(destination: str) -> tuple[Stack, dict[str, Made]]:
    """A private subnet that routes to a transit gateway, behind which a VPC leads out."""
    stack, made = closed_network()
    hub = stack.add("ec2transitgateway/transitGateway:TransitGateway", "hub-of-hubs")
    egress = stack.add("ec2/vpc:Vpc", "egress", cidrBlock="10.8.0.0/16")
    out = stack.add("ec2/internetGateway:InternetGateway", "egress", vpcId=egress)
    subnet = stack.add("ec2/subnet:Subnet", "public", vpcId=egress, cidrBlock="10.8.0.0/24")
    routes = [{"cidrBlock": WORLD, "gatewayId": out}]
    table = stack.add("ec2/routeTable:RouteTable", "egress", vpcId=egress, routes=routes)
    token = "ec2/routeTableAssociation:RouteTableAssociation"
    stack.add(token, "egress", subnetId=subnet, routeTableId=table)
    token = "ec2transitgateway/vpcAttachment:VpcAttachment"
    made["hub"] = hub
    made["inside"] = stack.add(
        token, "inside", transitGatewayId=hub, vpcId=made["vpc"], subnetIds=[made["subnet"]]
    )
    made["beyond"] = stack.add(
        token, "beyond", transitGatewayId=hub, vpcId=egress, subnetIds=[subnet]
    )
    token = "ec2transitgateway/routeTable:RouteTable"
    made["looked-up"] = stack.add(token, "looked-up", transitGatewayId=hub)
    associate(stack, made, "looked-up")
    stack.add(
        "ec2/route:Route",
        "to-hub",
        routeTableId=made["table"],
        destinationCidrBlock=destination,
        transitGatewayId=hub,
    )
    return stack, made


def associate(stack: Stack, made: dict[str, Made], table: str) -> None:
    stack.add(
        "ec2transitgateway/routeTableAssociation:RouteTableAssociation",
        "inside",
        transitGatewayAttachmentId=made["inside"],
        transitGatewayRouteTableId=made[table],
    )


def in_table(stack: Stack, made: dict[str, Made], token: str, to: Any, **inputs: Any) -> None:
    """Write into the table that the private VPC looks up."""
    stack.add(
        f"ec2transitgateway/{token}",
        "written",
        transitGatewayRouteTableId=made["looked-up"],
        transitGatewayAttachmentId=to,
        **inputs,
    )


def nothing(_: Stack, __: dict[str, Made]) -> None:
    """Leave the table empty."""


def static_route(stack: Stack, made: dict[str, Made]) -> None:
    in_table(stack, made, "route:Route", made["beyond"], destinationCidrBlock=WORLD)


def black_hole(stack: Stack, made: dict[str, Made]) -> None:
    in_table(stack, made, "route:Route", "", destinationCidrBlock=WORLD, blackhole=True)


def propagation(stack: Stack, made: dict[str, Made]) -> None:
    in_table(stack, made, "routeTablePropagation:RouteTablePropagation", made["beyond"])


def prefix_list_reference(stack: Stack, made: dict[str, Made]) -> None:
    token = "ec2/managedPrefixList:ManagedPrefixList"
    world = stack.add(token, "world", entries=[{"cidr": WORLD}])
    name = "prefixListReference:PrefixListReference"
    in_table(stack, made, name, made["beyond"], prefixListId=world)


def peering_attachment(stack: Stack, made: dict[str, Made]) -> None:
    token = "ec2transitgateway/peeringAttachment:PeeringAttachment"
    far = stack.add(token, "far", transitGatewayId=made["hub"], peerTransitGatewayId="tgw-2")
    in_table(stack, made, "route:Route", far, destinationCidrBlock=WORLD)


def connect_peer(stack: Stack, made: dict[str, Made]) -> None:
    connect = stack.add(
        "ec2transitgateway/connect:Connect",
        "appliance",
        transitGatewayId=made["hub"],
        transportAttachmentId=made["beyond"],
    )
    stack.add(
        "ec2transitgateway/connectPeer:ConnectPeer",
        "appliance",
        transitGatewayAttachmentId=connect,
        peerAddress="10.8.0.9",
        insideCidrBlocks=["169.254.100.0/29"],
    )
    in_table(stack, made, "routeTablePropagation:RouteTablePropagation", connect)


def vpn_connection(stack: Stack, made: dict[str, Made]) -> None:
    shown = {"transitGatewayAttachmentId": "tgw-attach-9"}
    token = "ec2/vpnConnection:VpnConnection"
    vpn = stack.add(token, "office", shown=shown, transitGatewayId=made["hub"])
    to = vpn.output("transitGatewayAttachmentId")
    in_table(stack, made, "routeTablePropagation:RouteTablePropagation", to)


def shared(stack: Stack, made: dict[str, Made]) -> None:
    stack.add(
        "ram/resourceAssociation:ResourceAssociation",
        "shared",
        resourceArn="arn:aws:ec2:us-east-1:123456789012:transit-gateway/tgw-1",
        resourceShareArn="arn:aws:ram:us-east-1:123456789012:resource-share/1",
    )
    static_route(stack, made)


WRITTEN: list[tuple[Added, str]] = [
    (nothing, "unverified hub-of-hubs"),
    (static_route, "violated"),
    (black_hole, "unverified hub-of-hubs"),
    (propagation, "unverified hub-of-hubs"),
    (prefix_list_reference, "violated"),
    (peering_attachment, "unverified hub-of-hubs"),
    (connect_peer, "unverified hub-of-hubs"),
    (vpn_connection, "unverified hub-of-hubs"),
    (shared, "violated"),
]


@pytest.mark.parametrize(("written", "world"), WRITTEN, ids=[row[0].__name__ for row in WRITTEN])
def test_a_route_to_a_transit_gateway_with(written: Added, world: str) -> None:
    for destination, expected in ((WORLD, world), (INNER, "kept")):
        stack, made = joined(destination)
        written(stack, made)
        check(judged(stack, RULE), expected)


def test_a_default_route_in_a_table_that_the_vpc_does_not_look_up_proves_nothing() -> None:
    stack, made = joined(WORLD)
    token = "ec2transitgateway/routeTable:RouteTable"
    made["looked-up"] = stack.add(token, "of-others", transitGatewayId=made["hub"])
    static_route(stack, made)
    check(judged(stack, RULE), "unverified hub-of-hubs")


def test_the_first_default_table_proves_nothing_once_there_is_another() -> None:
    stack, made = joined(WORLD)
    association = "aws:ec2transitgateway/routeTableAssociation:RouteTableAssociation"
    stack.made = [each for each in stack.made if each.token != association]
    first = made["hub"].output("associationDefaultRouteTableId")
    second, made["looked-up"] = made["looked-up"], first
    static_route(stack, made)
    check(judged(stack, RULE), "violated")
    stack.add(
        "ec2transitgateway/defaultRouteTableAssociation:DefaultRouteTableAssociation",
        "second",
        transitGatewayId=made["hub"],
        transitGatewayRouteTableId=second,
    )
    check(judged(stack, RULE), "unverified hub-of-hubs")
