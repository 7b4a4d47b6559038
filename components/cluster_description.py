"""What EXPRESSCLUSTER's configuration is made from: servers, virtual IP, mirror; pure."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class LinuxMirror:
    """A mirrored file system; `mode` is sync or async, `file_system` ext4 or xfs."""

    mode: str
    file_system: str
    mount_point: str

    system = "linux"


@dataclass(frozen=True)
class WindowsMirror:
    """A mirrored drive; `mode` is sync or async, a drive is one letter."""

    mode: str
    data_drive: str
    cluster_drive: str

    system = "windows"


@dataclass(frozen=True)
class Server:
    """A server; its two partitions are device paths on Linux, GUIDs without braces on Windows."""

    name: str
    address: str
    availability_zone: str
    interface_id: str
    data_partition: str
    cluster_partition: str


@dataclass(frozen=True)
class ClusterDescription:
    """A whole cluster: the servers in the order of their priority, the first one the default.

    `partition_witness` is the host and port that decide when the servers lose each other. Timeouts
    are in seconds; None leaves NEC's default. `monitor_zones` watches the availability zones.
    """

    name: str
    vpc_id: str
    virtual_ip: str
    servers: Sequence[Server]
    mirror: LinuxMirror | WindowsMirror
    partition_witness: tuple[str, int] | None = None
    heartbeat_timeout_seconds: int | None = None
    aws_cli_timeout_seconds: int | None = None
    monitor_zones: bool = False
