"""aws.ec2.getRouteTable and aws.ec2.getRouteTables.

Rules: internal/service/ec2/vpc_route_table{,s}_data_source.go of hashicorp/terraform-provider-aws.
"""

from collections.abc import Callable
from typing import Any, ClassVar

from sandbox.provider.cloud import Cloud
from sandbox.provider.function import Function
from sandbox.provider.functions.filters import (
    FILTERS,
    LISTING,
    Names,
    Thing,
    asked,
    choose,
    listing,
)
from sandbox.provider.schema import list_of, map_of, object_of, string
from sandbox.provider.tags import from_aws
from sandbox.provider.wire import Properties

_ROUTE = {
    "carrierGatewayId": "CarrierGatewayId",
    "cidrBlock": "DestinationCidrBlock",
    "coreNetworkArn": "CoreNetworkArn",
    "destinationPrefixListId": "DestinationPrefixListId",
    "egressOnlyGatewayId": "EgressOnlyInternetGatewayId",
    "gatewayId": "GatewayId",
    "instanceId": "InstanceId",
    "ipv6CidrBlock": "DestinationIpv6CidrBlock",
    "localGatewayId": "LocalGatewayId",
    "natGatewayId": "NatGatewayId",
    "networkInterfaceId": "NetworkInterfaceId",
    "odbNetworkArn": "OdbNetworkArn",
    "transitGatewayId": "TransitGatewayId",
    "vpcPeeringConnectionId": "VpcPeeringConnectionId",
}
_CRITERIA = ("routeTableId", "vpcId", "subnetId", "gatewayId", "filters", "tags")


def _in(listing: str, key: str) -> Callable[[Thing], list[Any]]:
    return lambda table: [each.get(key) for each in table[listing]]


_NAMES: Names = {
    "association.gateway-id": _in("Associations", "GatewayId"),
    "association.main": _in("Associations", "Main"),
    "association.route-table-association-id": _in("Associations", "RouteTableAssociationId"),
    "association.route-table-id": _in("Associations", "RouteTableId"),
    "association.subnet-id": _in("Associations", "SubnetId"),
    "owner-id": "OwnerId",
    "route-table-id": "RouteTableId",
    "route.destination-cidr-block": _in("Routes", "DestinationCidrBlock"),
    "route.destination-ipv6-cidr-block": _in("Routes", "DestinationIpv6CidrBlock"),
    "route.destination-prefix-list-id": _in("Routes", "DestinationPrefixListId"),
    "route.egress-only-internet-gateway-id": _in("Routes", "EgressOnlyInternetGatewayId"),
    "route.gateway-id": _in("Routes", "GatewayId"),
    "route.instance-id": _in("Routes", "InstanceId"),
    "route.nat-gateway-id": _in("Routes", "NatGatewayId"),
    "route.origin": _in("Routes", "Origin"),
    "route.state": _in("Routes", "State"),
    "route.transit-gateway-id": _in("Routes", "TransitGatewayId"),
    "route.vpc-peering-connection-id": _in("Routes", "VpcPeeringConnectionId"),
    "vpc-id": "VpcId",
}


class GetRouteTable(Function):
    """One route table."""

    pulumi_name = "aws:ec2/getRouteTable:getRouteTable"
    properties: ClassVar = {
        "arn": string(output=True),
        "associations": list_of(object_of({}), output=True),
        "filters": FILTERS,
        "gatewayId": string(computed=True),
        "id": string(output=True),
        "ownerId": string(output=True),
        "routeTableId": string(computed=True),
        "routes": list_of(object_of({}), output=True),
        "subnetId": string(computed=True),
        "tags": map_of(string(), computed=True),
        "vpcId": string(computed=True),
    }

    def call(self, cloud: Cloud, arguments: Properties) -> Properties:
        """Find the table."""
        table = _find(cloud, arguments)
        identity = table["RouteTableId"]
        return {
            "arn": cloud.arn("ec2", f"route-table/{identity}", table["OwnerId"]),
            "associations": [_association(each) for each in table["Associations"]],
            "gatewayId": arguments.get("gatewayId", ""),
            "id": identity,
            "ownerId": table["OwnerId"],
            "routeTableId": identity,
            "routes": [_route(each) for each in table["Routes"] if _is_listed(each)],
            "subnetId": arguments.get("subnetId", ""),
            "tags": from_aws(table.get("Tags", [])),
            "vpcId": table["VpcId"],
        }


class GetRouteTables(Function):
    """The ids of all route tables that fit; there may be none."""

    pulumi_name = "aws:ec2/getRouteTables:getRouteTables"
    properties: ClassVar = {**LISTING, "vpcId": string()}

    def call(self, cloud: Cloud, arguments: Properties) -> Properties:
        """List the tables."""
        found = _choose(cloud, arguments, {"vpc-id": arguments.get("vpcId")})
        return listing(cloud.region, arguments, [table["RouteTableId"] for table in found])


def _find(cloud: Cloud, arguments: Properties) -> Thing:
    if not any(arguments.get(name) for name in _CRITERIA):
        raise LookupError(
            "one of route_table_id, vpc_id, subnet_id, gateway_id, filters, or tags must be "
            "assigned"
        )
    wanted = {
        "route-table-id": arguments.get("routeTableId"),
        "vpc-id": arguments.get("vpcId"),
        "association.subnet-id": arguments.get("subnetId"),
        "association.gateway-id": arguments.get("gatewayId"),
    }
    found = _choose(cloud, arguments, wanted)
    if not found:
        raise LookupError(
            "query returned no results. Please change your search criteria and try again"
        )
    if len(found) > 1:
        raise LookupError(
            "multiple Route Tables matched; use additional constraints to reduce matches to a "
            "single Route Table"
        )
    return found[0]


def _choose(cloud: Cloud, arguments: Properties, wanted: dict[str, str | None]) -> list[Thing]:
    tables = cloud.list_all("describe_route_tables", "RouteTables")
    return choose("DescribeRouteTables", tables, asked(arguments, wanted), _NAMES)


def _is_listed(route: Thing) -> bool:
    """Leave out what no program writes: local, propagated and gateway endpoints' routes."""
    gateway = route.get("GatewayId", "")
    of_an_endpoint = "DestinationPrefixListId" in route and gateway.startswith("vpce-")
    propagated = route.get("Origin") == "EnableVgwRoutePropagation"
    return not (gateway == "local" or propagated or of_an_endpoint)


def _route(route: Thing) -> Properties:
    told = {name: route.get(key, "") for name, key in _ROUTE.items()}
    endpoint = told["gatewayId"] if told["gatewayId"].startswith("vpce-") else ""
    gateway = "" if endpoint else told["gatewayId"]
    return {**told, "gatewayId": gateway, "vpcEndpointId": endpoint}


def _association(association: Thing) -> Properties:
    return {
        "gatewayId": association.get("GatewayId", ""),
        "main": association["Main"],
        "routeTableAssociationId": association["RouteTableAssociationId"],
        "routeTableId": association["RouteTableId"],
        "subnetId": association.get("SubnetId", ""),
    }
