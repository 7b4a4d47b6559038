"""Routes of a route table, however they are declared: what AWS takes and what it refuses.

Wordings of the refusals are those of the EC2 API; which target may be more specific than a VPC's
own range: https://docs.aws.amazon.com/vpc/latest/userguide/subnet-route-tables.html
"""

from collections.abc import Mapping
from typing import Any

from sandbox.provider.cloud import Cloud, refuse
from sandbox.provider.ec2.ranges import is_inside, ranges_of
from sandbox.provider.values import canonical_network
from sandbox.provider.wire import Properties

# Property of a target, and its argument of CreateRoute.
TARGETS: Mapping[str, str] = {
    "carrierGatewayId": "CarrierGatewayId",
    "egressOnlyGatewayId": "EgressOnlyInternetGatewayId",
    "gatewayId": "GatewayId",
    "natGatewayId": "NatGatewayId",
    "networkInterfaceId": "NetworkInterfaceId",
    "transitGatewayId": "TransitGatewayId",
    "vpcEndpointId": "VpcEndpointId",
    "vpcPeeringConnectionId": "VpcPeeringConnectionId",
}
# Targets of the real provider for which the local AWS has no routes.
UNMODELLED_TARGETS = ("coreNetworkArn", "localGatewayId", "odbNetworkArn")
_INSIDE = ("NetworkInterfaceId", "NatGatewayId", "VpcEndpointId")


def find_table(cloud: Cloud, table: str) -> dict[str, Any] | None:
    """Return a route table as AWS describes it."""
    return cloud.find("describe_route_tables", "RouteTables", RouteTableIds=[table])


def find_route(table: Mapping[str, Any], destination: Mapping[str, str]) -> dict[str, Any] | None:
    """Return the table's route to a destination, such as {"DestinationCidrBlock": "0.0.0.0/0"}."""
    wanted = {key: canonical_network(value) for key, value in destination.items()}
    for route in table["Routes"]:
        if all(canonical_network(route.get(key, "")) == value for key, value in wanted.items()):
            return route
    return None


def create_route(
    cloud: Cloud, table: str, destination: Mapping[str, str], target: Mapping[str, str]
) -> None:
    """Create a route unless AWS would refuse it."""
    target = _as_kept(target)
    known = find_table(cloud, table)
    if known:
        if find_route(known, destination) or _is_local(cloud, known, destination):
            refuse(
                "CreateRoute",
                "RouteAlreadyExists",
                f"The route identified by {next(iter(destination.values()))} already exists.",
            )
        _refuse_target(cloud, "CreateRoute", known, destination, target)
    cloud.ec2.create_route(RouteTableId=table, **destination, **target)


def replace_route(
    cloud: Cloud, table: str, destination: Mapping[str, str], target: Mapping[str, str]
) -> None:
    """Point an existing route at another target unless AWS would refuse it."""
    target = _as_kept(target)
    known = find_table(cloud, table)
    if known:
        _refuse_target(cloud, "ReplaceRoute", known, destination, target)
    cloud.ec2.replace_route(RouteTableId=table, **destination, **target)


def delete_route(cloud: Cloud, table: str, destination: Mapping[str, str]) -> None:
    """Delete a route."""
    cloud.ec2.delete_route(RouteTableId=table, **destination)


def target_of(route: Mapping[str, Any]) -> Properties:
    """Return the target of a route as properties; an endpoint comes as a gateway."""
    found = {name: route.get(argument, "") for name, argument in TARGETS.items()}
    if found["gatewayId"].startswith("vpce-"):
        found.update(gatewayId="", vpcEndpointId=found["gatewayId"])
    return found


def _as_kept(target: Mapping[str, str]) -> Mapping[str, str]:
    """Return the target as AWS keeps it: a NAT gateway given as a gateway becomes what it is.

    Upstream warns of the lasting difference (website/docs/r/route_table.html.markdown).
    """
    gateway = target.get("GatewayId", "")
    return {"NatGatewayId": gateway} if gateway.startswith("nat-") else target


def _refuse_target(
    cloud: Cloud,
    operation: str,
    table: Mapping[str, Any],
    destination: Mapping[str, str],
    target: Mapping[str, str],
) -> None:
    _refuse_inside(cloud, operation, table, destination, target)
    vpc, name = table["VpcId"], table["RouteTableId"]
    gateway, interface = target.get("GatewayId", ""), target.get("NetworkInterfaceId")
    if gateway.startswith("igw-"):
        found = cloud.find(
            "describe_internet_gateways", "InternetGateways", InternetGatewayIds=[gateway]
        )
        attached = found and any(each["VpcId"] == vpc for each in found["Attachments"])
        if found and not attached:
            _refuse_network(operation, f"route table {name} and network gateway {gateway}")
    if interface:
        found = cloud.find(
            "describe_network_interfaces", "NetworkInterfaces", NetworkInterfaceIds=[interface]
        )
        if found and found["VpcId"] != vpc:
            _refuse_network(operation, f"route table {name} and interface {interface}")
    nat = target.get("NatGatewayId")
    if nat and not cloud.find("describe_nat_gateways", "NatGateways", NatGatewayIds=[nat]):
        refuse(
            operation, "InvalidNatGatewayID.NotFound", f"The natGateway ID '{nat}' does not exist"
        )


def _is_local(cloud: Cloud, table: Mapping[str, Any], destination: Mapping[str, str]) -> bool:
    """Tell whether the destination is a range of the VPC; moto lists no local route of IPv6."""
    vpc = cloud.find("describe_vpcs", "Vpcs", VpcIds=[table["VpcId"]]) or {}
    return canonical_network(next(iter(destination.values()))) in ranges_of(vpc)


def _refuse_network(operation: str, pair: str) -> None:
    refuse(operation, "InvalidParameterValue", f"{pair} belong to different networks")


def _refuse_inside(
    cloud: Cloud,
    operation: str,
    table: Mapping[str, Any],
    destination: Mapping[str, str],
    target: Mapping[str, str],
) -> None:
    """Refuse a route inside the VPC unless it leads a whole subnet through a middlebox."""
    text = destination.get("DestinationCidrBlock") or destination.get("DestinationIpv6CidrBlock")
    if not text:
        return
    vpc = cloud.find("describe_vpcs", "Vpcs", VpcIds=[table["VpcId"]]) or {}
    if not any(is_inside(text, own) for own in ranges_of(vpc)):
        return
    if not any(argument in target for argument in _INSIDE):
        refuse(
            operation,
            "InvalidParameterValue",
            f"The destination CIDR block {text} is equal to or more specific than one of this "
            "VPC's CIDR blocks. This route can target only an interface or an instance.",
        )
    subnets = cloud.list_all("describe_subnets", "Subnets", vpc_id=table["VpcId"])
    if canonical_network(text) not in [own for each in subnets for own in ranges_of(each)]:
        refuse(
            operation,
            "InvalidParameterValue",
            "Route destination doesn't match any subnet CIDR blocks.",
        )
