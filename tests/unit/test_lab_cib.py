"""What a lab leaves out of the stack's configuration of Pacemaker, and what it puts in."""

import xml.etree.ElementTree as ET
from pathlib import Path

from lab.nodes.cib import has_fencing, with_instances, without_fencing, without_mirror

CONFIGURATIONS = Path(__file__).parent / "configurations"
WITH_MIRROR = (CONFIGURATIONS / "pacemaker.cib.xml").read_text()
WITH_FENCING = (CONFIGURATIONS / "pacemaker-full.cib.xml").read_text()


def ids(cib: str, tag: str) -> list[str | None]:
    return [each.get("id") for each in ET.fromstring(cib).iter(tag)]


def option(cib: str, name: str) -> list[str | None]:
    return [
        each.get("value") for each in ET.fromstring(cib).iter("nvpair") if each.get("name") == name
    ]


def test_the_mirror_is_left_out_with_its_constraints() -> None:
    cib = without_mirror(WITH_MIRROR)
    assert ids(cib, "primitive") == ["virtual-ip"]
    assert ids(cib, "group") == ["failover1"]
    assert ids(cib, "clone") == []
    assert [each.tag for each in ET.fromstring(cib).iterfind("./configuration/constraints/*")] == []


def test_fencing_is_left_out_with_the_places_of_its_devices_and_turned_off() -> None:
    cib = without_fencing(without_mirror(WITH_FENCING))
    assert ids(cib, "primitive") == ["virtual-ip", "application"]
    assert ids(cib, "rsc_location") == ids(cib, "fencing-level") == []
    assert option(WITH_FENCING, "stonith-enabled") == ["true"]
    assert option(cib, "stonith-enabled") == ["false"]


def test_a_constraint_of_what_stays_is_kept() -> None:
    place = '<rsc_location id="home" rsc="failover1" node="node-a" score="50"/>'
    cib = without_mirror(WITH_MIRROR.replace("<constraints>", f"<constraints>{place}"))
    assert ids(cib, "rsc_location") == ["home"]


def test_what_needs_neither_disk_nor_fencing_is_unchanged() -> None:
    cib = without_mirror(WITH_MIRROR)
    assert without_mirror(cib) == cib
    [before], [after] = (
        [each for each in ET.fromstring(text).iter("primitive") if each.get("id") == "virtual-ip"]
        for text in (WITH_MIRROR, cib)
    )
    assert ET.canonicalize(ET.tostring(before)) == ET.canonicalize(ET.tostring(after))
    assert ET.fromstring(cib).attrib == ET.fromstring(WITH_MIRROR).attrib
    assert option(cib, "resource-stickiness") == ["100"]


def test_a_configuration_has_fencing_by_its_devices() -> None:
    assert has_fencing(WITH_FENCING)
    assert not has_fencing(without_fencing(WITH_FENCING))
    assert not has_fencing(WITH_MIRROR)


def test_each_fencing_device_names_the_instance_of_its_node() -> None:
    cib = with_instances(WITH_FENCING, {"node-a": "i-a", "node-b": "i-b"})
    assert option(cib, "pcmk_host_map") == ["node-a:i-a"] * 2 + ["node-b:i-b"] * 2
    assert ids(cib, "nvpair") == ids(WITH_FENCING, "nvpair")
