"""The key that says where clients beyond the VPC come from."""

from typing import Any

from components.clients_args import ClientsArgs

from .network import identity_form
from .reader import Reader

CLIENT_KEYS = ("transitGatewayRouteTableIds", "attachmentId", "peeringConnectionIds")
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
