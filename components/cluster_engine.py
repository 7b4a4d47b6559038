"""Which software keeps the cluster on the nodes, and the ports between them; pure."""

from collections.abc import Mapping, Sequence

from .corosync import HEARTBEAT_PORT
from .drbd import MIRROR_PORT

EXPRESSCLUSTER, PACEMAKER, NO_ENGINE = "expresscluster", "pacemaker", "none"
ENGINES = (EXPRESSCLUSTER, PACEMAKER, NO_ENGINE)

PeerPort = tuple[str, int, int]

# Of EXPRESSCLUSTER as NEC's own recipes open it (github.com/EXPRESSCLUSTER: Terraform,
# Tools/OpenPorts): the block of the services, the kernel heartbeat, the mirror agent and driver of
# Linux, and ping. knet sends and receives on one port for each link, and there is one link.
PEER_PORTS: Mapping[str, Sequence[PeerPort]] = {
    EXPRESSCLUSTER: (
        ("tcp", 29000, 29010),
        ("udp", 29000, 29010),
        ("udp", 29106, 29106),
        ("tcp", 29031, 29031),
        ("tcp", 29051, 29051),
        ("tcp", 29071, 29071),
        ("icmp", -1, -1),
    ),
    PACEMAKER: (
        ("udp", HEARTBEAT_PORT, HEARTBEAT_PORT),
        ("tcp", MIRROR_PORT, MIRROR_PORT),
    ),
    NO_ENGINE: (),
}
