"""Associations and propagations, which link an attachment to route tables of its gateway.

Upstream: transitgateway_route_table_association.go, transitgateway_route_table_propagation.go.
An attachment is associated with at most one table, and propagates its routes to any number of
them (https://docs.aws.amazon.com/vpc/latest/tgw/how-transit-gateways-work.html).

moto refuses no second link, and keeps those of attachments that are gone.
"""

from typing import Any, ClassVar

from sandbox.provider.cloud import Cloud, refuse
from sandbox.provider.ec2.transit_gateway_live import (
    find_attachment,
    find_table,
    require_attachment,
    require_table,
    tables_of,
)
from sandbox.provider.injected_faults import exempt
from sandbox.provider.resource import Resource
from sandbox.provider.schema import boolean, string
from sandbox.provider.wire import Properties

_ENDS: dict[str, Any] = {
    "transitGatewayAttachmentId": string(required=True, replaces=True),
    "transitGatewayRouteTableId": string(required=True, replaces=True),
    "resourceId": string(output=True),
    "resourceType": string(output=True),
}


def find_association(cloud: Cloud, table: str, attachment: str) -> dict[str, Any] | None:
    """Return the association of an attachment with a table."""
    operation = cloud.ec2.get_transit_gateway_route_table_associations
    return _find(cloud, operation, "Associations", table, attachment)


def find_propagation(cloud: Cloud, table: str, attachment: str) -> dict[str, Any] | None:
    """Return the propagation of an attachment to a table."""
    operation = cloud.ec2.get_transit_gateway_route_table_propagations
    return _find(cloud, operation, "TransitGatewayRouteTablePropagations", table, attachment)


def associated_attachments(cloud: Cloud, table: str) -> list[str]:
    """List the attachments that are associated with a table."""
    answer = cloud.ec2.get_transit_gateway_route_table_associations(
        TransitGatewayRouteTableId=table
    )
    named = [each["TransitGatewayAttachmentId"] for each in answer["Associations"]]
    return [each for each in named if find_attachment(cloud, each)]


def associated_table(cloud: Cloud, attachment: str) -> str | None:
    """Return the table with which an attachment is associated."""
    found = find_attachment(cloud, attachment)
    tables = tables_of(cloud, found["TransitGatewayId"]) if found else []
    return next((each for each in tables if find_association(cloud, each, attachment)), None)


def associate(cloud: Cloud, table: str, attachment: str) -> None:
    """Associate an attachment that has no association yet."""
    operation = "AssociateTransitGatewayRouteTable"
    _require_ends(cloud, operation, table, attachment)
    if associated_table(cloud, attachment):
        words = f"Transit Gateway Attachment {attachment} is already associated to a route table."
        refuse(operation, "Resource.AlreadyAssociated", words)
    cloud.ec2.associate_transit_gateway_route_table(**_ids(table, attachment))


def disassociate(cloud: Cloud, table: str, attachment: str) -> None:
    """End an association."""
    operation = "DisassociateTransitGatewayRouteTable"
    require_table(cloud, operation, table)
    if find_association(cloud, table, attachment) is None:
        words = f"{attachment} is not associated with Transit Gateway Route Table {table}."
        refuse(operation, "InvalidAssociation.NotFound", words)
    make = cloud.ec2.associate_transit_gateway_route_table
    _end(make, cloud.ec2.disassociate_transit_gateway_route_table, table, attachment)


def propagate(cloud: Cloud, table: str, attachment: str) -> None:
    """Let an attachment propagate its routes to a table."""
    operation = "EnableTransitGatewayRouteTablePropagation"
    _require_ends(cloud, operation, table, attachment)
    if find_propagation(cloud, table, attachment):
        words = f"Propagation {attachment} already exists in Transit Gateway Route Table {table}."
        refuse(operation, "TransitGatewayRouteTablePropagation.Duplicate", words)
    cloud.ec2.enable_transit_gateway_route_table_propagation(**_ids(table, attachment))


def stop_propagating(cloud: Cloud, table: str, attachment: str) -> None:
    """End a propagation."""
    operation = "DisableTransitGatewayRouteTablePropagation"
    require_table(cloud, operation, table)
    if find_propagation(cloud, table, attachment) is None:
        words = f"Propagation {attachment} does not exist in Transit Gateway Route Table {table}."
        refuse(operation, "TransitGatewayRouteTablePropagation.NotFound", words)
    make = cloud.ec2.enable_transit_gateway_route_table_propagation
    _end(make, cloud.ec2.disable_transit_gateway_route_table_propagation, table, attachment)


