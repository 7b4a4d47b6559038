"""What a stack tells of its cluster's configuration: text, gaps and warnings; pure."""

from typing import TypedDict

from . import expresscluster_names as names
from .cluster_description import ClusterDescription
from .expresscluster import configuration

_GUIDS = "the volume GUIDs of the data and the cluster partition, which only the node knows:"
_NOT_INSTALLED = (
    "Nodes boot prepared but without a cluster: set expresscluster.packages, or install and "
    "configure EXPRESSCLUSTER by hand"
)
_NOT_LICENSED = "No licence is registered: set expresscluster.licences"
_SPLIT_BRAIN = (
    "Split brain: without expresscluster.partitionWitness, nodes that lose each other both become "
    "active"
)
_FORCED_STOP_OFF = (
    "Forced stop is off: a node that stalls, or is cut off with its zone, may still be active when "
    "the other one takes over"
)
_FORCED_STOP_BY_HAND = (
    "Forced stop: the nodes have the permission, but no public source shows the elements. Add the "
    "AWS forced-stop resource in Cluster WebUI, and take heartbeat timeout and start-up delay from "
    "NEC's Reference Guide: both must be longer with it"
)
_DELAY_NOT_VERIFIED = (
    "Not verified: the path of the service start-up delay. Check in Cluster WebUI that it is"
)
_WINDOWS_NOT_VERIFIED = (
    "Not verified: the AWS resource and monitors on Windows. Their names are those of Linux"
)


class ExpressclusterSummary(TypedDict):
    """The configuration of the cluster and what an operator must know of it."""

    configuration: str | None
    """The text of clp.conf."""

    complete: bool
    """Whether the text can be used as it is."""

    waiting_for: list[str]
    """What is missing in the text, which only the nodes can tell."""

    warnings: list[str]
    """What the configuration lacks or what is not verified."""


def summarize(
    cluster: ClusterDescription, *, installs: bool, licensed: bool, forced_stop: bool
) -> ExpressclusterSummary:
    """Return the configuration with its gaps; `installs` is whether nodes install the product."""
    waiting = _waiting_for(cluster)
    return ExpressclusterSummary(
        configuration=configuration(cluster),
        complete=not waiting,
        waiting_for=waiting,
        warnings=[
            *_installation(installs=installs, licensed=licensed),
            *_both_active(cluster, forced_stop=forced_stop),
            *_not_verified(cluster),
        ],
    )


def _waiting_for(cluster: ClusterDescription) -> list[str]:
    if cluster.mirror.system != "windows":
        return []
    return [f"{_GUIDS} {server.name}" for server in cluster.servers]


def _installation(*, installs: bool, licensed: bool) -> list[str]:
    if not installs:
        return [_NOT_INSTALLED]
    return [] if licensed else [_NOT_LICENSED]


def _both_active(cluster: ClusterDescription, *, forced_stop: bool) -> list[str]:
    witness = [] if cluster.partition_witness else [_SPLIT_BRAIN]
    return [*witness, _FORCED_STOP_BY_HAND if forced_stop else _FORCED_STOP_OFF]


def _not_verified(cluster: ClusterDescription) -> list[str]:
    delay = names.startup_delay(cluster.mirror.system, cluster.heartbeat_timeout_seconds)
    windows = [_WINDOWS_NOT_VERIFIED] if cluster.mirror.system == "windows" else []
    return [f"{_DELAY_NOT_VERIFIED} {delay} s", *windows]
