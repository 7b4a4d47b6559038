"""The files that make prepared nodes a cluster under Pacemaker, as a stack shows them; pure."""

from typing import TypedDict

from . import corosync, drbd, pacemaker
from .pacemaker_description import PacemakerCluster


class PacemakerFiles(TypedDict):
    """The configuration of Corosync, Pacemaker and DRBD: the same texts on both nodes."""

    corosync_conf: str
    """The text of /etc/corosync/corosync.conf."""

    cib: str
    """Pacemaker's configuration as XML, which one node loads once."""

    drbd_resource: str
    """The text of /etc/drbd.d/mirror.res."""


def render(cluster: PacemakerCluster) -> PacemakerFiles:
    """Return the files of a cluster."""
    return PacemakerFiles(
        corosync_conf=corosync.configuration(cluster),
        cib=pacemaker.cib(cluster),
        drbd_resource=drbd.resource(cluster),
    )
