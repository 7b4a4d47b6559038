"""Whatever the cluster is called and wherever it stands, its files under Pacemaker are whole."""

import subprocess
from xml.etree import ElementTree as ET

from hypothesis import given
from hypothesis import strategies as st

from components import corosync, pacemaker
from components.bootstrap import PacemakerBoot
from components.bootstrap.linux import linux_script
from components.mirror_partition import volume_partition
from components.pacemaker_args import TOKEN_BOUNDS, UNIT
from components.pacemaker_description import PacemakerCluster, PacemakerNode
from components.pacemaker_files import render
from tests.support.machine import NODE

HEX = "0123456789abcdef"
IDS = st.text(HEX, min_size=8, max_size=17)
CLUSTERS = st.builds(
    PacemakerCluster,
    name=st.from_regex(r"[A-Za-z0-9_.-]{1,60}", fullmatch=True),
    region=st.sampled_from(["us-east-1", "cn-north-1", "us-gov-west-1"]),
    vpc_id=IDS.map("vpc-{}".format),
    virtual_ip=st.ip_addresses(v=4).map(str),
    route_table_ids=st.lists(IDS.map("rtb-{}".format), min_size=1, max_size=12, unique=True),
    nodes=st.tuples(st.ip_addresses(v=4), st.ip_addresses(v=4)).map(
        lambda pair: [
            PacemakerNode(f"node-{zone}", str(address), volume_partition(f"vol-{zone * 17}", 2))
            for zone, address in zip("ab", pair, strict=True)
        ]
    ),
    file_system=st.sampled_from(["ext4", "xfs"]),
    mount_point=st.from_regex(r"(/[A-Za-z0-9_.-]{1,12}){1,4}", fullmatch=True),
    token_milliseconds=st.integers(TOKEN_BOUNDS.start, TOKEN_BOUNDS.stop - 1),
    fencing=st.booleans(),
    application_unit=st.none() | st.from_regex(UNIT, fullmatch=True),
)


@given(CLUSTERS)
def test_every_reference_of_a_cib_is_to_an_id_that_stands_once(cluster: PacemakerCluster) -> None:
    root = ET.fromstring(pacemaker.cib(cluster))
    found = [each.attrib["id"] for each in root.iter() if "id" in each.attrib]
    assert len(found) == len(set(found))
    references = ("rsc", "with-rsc", "first", "then")
    referred = {
        each.attrib[key] for each in root.iter() for key in references if key in each.attrib
    }
    assert referred <= set(found)
    named = {each.attrib["uname"] for each in root.iter("node")}
    assert {each.attrib["node"] for each in root.iter("rsc_location")} <= named


@given(CLUSTERS)
def test_every_section_of_corosync_s_file_is_closed(cluster: PacemakerCluster) -> None:
    depth = 0
    for line in corosync.configuration(cluster).splitlines():
        depth += line.endswith("{") - (line.strip() == "}")
        assert depth in (0, 1, 2)
        assert line == "" or line.endswith(("{", "}")) or ": " in line
    assert depth == 0


@given(CLUSTERS)
def test_bash_reads_the_files_as_they_were_rendered(cluster: PacemakerCluster) -> None:
    files = render(cluster)
    boot = PacemakerBoot(files, [node.name for node in cluster.nodes], cluster.fencing)
    front = linux_script(NODE, boot).partition("\n# Prepares")[0]
    script = front + '\nprintf %s "$COROSYNC_CONF" "$CIB" "$DRBD_RESOURCE"\n'
    done = subprocess.run(["bash", "-c", script], capture_output=True, check=True)
    texts = (files["corosync_conf"], files["cib"], files["drbd_resource"])
    assert done.stdout.decode() == "".join(texts)
