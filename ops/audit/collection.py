"""Which calls make the inventory of one region, and in which order.

First the places of the region, or of one VPC; then what their routes and endpoints name. Of one VPC
the VPCs behind its transit gateways and core networks are read too, because packets go on there.
"""

from collections.abc import Iterable, Iterator
from typing import Any, Final

from ops.audit.asking import Asker, Call, filtered
from ops.audit.inventory import Inventory
from ops.audit.named_ids import (
    firewalls_matter,
    group_ids,
    has_endpoint_without_group,
    prefix_list_ids,
    target_ids,
)
from ops.audit.progress import Progress
from ops.audit.transit_collection import attached_vpcs, read_transit
from ops.aws import Aws
from ops.described import attached_to

_PLACES: Final = (
    ("describe_vpcs", "Vpcs"),
    ("describe_subnets", "Subnets"),
    ("describe_route_tables", "RouteTables"),
    ("describe_vpc_endpoints", "VpcEndpoints"),
)
PLACES: Final = tuple(operation for operation, _ in _PLACES)
"""Without any of these there is nothing to judge."""
_GATEWAYS: Final = {
    "igw": ("describe_internet_gateways", "InternetGateways"),
    "eigw": ("describe_egress_only_internet_gateways", "EgressOnlyInternetGateways"),
    "nat": ("describe_nat_gateways", "NatGateways"),
    "cagw": ("describe_carrier_gateways", "CarrierGateways"),
    "vgw": ("describe_vpn_gateways", "VpnGateways"),
    "lgw": ("describe_local_gateways", "LocalGateways"),
}
"""By the prefix of their ids: how gateways are described. All of a region are few."""
_PEERINGS: Final = ("describe_vpc_peering_connections", "VpcPeeringConnections")
_EXCLUSIONS: Final = (
    "describe_vpc_block_public_access_exclusions",
    "VpcBlockPublicAccessExclusions",
)


def collect(aws: Aws, account: str, vpc: str | None, progress: Progress) -> Inventory:
    """Read a region, or one VPC of it and what it leads to."""
    inventory = Inventory(aws.region, account)
    asker = Asker(aws, inventory, progress)
    asker.ask(*_place_calls([vpc] if vpc else []), Call(*_EXCLUSIONS))
    read_transit(asker)
    seen = {vpc}
    while vpc and (beyond := attached_vpcs(inventory) - seen):
        seen |= beyond
        asker.ask(*_place_calls(sorted(beyond)))
        read_transit(asker)
    _read_named(asker)
    return inventory


def _place_calls(vpcs: list[str]) -> Iterator[Call]:
    for operation, key in _PLACES:
        yield from filtered(operation, key, "vpc-id", vpcs, whole=True)
    for side in ("requester", "accepter") if vpcs else ("",):
        yield from filtered(*_PEERINGS, f"{side}-vpc-info.vpc-id", vpcs, whole=True)


def _read_named(asker: Asker) -> None:
    """Read what routes and endpoints name."""
    inventory = asker.inventory
    groups = group_ids(inventory)
    asker.ask(
        *(Call(*call) for prefix, call in _GATEWAYS.items() if target_ids(inventory, prefix)),
        *filtered(
            "describe_network_interfaces",
            "NetworkInterfaces",
            "network-interface-id",
            target_ids(inventory, "eni"),
        ),
        *filtered("describe_security_groups", "SecurityGroups", "group-id", groups),
        *_default_group_calls(inventory),
        *_firewall_calls(inventory),
    )
    asker.ask(
        *_machine_calls(inventory),
        *_rule_calls(inventory, groups),
        *_firewall_status_calls(inventory),
    )
    lists = prefix_list_ids(inventory)
    asker.ask(
        *filtered("describe_managed_prefix_lists", "PrefixLists", "prefix-list-id", lists),
        *(
            Call("get_managed_prefix_list_entries", "Entries", {"PrefixListId": each}, each)
            for each in sorted(lists)
        ),
    )


def _default_group_calls(inventory: Inventory) -> Iterator[Call]:
    """Yield the call for default groups, which endpoints have that show no group of their own."""
    if has_endpoint_without_group(inventory):
        yield from filtered("describe_security_groups", "SecurityGroups", "group-name", ["default"])


def _rule_calls(inventory: Inventory, groups: Iterable[str]) -> Iterator[Call]:
    wanted = {*groups, *inventory.ids("describe_security_groups")}
    yield from filtered("describe_security_group_rules", "SecurityGroupRules", "group-id", wanted)


def _machine_calls(inventory: Inventory) -> Iterator[Call]:
    """Yield the calls for the instances behind routes, and for all interfaces that these have."""
    behind = map(attached_to, inventory.found("describe_network_interfaces"))
    instances = {*target_ids(inventory, "i"), *behind} - {""}
    yield from filtered("describe_instances", "Reservations", "instance-id", instances)
    yield from filtered(
        "describe_network_interfaces", "NetworkInterfaces", "attachment.instance-id", instances
    )


def _firewall_calls(inventory: Inventory) -> Iterator[Call]:
    if firewalls_matter(inventory):
        yield _of_firewalls("list_firewalls", "Firewalls")
        yield _of_firewalls("list_vpc_endpoint_associations", "VpcEndpointAssociations")


def _firewall_status_calls(inventory: Inventory) -> Iterator[Call]:
    for each in inventory.found("list_firewalls"):
        arn = each["FirewallArn"]
        yield _of_firewalls("describe_firewall", "", arn, FirewallArn=arn)
    for each in inventory.found("list_vpc_endpoint_associations"):
        arn = each["VpcEndpointAssociationArn"]
        yield _of_firewalls(
            "describe_vpc_endpoint_association", "", arn, VpcEndpointAssociationArn=arn
        )


def _of_firewalls(operation: str, key: str, about: str = "", **arguments: Any) -> Call:
    return Call(operation, key, arguments, about, "network-firewall")
