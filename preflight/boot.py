"""Whether what a node is told at its first boot fits, and which node was told something else.

Pure: settings and the live cluster in, faults and notices out.
"""

import base64
import hashlib
from collections.abc import Iterator, Mapping
from typing import Any

from components import node_user_data
from settings import Fault, Settings

from .faults import fault
from .live_cluster import LiveCluster


def boot_faults(settings: Settings, cluster_name: str) -> Iterator[Fault]:
    """Yield why the nodes cannot get their user data.

    The ids that AWS decides are not known yet; all have one length.
    """
    ids = {
        zone: {"interface_id": _made_up("eni", zone), "volume_id": _made_up("vol", zone)}
        for zone in settings.network.node_zones
    }
    facts = _facts(settings, cluster_name, _made_up("vpc"), ids)
    try:
        for priority, _ in enumerate(facts["nodes"]):
            node_user_data.user_data(settings.expresscluster, facts, priority)
    except ValueError as error:
        packages = settings.expresscluster.get("packages") or {}
        count = len(packages.get("licences", ()))
        yield fault("expresscluster", f"{count} licences", f"correct the packages: {error}")


def boot_notices(settings: Settings, cluster_name: str, live: LiveCluster) -> Iterator[str]:
    """Yield which nodes were launched with another script or configuration than the stack has."""
    device = node_user_data.MIRROR_DEVICES[settings.nodes.os]
    volumes = {
        letter: node.instance.volume_ids.get(device, "") if node.instance else ""
        for letter, node in live.nodes.items()
    }
    if len(volumes) < len(settings.network.node_zones) or not all(volumes.values()):
        return
    ids = {
        letter: {"interface_id": live.nodes[letter].interface_id, "volume_id": volume}
        for letter, volume in volumes.items()
    }
    facts = _facts(settings, cluster_name, live.vpc_id, ids)
    for priority, letter in enumerate(sorted(volumes)):
        instance = live.nodes[letter].instance
        wanted = node_user_data.user_data(settings.expresscluster, facts, priority)
        if settings.nodes.os == "windows":
            wanted = base64.b64encode(wanted.encode()).decode()
        if letter != settings.roll_out and instance and instance.user_data != wanted:
            yield (
                f"node-{letter} keeps the boot script and the configuration that it was launched "
                "with until it is rolled out; a cluster that runs keeps its own configuration: "
                "see docs/expresscluster.md, A change later"
            )


def _facts(
    settings: Settings, cluster_name: str, vpc_id: str, ids: Mapping[str, Mapping[str, str]]
) -> Mapping[str, Any]:
    """Return what a node's user data tell of the cluster; `ids` are each node's, by its letter."""
    return {
        "name": cluster_name,
        "region": settings.region,
        "virtual_ip": settings.virtual_ip,
        "vpc_id": vpc_id,
        "nodes": [
            {
                "name": f"node-{letter}",
                "address": settings.nodes.addresses[letter],
                "availability_zone": settings.network.node_zones[letter],
                **ids[letter],
            }
            for letter in sorted(ids)
        ],
    }


def _made_up(kind: str, zone: str = "") -> str:
    """Return an id that compresses no better than a real one."""
    return f"{kind}-{hashlib.sha256(f'{kind}{zone}'.encode()).hexdigest()[:17]}"
