"""Elements of a CIB that every resource has: parameters, options, operations; pure."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple
from xml.etree import ElementTree as ET


class Operation(NamedTuple):
    """What Pacemaker does with a resource; a monitor may belong to one role."""

    name: str
    interval: str
    timeout: str
    role: str | None = None


def add_primitive(
    parent: ET.Element, identity: str, agent: str, parameters: Mapping[str, str]
) -> ET.Element:
    """Add a resource with its agent, written as `class:provider:type` or `class:type`."""
    kind, _, rest = agent.partition(":")
    provider, _, name = rest.rpartition(":") if kind == "ocf" else ("", "", rest)
    of = {"class": kind, **({"provider": provider} if provider else {}), "type": name}
    primitive = ET.SubElement(parent, "primitive", {"id": identity, **of})
    if parameters:
        add_pairs(primitive, "instance_attributes", f"{identity}-instance_attributes", parameters)
    return primitive


def add_pairs(parent: ET.Element, tag: str, identity: str, pairs: Mapping[str, str]) -> None:
    """Add a set of names and values."""
    found = ET.SubElement(parent, tag, {"id": identity})
    for name, value in pairs.items():
        attributes = {"id": f"{identity}-{name}", "name": name, "value": value}
        ET.SubElement(found, "nvpair", attributes)


def add_operations(primitive: ET.Element, identity: str, operations: Sequence[Operation]) -> None:
    """Add the operations of a resource."""
    section = ET.SubElement(primitive, "operations")
    for each in operations:
        attributes = {
            "id": f"{identity}-{each.name}-interval-{each.interval}",
            "name": each.name,
            "interval": each.interval,
            "timeout": each.timeout,
        }
        ET.SubElement(section, "op", attributes | ({"role": each.role} if each.role else {}))
