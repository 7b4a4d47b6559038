"""Reads transit gateways: attachments of VPCs, the tables that these look up, and their routes.

What an attachment of a VPC propagates are that VPC's own ranges, which lead nowhere else: only
static routes are read, and what other attachments propagate.
"""

from collections.abc import Iterator

from guardrails.model.knowledge import Reference, Unknown
from guardrails.model.routing import TransitAttachment, TransitRoute
from ops.audit.inventory import Inventory, Record
from ops.audit.named_ids import transit_table_of
from ops.audit.topology_reader.references import References


def read_transit_attachments(inventory: Inventory, references: References) -> Iterator[object]:
    """Read what joins VPCs to the transit gateways that routes lead to."""
    for each in inventory.found("describe_transit_gateway_vpc_attachments"):
        yield TransitAttachment(
            key=each["TransitGatewayAttachmentId"],
            transit=references.to(each["TransitGatewayId"]),
            vpc=references.to(each["VpcId"]),
            subnets=tuple(references.to(subnet) for subnet in each["SubnetIds"]),
            table=_table(each["TransitGatewayAttachmentId"], inventory),
        )


def _table(attachment: str, inventory: Inventory) -> Reference:
    operation = "describe_transit_gateway_attachments"
    what = f"the transit gateway's route table of attachment {attachment}"
    for each in inventory.found(operation):
        if each["TransitGatewayAttachmentId"] == attachment:
            return transit_table_of(each) or Unknown(what)
    refusal = inventory.refusal(operation)
    return refusal.hides(what) if refusal else Unknown(what)


def read_transit_routes(inventory: Inventory, references: References) -> Iterator[object]:
    """Read the routes of the tables that attachments look up."""
    for (operation, table), routes in inventory.answers.items():
        if operation == "search_transit_gateway_routes":
            for route in routes:
                yield from _routes(table, route, references)


def _routes(table: str, route: Record, references: References) -> Iterator[TransitRoute]:
    cidr, prefix_list = route.get("DestinationCidrBlock"), route.get("PrefixListId")
    key = f"{table}_{cidr or prefix_list}"
    attachments: list[Record] = route.get("TransitGatewayAttachments") or []
    if route["Type"] != "static" and all(e.get("ResourceType") == "vpc" for e in attachments):
        return
    hidden = Unknown(f"the attachment that transit gateway route {key} leads to")
    identities = [each["TransitGatewayAttachmentId"] for each in attachments]
    for attachment in map(references.to, identities) if identities else (hidden,):
        yield TransitRoute(
            key=key,
            table=table,
            cidr=cidr,
            prefix_list=None if cidr else references.to(prefix_list),
            attachment=attachment,
            blackhole=route["State"] == "blackhole",
        )
