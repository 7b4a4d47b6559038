"""Route tables, also a VPC's own (upstream: vpc_route_table.go, vpc_default_route_table.go)."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, ClassVar

from sandbox.provider.check import Fault, join_path
from sandbox.provider.cloud import Cloud, refuse, unless_gone
from sandbox.provider.ec2.routes import (
    TARGETS,
    UNMODELLED_TARGETS,
    create_route,
    delete_route,
    find_table,
    replace_route,
    target_of,
)
from sandbox.provider.resource import Change, Resource, pick
from sandbox.provider.schema import Property, object_of, set_of, string
from sandbox.provider.tags import from_aws, specification, to_aws
from sandbox.provider.values import canonical_network, ipv4_network, ipv6_network
from sandbox.provider.wire import UNKNOWN, Properties, as_list

_DESTINATIONS: Mapping[str, str] = {
    "cidrBlock": "DestinationCidrBlock",
    "ipv6CidrBlock": "DestinationIpv6CidrBlock",
    "destinationPrefixListId": "DestinationPrefixListId",
}
_UNMODELLED = ("propagatingVgws", *(f"routes.{name}" for name in UNMODELLED_TARGETS))


def _routes(targets: Iterable[str]) -> Property:
    fields = {
        "cidrBlock": string(valid=(ipv4_network,)),
        "ipv6CidrBlock": string(valid=(ipv6_network,), normal=canonical_network),
        "destinationPrefixListId": string(),
    }
    return set_of(object_of({**fields, **{name: string() for name in targets}}), computed=True)


class RouteTable(Resource):
    """A route table; `routes` left out leaves its routes to stand-alone route resources."""

    pulumi_name = "aws:ec2/routeTable:RouteTable"
    noun = "Route Table"
    properties: ClassVar = {
        "vpcId": string(required=True, replaces=True),
        "routes": _routes(TARGETS),
        "arn": string(output=True),
        "ownerId": string(output=True),
        "propagatingVgws": set_of(string(), output=True),
    }
    unmodelled = _UNMODELLED
    tagged = True

    def faults(self, inputs: Properties) -> Iterable[Fault]:
        """Ask each inline route for one destination and one target."""
        routes = inputs.get("routes")
        return [] if routes in (None, UNKNOWN) else _route_faults(routes)

    def create(self, cloud: Cloud, inputs: Properties) -> str:
        """Create the table."""
        answer = cloud.ec2.create_route_table(
            VpcId=inputs["vpcId"], TagSpecifications=specification("route-table", inputs)
        )
        return answer["RouteTable"]["RouteTableId"]

    def configure(self, cloud: Cloud, identity: str, inputs: Properties) -> None:
        """Create its inline routes."""
        for route in as_list(inputs.get("routes")) or []:
            create_route(cloud, identity, pick(route, _DESTINATIONS), pick(route, TARGETS))

    def read(self, cloud: Cloud, identity: str, known: Properties) -> Properties | None:
        """Return the table with those routes that a program can manage."""
        del known
        table = find_table(cloud, identity)
        if table is None:
            return None
        return {
            "arn": cloud.arn("ec2", f"route-table/{identity}", table["OwnerId"]),
            "ownerId": table["OwnerId"],
            "propagatingVgws": [each["GatewayId"] for each in table.get("PropagatingVgws", [])],
            "vpcId": table["VpcId"],
            "routes": [_flat(route) for route in table["Routes"] if _is_manageable(route)],
            "tags": from_aws(table.get("Tags", [])),
        }

    def update(self, cloud: Cloud, identity: str, change: Change) -> None:
        """Create and replace routes, then delete those that are wanted no more."""
        if not change.touches("routes"):
            return
        old = {_destination(each): each for each in as_list(change.state.get("routes")) or []}
        new = {_destination(each): each for each in as_list(change.inputs.get("routes")) or []}
        for key, route in new.items():
            arguments = pick(route, _DESTINATIONS), pick(route, TARGETS)
            if key not in old:
                create_route(cloud, identity, *arguments)
            elif pick(old[key], TARGETS) != arguments[1]:
                replace_route(cloud, identity, *arguments)
        for key, route in old.items():
            if key not in new:
                _delete_route(cloud, identity, pick(route, _DESTINATIONS))

    def delete(self, cloud: Cloud, identity: str, state: Properties) -> None:
        """Undo the table's associations, as upstream does, and delete it."""
        del state
        table = find_table(cloud, identity)
        if table is None:
            return
        if any(each["Main"] for each in table["Associations"]):
            refuse(
                "DeleteRouteTable",
                "DependencyViolation",
                f"The routeTable '{identity}' has dependencies and cannot be deleted.",
            )
        for each in table["Associations"]:
            cloud.ec2.disassociate_route_table(AssociationId=each["RouteTableAssociationId"])
        cloud.ec2.delete_route_table(RouteTableId=identity)


