"""Route tables of a transit gateway and their static routes.

Upstream: transitgateway_route_table.go, transitgateway_route.go.
"""

from collections.abc import Iterable
from typing import Any, ClassVar

from sandbox.provider.check import Fault
from sandbox.provider.cloud import Cloud, refuse
from sandbox.provider.ec2.transit_gateway_link import associated_attachments
from sandbox.provider.ec2.transit_gateway_live import (
    default_tables,
    find_table,
    require_attachment,
)
from sandbox.provider.resource import Resource
from sandbox.provider.schema import boolean, string
from sandbox.provider.tags import from_aws, specification
from sandbox.provider.values import canonical_network, network
from sandbox.provider.wire import UNKNOWN, Properties


class TransitGatewayRouteTable(Resource):
    """A route table of a transit gateway beside its default one."""

    pulumi_name = "aws:ec2transitgateway/routeTable:RouteTable"
    noun = "EC2 Transit Gateway Route Table"
    properties: ClassVar = {
        "transitGatewayId": string(required=True, replaces=True),
        "arn": string(output=True),
        "defaultAssociationRouteTable": boolean(output=True),
        "defaultPropagationRouteTable": boolean(output=True),
    }
    tagged = True

    def create(self, cloud: Cloud, inputs: Properties) -> str:
        """Create the table."""
        answer = cloud.ec2.create_transit_gateway_route_table(
            TransitGatewayId=inputs["transitGatewayId"],
            TagSpecifications=specification("transit-gateway-route-table", inputs),
        )
        return answer["TransitGatewayRouteTable"]["TransitGatewayRouteTableId"]

    def read(self, cloud: Cloud, identity: str, known: Properties) -> Properties | None:
        """Return the table unless it was deleted."""
        del known
        table = find_table(cloud, identity)
        if table is None:
            return None
        associated, propagated = default_tables(cloud, table["TransitGatewayId"])
        return {
            "arn": cloud.arn("ec2", f"transit-gateway-route-table/{identity}"),
            "defaultAssociationRouteTable": identity == associated,
            "defaultPropagationRouteTable": identity == propagated,
            "transitGatewayId": table["TransitGatewayId"],
            "tags": from_aws(table.get("Tags", [])),
        }

    def delete(self, cloud: Cloud, identity: str, state: Properties) -> None:
        """Delete a table with which no attachment is associated.

        Source: API_DeleteTransitGatewayRouteTable, which asks to disassociate the table first.
        """
        del state
        if find_table(cloud, identity) is None:
            return
        attachments = associated_attachments(cloud, identity)
        if attachments:
            words = f"{identity} has non-deleted associations: {', '.join(attachments)}."
            refuse("DeleteTransitGatewayRouteTable", "IncorrectState", words)
        cloud.ec2.delete_transit_gateway_route_table(TransitGatewayRouteTableId=identity)


class TransitGatewayRoute(Resource):
    """A static route of such a table, to an attachment or into a black hole."""

    pulumi_name = "aws:ec2transitgateway/route:Route"
    noun = "EC2 Transit Gateway Route"
    properties: ClassVar = {
        "blackhole": boolean(default=False, replaces=True),
        "destinationCidrBlock": string(
            required=True, replaces=True, valid=(network,), normal=canonical_network
        ),
        "transitGatewayAttachmentId": string(replaces=True),
        "transitGatewayRouteTableId": string(required=True, replaces=True),
    }

    def faults(self, inputs: Properties) -> Iterable[Fault]:
        """Ask for one target; AWS refuses a route with none or two only when it is made."""
        attachment, blackhole = inputs.get("transitGatewayAttachmentId"), inputs.get("blackhole")
        if UNKNOWN not in (attachment, blackhole) and bool(attachment) == bool(blackhole):
            yield Fault(
                "transitGatewayAttachmentId",
                "one of transitGatewayAttachmentId and blackhole must be given",
            )

    def create(self, cloud: Cloud, inputs: Properties) -> str:
        """Create the route."""
        table, destination = inputs["transitGatewayRouteTableId"], inputs["destinationCidrBlock"]
        if _find_route(cloud, table, destination):
            words = f"Route {destination} already exists in Transit Gateway Route Table {table}."
            refuse("CreateTransitGatewayRoute", "RouteAlreadyExists", words)
        attachment = inputs.get("transitGatewayAttachmentId")
        if attachment:
            require_attachment(cloud, "CreateTransitGatewayRoute", attachment)
        target = {"TransitGatewayAttachmentId": attachment} if attachment else {"Blackhole": True}
        cloud.ec2.create_transit_gateway_route(
            TransitGatewayRouteTableId=table, DestinationCidrBlock=destination, **target
        )
        return f"{table}_{destination}"

    def read(self, cloud: Cloud, identity: str, known: Properties) -> Properties | None:
        """Return the route; moto does not tell its attachment."""
        del known
        table, _, destination = identity.partition("_")
        route = _find_route(cloud, table, destination)
        if route is None:
            return None
        return {
            "blackhole": route["State"] == "blackhole",
            "destinationCidrBlock": destination,
            "transitGatewayRouteTableId": table,
        }

    def delete(self, cloud: Cloud, identity: str, state: Properties) -> None:
        """Delete the route."""
        del state
        table, _, destination = identity.partition("_")
        if _find_route(cloud, table, destination):
            cloud.ec2.delete_transit_gateway_route(
                TransitGatewayRouteTableId=table, DestinationCidrBlock=destination
            )


def _find_route(cloud: Cloud, table: str, destination: str) -> dict[str, Any] | None:
    if find_table(cloud, table) is None:
        return None
    static = [{"Name": "type", "Values": ["static"]}]
    answer = cloud.ec2.search_transit_gateway_routes(
        TransitGatewayRouteTableId=table, Filters=static
    )
    wanted = canonical_network(destination)
    routes: list[dict[str, Any]] = answer["Routes"]
    return next(
        (
            route
            for route in routes
            if canonical_network(route["DestinationCidrBlock"]) == wanted
            and route["State"] != "deleted"
        ),
        None,
    )
