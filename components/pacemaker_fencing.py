"""Fencing in the CIB: for each node the devices by which the other one stops its instance; pure.

The agent is fence_aws of ClusterLabs. It takes no URL of an endpoint; the private DNS name of the
interface endpoint makes the API's own name right. A reboot is a stop, a wait and a start. Where AWS
does not start the instance (it may have no capacity), a device that only stops it confirms.
"""

from xml.etree import ElementTree as ET

from .pacemaker_description import PacemakerCluster
from .pacemaker_elements import Operation, add_operations, add_primitive

# Nodes that lose each other must not fence each other: both instances would stop, and neither node
# would be left to start them again. The node that runs the service is fenced last, so the service
# stays where it is; between equal nodes, the first one is. The first delay should be at least twice
# the second one. Their difference must exceed the time in which fence_aws requests the stop; on a
# node whose own instance is stopping, fence_aws fences nobody.
# https://clusterlabs.org/projects/pacemaker/doc/2.1/Pacemaker_Explained/html/cluster-options.html
OWNER_DELAY, TIE_DELAY = "12s", "4s"
# AWS may take minutes to stop an instance.
_POWER_TIMEOUT, _REBOOT_TIMEOUT, _REBOOT_RETRIES = "240", "480", "4"

_OPERATIONS = (Operation("start", "0s", "60s"), Operation("monitor", "300s", "60s"))


def devices(host_name: str) -> tuple[str, str]:
    """Return the ids of the devices that fence a node: one restarts it, the other stops it."""
    return f"fence-{host_name}", f"fence-{host_name}-off"


def instance_placeholder(host_name: str) -> str:
    """Return what stands for the id of a node's instance, which user data cannot name.

    Each node writes its own id into its devices when it has joined, and a node that was replaced
    does so again. Until then they cannot fence the node.
    """
    return f"INSTANCE-OF-{host_name}"


def add_devices(
    resources: ET.Element, constraints: ET.Element, levels: ET.Element, cluster: PacemakerCluster
) -> None:
    """Add each node's devices, which never run on the node that they fence, and their order."""
    for place, node in enumerate(cluster.nodes):
        delay = {} if place else {"pcmk_delay_base": TIE_DELAY}
        differences = (delay, {"pcmk_reboot_action": "off"})
        for level, identity in enumerate(devices(node.name), start=1):
            parameters = {
                "region": cluster.region,
                "pcmk_host_map": f"{node.name}:{instance_placeholder(node.name)}",
                **differences[level - 1],
                "power_timeout": _POWER_TIMEOUT,
                "pcmk_reboot_timeout": _REBOOT_TIMEOUT,
                "pcmk_reboot_retries": _REBOOT_RETRIES,
            }
            primitive = add_primitive(resources, identity, "stonith:fence_aws", parameters)
            add_operations(primitive, identity, _OPERATIONS)
            attributes = {"rsc": identity, "node": node.name, "score": "-INFINITY"}
            ET.SubElement(
                constraints, "rsc_location", {"id": f"{identity}-elsewhere", **attributes}
            )
            order = {"target": node.name, "index": str(level), "devices": identity}
            ET.SubElement(levels, "fencing-level", {"id": f"{identity}-level", **order})
