"""Reads Cloud WAN core networks: segments as the tables that attached VPCs look up.

As of transit gateways, what a VPC's attachment propagates leads nowhere else.
"""

from collections.abc import Iterator

from guardrails.model.knowledge import External, Reference, Unknown
from guardrails.model.routing import TransitAttachment, TransitRoute
from ops.audit.inventory import Inventory, Record
from ops.audit.named_ids import core_networks, segment_key, segments
from ops.audit.topology_reader.references import References


def read_core_attachments(inventory: Inventory, references: References) -> Iterator[object]:
    """Read what joins VPCs to the core networks that routes lead to."""
    for core, arn in core_networks(inventory).items():
        for each in inventory.found("list_attachments", core):
            key = each["AttachmentId"]
            yield TransitAttachment(
                key=key,
                transit=External(arn),
                vpc=references.to(each["ResourceArn"].rpartition("/")[2]),
                subnets=_subnets(key, inventory, references),
                table=_table(core, each),
            )


def _subnets(
    attachment: str, inventory: Inventory, references: References
) -> tuple[Reference, ...]:
    operation, what = "get_vpc_attachment", f"the subnets of attachment {attachment}"
    refusal = inventory.refusal(operation, attachment)
    if refusal:
        return (refusal.hides(what),)
    return tuple(
        references.to(arn.rpartition("/")[2])
        for answer in inventory.found(operation, attachment)
        for arn in answer["VpcAttachment"].get("SubnetArns") or ()
    )


def _table(core: str, attachment: Record) -> Reference:
    segment = attachment.get("SegmentName")
    if not segment:
        return Unknown(f"the segment of attachment {attachment['AttachmentId']}")
    return segment_key(core, segment, attachment["EdgeLocation"])


def read_core_routes(inventory: Inventory, references: References) -> Iterator[object]:
    """Read the routes of the segments that VPCs are in."""
    for core in core_networks(inventory):
        vpcs = {each["AttachmentId"] for each in inventory.found("list_attachments", core)}
        for segment, edge in segments(inventory, core):
            table = segment_key(core, segment, edge)
            for route in inventory.found("get_network_routes", table):
                yield from _routes(table, route, vpcs, references)


def _routes(
    table: str, route: Record, vpcs: set[str], references: References
) -> Iterator[TransitRoute]:
    key = f"{table}_{route['DestinationCidrBlock']}"
    destinations: list[Record] = route.get("Destinations") or []
    attachments = [each.get("CoreNetworkAttachmentId") for each in destinations]
    if route["Type"] == "PROPAGATED" and vpcs.issuperset(attachments):
        return
    hidden = Unknown(f"the attachment that core network route {key} leads to")
    for attachment in attachments or [None]:
        yield TransitRoute(
            key=key,
            table=table,
            cidr=route["DestinationCidrBlock"],
            attachment=references.to(attachment) or hidden,
            blackhole=route["State"] == "BLACKHOLE",
        )