class DefaultRouteTable(RouteTable):
    """A VPC's own table, adopted: its routes are taken over; deleting only forgets it."""

    pulumi_name = "aws:ec2/defaultRouteTable:DefaultRouteTable"
    noun = "EC2 Default Route Table"
    properties: ClassVar = {
        "defaultRouteTableId": string(required=True, replaces=True),
        "routes": _routes(name for name in TARGETS if name != "carrierGatewayId"),
        "arn": string(output=True),
        "ownerId": string(output=True),
        "vpcId": string(output=True),
    }
    unmodelled = (*_UNMODELLED, "routes.instanceId")

    def create(self, cloud: Cloud, inputs: Properties) -> str:
        """Adopt the table; fails when it does not exist."""
        identity = inputs["defaultRouteTableId"]
        cloud.ec2.describe_route_tables(RouteTableIds=[identity])
        return identity

    def configure(self, cloud: Cloud, identity: str, inputs: Properties) -> None:
        """Replace the table's routes and add its tags."""
        table = find_table(cloud, identity) or {"Routes": []}
        for route in table["Routes"]:
            if _is_manageable(route):
                _delete_route(cloud, identity, pick(_flat(route), _DESTINATIONS))
        super().configure(cloud, identity, inputs)
        if inputs.get("tagsAll"):
            cloud.ec2.create_tags(Resources=[identity], Tags=to_aws(inputs["tagsAll"]))

    def read(self, cloud: Cloud, identity: str, known: Properties) -> Properties | None:
        """Return the table."""
        live = super().read(cloud, identity, known)
        return live and {**live, "defaultRouteTableId": identity}

    def delete(self, cloud: Cloud, identity: str, state: Properties) -> None:
        """Leave the table to its VPC."""

    def adopt(self, cloud: Cloud, import_id: str) -> tuple[str, Properties]:
        """Take the id of the VPC."""
        tables = cloud.list_all(
            "describe_route_tables", "RouteTables", vpc_id=import_id, association__main="true"
        )
        if not tables:
            raise ValueError("the import id must be that of a VPC")
        return tables[0]["RouteTableId"], {}


def _route_faults(routes: list[Any]) -> Iterator[Fault]:
    for index, route in enumerate(routes):
        path = join_path("routes", index)
        for group in (_DESTINATIONS, TARGETS):
            given = [] if route is UNKNOWN else [name for name in group if route.get(name)]
            if route is not UNKNOWN and len(given) != 1:
                found = f", not {' and '.join(given)}" if given else ""
                yield Fault(path, f"{path} needs exactly one of {', '.join(group)}{found}")


def _flat(route: Mapping[str, Any]) -> Properties:
    destination = {name: route.get(key, "") for name, key in _DESTINATIONS.items()}
    return {**destination, **target_of(route)}


def _is_manageable(route: Mapping[str, Any]) -> bool:
    """Tell whether upstream counts the route among the table's own."""
    gateway = route.get("GatewayId", "")
    if gateway == "local" or route.get("Origin") == "EnableVgwRoutePropagation":
        return False
    return not (route.get("DestinationPrefixListId") and gateway.startswith("vpce-"))


def _destination(route: Properties) -> str:
    return next(canonical_network(value) for value in pick(route, _DESTINATIONS).values())


def _delete_route(cloud: Cloud, table: str, destination: Mapping[str, str]) -> None:
    unless_gone(lambda: delete_route(cloud, table, destination))