class _Link(Resource):
    """What both are: one attachment, one table, and nothing that changes."""

    def adopt(self, cloud: Cloud, import_id: str) -> tuple[str, Properties]:
        """Ask for a table and an attachment."""
        table, _, attachment = import_id.partition("_")
        if not table or not attachment or "_" in attachment:
            form = "TRANSIT-GATEWAY-ROUTE-TABLE-ID_TRANSIT-GATEWAY-ATTACHMENT-ID"
            raise ValueError(f"unexpected format for ID ({import_id}), expected {form}")
        return super().adopt(cloud, import_id)


class TransitGatewayRouteTableAssociation(_Link):
    """The one table that says where the traffic from an attachment goes."""

    pulumi_name = "aws:ec2transitgateway/routeTableAssociation:RouteTableAssociation"
    noun = "EC2 Transit Gateway Route Table Association"
    properties: ClassVar = {**_ENDS, "replaceExistingAssociation": boolean(default=False)}

    def create(self, cloud: Cloud, inputs: Properties) -> str:
        """Associate them, after ending the attachment's association if that is asked for."""
        table, attachment = _ends(inputs)
        if inputs["replaceExistingAssociation"]:
            require_attachment(cloud, "DescribeTransitGatewayAttachments", attachment)
            former = associated_table(cloud, attachment)
            if former:
                disassociate(cloud, former, attachment)
        associate(cloud, table, attachment)
        return f"{table}_{attachment}"

    def read(self, cloud: Cloud, identity: str, known: Properties) -> Properties | None:
        """Return the association."""
        del known
        return _read(identity, find_association(cloud, *identity.split("_")))

    def delete(self, cloud: Cloud, identity: str, state: Properties) -> None:
        """End the association."""
        del state
        disassociate(cloud, *identity.split("_"))


class TransitGatewayRouteTablePropagation(_Link):
    """A table that learns the routes of an attachment."""

    pulumi_name = "aws:ec2transitgateway/routeTablePropagation:RouteTablePropagation"
    noun = "EC2 Transit Gateway Route Table Propagation"
    properties: ClassVar = _ENDS

    def create(self, cloud: Cloud, inputs: Properties) -> str:
        """Enable the propagation."""
        table, attachment = _ends(inputs)
        propagate(cloud, table, attachment)
        return f"{table}_{attachment}"

    def read(self, cloud: Cloud, identity: str, known: Properties) -> Properties | None:
        """Return the propagation."""
        del known
        return _read(identity, find_propagation(cloud, *identity.split("_")))

    def delete(self, cloud: Cloud, identity: str, state: Properties) -> None:
        """Disable the propagation."""
        del state
        stop_propagating(cloud, *identity.split("_"))


def _find(
    cloud: Cloud, operation: Any, key: str, table: str, attachment: str
) -> dict[str, Any] | None:
    if find_table(cloud, table) is None or find_attachment(cloud, attachment) is None:
        return None
    named = [{"Name": "transit-gateway-attachment-id", "Values": [attachment]}]
    answer = operation(TransitGatewayRouteTableId=table, Filters=named)
    return next(iter(answer[key]), None)


def _require_ends(cloud: Cloud, operation: str, table: str, attachment: str) -> None:
    one = require_table(cloud, operation, table)["TransitGatewayId"]
    other = require_attachment(cloud, operation, attachment)["TransitGatewayId"]
    if one != other:  # AWS refuses that, in words that it does not document
        words = f"{table} belongs to {one}, and {attachment} to {other}."
        refuse(operation, "InvalidParameterValue", words)


def _end(make: Any, end: Any, table: str, attachment: str) -> None:
    """End a link: moto takes away only the last that was made, so make it once more before."""
    with exempt():
        make(**_ids(table, attachment))
    end(**_ids(table, attachment))


def _ends(inputs: Properties) -> tuple[str, str]:
    return inputs["transitGatewayRouteTableId"], inputs["transitGatewayAttachmentId"]


def _ids(table: str, attachment: str) -> dict[str, str]:
    return {"TransitGatewayRouteTableId": table, "TransitGatewayAttachmentId": attachment}


def _read(identity: str, link: dict[str, Any] | None) -> Properties | None:
    if link is None:
        return None
    return {
        "resourceId": link["ResourceId"],
        "resourceType": link["ResourceType"],
        "transitGatewayAttachmentId": link["TransitGatewayAttachmentId"],
        "transitGatewayRouteTableId": identity.partition("_")[0],
    }
