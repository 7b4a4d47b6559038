"""Where clients beyond the VPC come from; pure."""

from collections.abc import Sequence
from typing import TypedDict


class ClientsArgs(TypedDict):
    """Where clients beyond the VPC come from. All plain: they decide which routes exist."""

    transit_gateway_route_table_ids: Sequence[str]
    """Tables of the transit gateway with which the clients' attachments are associated."""

    attachment_id: str
    """The attachment of this VPC to the same transit gateway."""
