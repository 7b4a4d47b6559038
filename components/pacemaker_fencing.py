"""Fencing in the CIB: for each node a device by which the other one stops its instance; pure.

The agent is fence_aws of ClusterLabs. It takes no URL of an endpoint; the private DNS name of the
interface endpoint makes the API's own name right. A reboot is a stop, a wait and a start.
"""

from xml.etree import ElementTree as ET

from .pacemaker_description import PacemakerCluster
from .pacemaker_elements import Operation, add_operations, add_primitive

# Nodes that lose each other must not fence each other: both instances would stop, and neither node
# would be left to start them again. The fencing of the node with the virtual IP is delayed longest,
# so the service stays where it is; where neither has it, that of the first node is. The first delay
# must be at least twice the second one. Both are longer than fence_aws takes to stop an instance;
# on a node whose own instance stops, fence_aws fences nobody.
# https://clusterlabs.org/projects/pacemaker/doc/2.1/Pacemaker_Explained/html/options.html
OWNER_DELAY, TIE_DELAY = "8s", "4s"
# AWS may take minutes to stop an instance.
_POWER_TIMEOUT, _REBOOT_TIMEOUT, _REBOOT_RETRIES = "240", "480", "4"

_OPERATIONS = (Operation("start", "0s", "60s"), Operation("monitor", "300s", "60s"))


def device(host_name: str) -> str:
    """Return the id of the device that fences a node."""
    return f"fence-{host_name}"


def instance_placeholder(host_name: str) -> str:
    """Return what stands for the id of a node's instance, which user data cannot name.

    Each node writes its own id into its device when it has joined, and a node that was replaced
    does so again. Until then the device cannot fence the node.
    """
    return f"INSTANCE-OF-{host_name}"


def add_devices(resources: ET.Element, constraints: ET.Element, cluster: PacemakerCluster) -> None:
    """Add a device for each node, which never runs on the node that it fences."""
    for place, node in enumerate(cluster.nodes):
        identity = device(node.name)
        parameters = {
            "region": cluster.region,
            "pcmk_host_map": f"{node.name}:{instance_placeholder(node.name)}",
            **({} if place else {"pcmk_delay_base": TIE_DELAY}),
            "power_timeout": _POWER_TIMEOUT,
            "pcmk_reboot_timeout": _REBOOT_TIMEOUT,
            "pcmk_reboot_retries": _REBOOT_RETRIES,
        }
        primitive = add_primitive(resources, identity, "stonith:fence_aws", parameters)
        add_operations(primitive, identity, _OPERATIONS)
        ET.SubElement(
            constraints,
            "rsc_location",
            {
                "id": f"{identity}-elsewhere",
                "rsc": identity,
                "node": node.name,
                "score": "-INFINITY",
            },
        )
