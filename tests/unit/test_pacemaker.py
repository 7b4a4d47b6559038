"""The texts of Corosync, Pacemaker and DRBD: held against whole files, and against their rules."""

import itertools
import re
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from components import corosync, drbd, pacemaker
from components.mirror_partition import volume_partition
from components.pacemaker_description import PacemakerCluster, PacemakerNode
from components.pacemaker_fencing import instance_placeholder

FILES = Path(__file__).parent / "configurations"
CLUSTER = PacemakerCluster(
    name="ha-cluster-dev",
    region="us-east-1",
    vpc_id="vpc-0123456789abcdef0",
    virtual_ip="20.0.0.100",
    route_table_ids=["rtb-2", "rtb-1"],
    nodes=[
        PacemakerNode("node-a", "10.0.110.10", volume_partition("vol-0aaaaaaaaaaaaaaaa", 2)),
        PacemakerNode("node-b", "10.0.120.10", volume_partition("vol-0bbbbbbbbbbbbbbbb", 2)),
    ],
    file_system="ext4",
    mount_point="/mnt/md1",
    token_milliseconds=1000,
    fencing=True,
    application_unit="postgresql.service",
)
PLAIN = replace(CLUSTER, fencing=False, application_unit=None)


def ids(text: str) -> list[str]:
    """The ids of a CIB, apart from those of its nodes, in their order."""
    root = ET.fromstring(text)
    return [each.attrib["id"] for each in root.iter() if "id" in each.attrib and each.tag != "node"]


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("corosync.conf", corosync.configuration(CLUSTER)),
        ("pacemaker-full.cib.xml", pacemaker.cib(CLUSTER)),
        ("pacemaker.cib.xml", pacemaker.cib(PLAIN)),
        ("mirror.res", drbd.resource(CLUSTER)),
    ],
)
def test_a_text_is_exactly_this(file: str, text: str) -> None:
    assert text == (FILES / file).read_text()


def test_the_same_description_gives_the_same_text() -> None:
    assert pacemaker.cib(CLUSTER) == pacemaker.cib(
        replace(CLUSTER, route_table_ids=["rtb-1", "rtb-2"])
    )


@pytest.mark.parametrize("cluster", [CLUSTER, PLAIN], ids=["full", "plain"])
def test_every_id_stands_once(cluster: PacemakerCluster) -> None:
    found = ids(pacemaker.cib(cluster))
    assert len(found) == len(set(found))


def test_what_refers_to_the_mirror_goes_with_it() -> None:
    """A network for tests without a mirror drops every element whose id begins so."""
    root = ET.fromstring(pacemaker.cib(CLUSTER))
    for parent in list(root.iter()):
        for child in list(parent):
            if child.attrib.get("id", "").startswith("mirror-"):
                parent.remove(child)
    assert "mirror" not in ET.tostring(root, encoding="unicode")
    assert [each.attrib["id"] for each in root.iterfind(".//group/primitive")] == [
        "virtual-ip",
        "application",
    ]


def test_the_virtual_ip_has_the_parameters_and_operations_of_its_agent() -> None:
    primitive = ET.fromstring(pacemaker.cib(CLUSTER)).find(".//primitive[@id='virtual-ip']")
    assert primitive is not None
    assert dict(primitive.attrib) == {
        "id": "virtual-ip",
        "class": "ocf",
        "provider": "ha-cluster",
        "type": "virtual-ip",
    }
    given = {each.attrib["name"]: each.attrib["value"] for each in primitive.iter("nvpair")}
    assert given == {
        "ip": "20.0.0.100",
        "route_tables": "rtb-1,rtb-2",
        "vpc_id": "vpc-0123456789abcdef0",
        "region": "us-east-1",
        "migration-threshold": "1",
        "failure-timeout": "120s",
    }
    operations = [
        (each.get("name"), each.get("interval"), each.get("timeout"), each.get("role"))
        for each in primitive.iter("op")
    ]
    assert operations == [
        ("start", "0s", "60s", None),
        ("stop", "0s", "60s", None),
        ("monitor", "10s", "30s", None),
        ("monitor", "45s", "30s", "Stopped"),
    ]


def test_without_fencing_no_device_exists_and_the_cluster_does_not_ask_for_one() -> None:
    text = pacemaker.cib(PLAIN)
    assert 'name="stonith-enabled" value="false"' in text
    assert "fence" not in text
    assert "fencing resource-only;" in drbd.resource(PLAIN)


