"""The failover group of a stack's EXPRESSCLUSTER configuration, in the words of NEC's article."""

from collections.abc import Iterator
from xml.etree import ElementTree as ET

_KINDS = {"awsvip": "AWS Virtual IP resource", "md": "mirror disk resource"}
_COMMON = {
    "ip": "IP address",
    "point": "mount point",
    "fs": "file system",
    "volumemountpoint": "data drive",
    "cpvolumemountpoint": "cluster drive",
}
_OF_A_SERVER = {
    "eniid": "interface",
    "dppath": "data partition",
    "cppath": "cluster partition",
    "volumeguid": "data volume",
    "cpvolumeguid": "cluster volume",
}


def describe_failover_group(configuration: str) -> list[str]:
    """Return the group, its resources and their parameters from the text of clp.conf."""
    root = ET.fromstring(configuration)  # noqa: S314 - from our own stack
    first = root.find("server[priority='0']")
    default = first.get("name", "") if first is not None else ""
    lines: list[str] = []
    for group in root.iterfind("group"):
        lines.append(f"failover group {group.get('name')}")
        for member in group.iterfind("resource"):
            kind, _, name = member.get("name", "").partition("@")
            lines.append(f"  {_KINDS.get(kind, kind)} {name}")
            resource = root.find(f"resource/{kind}[@name='{name}']")
            if resource is not None:
                lines += [f"    {line}" for line in _parameters(resource, default)]
    return lines


def _parameters(resource: ET.Element, default: str) -> Iterator[str]:
    """Yield the parameters in words: the common ones, then each server's with its name."""
    for element in resource.iterfind("parameters//*"):
        if element.tag in _COMMON:
            yield f"{_COMMON[element.tag]}: {element.text}"
    holders = [
        (default, resource),
        *((each.get("name", ""), each) for each in resource.iter("server")),
    ]
    for server, holder in holders:
        for element in holder.iterfind("parameters//*"):
            if element.tag in _OF_A_SERVER:
                yield f"{_OF_A_SERVER[element.tag]} of {server}: {element.text}"
