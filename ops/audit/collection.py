"""Which calls make the inventory of one region, and in which order.

First the places of the region, or of one VPC; then what their routes and endpoints name. Of one VPC
the VPCs behind its transit gateways are read too, because packets go on there.
"""

from collections.abc import Iterable, Iterator
from typing import Any, Final

from ops.audit.asking import Asker, Call
from ops.audit.inventory import Inventory, Record
from ops.audit.named_ids import (
    firewalls_matter,
    group_ids,
    has_endpoint_without_group,
    prefix_list_ids,
    target_ids,
    transit_table_of,
)
from ops.audit.progress import Progress
from ops.aws import Aws

_VALUES: Final = 200
"""As many values as a filter takes (EC2 API, "Resource listing and filtering")."""
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
    _read_transit(asker)
    seen = {vpc}
    while vpc and (beyond := _attached_vpcs(inventory) - seen):
        seen |= beyond
        asker.ask(*_place_calls(sorted(beyond)))
        _read_transit(asker)
    _read_named(asker)
    return inventory


def _place_calls(vpcs: list[str]) -> Iterator[Call]:
    for operation, key in _PLACES:
        yield from _filtered(operation, key, "vpc-id", vpcs, whole=True)
    for side in ("requester", "accepter") if vpcs else ("",):
        yield from _filtered(*_PEERINGS, f"{side}-vpc-info.vpc-id", vpcs, whole=True)


def _filtered(
    operation: str, key: str, name: str, values: Iterable[str], *, whole: bool = False
) -> Iterator[Call]:
    """Yield the calls for what has one of the values; with `whole`, no value means everything."""
    wanted = sorted(values)
    if not wanted and whole:
        yield Call(operation, key)
    for start in range(0, len(wanted), _VALUES):
        some = {"Name": name, "Values": wanted[start : start + _VALUES]}
        yield Call(operation, key, {"Filters": [some]})


def _read_transit(asker: Asker) -> None:
    """Read what is attached to the transit gateways that routes name, and their tables."""
    inventory = asker.inventory
    transits = target_ids(inventory, "tgw") - inventory.ids("describe_transit_gateways")
    if not transits:
        return
    of_them = "transit-gateway-id"
    asker.ask(
        *_filtered("describe_transit_gateways", "TransitGateways", of_them, transits),
        *_filtered(
            "describe_transit_gateway_attachments", "TransitGatewayAttachments", of_them, transits
        ),
        *_filtered(
            "describe_transit_gateway_vpc_attachments",
            "TransitGatewayVpcAttachments",
            of_them,
            transits,
        ),
    )
    asker.ask(*_transit_table_calls(inventory))


def _transit_table_calls(inventory: Inventory) -> Iterator[Call]:
    states = {"Name": "state", "Values": ["active", "blackhole"]}
    attachments = inventory.found("describe_transit_gateway_attachments")
    for table in sorted(set(map(transit_table_of, attachments)) - {""}):
        if ("search_transit_gateway_routes", table) not in inventory.answers:
            arguments = {"TransitGatewayRouteTableId": table, "Filters": [states]}
            yield Call("search_transit_gateway_routes", "Routes", arguments, table)


def _attached_vpcs(inventory: Inventory) -> set[str]:
    attached = inventory.found("describe_transit_gateway_vpc_attachments")
    return {each["VpcId"] for each in attached}


def _read_named(asker: Asker) -> None:
    """Read what routes and endpoints name."""
    inventory = asker.inventory
    groups = group_ids(inventory)
    asker.ask(
        *(Call(*call) for prefix, call in _GATEWAYS.items() if target_ids(inventory, prefix)),
        *_filtered(
            "describe_network_interfaces",
            "NetworkInterfaces",
            "network-interface-id",
            target_ids(inventory, "eni"),
        ),
        *_filtered("describe_security_groups", "SecurityGroups", "group-id", groups),
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
        *_filtered("describe_managed_prefix_lists", "PrefixLists", "prefix-list-id", lists),
        *(
            Call("get_managed_prefix_list_entries", "Entries", {"PrefixListId": each}, each)
            for each in sorted(lists)
        ),
    )


def _default_group_calls(inventory: Inventory) -> Iterator[Call]:
    """Yield the call for default groups, which endpoints have that show no group of their own."""
    if has_endpoint_without_group(inventory):
        yield from _filtered(
            "describe_security_groups", "SecurityGroups", "group-name", ["default"]
        )


def _rule_calls(inventory: Inventory, groups: Iterable[str]) -> Iterator[Call]:
    wanted = {*groups, *inventory.ids("describe_security_groups")}
    yield from _filtered("describe_security_group_rules", "SecurityGroupRules", "group-id", wanted)


def _machine_calls(inventory: Inventory) -> Iterator[Call]:
    """Yield the calls for the instances behind routes, and for all interfaces that these have."""
    instances = target_ids(inventory, "i")
    for each in inventory.found("describe_network_interfaces"):
        attachment: Record = each.get("Attachment") or {}
        if attachment.get("InstanceId"):
            instances.add(attachment["InstanceId"])
    yield from _filtered("describe_instances", "Reservations", "instance-id", instances)
    yield from _filtered(
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
