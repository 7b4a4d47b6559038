"""What a node's boot script is told; pure.

None of it is a secret: everybody on the instance can read user data. Licence keys stay in S3.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from ..cluster_description import LinuxMirror, WindowsMirror  # noqa: TID252 - one package
from ..pacemaker_files import PacemakerFiles  # noqa: TID252 - one package

# https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instancedata-add-user-data.html
USER_DATA_LIMIT = 16_384


@dataclass(frozen=True)
class NodeBoot:
    """What prepares one node: its name, its region, its network and its mirror volume."""

    host_name: str
    region: str
    vpc_id: str
    volume_id: str
    device_name: str
    mirror: LinuxMirror | WindowsMirror


@dataclass(frozen=True)
class ClusterBoot:
    """What turns prepared nodes into a cluster: its configuration, and where the product lies.

    `addresses` are those of all servers by host name, in the order of their priority. Keys name
    objects in `bucket`; below `exchange_prefix` each node writes one object of its own. `volumes`
    are the ids of the mirror volumes by host name; Windows tells a stale object by them.
    """

    configuration: str
    addresses: Mapping[str, str]
    bucket: str
    package_key: str
    package_sha256: str
    licence_keys: tuple[str, ...]
    exchange_prefix: str
    volumes: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True)
class PacemakerBoot:
    """What turns prepared nodes into a cluster under Pacemaker: its files, the same on both nodes.

    `host_names` are in the order of their priority. With `fencing` a node tells the cluster which
    instance it is. The system must not start the `application_unit` by itself.
    """

    files: PacemakerFiles
    host_names: Sequence[str]
    fencing: bool
    application_unit: str | None = None
