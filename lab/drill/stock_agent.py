"""The agent that Linux distributions ship for the same job, `aws-vpc-move-ip`, to compare with."""

import sys
import xml.etree.ElementTree as ET
from pathlib import Path

from lab.nodes.engine import RESOURCE
from ops.cluster import Cluster

NAME = "aws-vpc-move-ip"
_OPERATIONS = (("start", "0s", "180s"), ("stop", "0s", "180s"), ("monitor", "60s", "30s"))
"""As the agent's own meta-data advise."""


def stock_cib(cib: str, cluster: Cluster) -> str:
    """Return the configuration with that agent, unmodified, in the place of ours.

    It looks at the routes in its checks too (`monapi`), as SUSE and Red Hat advise for this use,
    and at interfaces, not instances: a route leads to an interface.
    """
    root = ET.fromstring(cib)  # noqa: S314 - the stack's own output
    primitive = next(each for each in root.iter("primitive") if each.get("id") == RESOURCE)
    primitive.set("provider", "heartbeat")
    primitive.set("type", NAME)
    attributes = primitive.find("instance_attributes")
    if attributes is None:
        raise AssertionError("the stack gives the resource its parameters")
    attributes.clear()
    attributes.set("id", "virtual-ip-parameters")
    for name, value in {
        "awscli": str(Path(sys.executable).with_name("aws")),
        "interface": "eth0",
        "ip": cluster.virtual_ip,
        "lookup_type": "NetworkInterfaceId",
        "monapi": "true",
        "region": cluster.region,
        "routing_table": ",".join(dict.fromkeys(cluster.route_table_ids.values())),
    }.items():
        ET.SubElement(attributes, "nvpair", id=f"virtual-ip-{name}", name=name, value=value)
    operations = primitive.find("operations")
    if operations is None:
        raise AssertionError("the stack gives the resource its operations")
    operations.clear()
    for name, interval, timeout in _OPERATIONS:
        identity = f"virtual-ip-{name}"
        ET.SubElement(operations, "op", id=identity, name=name, interval=interval, timeout=timeout)
    return ET.tostring(root, encoding="unicode")
