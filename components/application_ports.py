"""Ports of the application behind the virtual IP; pure."""

from collections.abc import Sequence
from typing import TypedDict


class ApplicationPortArgs(TypedDict):
    """A port on which clients reach the application behind the virtual IP."""

    protocol: str
    """`tcp` or `udp`."""

    port: int
    """Number of the port."""

    cidr_blocks: Sequence[str]
    """Ranges of the clients."""
