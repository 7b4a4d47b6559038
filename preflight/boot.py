"""Whether what a node is told at its first boot fits, and which node was told something else.

Pure: settings and the live cluster in, faults and notices out.
"""

import base64
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from components import node_user_data
from components.cluster_engine import EXPRESSCLUSTER, NO_ENGINE, PACEMAKER
from settings import Fault, Settings

from .faults import fault
from .live_cluster import LiveCluster

# Where it says how a cluster that runs is given what the stack has now.
_CHANGES = {
    EXPRESSCLUSTER: "docs/expresscluster.md, A change later",
    PACEMAKER: "docs/pacemaker.md, A change later",
    NO_ENGINE: "docs/runbook.md",
}


def boot_faults(settings: Settings, cluster_name: str) -> Iterator[Fault]:
    """Yield why the nodes cannot get their user data.

    The ids that AWS decides are not known yet; all have one length.
    """
    ids = {
        zone: {"interface_id": _made_up("eni", zone), "volume_id": _made_up("vol", zone)}
        for zone in settings.network.node_zones
    }
    facts = _facts(settings, cluster_name, _made_up("vpc"), _made_up_tables(settings), ids)
    try:
        for priority, _ in enumerate(facts["nodes"]):
            node_user_data.user_data(settings.engine, facts, priority)
    except ValueError as error:
        if settings.engine.is_pacemaker:
            tables = f"{len(facts['route_table_ids'])} route tables"
            yield fault("nodes.pacemaker", tables, f"give the virtual IP fewer of them: {error}")
            return
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
    tables = [*live.targets(settings.virtual_ip)]
    facts = _facts(settings, cluster_name, live.vpc_id, tables, ids)
    for priority, letter in enumerate(sorted(volumes)):
        instance = live.nodes[letter].instance
        wanted = node_user_data.user_data(settings.engine, facts, priority)
        if settings.nodes.os == "windows":
            wanted = base64.b64encode(wanted.encode()).decode()
        if letter != settings.roll_out and instance and instance.user_data != wanted:
            yield (
                f"node-{letter} keeps the boot script and the configuration that it was launched "
                "with until it is rolled out; a cluster that runs keeps its own configuration: "
                f"see {_CHANGES[settings.nodes.engine]}"
            )


def _facts(
    settings: Settings,
    cluster_name: str,
    vpc_id: str,
    table_ids: Sequence[str],
    ids: Mapping[str, Mapping[str, str]],
) -> Mapping[str, Any]:
    """Return what a node's user data tell of the cluster; `ids` are each node's, by its letter."""
    return {
        "name": cluster_name,
        "region": settings.region,
        "virtual_ip": settings.virtual_ip,
        "vpc_id": vpc_id,
        "route_table_ids": table_ids,
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


def _made_up_tables(settings: Settings) -> list[str]:
    """Return as many ids as tables get the virtual IP, as far as the configuration tells."""
    named = settings.existing_network and settings.existing_network.route_table_ids
    own = ("main", "public", *settings.network.private_subnets)
    return [_made_up("rtb", each) for each in named or own]
