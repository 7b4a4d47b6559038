"""What the configuration of Corosync, Pacemaker and DRBD is made from; pure."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class PacemakerNode:
    """A node; `data_partition` is the device path of the partition that DRBD mirrors."""

    name: str
    address: str
    data_partition: str


@dataclass(frozen=True)
class PacemakerCluster:
    """A whole cluster: the nodes in the order of their priority.

    `route_table_ids` are the tables that carry the virtual IP. With `fencing`, a node stops the
    instance of a node that it lost. `application_unit` is the systemd unit that follows the virtual
    IP, None where there is none.
    """

    name: str
    region: str
    vpc_id: str
    virtual_ip: str
    route_table_ids: Sequence[str]
    nodes: Sequence[PacemakerNode]
    file_system: str
    mount_point: str
    token_milliseconds: int
    fencing: bool
    application_unit: str | None = None
