"""Types that a route leads to, or that fill tables."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.support.policy_stacks import Made, Output, Stack, closed_network
from tests.support.type_rows import check, judged

RULE = "private-subnets-have-no-internet-route"
WORLD = "0.0.0.0/0"
INNER = "10.9.0.0/16"
TABLE_ASSOCIATION = "ec2/routeTableAssociation:RouteTableAssociation"
Added = Callable[[Stack, dict[str, Made]], Any]


def route(stack: Stack, made: dict[str, Made], destination: str, **target: Any) -> None:
    stack.add(
        "ec2/route:Route",
        "out",
        routeTableId=made["table"],
        destinationCidrBlock=destination,
        **target,
    )


def open_subnet(stack: Stack, made: dict[str, Made]) -> Made:
    """Add a public subnet to the VPC, on a table that leads out."""
    subnet = stack.add("ec2/subnet:Subnet", "public", vpcId=made["vpc"], cidrBlock="10.0.9.0/24")
    routes = [{"cidrBlock": WORLD, "gatewayId": made["gateway"]}]
    table = stack.add("ec2/routeTable:RouteTable", "outer", vpcId=made["vpc"], routes=routes)
    stack.add(TABLE_ASSOCIATION, "outer", subnetId=subnet, routeTableId=table)
    return subnet


def attached_internet_gateway(stack: Stack, made: dict[str, Made]) -> Made:
    loose = stack.add("ec2/internetGateway:InternetGateway", "loose")
    attachment = "ec2/internetGatewayAttachment:InternetGatewayAttachment"
    stack.add(attachment, "attached", vpcId=made["vpc"], internetGatewayId=loose)
    return loose


def carrier_gateway(stack: Stack, made: dict[str, Made]) -> Made:
    return stack.add("ec2/carrierGateway:CarrierGateway", "carrier", vpcId=made["vpc"])


def nat_with_address(stack: Stack, made: dict[str, Made]) -> Made:
    address = stack.add("ec2/eip:Eip", "address", domain="vpc")
    nat = stack.add("ec2/natGateway:NatGateway", "nat", subnetId=open_subnet(stack, made))
    association = "ec2/natGatewayEipAssociation:NatGatewayEipAssociation"
    stack.add(association, "address", allocationId=address, natGatewayId=nat)
    return nat


def regional_nat(stack: Stack, made: dict[str, Made]) -> Made:
    token = "ec2/natGateway:NatGateway"
    return stack.add(token, "nat", availabilityMode="regional", vpcId=made["vpc"])


def nat_instance_by_interface(stack: Stack, made: dict[str, Made]) -> Made:
    machine = stack.add("ec2/instance:Instance", "nat", subnetId=open_subnet(stack, made))
    token = "ec2/networkInterface:NetworkInterface"
    inside = stack.add(token, "inside", subnetId=made["subnet"], sourceDestCheck=False)
    stack.add(
        "ec2/networkInterfaceAttachment:NetworkInterfaceAttachment",
        "inside",
        instanceId=machine,
        networkInterfaceId=inside,
        deviceIndex=1,
    )
    return inside


def interface_with_address(stack: Stack, made: dict[str, Made]) -> Made:
    token = "ec2/networkInterface:NetworkInterface"
    inside = stack.add(token, "inside", subnetId=made["subnet"])
    address = stack.add("ec2/eip:Eip", "address", domain="vpc")
    association = "ec2/eipAssociation:EipAssociation"
    stack.add(association, "address", allocationId=address, networkInterfaceId=inside)
    return inside


def spot_instance(stack: Stack, made: dict[str, Made]) -> Any:
    shown = {"primaryNetworkInterfaceId": "eni-of-nat", "spotInstanceId": "i-nat"}
    token = "ec2/spotInstanceRequest:SpotInstanceRequest"
    machine = stack.add(token, "nat", shown=shown, subnetId=open_subnet(stack, made))
    return machine.output("primaryNetworkInterfaceId")


def templated_instance(stack: Stack, made: dict[str, Made]) -> Any:
    interfaces = [{"subnetId": open_subnet(stack, made), "associatePublicIpAddress": "true"}]
    token = "ec2/launchTemplate:LaunchTemplate"
    template = stack.add(token, "template", networkInterfaces=interfaces)
    shown = {"primaryNetworkInterfaceId": "eni-of-nat"}
    machine = stack.add(
        "ec2/instance:Instance", "nat", shown=shown, launchTemplate={"id": template}
    )
    return machine.output("primaryNetworkInterfaceId")


def accepted_peering(stack: Stack, _: dict[str, Made]) -> Made:
    token = "ec2/vpcPeeringConnectionAccepter:VpcPeeringConnectionAccepter"
    return stack.add(token, "accepted", vpcPeeringConnectionId="pcx-1", autoAccept=True)


def virtual_private_gateway(stack: Stack, made: dict[str, Made]) -> Made:
    gateway = stack.add("ec2/vpnGateway:VpnGateway", "office")
    attachment = "ec2/vpnGatewayAttachment:VpnGatewayAttachment"
    stack.add(attachment, "office", vpcId=made["vpc"], vpnGatewayId=gateway)
    connection = stack.add("ec2/vpnConnection:VpnConnection", "office", vpnGatewayId=gateway)
    stack.add(
        "ec2/vpnConnectionRoute:VpnConnectionRoute",
        "default",
        vpnConnectionId=connection,
        destinationCidrBlock=WORLD,
    )
    return gateway


def core_network(stack: Stack, _: dict[str, Made]) -> Any:
    shown = {"arn": "arn:aws:networkmanager::123456789012:core-network/core-network-1"}
    core = stack.add("networkmanager/coreNetwork:CoreNetwork", "core", shown=shown)
    stack.add("networkmanager/vpcAttachment:VpcAttachment", "core", coreNetworkId=core)
    return core.output("arn")


def firewall_endpoint(stack: Stack, made: dict[str, Made]) -> Any:
    inside = open_subnet(stack, made)
    attachment = {"endpointId": "vpce-wall", "subnetId": inside.id}
    states = [{"associationSyncStates": [{"attachments": [attachment]}]}]
    wall = stack.add(
        "networkfirewall/vpcEndpointAssociation:VpcEndpointAssociation",
        "wall",
        shown={"vpcEndpointAssociationStatuses": states},
        vpcId=made["vpc"],
        subnetMapping={"subnetId": inside},
    )
    return Output(wall, "vpcEndpointAssociationStatuses", found="vpce-wall")


def balancer_endpoint(stack: Stack, made: dict[str, Made]) -> Made:
    token = "ec2/vpcEndpoint:VpcEndpoint"
    kind = "GatewayLoadBalancer"
    return stack.add(
        token, "wall", vpcId=made["vpc"], vpcEndpointType=kind, subnetIds=[made["subnet"]]
    )


def local_gateway(stack: Stack, made: dict[str, Made]) -> str:
    stack.add(
        "ec2/localGatewayRouteTableVpcAssociation:LocalGatewayRouteTableVpcAssociation",
        "outpost",
        localGatewayRouteTableId="lgw-rtb-1",
        vpcId=made["vpc"],
    )
    return "lgw-1"


TARGETS: list[tuple[Added, str, str, str]] = [
    (attached_internet_gateway, "gatewayId", "violated", "violated"),
    (carrier_gateway, "carrierGatewayId", "violated", "violated"),
    (nat_with_address, "natGatewayId", "violated", "kept"),
    (nat_with_address, "gatewayId", "violated", "kept"),
    (regional_nat, "natGatewayId", "violated", "kept"),
    (nat_instance_by_interface, "networkInterfaceId", "violated", "kept"),
    (interface_with_address, "networkInterfaceId", "unverified inside", "kept"),
    (spot_instance, "networkInterfaceId", "violated", "kept"),
    (templated_instance, "networkInterfaceId", "unverified nat", "kept"),
    (accepted_peering, "vpcPeeringConnectionId", "unverified accepted", "kept"),
    (virtual_private_gateway, "gatewayId", "unverified office", "kept"),
    (core_network, "coreNetworkArn", "unverified core", "kept"),
    (firewall_endpoint, "vpcEndpointId", "violated", "kept"),
    (balancer_endpoint, "vpcEndpointId", "unverified wall", "kept"),
    (local_gateway, "localGatewayId", "unverified lgw-1", "kept"),
]


@pytest.mark.parametrize(
    ("target", "name", "world", "inner"), TARGETS, ids=[row[0].__name__ for row in TARGETS]
)
def test_a_route_to(target: Added, name: str, world: str, inner: str) -> None:
    for destination, expected in ((WORLD, world), (INNER, inner)):
        stack, made = closed_network()
        route(stack, made, destination, **{name: target(stack, made)})
        check(judged(stack, RULE), expected)


def test_a_list_of_others_routed_to_a_firewall_is_no_gateway_endpoint() -> None:
    stack, made = closed_network()
    endpoint = firewall_endpoint(stack, made)
    route(stack, made, "", destinationPrefixListId="pl-1", vpcEndpointId=endpoint)
    check(judged(stack, RULE), "unverified")


def gateway_propagation(stack: Stack, made: dict[str, Made], table: Made) -> None:
    gateway = virtual_private_gateway(stack, made)
    token = "ec2/vpnGatewayRoutePropagation:VpnGatewayRoutePropagation"
    stack.add(token, "filler", routeTableId=table, vpnGatewayId=gateway)


def server_propagation(stack: Stack, made: dict[str, Made], table: Made) -> None:
    server = stack.add("vpc/routeServer:RouteServer", "server", amazonSideAsn=65534)
    association = "vpc/routeServerVpcAssociation:RouteServerVpcAssociation"
    stack.add(association, "server", routeServerId=server, vpcId=made["vpc"])
    token = "vpc/routeServerPropagation:RouteServerPropagation"
    stack.add(token, "filler", routeTableId=table, routeServerId=server)


@pytest.mark.parametrize("propagation", [gateway_propagation, server_propagation])
def test_what_fills_the_table_of_a_subnet_is_named(propagation: Callable[..., None]) -> None:
    stack, made = closed_network()
    propagation(stack, made, made["table"])
    check(judged(stack, RULE), "unverified filler")


@pytest.mark.parametrize("propagation", [gateway_propagation, server_propagation])
def test_what_fills_the_table_of_others_is_none_of_a_subnet(
    propagation: Callable[..., None],
) -> None:
    stack, made = closed_network()
    other = stack.add("ec2/routeTable:RouteTable", "other", vpcId=made["vpc"])
    propagation(stack, made, other)
    check(judged(stack, RULE), "kept")
