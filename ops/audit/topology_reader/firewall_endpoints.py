"""The endpoints of network firewalls, which AWS describes by availability zone."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from ops.audit.inventory import Inventory, Record

_STATUSES: Final = (
    ("describe_firewall", "list_firewalls", "FirewallArn", "Firewall", "FirewallStatus"),
    (
        "describe_vpc_endpoint_association",
        "list_vpc_endpoint_associations",
        "VpcEndpointAssociationArn",
        "VpcEndpointAssociation",
        "VpcEndpointAssociationStatus",
    ),
)


@dataclass(frozen=True, slots=True)
class FirewallEndpoint:
    """One endpoint of a firewall, and where it is."""

    identity: str
    vpc: str
    subnet: str


def firewall_endpoints(inventory: Inventory) -> Iterator[FirewallEndpoint]:
    """Yield the endpoints of all firewalls that were read."""
    for operation, listing, arn, what, status in _STATUSES:
        for listed in inventory.found(listing):
            for answer in inventory.found(operation, listed[arn]):
                yield from _endpoints(answer[what]["VpcId"], answer.get(status) or {})


def _endpoints(vpc: str, status: Record) -> Iterator[FirewallEndpoint]:
    zones: Record = status.get("SyncStates") or status.get("AssociationSyncState") or {}
    for zone in zones.values():
        attachment: Record = zone.get("Attachment") or {}
        if attachment.get("EndpointId"):
            yield FirewallEndpoint(attachment["EndpointId"], vpc, attachment["SubnetId"])
