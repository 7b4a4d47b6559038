"""What the ids in AWS's answers refer to: elements of the topology, or things outside of it."""

from collections.abc import Iterable, Iterator
from typing import Final

from guardrails.model.knowledge import External, Reference
from ops.audit.inventory import Inventory, Refusal, instances
from ops.audit.named_ids import core_networks, group_ids, prefix_list_ids, target_ids
from ops.audit.topology_reader.firewall_endpoints import firewall_endpoints

_ELEMENTS: Final = (
    "describe_vpcs",
    "describe_subnets",
    "describe_route_tables",
    "describe_vpc_peering_connections",
    "describe_internet_gateways",
    "describe_egress_only_internet_gateways",
    "describe_nat_gateways",
    "describe_carrier_gateways",
    "describe_vpn_gateways",
    "describe_local_gateways",
    "describe_network_interfaces",
    "describe_security_groups",
    "describe_managed_prefix_lists",
    "describe_transit_gateway_vpc_attachments",
    "describe_vpc_endpoints",
)
"""The operations whose answers become elements that others refer to."""


class References:
    """Resolves ids: all regions at once, for an id is one thing."""

    def __init__(self, inventories: Iterable[Inventory]) -> None:
        self._known = {key for inventory in inventories for key in _known_ids(inventory)}

    def to(self, identity: str | None) -> Reference:
        """Return what an id refers to, None if there is none."""
        if not identity:
            return None
        return identity if identity in self._known else External(identity)


def _known_ids(inventory: Inventory) -> Iterator[str]:
    for operation in _ELEMENTS:
        yield from inventory.ids(operation)
    yield from (each["InstanceId"] for each in instances(inventory))
    for core in core_networks(inventory):
        yield from (e["AttachmentId"] for e in inventory.found("list_attachments", core))
    yield from (each.identity for each in firewall_endpoints(inventory))
    for hidden in (
        hidden_vpcs,
        hidden_nat_gateways,
        hidden_interfaces,
        hidden_groups,
        hidden_lists,
    ):
        yield from hidden(inventory)


def hidden_vpcs(inventory: Inventory) -> dict[str, Refusal]:
    """Return the VPCs of which only others tell, because describing them was refused."""
    places = (
        *inventory.found("describe_subnets"),
        *inventory.found("describe_route_tables"),
        *inventory.found("describe_vpc_endpoints"),
    )
    return inventory.hidden("describe_vpcs", {each["VpcId"] for each in places})


def hidden_nat_gateways(inventory: Inventory) -> dict[str, Refusal]:
    """Return the NAT gateways of which only routes tell."""
    return inventory.hidden("describe_nat_gateways", target_ids(inventory, "nat"))


def hidden_interfaces(inventory: Inventory) -> dict[str, Refusal]:
    """Return the network interfaces of which only routes tell."""
    return inventory.hidden("describe_network_interfaces", target_ids(inventory, "eni"))


def hidden_groups(inventory: Inventory) -> dict[str, Refusal]:
    """Return the security groups of which only endpoints tell."""
    return inventory.hidden("describe_security_groups", group_ids(inventory))


def hidden_lists(inventory: Inventory) -> dict[str, Refusal]:
    """Return the prefix lists of which only routes and rules tell."""
    return inventory.hidden("describe_managed_prefix_lists", prefix_list_ids(inventory))
