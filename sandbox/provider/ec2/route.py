"""The stand-alone route (upstream: internal/service/ec2/vpc_route.go)."""

import zlib
from collections.abc import Mapping
from typing import ClassVar

from sandbox.provider.cloud import Cloud
from sandbox.provider.ec2.route_states import state_of
from sandbox.provider.ec2.routes import (
    TARGETS,
    UNMODELLED_TARGETS,
    create_route,
    delete_route,
    find_route,
    find_table,
    replace_route,
    target_of,
)
from sandbox.provider.resource import Change, Resource, pick
from sandbox.provider.schema import string
from sandbox.provider.values import canonical_network, ipv4_network, ipv6_network
from sandbox.provider.wire import Properties

_DESTINATIONS: Mapping[str, str] = {
    "destinationCidrBlock": "DestinationCidrBlock",
    "destinationIpv6CidrBlock": "DestinationIpv6CidrBlock",
    "destinationPrefixListId": "DestinationPrefixListId",
}


class Route(Resource):
    """One route of a table: a destination, which is its identity, and a target."""

    pulumi_name = "aws:ec2/route:Route"
    noun = "Route"
    properties: ClassVar = {
        "routeTableId": string(required=True, replaces=True),
        "destinationCidrBlock": string(replaces=True, valid=(ipv4_network,)),
        "destinationIpv6CidrBlock": string(
            replaces=True, valid=(ipv6_network,), normal=canonical_network
        ),
        "destinationPrefixListId": string(replaces=True),
        "carrierGatewayId": string(conflicts_with=("destinationIpv6CidrBlock",)),
        "egressOnlyGatewayId": string(conflicts_with=("destinationCidrBlock",)),
        "gatewayId": string(),
        "natGatewayId": string(),
        "networkInterfaceId": string(computed=True),
        "transitGatewayId": string(),
        "vpcEndpointId": string(conflicts_with=("destinationPrefixListId",)),
        "vpcPeeringConnectionId": string(),
        "instanceId": string(output=True),
        "instanceOwnerId": string(output=True),
        "origin": string(output=True),
        "state": string(output=True),
    }
    unmodelled = UNMODELLED_TARGETS
    exactly_one_of = (tuple(_DESTINATIONS), tuple(TARGETS))

    def create(self, cloud: Cloud, inputs: Properties) -> str:
        """Create the route."""
        table, destination = inputs["routeTableId"], pick(inputs, _DESTINATIONS)
        create_route(cloud, table, destination, pick(inputs, TARGETS))
        return _identity(table, destination)

    def read(self, cloud: Cloud, identity: str, known: Properties) -> Properties | None:
        """Return the route of the known table to the known destination."""
        del identity
        table = find_table(cloud, known["routeTableId"])
        route = find_route(table, pick(known, _DESTINATIONS)) if table else None
        if table is None or route is None:
            return None
        return {
            **target_of(route),
            **state_of(cloud, table["VpcId"], route),
            "origin": route.get("Origin", ""),
        }

    def update(self, cloud: Cloud, identity: str, change: Change) -> None:
        """Point the route at another target."""
        del identity
        if change.touches(*TARGETS):
            inputs = change.inputs
            replace_route(
                cloud,
                inputs["routeTableId"],
                pick(inputs, _DESTINATIONS),
                pick(inputs, TARGETS),
            )

    def delete(self, cloud: Cloud, identity: str, state: Properties) -> None:
        """Delete the route."""
        del identity
        delete_route(cloud, state["routeTableId"], pick(state, _DESTINATIONS))

    def adopt(self, cloud: Cloud, import_id: str) -> tuple[str, Properties]:
        """Take ids such as `rtb-1_10.0.0.0/8`, `rtb-1_::/0` and `rtb-1_pl-1`."""
        del cloud
        table, _, destination = import_id.partition("_")
        if not table or not destination or "_" in destination:
            raise ValueError("the import id must be ROUTETABLEID_DESTINATION")
        name = "destinationPrefixListId"
        if ":" in destination:
            name = "destinationIpv6CidrBlock"
        elif "." in destination:
            name = "destinationCidrBlock"
        known: Properties = {"routeTableId": table, name: destination}
        return _identity(table, pick(known, _DESTINATIONS)), known


def _identity(table: str, destination: Mapping[str, str]) -> str:
    """Compose the id as upstream does, with a checksum of the destination's text."""
    return f"r-{table}{zlib.crc32(next(iter(destination.values())).encode())}"
