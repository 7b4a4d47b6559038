"""A stack that installs and configures EXPRESSCLUSTER on Linux, with every feature on."""

import os
import re
import shlex
import subprocess
from pathlib import Path

import pytest

from sandbox.runtime import Sandbox
from tests.support.cluster import PACK, ROOT, ClusterUnderTest, MakeCluster, changes
from tests.support.stack_config import EXPRESSCLUSTER
from tests.support.user_data import unpacked

PAGE = (ROOT / "docs" / "expresscluster.md").read_text()
OPERATING = (ROOT / "docs" / "operating.md").read_text()
PLANTED = "PLANTED-LICENCE-4711"
PORTS = [{"protocol": "tcp", "port": 443, "from": ["10.0.0.0/16"]}]


@pytest.fixture(scope="module")
def linux(fresh_cloud: Sandbox, make_cluster: MakeCluster) -> ClusterUnderTest:
    """A Linux stack with every feature on, up; its licences lie in S3."""
    cluster = make_cluster()
    cluster.set("nodes.monitorZones", "true")
    cluster.set_object("expresscluster", EXPRESSCLUSTER)
    cluster.set_object("applicationPorts", PORTS)
    for command in re.findall(r"^pulumi (config set .*endpoints.*)$", OPERATING, re.MULTILINE):
        cluster.pulumi(*shlex.split(command))
    storage = fresh_cloud.client("s3")
    storage.create_bucket(Bucket="media")
    for name in EXPRESSCLUSTER["licences"]:
        storage.put_object(Bucket="media", Key=f"expresscluster/{name}", Body=PLANTED)
    preview = cluster.preview(*PACK)
    assert "mandatory" not in preview.stdout
    cluster.up(*PACK)
    return cluster


def test_the_configuration_names_the_interfaces_that_aws_made(linux: ClusterUnderTest) -> None:
    root = linux.configuration()
    assert [found.text for found in root.iterfind("resource/awsvip//eniid")] == [
        linux.node(letter)["network_interface_id"] for letter in "ab"
    ]
    assert {found.text for found in root.iterfind("resource/awsvip//vpcid")} == {
        linux.outputs()["vpc_id"]
    }
    assert root.findtext("cluster/name") == "ha-cluster-dev"


def test_it_names_each_node_s_disk_by_its_volume(linux: ClusterUnderTest) -> None:
    disk = "/dev/disk/by-id/nvme-Amazon_Elastic_Block_Store_"
    assert [found.text for found in linux.configuration().iterfind("resource/md//dppath")] == [
        f"{disk}{linux.node(letter)['mirror_volume_id'].replace('-', '')}-part2" for letter in "ab"
    ]


def test_on_linux_the_stack_alone_completes_it(linux: ClusterUnderTest) -> None:
    found = linux.outputs()["expresscluster"]
    assert (found["complete"], found["waiting_for"]) == (True, [])


def test_the_command_of_the_page_takes_the_configuration_out_of_the_stack(
    linux: ClusterUnderTest, tmp_path: Path
) -> None:
    (command,) = re.findall(r"^pulumi stack output expresscluster --json .*$", PAGE, re.MULTILINE)
    tools = linux.sandbox.directory / "bin"
    subprocess.run(
        ["bash", "-c", command.replace(">clp.conf", f">{tmp_path}/clp.conf")],
        cwd=linux.project,
        env={**linux.sandbox.environment, "PATH": f"{tools}:{os.environ['PATH']}"},
        check=True,
    )
    text = linux.outputs()["expresscluster"]["configuration"]
    assert (tmp_path / "clp.conf").read_text() == text


def test_both_nodes_boot_with_the_configuration_of_the_output(linux: ClusterUnderTest) -> None:
    text = linux.outputs()["expresscluster"]["configuration"]
    for letter in "ab":
        answer = linux.ec2.describe_instance_attribute(
            InstanceId=linux.node(letter)["instance_id"], Attribute="userData"
        )
        assert text.strip() in unpacked(answer["UserData"]["Value"])


def test_s3_is_reached_by_a_gateway_in_the_private_tables_alone(linux: ClusterUnderTest) -> None:
    identity = linux.outputs()["endpoint_ids"]["s3"]
    [endpoint] = linux.ec2.describe_vpc_endpoints(VpcEndpointIds=[identity])["VpcEndpoints"]
    assert endpoint["VpcEndpointType"] == "Gateway"
    tables = linux.outputs()["route_table_ids"]
    assert set(endpoint["RouteTableIds"]) == {tables["private_a"], tables["private_b"]}


def test_session_manager_is_reached_inside_the_network(linux: ClusterUnderTest) -> None:
    identities = linux.outputs()["endpoint_ids"]
    assert set(identities) == {"ec2", "s3", "ssm", "ssmmessages"}
    for name in ("ssm", "ssmmessages"):
        [found] = linux.ec2.describe_vpc_endpoints(VpcEndpointIds=[identities[name]])[
            "VpcEndpoints"
        ]
        assert (found["VpcEndpointType"], found["PrivateDnsEnabled"]) == ("Interface", True)
        assert len(found["SubnetIds"]) == 2


def test_a_second_up_changes_nothing(linux: ClusterUnderTest) -> None:
    assert set(changes(linux.up("--refresh"))) == {"unchanged"}


def test_no_licence_gets_into_the_state_or_the_user_data(linux: ClusterUnderTest) -> None:
    assert PLANTED not in linux.pulumi("stack", "export", "--show-secrets").stdout
    for letter in "ab":
        answer = linux.ec2.describe_instance_attribute(
            InstanceId=linux.node(letter)["instance_id"], Attribute="userData"
        )
        assert PLANTED not in unpacked(answer["UserData"]["Value"])


def test_another_timeout_waits_for_a_roll_out_but_is_in_the_output_at_once(
    linux: ClusterUnderTest,
) -> None:
    before = {letter: linux.node(letter) for letter in "ab"}
    linux.set("expresscluster.heartbeatTimeoutSeconds", "60")
    linux.up()
    assert {letter: linux.node(letter) for letter in "ab"} == before
    assert linux.configuration().findtext("cluster/heartbeat/timeout") == "60000"


def test_another_address_of_one_node_leaves_the_other_one_alone_after_its_own_roll_out(
    linux: ClusterUnderTest,
) -> None:
    linux.fail_over("b")
    linux.set("expresscluster.heartbeatTimeoutSeconds", "61")
    linux.set("rollOut", "a")
    linux.up()
    linux.fail_over("a")
    before = linux.node("a")
    linux.set("rollOut", "b")
    linux.set("nodes.addresses.b", "10.0.120.20")
    linux.up()
    assert linux.node("a") == before
    assert linux.node("b")["private_ip"] == "10.0.120.20"
    linux.unset("rollOut")


def test_everything_is_taken_down_again(linux: ClusterUnderTest) -> None:
    linux.destroy()
    assert linux.resources() == []
