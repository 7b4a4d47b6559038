"""Inputs that say how EXPRESSCLUSTER is installed and configured, and what they describe."""

from collections.abc import Mapping, Sequence
from typing import Any, NotRequired, TypedDict

from . import expresscluster_names as names
from .cluster_description import ClusterDescription, LinuxMirror, Server, WindowsMirror
from .mirror_partition import volume_partition

# What the inputs of the mirror are where they are left out.
MIRROR_MODE = "sync"
FILE_SYSTEM, MOUNT_POINT = "ext4", "/mnt/md1"
DATA_DRIVE, CLUSTER_DRIVE = "E", "X"


class PackagesArgs(TypedDict):
    """Where the product lies: a private bucket of the nodes' region."""

    bucket: str
    """Name of the bucket."""

    prefix: NotRequired[str]
    """Beginning of the keys, without slashes around it; empty where it is left out."""

    file: str
    """The package below the prefix: .rpm or .deb for Linux, .zip for Windows."""

    sha256: str
    """SHA-256 sum of the package in hexadecimal digits."""

    licences: NotRequired[Sequence[str]]
    """Licence files below the prefix. Their content never leaves S3 but to a node."""


class ExpressclusterArgs(TypedDict):
    """How EXPRESSCLUSTER is installed and configured. All plain: they decide what is built.

    With another engine, `system` alone counts.
    """

    system: str
    """Operating system of the nodes: `linux` or `windows`."""

    mirror_mode: NotRequired[str]
    """`sync`, which is the default, or `async`."""

    file_system: NotRequired[str]
    """On Linux, the mirrored file system: `ext4`, which is the default, or `xfs`."""

    mount_point: NotRequired[str]
    """On Linux, where the active node mounts it; `/mnt/md1` where it is left out."""

    data_drive: NotRequired[str]
    """On Windows, the letter of the mirrored drive; `E` where it is left out."""

    cluster_drive: NotRequired[str]
    """On Windows, the letter of the cluster partition; `X` where it is left out."""

    partition_witness: NotRequired[str | None]
    """Web server, as `host:port`, by which a node that lost its peer tells whether it is cut off.
    Without one, both nodes may become active."""

    heartbeat_timeout_seconds: NotRequired[int | None]
    """Seconds without a heartbeat after which a node counts as down; NEC's default if left out."""

    aws_cli_timeout_seconds: NotRequired[int | None]
    """Seconds that one call of the AWS CLI may take; NEC's default if left out."""

    monitor_zones: NotRequired[bool]
    """Whether the cluster watches the availability zones."""

    forced_stop: NotRequired[bool]
    """Whether a node may stop the other one's instance before it takes over."""

    packages: NotRequired[PackagesArgs | None]
    """Where the product lies. Without it, nodes boot prepared but without a cluster."""


def package_keys(packages: PackagesArgs) -> tuple[str, tuple[str, ...]]:
    """Return the keys of the package and of its licences."""
    licences = tuple(_key(packages, name) for name in packages.get("licences", ()))
    return _key(packages, packages["file"]), licences


def exchange_prefix(cluster_name: str, packages: PackagesArgs) -> str:
    """Return the prefix below which each node of this cluster writes one object of its own."""
    return _key(packages, f"clusters/{cluster_name}")


def mirror_of(args: ExpressclusterArgs) -> LinuxMirror | WindowsMirror:
    """Return the mirror that the inputs describe."""
    mode = args.get("mirror_mode", MIRROR_MODE)
    if args["system"] == "windows":
        data = args.get("data_drive", DATA_DRIVE)
        return WindowsMirror(mode, data, args.get("cluster_drive", CLUSTER_DRIVE))
    file_system = args.get("file_system", FILE_SYSTEM)
    return LinuxMirror(mode, file_system, args.get("mount_point", MOUNT_POINT))


def describe(args: ExpressclusterArgs, facts: Mapping[str, Any]) -> ClusterDescription:
    """Return the whole cluster.

    `facts` are its `name`, `virtual_ip` and `vpc_id`, and of each of `nodes`, in the order of their
    priority, what AWS says of it.
    """
    witness = args.get("partition_witness")
    host, _, port = (witness or "").rpartition(":")
    return ClusterDescription(
        name=facts["name"],
        vpc_id=facts["vpc_id"],
        virtual_ip=facts["virtual_ip"],
        servers=[_server(args["system"], node) for node in facts["nodes"]],
        mirror=mirror_of(args),
        partition_witness=(host, int(port)) if witness else None,
        heartbeat_timeout_seconds=args.get("heartbeat_timeout_seconds"),
        aws_cli_timeout_seconds=args.get("aws_cli_timeout_seconds"),
        monitor_zones=args.get("monitor_zones", False),
    )


def _server(system: str, node: Mapping[str, Any]) -> Server:
    if system == "windows":
        parts = [names.guid_placeholder(part, node["name"]) for part in ("data", "cluster")]
    else:
        parts = [volume_partition(node["volume_id"], number) for number in (2, 1)]
    return Server(
        name=node["name"],
        address=node["address"],
        availability_zone=node["availability_zone"],
        interface_id=node["interface_id"],
        data_partition=parts[0],
        cluster_partition=parts[1],
    )


def _key(packages: PackagesArgs, name: str) -> str:
    prefix = packages.get("prefix", "")
    return f"{prefix}/{name}" if prefix else name
