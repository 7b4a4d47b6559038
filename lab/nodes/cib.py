"""The stack's configuration of Pacemaker (CIB), as far as a lab can have it: XML to XML."""

import xml.etree.ElementTree as ET
from collections.abc import Callable, Mapping

_MIRROR = "mirror-"
"""How the ids begin that need DRBD, whose kernel module no namespace can have."""
_LEVELS = "fencing-topology"
_REFERENCES = ("first", "then", "rsc", "with-rsc")


def without_mirror(cib: str) -> str:
    """Leave out what needs a mirror disk; nothing else is changed."""
    return _without(cib, lambda element: element.get("id", "").startswith(_MIRROR))


def without_fencing(cib: str) -> str:
    """Leave out the fencing devices and their order, and let Pacemaker take over without them."""
    plain = _without(cib, lambda element: _is_device(element) or element.tag == _LEVELS)
    root = ET.fromstring(plain)  # noqa: S314 - the stack's own output
    for option in root.iter("nvpair"):
        if option.get("name") == "stonith-enabled":
            option.set("value", "false")
    return _text(root)


def with_instances(cib: str, instances: Mapping[str, str]) -> str:
    """Let each fencing device name the instance of its node, as the node's boot script does."""
    root = ET.fromstring(cib)  # noqa: S314 - the stack's own output
    for option in root.iter("nvpair"):
        if option.get("name") == "pcmk_host_map":
            node = option.get("value", "").partition(":")[0]
            option.set("value", f"{node}:{instances[node]}")
    return _text(root)


def has_fencing(cib: str) -> bool:
    """Tell whether there are fencing devices."""
    return any(_is_device(element) for element in ET.fromstring(cib).iter())  # noqa: S314 - as above


def _is_device(element: ET.Element) -> bool:
    return element.get("class") == "stonith"


def _without(cib: str, unwanted: Callable[[ET.Element], bool]) -> str:
    """Remove elements, and the constraints that refer to them."""
    root = ET.fromstring(cib)  # noqa: S314 - the stack's own output
    removed = _remove(root, unwanted)
    _remove(root, lambda element: any(element.get(key) in removed for key in _REFERENCES))
    return _text(root)


def _remove(root: ET.Element, unwanted: Callable[[ET.Element], bool]) -> set[str]:
    """Remove elements wherever they are; return their ids."""
    removed: set[str] = set()
    for parent in list(root.iter()):
        for child in list(parent):
            if unwanted(child):
                parent.remove(child)
                if identity := child.get("id"):
                    removed.add(identity)
    return removed


def _text(root: ET.Element) -> str:
    return ET.tostring(root, encoding="unicode")
