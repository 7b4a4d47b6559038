"""Inputs that say how Pacemaker keeps the cluster, and what they describe; pure."""

import re
from collections.abc import Mapping
from typing import Any, NotRequired, TypedDict

from .cluster_description import LinuxMirror
from .expresscluster_forms import check_mount_point
from .mirror_partition import volume_partition
from .pacemaker_description import PacemakerCluster, PacemakerNode

# What the inputs are where they are left out.
TOKEN_MILLISECONDS = 1_000
FENCING = True
FILE_SYSTEM, MOUNT_POINT = "ext4", "/mnt/md1"

# A shorter token takes the delay of a busy node for its end; a longer one delays every takeover.
TOKEN_BOUNDS = range(500, 60_001)
FILE_SYSTEMS = ("ext4", "xfs")
UNIT = re.compile(r"[A-Za-z0-9:_.\\@-]{1,251}")


class PacemakerArgs(TypedDict):
    """How Pacemaker keeps the cluster. All plain: they decide what is built."""

    token_milliseconds: NotRequired[int]
    """Milliseconds without Corosync's token after which a node counts as lost, 500 to 60000; 1000
    where it is left out."""

    fencing: NotRequired[bool]
    """Whether a node stops the instance of a node that it lost before it takes over; true where it
    is left out. Without it, both nodes may become active when they lose each other."""

    application_unit: NotRequired[str | None]
    """The systemd unit of the application, which starts after the virtual IP; none where it is left
    out."""

    file_system: NotRequired[str]
    """The mirrored file system: `ext4`, which is the default, or `xfs`."""

    mount_point: NotRequired[str]
    """Where the active node mounts it; `/mnt/md1` where it is left out."""


def check_pacemaker(args: PacemakerArgs) -> None:
    """Check what Corosync or Pacemaker would refuse on the nodes, naming input and remedy."""
    token = args.get("token_milliseconds", TOKEN_MILLISECONDS)
    if token not in TOKEN_BOUNDS:
        bounds = f"{TOKEN_BOUNDS.start} to {TOKEN_BOUNDS.stop - 1}"
        raise ValueError(f"pacemaker.token_milliseconds: {token} is not within {bounds}")
    unit = args.get("application_unit")
    if unit is not None and not UNIT.fullmatch(unit):
        raise ValueError(f"pacemaker.application_unit: {unit!r} is not the name of a systemd unit")
    file_system = args.get("file_system", FILE_SYSTEM)
    if file_system not in FILE_SYSTEMS:
        known = " or ".join(FILE_SYSTEMS)
        raise ValueError(f"pacemaker.file_system: {file_system!r} is not known; take {known}")
    check_mount_point("pacemaker.mount_point", args.get("mount_point"))


def has_fencing(args: PacemakerArgs) -> bool:
    """Return whether nodes stop each other's instances."""
    return args.get("fencing", FENCING)


def mirror_of(args: PacemakerArgs) -> LinuxMirror:
    """Return the mirrored file system."""
    file_system = args.get("file_system", FILE_SYSTEM)
    return LinuxMirror("sync", file_system, args.get("mount_point", MOUNT_POINT))


def describe(args: PacemakerArgs, facts: Mapping[str, Any]) -> PacemakerCluster:
    """Return the whole cluster.

    `facts` are its `name`, `region`, `virtual_ip`, `vpc_id` and `route_table_ids`, and of each of
    `nodes`, in the order of their priority, its `name`, `address` and `volume_id`.
    """
    mirror = mirror_of(args)
    return PacemakerCluster(
        name=facts["name"],
        region=facts["region"],
        vpc_id=facts["vpc_id"],
        virtual_ip=facts["virtual_ip"],
        route_table_ids=facts["route_table_ids"],
        nodes=[
            PacemakerNode(node["name"], node["address"], volume_partition(node["volume_id"], 2))
            for node in facts["nodes"]
        ],
        file_system=mirror.file_system,
        mount_point=mirror.mount_point,
        token_milliseconds=args.get("token_milliseconds", TOKEN_MILLISECONDS),
        fencing=has_fencing(args),
        application_unit=args.get("application_unit"),
    )
