"""The engine that keeps the cluster, and the commands with which an operator works with it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

EXPRESSCLUSTER: Final = "expresscluster"
NO_ENGINE: Final = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Engine:
    """One engine. Each text is a command, or what serves as well as one.

    `peer_ports` are what the nodes must reach on each other: protocol, first port and last one.
    `has_webui` is whether it answers at the virtual IP with a web page of its own,
    `restores_routes` whether it leads routes back that somebody else moved.
    """

    title: str
    peer_ports: Sequence[tuple[str, int, int]]
    has_webui: bool
    restores_routes: bool
    move_group: str
    start_group: str
    stop_node: str
    group_state: str
    mirror_state: str


ENGINES: Final[Mapping[str, Engine]] = {
    EXPRESSCLUSTER: Engine(
        title="EXPRESSCLUSTER",
        # As NEC's own recipes open it (github.com/EXPRESSCLUSTER: Terraform, Tools/OpenPorts). -1
        # is every type of ICMP.
        peer_ports=(
            ("tcp", 29000, 29010),
            ("udp", 29000, 29010),
            ("udp", 29106, 29106),
            ("tcp", 29031, 29031),
            ("tcp", 29051, 29051),
            ("tcp", 29071, 29071),
            ("icmp", -1, -1),
        ),
        has_webui=True,
        restores_routes=False,
        move_group="clpgrp -m failover1, or Cluster WebUI",
        start_group="clpgrp -s",
        stop_node="clpcl -t",
        group_state="clpstat",
        mirror_state="clpmdstat -m md1, or Cluster WebUI",
    ),
    "pacemaker": Engine(
        title="Pacemaker",
        # Corosync's heartbeat and DRBD's connection.
        peer_ports=(("udp", 5405, 5405), ("tcp", 7788, 7788)),
        has_webui=False,
        restores_routes=True,
        move_group="crm_resource --move --resource failover1",
        start_group="crm_resource --cleanup --resource failover1",
        stop_node="systemctl stop pacemaker",
        group_state="crm_mon -1",
        mirror_state="drbdadm status mirror",
    ),
    NO_ENGINE: Engine(
        title="the nodes' own software",
        peer_ports=(),
        has_webui=False,
        restores_routes=False,
        move_group="its own command",
        start_group="its own command",
        stop_node="its own command",
        group_state="its own command",
        mirror_state="its own command",
    ),
}
