"""Ports that clients of the virtual IP connect to; pure."""

import re
from collections.abc import Sequence
from typing import TypedDict

from .forms import Form

PORTS = range(1, 65_536)
PROTOCOL: Form = (re.compile("tcp|udp"), "write tcp or udp")

# Cluster WebUI, which the ranges of administrators may open.
WEBUI_PORT = 29003


class ApplicationPortArgs(TypedDict):
    """A port on which clients reach the application behind the virtual IP."""

    protocol: str
    """`tcp` or `udp`."""

    port: int
    """Number of the port."""

    cidr_blocks: Sequence[str]
    """Ranges of the clients."""