def test_with_fencing_each_node_has_a_device_that_runs_on_the_other_one() -> None:
    root = ET.fromstring(pacemaker.cib(CLUSTER))
    assert root.find(".//nvpair[@name='stonith-enabled'][@value='true']") is not None
    for name, identity in itertools.product(("node-a", "node-b"), ("fence-{}", "fence-{}-off")):
        device = root.find(f".//primitive[@id='{identity.format(name)}']")
        assert device is not None
        assert (device.attrib["class"], device.attrib["type"]) == ("stonith", "fence_aws")
        given = {each.attrib["name"]: each.attrib["value"] for each in device.iter("nvpair")}
        assert given["pcmk_host_map"] == f"{name}:{instance_placeholder(name)}"
        place = root.find(f".//rsc_location[@rsc='{device.attrib['id']}']")
        assert place is not None
        assert (place.attrib["node"], place.attrib["score"]) == (name, "-INFINITY")


def test_a_node_that_aws_does_not_start_again_is_fenced_by_its_stop_alone() -> None:
    root = ET.fromstring(pacemaker.cib(CLUSTER))
    levels = [
        (each.attrib["target"], each.attrib["index"], each.attrib["devices"])
        for each in root.iterfind("./configuration/fencing-topology/fencing-level")
    ]
    assert levels == [
        ("node-a", "1", "fence-node-a"),
        ("node-a", "2", "fence-node-a-off"),
        ("node-b", "1", "fence-node-b"),
        ("node-b", "2", "fence-node-b-off"),
    ]
    actions = root.iterfind(".//nvpair[@name='pcmk_reboot_action'][@value='off']")
    assert [each.attrib["id"].partition("-instance")[0] for each in actions] == [
        "fence-node-a-off",
        "fence-node-b-off",
    ]


def test_drbd_holds_writes_longer_than_fencing_may_take() -> None:
    [handler] = re.findall(r' fence-peer "(.*)";', drbd.resource(CLUSTER))
    script, *options = handler.split()
    limits = dict(zip(options[::2], map(int, options[1::2]), strict=True))
    assert script == "/usr/lib/drbd/crm-fence-peer.9.sh"
    [reboot] = set(seconds(pacemaker.cib(CLUSTER), "pcmk_reboot_timeout"))
    [owner] = seconds(pacemaker.cib(CLUSTER), "priority-fencing-delay")
    [tie] = set(seconds(pacemaker.cib(CLUSTER), "pcmk_delay_base"))
    assert 2 * reboot + owner + tie < limits["--timeout"] < limits["--dc-timeout"]
    assert ' fence-peer "/usr/lib/drbd/crm-fence-peer.9.sh";' in drbd.resource(PLAIN)


def seconds(text: str, name: str, within: str = "") -> list[int]:
    """The values of an option of a CIB, or of one element of it."""
    root = ET.fromstring(text)
    place = root.find(f".//*[@id='{within}']") if within else root
    assert place is not None
    found = place.iterfind(f".//nvpair[@name='{name}']")
    return [int(each.attrib["value"].removesuffix("s")) for each in found]


def test_the_node_that_runs_the_group_is_fenced_latest_and_of_equal_nodes_the_first() -> None:
    text = pacemaker.cib(CLUSTER)
    [owner] = seconds(text, "priority-fencing-delay")
    [tie] = seconds(text, "pcmk_delay_base", "fence-node-a")
    assert seconds(text, "pcmk_delay_base", "fence-node-b") == []
    assert seconds(text, "pcmk_delay_max") == []
    assert owner >= 2 * tie > 0
    priorities = ET.fromstring(text).iterfind(".//nvpair[@name='priority']")
    assert [(each.attrib["id"], each.attrib["value"]) for each in priorities] == [
        ("failover1-meta_attributes-priority", "1"),
        ("mirror-clone-meta_attributes-priority", "1"),
    ]


def test_the_documentation_has_these_delays() -> None:
    text = pacemaker.cib(CLUSTER)
    [owner] = seconds(text, "priority-fencing-delay")
    [tie] = seconds(text, "pcmk_delay_base", "fence-node-a")
    page = (Path(__file__).parents[2] / "docs" / "pacemaker.md").read_text()
    rows = re.findall(r"^\| the (\w+) node, (as|without).*\| (\d+) s \|$", page, re.MULTILINE)
    assert rows == [
        ("first", "as", str(owner + tie)),
        ("second", "as", str(owner)),
        ("first", "without", str(tie)),
        ("second", "without", "0"),
    ]


def test_corosync_s_token_is_the_configured_one() -> None:
    text = corosync.configuration(replace(CLUSTER, token_milliseconds=4000))
    assert re.findall(r"token: (\d+)", text) == ["4000"]


def test_no_text_holds_a_key() -> None:
    assert "key" not in corosync.configuration(CLUSTER)
    assert "crypto_cipher: none" in corosync.configuration(CLUSTER)
