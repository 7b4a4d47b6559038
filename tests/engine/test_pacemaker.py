"""A stack whose nodes boot into a cluster under Pacemaker, by the same program."""

import pytest

from ops.tagged_cluster import find_tagged_cluster
from sandbox.runtime import Sandbox
from tests.support.cluster import PACK, ClusterUnderTest, MakeCluster, changes, said
from tests.support.operations import Operated
from tests.support.sandbox import aws_environment
from tests.support.user_data import unpacked

PEERS = {("udp", 5405, 5405), ("tcp", 7788, 7788)}


@pytest.fixture(scope="module")
def pacemaker(fresh_cloud: Sandbox, make_cluster: MakeCluster) -> ClusterUnderTest:
    """The dev environment under Pacemaker, up; one key of the configuration was changed."""
    assert fresh_cloud
    cluster = make_cluster()
    cluster.set("nodes.engine", "pacemaker")
    assert "mandatory" not in cluster.preview(*PACK).stdout
    cluster.up(*PACK)
    return cluster


def scripts(cluster: ClusterUnderTest) -> list[str]:
    """The boot scripts with which the nodes' instances were launched."""
    answers = [
        cluster.ec2.describe_instance_attribute(
            InstanceId=cluster.node(letter)["instance_id"], Attribute="userData"
        )
        for letter in "ab"
    ]
    return [unpacked(each["UserData"]["Value"]) for each in answers]


def test_the_outputs_name_the_engine_and_hold_its_files(pacemaker: ClusterUnderTest) -> None:
    outputs = pacemaker.outputs()
    assert outputs["engine"] == "pacemaker"
    assert set(outputs["pacemaker"]) == {"corosync_conf", "cib", "drbd_resource"}
    assert {"webui_url", "expresscluster"} & outputs.keys() == set()
    assert outputs["client_ports"] == []


def test_the_virtual_ip_names_every_table_that_carries_it(pacemaker: ClusterUnderTest) -> None:
    outputs = pacemaker.outputs()
    tables = ",".join(sorted(outputs["route_table_ids"].values()))
    assert f'name="route_tables" value="{tables}"' in outputs["pacemaker"]["cib"]
    assert f'name="vpc_id" value="{outputs["vpc_id"]}"' in outputs["pacemaker"]["cib"]


def test_both_nodes_boot_with_the_files_of_the_output(pacemaker: ClusterUnderTest) -> None:
    files = pacemaker.outputs()["pacemaker"].values()
    for script in scripts(pacemaker):
        assert all(text.strip() in script for text in files)


def test_the_nodes_admit_each_other_s_heartbeat_and_mirror_and_nobody_else(
    pacemaker: ClusterUnderTest,
) -> None:
    interface = pacemaker.node("a")["network_interface_id"]
    [found] = pacemaker.ec2.describe_network_interfaces(NetworkInterfaceIds=[interface])[
        "NetworkInterfaces"
    ]
    [group] = pacemaker.ec2.describe_security_groups(
        GroupIds=[each["GroupId"] for each in found["Groups"]]
    )["SecurityGroups"]
    rules = group["IpPermissions"]
    assert {(each["IpProtocol"], each["FromPort"], each["ToPort"]) for each in rules} == PEERS
    assert {pair["GroupId"] for each in rules for pair in each["UserIdGroupPairs"]} == {
        group["GroupId"]
    }
    assert not any(each["IpRanges"] for each in rules)


def test_ops_find_the_cluster_sound_and_name_its_engine_without_the_outputs_too(
    pacemaker: ClusterUnderTest,
) -> None:
    with aws_environment(pacemaker.sandbox):
        operated = Operated.of(pacemaker)
        report = operated.report()
        found = find_tagged_cluster(operated.aws, "ha-cluster-dev")
    assert (report.findings, report.not_checked) == ((), ())
    assert (found.engine.title, found.engine_configured) == ("Pacemaker", True)


def test_another_engine_is_refused_and_nothing_is_touched(pacemaker: ClusterUnderTest) -> None:
    before = {letter: pacemaker.instance(letter) for letter in "ab"}
    pacemaker.set("nodes.engine", "expresscluster")
    assert "restore pacemaker: another engine is another cluster" in pacemaker.refused()
    pacemaker.up(check=False)
    pacemaker.set("nodes.engine", "pacemaker")
    assert {letter: pacemaker.instance(letter) for letter in "ab"} == before


def test_a_second_up_changes_nothing(pacemaker: ClusterUnderTest) -> None:
    assert set(changes(pacemaker.up("--refresh"))) == {"unchanged"}


def test_another_token_waits_for_a_roll_out_but_is_in_the_output_at_once(
    pacemaker: ClusterUnderTest,
) -> None:
    before = {letter: pacemaker.node(letter) for letter in "ab"}
    pacemaker.set("nodes.pacemaker.tokenMilliseconds", "4000")
    done = pacemaker.up()
    assert {letter: pacemaker.node(letter) for letter in "ab"} == before
    assert "token: 4000" in pacemaker.outputs()["pacemaker"]["corosync_conf"]
    assert all("token: 1000" in script for script in scripts(pacemaker))
    assert "docs/pacemaker.md, A change later" in said(done)


def test_a_roll_out_gives_it_to_one_node_and_leaves_the_other_one_alone(
    pacemaker: ClusterUnderTest,
) -> None:
    before = pacemaker.node("a")
    pacemaker.set("rollOut", "b")
    pacemaker.up()
    assert pacemaker.node("a") == before
    tokens = ["token: 4000" in script for script in scripts(pacemaker)]
    assert tokens == [False, True]
    pacemaker.unset("rollOut")


def test_everything_is_taken_down_again(pacemaker: ClusterUnderTest) -> None:
    pacemaker.destroy()
    assert pacemaker.resources() == []
