"""Two machines of a cluster under Pacemaker: what they boot with, and stand-ins of its software."""

from collections.abc import Mapping
from typing import Any

from components.bootstrap import PacemakerBoot
from components.pacemaker_args import PacemakerArgs, describe
from components.pacemaker_files import render
from tests.support.cluster_machines import ADDRESSES, VOLUMES

FACTS: Mapping[str, Any] = {
    "name": "ha",
    "region": "eu-west-1",
    "vpc_id": "vpc-0123456789abcdef0",
    "virtual_ip": "20.0.0.100",
    "route_table_ids": ["rtb-1", "rtb-2"],
    "nodes": [
        {"name": name, "address": ADDRESSES[name], "volume_id": VOLUMES[name]} for name in ADDRESSES
    ],
}


def boot(**options: Any) -> PacemakerBoot:
    """Return what both nodes boot with; `options` are inputs of Pacemaker."""
    cluster = describe(PacemakerArgs(**options), FACTS)
    return PacemakerBoot(render(cluster), [node.name for node in cluster.nodes], cluster.fencing)
