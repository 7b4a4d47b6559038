"""The key that says where clients beyond the VPC come from."""

from ipaddress import IPv4Address, IPv4Network
from typing import Any, cast

from components import addressing
from components.clients_args import ClientsArgs

from .network import identity_form
from .reader import Reader

CLIENT_KEYS = ("transitGatewayRouteTableIds", "attachmentId", "cidrs", "peeringConnectionIds")
TABLE = identity_form("tgw-rtb", "a transit gateway's route table, tgw-rtb-...")
ATTACHMENT = identity_form("tgw-attach", "the VPC's attachment to the gateway, tgw-attach-...")


def read_clients(reader: Reader, value: Any) -> ClientsArgs | None:
    """Return where clients beyond the VPC come from; None where there are none.

    A peering connection carries what is addressed to the peer's own ranges and nothing else:
    https://docs.aws.amazon.com/sap/latest/general/rise-oip.html
    """
    key = "clients"
    get = reader.mapping(key, value, CLIENT_KEYS).get
    if value == {}:
        return None
    if get("peeringConnectionIds") is not None:
        remedy = (
            "remove it: a peering connection carries nothing to an address outside the VPC's "
            "ranges, and the virtual IP is one. Use a transit gateway, or a Network Load Balancer "
            "(docs/clients.md)"
        )
        reader.fault(f"{key}.peeringConnectionIds", get("peeringConnectionIds"), remedy)
    given, name = get("transitGatewayRouteTableIds"), f"{key}.transitGatewayRouteTableIds"
    example = "of a transit gateway's route tables, like [tgw-rtb-...]"
    tables = reader.distinct(name, given, TABLE, "table", example)
    if given == []:
        reader.fault(name, given, "name the tables of the clients' attachments")
    attachment = reader.matching(f"{key}.attachmentId", get("attachmentId"), ATTACHMENT)
    return ClientsArgs(transit_gateway_route_table_ids=tuple(tables), attachment_id=attachment)


def read_client_cidrs(reader: Reader, value: Any, vpc: str, virtual_ip: str) -> tuple[str, ...]:
    """Return the ranges to which the nodes' tables lead through the transit gateway.

    `vpc` is the VPC's range, empty where it is looked up later.
    """
    if not isinstance(value, dict):
        return ()
    key, given = "clients.cidrs", cast("dict[str, Any]", value).get("cidrs", [])
    cidrs = reader.client_cidrs(key, given)
    for place, text in enumerate(cidrs):
        try:
            far = IPv4Network(text)
        except ValueError:
            continue  # which is reported already
        own = [vpc] if vpc else []
        address = IPv4Address(virtual_ip) if virtual_ip else None
        unusable = addressing.unusable_as_far_range(far, own, address)
        if unusable and far.prefixlen >= addressing.WIDEST_PREFIX:
            reader.fault(f"{key}[{place}]", text, unusable)
    return cidrs
