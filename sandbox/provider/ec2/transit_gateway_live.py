"""Transit gateways, their route tables and attachments as they live; what was deleted does not."""

from typing import Any

from sandbox.provider.cloud import Cloud, refuse

_GONE = ("deleted", "deleting")


def find_gateway(cloud: Cloud, identity: str) -> dict[str, Any] | None:
    """Return a transit gateway."""
    return _living(
        cloud.find("describe_transit_gateways", "TransitGateways", TransitGatewayIds=[identity])
    )


def find_table(cloud: Cloud, identity: str) -> dict[str, Any] | None:
    """Return a route table of a transit gateway."""
    return _living(
        cloud.find(
            "describe_transit_gateway_route_tables",
            "TransitGatewayRouteTables",
            TransitGatewayRouteTableIds=[identity],
        )
    )


def find_attachment(cloud: Cloud, identity: str) -> dict[str, Any] | None:
    """Return an attachment to a transit gateway, of whatever kind."""
    return _living(
        cloud.find(
            "describe_transit_gateway_attachments",
            "TransitGatewayAttachments",
            TransitGatewayAttachmentIds=[identity],
        )
    )


def require_table(cloud: Cloud, operation: str, identity: str) -> dict[str, Any]:
    """Return a route table, or refuse as AWS does."""
    table = find_table(cloud, identity)
    if table is None:
        words = f"Transit Gateway Route Table {identity} was deleted or does not exist."
        refuse(operation, "InvalidRouteTableID.NotFound", words)
    return table


def require_attachment(cloud: Cloud, operation: str, identity: str) -> dict[str, Any]:
    """Return an attachment, or refuse as AWS does."""
    attachment = find_attachment(cloud, identity)
    if attachment is None:
        words = f"Transit Gateway Attachment {identity} was deleted or does not exist."
        refuse(operation, "InvalidTransitGatewayAttachmentID.NotFound", words)
    return attachment


def tables_of(cloud: Cloud, gateway: str) -> list[str]:
    """List the route tables of a transit gateway."""
    tables = cloud.list_all(
        "describe_transit_gateway_route_tables",
        "TransitGatewayRouteTables",
        transit_gateway_id=gateway,
    )
    return [table["TransitGatewayRouteTableId"] for table in tables if _living(table)]


def default_tables(cloud: Cloud, gateway: str) -> tuple[str, str]:
    """Return the tables that a new attachment is associated with and propagates to; "" is none.

    AWS names none while the gateway's option is disabled; moto names one all the same.
    """
    found = find_gateway(cloud, gateway)
    options: dict[str, str] = found["Options"] if found else {}
    association, propagation = (
        options.get(f"{kind}DefaultRouteTableId", "")
        if options.get(f"DefaultRouteTable{kind}") == "enable"
        else ""
        for kind in ("Association", "Propagation")
    )
    return association, propagation


def _living(found: dict[str, Any] | None) -> dict[str, Any] | None:
    return None if found is None or found["State"] in _GONE else found
