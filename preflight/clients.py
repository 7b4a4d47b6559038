"""The attachment by which clients beyond the VPC come, and whether their routes can be made."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network

import pulumi_aws as aws

from components.addressing import unusable_as_far_range
from settings import Fault, Settings

from .existing_network import ExistingNetwork
from .faults import NAMESPACE, fault, looking_up
from .network_lookups import FoundVpc


@dataclass(frozen=True)
class Attachment:
    """A VPC's attachment to a transit gateway; `state` is AWS's word, such as `available`."""

    attachment_id: str
    transit_gateway_id: str
    vpc_id: str
    state: str


def find_attachment(settings: Settings) -> Attachment | None:
    """Look up the attachment that `clients` names; None where no clients are beyond the VPC.

    Raises RunError where it is not there, or AWS refuses the look-up.
    """
    if settings.clients is None:
        return None
    identity = settings.clients["attachment_id"]
    with looking_up(f"{NAMESPACE}:clients.attachmentId"):
        found = aws.ec2transitgateway.get_attachment(transit_gateway_attachment_id=identity)
        return Attachment(identity, found.transit_gateway_id, found.resource_id, found.state)


def client_faults(
    settings: Settings, attachment: Attachment, found: FoundVpc | None, live_vpc_id: str
) -> Iterator[Fault]:
    """Yield why clients would not reach the nodes, or get no answer; pure.

    `found` is the VPC where the stack uses one that is there already; `live_vpc_id` is that of the
    nodes, empty while there are none.
    """
    key = "clients.attachmentId"
    vpc_id = found.vpc.vpc_id if found else live_vpc_id
    if vpc_id and attachment.vpc_id != vpc_id:
        remedy = f"name the attachment of {vpc_id}: this one is of {attachment.vpc_id}"
        yield fault(key, attachment.attachment_id, remedy)
    if attachment.state != "available":
        remedy = f"wait until AWS has it available: it is {attachment.state}"
        yield fault(key, attachment.attachment_id, remedy)
    if found:
        yield from _range_faults(settings, found.vpc.cidr_blocks)
    if isinstance(found, ExistingNetwork):
        yield from _route_faults(settings, attachment, found)


def _range_faults(settings: Settings, vpc_ranges: Sequence[str]) -> Iterator[Fault]:
    """Yield ranges that settings could not compare, because the VPC's are looked up."""
    address = IPv4Address(settings.virtual_ip)
    for place, text in enumerate(settings.client_cidrs):
        unusable = unusable_as_far_range(IPv4Network(text), vpc_ranges, address)
        if unusable:
            yield fault(f"clients.cidrs[{place}]", text, unusable)


def _route_faults(
    settings: Settings, attachment: Attachment, network: ExistingNetwork
) -> Iterator[Fault]:
    """Yield ranges that a table of the nodes leads elsewhere already."""
    tables = {table.table_id: table for table in network.node_tables}
    for place, text in enumerate(settings.client_cidrs):
        for table_id, table in sorted(tables.items()):
            target = table.routes.get(text, attachment.transit_gateway_id)
            if target != attachment.transit_gateway_id:
                remedy = f"remove it, or delete the route: {table_id} leads there to {target}"
                yield fault(f"clients.cidrs[{place}]", text, remedy)
