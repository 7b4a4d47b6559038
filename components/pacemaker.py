"""Pacemaker's configuration, the CIB, from a description of the cluster; pure.

Ids are stable. What belongs to the mirror has an id that begins with `mirror-`: without these
elements the rest is a whole configuration. The group's order is that of its members.
https://clusterlabs.org/projects/pacemaker/doc/2.1/Pacemaker_Explained/html/
"""

from collections.abc import Mapping
from xml.etree import ElementTree as ET

from . import drbd, pacemaker_fencing
from .pacemaker_description import PacemakerCluster
from .pacemaker_elements import Operation, add_operations, add_pairs, add_primitive

GROUP, VIRTUAL_IP, APPLICATION = "failover1", "virtual-ip", "application"
FILE_SYSTEM, MIRROR, MIRROR_CLONE = "mirror-file-system", "mirror-disk", "mirror-clone"

# The first schema in which roles are called Promoted and Unpromoted: Pacemaker 2.1.
_SCHEMA = "pacemaker-3.7"
# A whole replacement is taken only from a higher epoch than the one that is there.
_EPOCH = {"admin_epoch": "1", "epoch": "0", "num_updates": "0"}
# A node on which the virtual IP failed is taken again after this time.
_FAILURE_TIMEOUT = "120s"
# Of two nodes that lose each other, the one with the higher sum is fenced later: what runs of the
# group counts, and one more for the promoted side of the mirror.
_PRIORITY = {"priority": "1"}
# The group stays where it is when the other node comes back.
_STICKINESS = "100"

_VIRTUAL_IP_OPERATIONS = (
    Operation("start", "0s", "60s"),
    Operation("stop", "0s", "60s"),
    Operation("monitor", "10s", "30s"),
    Operation("monitor", "45s", "30s", "Stopped"),
)
_FILE_SYSTEM_OPERATIONS = (
    Operation("start", "0s", "60s"),
    Operation("stop", "0s", "60s"),
    Operation("monitor", "20s", "40s"),
)
_APPLICATION_OPERATIONS = (
    Operation("start", "0s", "100s"),
    Operation("stop", "0s", "100s"),
    Operation("monitor", "20s", "100s"),
)
# As the agent recommends, with intervals that differ: one operation for each interval.
_MIRROR_OPERATIONS = (
    Operation("start", "0s", "240s"),
    Operation("promote", "0s", "90s"),
    Operation("demote", "0s", "90s"),
    Operation("notify", "0s", "90s"),
    Operation("stop", "0s", "100s"),
    Operation("monitor", "29s", "20s", "Promoted"),
    Operation("monitor", "31s", "20s", "Unpromoted"),
)


def cib(cluster: PacemakerCluster) -> str:
    """Return the CIB as XML; the same description gives the same text."""
    root = ET.Element("cib", {**_EPOCH, "validate-with": _SCHEMA})
    configuration = ET.SubElement(root, "configuration")
    _add_options(configuration, cluster)
    nodes = ET.SubElement(configuration, "nodes")
    for number, node in enumerate(cluster.nodes, start=1):
        ET.SubElement(nodes, "node", {"id": str(number), "uname": node.name})
    resources = ET.SubElement(configuration, "resources")
    _add_group(resources, cluster)
    _add_mirror(resources, cluster)
    constraints = ET.SubElement(configuration, "constraints")
    _add_mirror_constraints(constraints)
    if cluster.fencing:
        levels = ET.SubElement(configuration, "fencing-topology")
        pacemaker_fencing.add_devices(resources, constraints, levels, cluster)
    defaults = ET.SubElement(configuration, "rsc_defaults")
    add_pairs(defaults, "meta_attributes", "rsc_defaults-options", _DEFAULTS)
    ET.SubElement(root, "status")
    ET.indent(root)
    return f"{ET.tostring(root, encoding='unicode')}\n"


_DEFAULTS = {"resource-stickiness": _STICKINESS}


def _add_options(configuration: ET.Element, cluster: PacemakerCluster) -> None:
    options = {
        "cluster-name": cluster.name,
        "no-quorum-policy": "stop",
        "stonith-enabled": "true" if cluster.fencing else "false",
    }
    if cluster.fencing:
        options["priority-fencing-delay"] = pacemaker_fencing.OWNER_DELAY
    section = ET.SubElement(configuration, "crm_config")
    add_pairs(section, "cluster_property_set", "cib-bootstrap-options", options)


def _add_group(resources: ET.Element, cluster: PacemakerCluster) -> None:
    group = ET.SubElement(resources, "group", {"id": GROUP})
    if cluster.fencing:
        add_pairs(group, "meta_attributes", f"{GROUP}-meta_attributes", _PRIORITY)
    mount = {
        "device": drbd.DEVICE,
        "directory": cluster.mount_point,
        "fstype": cluster.file_system,
    }
    file_system = add_primitive(group, FILE_SYSTEM, "ocf:heartbeat:Filesystem", mount)
    add_operations(file_system, FILE_SYSTEM, _FILE_SYSTEM_OPERATIONS)
    virtual_ip = add_primitive(group, VIRTUAL_IP, "ocf:ha-cluster:virtual-ip", _routes(cluster))
    failures = {"migration-threshold": "1", "failure-timeout": _FAILURE_TIMEOUT}
    add_pairs(virtual_ip, "meta_attributes", f"{VIRTUAL_IP}-meta_attributes", failures)
    add_operations(virtual_ip, VIRTUAL_IP, _VIRTUAL_IP_OPERATIONS)
    if cluster.application_unit:
        application = add_primitive(group, APPLICATION, f"systemd:{cluster.application_unit}", {})
        add_operations(application, APPLICATION, _APPLICATION_OPERATIONS)


def _routes(cluster: PacemakerCluster) -> Mapping[str, str]:
    return {
        "ip": cluster.virtual_ip,
        "route_tables": ",".join(sorted(cluster.route_table_ids)),
        "vpc_id": cluster.vpc_id,
        "region": cluster.region,
    }


def _add_mirror(resources: ET.Element, cluster: PacemakerCluster) -> None:
    clone = ET.SubElement(resources, "clone", {"id": MIRROR_CLONE})
    roles = {
        "promotable": "true",
        "clone-max": "2",
        "clone-node-max": "1",
        "promoted-max": "1",
        "promoted-node-max": "1",
        "notify": "true",
        **(_PRIORITY if cluster.fencing else {}),
    }
    add_pairs(clone, "meta_attributes", f"{MIRROR_CLONE}-meta_attributes", roles)
    parameters = {"drbd_resource": drbd.RESOURCE}
    mirror = add_primitive(clone, MIRROR, "ocf:linbit:drbd", parameters)
    add_operations(mirror, MIRROR, _MIRROR_OPERATIONS)


def _add_mirror_constraints(constraints: ET.Element) -> None:
    """Tie the group to the node that has the mirror promoted."""
    ET.SubElement(
        constraints,
        "rsc_colocation",
        {
            "id": "mirror-colocation",
            "rsc": GROUP,
            "with-rsc": MIRROR_CLONE,
            "with-rsc-role": "Promoted",
            "score": "INFINITY",
        },
    )
    ET.SubElement(
        constraints,
        "rsc_order",
        {
            "id": "mirror-order",
            "first": MIRROR_CLONE,
            "first-action": "promote",
            "then": GROUP,
            "then-action": "start",
        },
    )
