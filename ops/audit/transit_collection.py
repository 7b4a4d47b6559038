"""Which calls show what lies behind transit gateways and Cloud WAN core networks."""

from collections.abc import Iterator
from typing import Any

from ops.audit.asking import Asker, Call, filtered
from ops.audit.inventory import Inventory
from ops.audit.named_ids import (
    core_networks,
    segment_key,
    segments,
    target_ids,
    transit_table_of,
)


def read_transit(asker: Asker) -> None:
    """Read what is attached to what joins VPCs, as far as routes name it, and the tables there."""
    _read_transit_gateways(asker)
    _read_core_networks(asker)


def attached_vpcs(inventory: Inventory) -> set[str]:
    """Return the VPCs behind transit gateways and core networks."""
    attached = inventory.found("describe_transit_gateway_vpc_attachments")
    vpcs = {each["VpcId"] for each in attached}
    for core in core_networks(inventory):
        attached = inventory.found("list_attachments", core)
        vpcs |= {each["ResourceArn"].rpartition("/")[2] for each in attached}
    return vpcs


def _read_transit_gateways(asker: Asker) -> None:
    inventory = asker.inventory
    transits = target_ids(inventory, "tgw") - inventory.ids("describe_transit_gateways")
    of_them = "transit-gateway-id"
    asker.ask(
        *filtered("describe_transit_gateways", "TransitGateways", of_them, transits),
        *filtered(
            "describe_transit_gateway_attachments", "TransitGatewayAttachments", of_them, transits
        ),
        *filtered(
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


def _read_core_networks(asker: Asker) -> None:
    """Read the VPCs of core networks, and the routes of the segments that these look up."""
    inventory = asker.inventory
    asked = {about for operation, about in inventory.answers if operation == "get_core_network"}
    cores = sorted(set(core_networks(inventory)) - asked)
    asker.ask(*(_of_cores("get_core_network", "", core, CoreNetworkId=core) for core in cores))
    asker.ask(
        *(
            _of_cores(
                "list_attachments", "Attachments", core, CoreNetworkId=core, AttachmentType="VPC"
            )
            for core in cores
        )
    )
    asker.ask(*(call for core in cores for call in _segment_calls(inventory, core)))


def _segment_calls(inventory: Inventory, core: str) -> Iterator[Call]:
    for each in inventory.found("list_attachments", core):
        identity = each["AttachmentId"]
        yield _of_cores("get_vpc_attachment", "", identity, AttachmentId=identity)
    for answer in inventory.found("get_core_network", core):
        for segment, edge in segments(inventory, core):
            place = {"CoreNetworkId": core, "SegmentName": segment, "EdgeLocation": edge}
            yield _of_cores(
                "get_network_routes",
                "NetworkRoutes",
                segment_key(core, segment, edge),
                GlobalNetworkId=answer["CoreNetwork"]["GlobalNetworkId"],
                RouteTableIdentifier={"CoreNetworkSegmentEdge": place},
            )


def _of_cores(operation: str, key: str, about: str, **arguments: Any) -> Call:
    return Call(operation, key, arguments, about, "networkmanager")
