"""Ids that a program takes from what was given them: attachments, associations, other parts."""

from typing import Any

import pytest

from tests.support.policy_stacks import Made, Output, Stack, closed_network
from tests.support.type_rows import check, judged

RULE = "private-subnets-have-no-internet-route"
WORLD = "0.0.0.0/0"


def handed(stack: Stack, token: str, name: str, **given: Any) -> Output:
    """Add a resource and take `name` from it, which is one of the things that it was given."""
    return stack.add(token, "between", shown={name: given[name].id}, **given).output(name)


def route(stack: Stack, table: Any, **target: Any) -> None:
    stack.add("ec2/route:Route", "out", routeTableId=table, **target)


def internet_gateway(stack: Stack, made: dict[str, Made]) -> None:
    token = "ec2/internetGatewayAttachment:InternetGatewayAttachment"
    given = {"vpcId": made["vpc"], "internetGatewayId": made["gateway"]}
    gateway = handed(stack, token, "internetGatewayId", **given)
    route(stack, made["table"], destinationCidrBlock=WORLD, gatewayId=gateway)


def inline_internet_gateway(stack: Stack, made: dict[str, Made]) -> None:
    token = "ec2/internetGatewayAttachment:InternetGatewayAttachment"
    given = {"vpcId": made["vpc"], "internetGatewayId": made["gateway"]}
    gateway = handed(stack, token, "internetGatewayId", **given)
    routes = [{"cidrBlock": WORLD, "gatewayId": gateway}]
    table = stack.add("ec2/routeTable:RouteTable", "open", vpcId=made["vpc"], routes=routes)
    token = "ec2/mainRouteTableAssociation:MainRouteTableAssociation"
    stack.add(token, "main", vpcId=made["vpc"], routeTableId=table)
    stack.add("ec2/subnet:Subnet", "private-b", vpcId=made["vpc"], cidrBlock="10.0.2.0/24")


def virtual_private_gateway(stack: Stack, made: dict[str, Made]) -> None:
    office = stack.add("ec2/vpnGateway:VpnGateway", "office")
    token = "ec2/vpnGatewayAttachment:VpnGatewayAttachment"
    gateway = handed(stack, token, "vpnGatewayId", vpcId=made["vpc"], vpnGatewayId=office)
    route(stack, made["table"], destinationCidrBlock="10.9.0.0/16", gatewayId=gateway)


def table_of_its_association(stack: Stack, made: dict[str, Made]) -> None:
    token = "ec2/routeTableAssociation:RouteTableAssociation"
    other = stack.add("ec2/subnet:Subnet", "private-b", vpcId=made["vpc"], cidrBlock="10.0.2.0/24")
    given = {"subnetId": other, "routeTableId": made["table"]}
    table = handed(stack, token, "routeTableId", **given)
    route(stack, table, destinationCidrBlock=WORLD, gatewayId=made["gateway"])


def table_of_a_public_association(stack: Stack, made: dict[str, Made]) -> None:
    other = stack.add("ec2/subnet:Subnet", "public", vpcId=made["vpc"], cidrBlock="10.0.2.0/24")
    outer = stack.add("ec2/routeTable:RouteTable", "outer", vpcId=made["vpc"])
    token = "ec2/routeTableAssociation:RouteTableAssociation"
    table = handed(stack, token, "routeTableId", subnetId=other, routeTableId=outer)
    route(stack, table, destinationCidrBlock=WORLD, gatewayId=made["gateway"])


def vpc_of_its_second_range(stack: Stack, made: dict[str, Made]) -> None:
    token = "ec2/vpcIpv4CidrBlockAssociation:VpcIpv4CidrBlockAssociation"
    vpc = handed(stack, token, "vpcId", vpcId=made["vpc"], cidrBlock="100.64.0.0/16")
    stack.add("ec2/subnet:Subnet", "private-pods", vpcId=vpc, cidrBlock="100.64.1.0/24")


def vpc_of_its_second_range_with_an_open_main_table(stack: Stack, made: dict[str, Made]) -> None:
    vpc_of_its_second_range(stack, made)
    main = made["vpc"].output("mainRouteTableId")
    route(stack, main, destinationCidrBlock=WORLD, gatewayId=made["gateway"])


def subnets_of_their_interfaces(stack: Stack, made: dict[str, Made]) -> None:
    routes = [{"cidrBlock": WORLD, "gatewayId": made["gateway"]}]
    outer = stack.add("ec2/routeTable:RouteTable", "outer", vpcId=made["vpc"], routes=routes)
    subnets: list[Output] = []
    for zone, name in enumerate(("public-a", "public-b")):
        cidr = f"10.0.{zone + 8}.0/24"
        given = stack.add("ec2/subnet:Subnet", name, vpcId=made["vpc"], cidrBlock=cidr)
        association = "ec2/routeTableAssociation:RouteTableAssociation"
        stack.add(association, name, subnetId=given, routeTableId=outer)
        interface = stack.add(
            "ec2/networkInterface:NetworkInterface",
            name,
            shown={"subnetId": given.id},
            subnetId=given,
        )
        subnets.append(interface.output("subnetId"))
    kind = {"vpcEndpointType": "GatewayLoadBalancer", "subnetIds": subnets}
    wall = stack.add("ec2/vpcEndpoint:VpcEndpoint", "wall", vpcId=made["vpc"], **kind)
    route(stack, made["table"], destinationCidrBlock=WORLD, vpcEndpointId=wall)


ROWS = {
    internet_gateway: "violated",
    inline_internet_gateway: "violated",
    virtual_private_gateway: "kept",
    table_of_its_association: "violated",
    table_of_a_public_association: "kept",
    subnets_of_their_interfaces: "violated",
    vpc_of_its_second_range: "kept",
    vpc_of_its_second_range_with_an_open_main_table: "violated",
}


@pytest.mark.parametrize(
    ("added", "expected"), ROWS.items(), ids=[added.__name__ for added in ROWS]
)
def test_an_id_passed_on(added: Any, expected: str) -> None:
    stack, made = closed_network()
    added(stack, made)
    check(judged(stack, RULE), expected)
