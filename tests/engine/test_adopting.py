"""The article's cluster, built by hand, comes under the program as docs/adopting.md says."""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from sandbox.runtime import Sandbox
from tests.support.cluster import ROOT, ClusterUnderTest, MakeCluster, changes, owners, said
from tests.support.hand_built import HandBuilt

BLOCKS = re.findall(
    r"^```sh\n(.*?)^```$",
    (ROOT / "docs" / "adopting.md").read_text(encoding="utf-8"),
    re.MULTILINE | re.DOTALL,
)
IDS, *STEPS = BLOCKS
INTERFACES, _, KEEP, *_ = STEPS
LOOK, UPDATE = STEPS[-2:]
# What an operator is asked is answered; everything else runs word by word.
ANSWERED = """
pulumi() {
  case $1 in
    up) command pulumi --non-interactive "$@" --yes --skip-preview ;;
    import) command pulumi --non-interactive "$@" --yes ;;
    *) command pulumi --non-interactive "$@" ;;
  esac
}
"""


def run(cluster: ClusterUnderTest, built: HandBuilt, *blocks: str) -> str:
    """Run blocks of the page in one shell, with the cluster's ids; return what they print."""
    environment = cluster.sandbox.environment
    tools = (cluster.sandbox.directory / "bin", Path(sys.executable).parent)
    environment["PATH"] = ":".join([*map(str, tools), environment["PATH"]])
    values = {**built.placeholders(), "STACK": cluster.name, "VIP": "20.0.0.100/32"}
    assert set(re.findall(r"\b([A-Z0-9_]+)=", IDS)) == set(values)
    ids = "\n".join(f"{name}={value}" for name, value in values.items())
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", "\n".join([ANSWERED, ids, *blocks])],
        cwd=cluster.project,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def alive(built: HandBuilt) -> dict[str, Any]:
    """What an interruption would change: instances, interfaces, disks, endpoint, the address."""
    ec2, ids = built.ec2, built.ids
    servers = [ids["server1"], ids["server2"]]
    found = ec2.describe_instances(InstanceIds=servers)["Reservations"]
    instances = [each["Instances"][0] for each in found]
    [endpoint] = ec2.describe_vpc_endpoints(VpcEndpointIds=[ids["endpoint"]])["VpcEndpoints"]
    return {
        "launched": {each["InstanceId"]: str(each["LaunchTime"]) for each in instances},
        "states": {each["State"]["Name"] for each in instances},
        "types": {each["InstanceType"] for each in instances},
        "options": [each["MetadataOptions"] for each in instances],
        "interfaces": [each["NetworkInterfaces"][0]["NetworkInterfaceId"] for each in instances],
        "groups": [each["NetworkInterfaces"][0]["Groups"] for each in instances],
        "volumes": [
            sorted(device["Ebs"]["VolumeId"] for device in each["BlockDeviceMappings"])
            for each in instances
        ],
        "endpoint": [endpoint["State"], endpoint["SubnetIds"], endpoint["Groups"]],
        "owners": {
            table: target
            for table, target in owners(ec2, ids["vpc"]).items()
            if table in ids.values()
        },
    }


@pytest.fixture(scope="module")
def built(fresh_cloud: Sandbox) -> HandBuilt:
    """The article's cluster after a failover: server2 holds the virtual IP."""
    built = HandBuilt.build(fresh_cloud)
    built.fail_over("server2")
    return built


@pytest.fixture(scope="module")
def before(built: HandBuilt) -> dict[str, Any]:
    return alive(built)


@pytest.fixture(scope="module")
def cluster(
    built: HandBuilt, before: dict[str, Any], make_cluster: MakeCluster
) -> ClusterUnderTest:
    """The stack, imported and not yet updated."""
    assert before["states"] == {"running"}
    cluster = make_cluster()
    cluster.set("nodes.image", built.image)
    run(cluster, built, *STEPS[:-2])
    return cluster


def test_the_import_touches_nothing_that_runs(
    cluster: ClusterUnderTest, built: HandBuilt, before: dict[str, Any]
) -> None:
    assert cluster.resources()
    assert alive(built) == before


def test_every_id_of_the_page_belongs_to_a_name_of_the_program(cluster: ClusterUnderTest) -> None:
    skeleton = json.loads((cluster.project / "skeleton.json").read_text())["resources"]
    ids = json.loads((cluster.project / "ids.json").read_text())
    assert ids.keys() <= {each["name"] for each in skeleton}
    left_out = {each["name"] for each in skeleton if "id" in each} - ids.keys()
    rules = ("cluster-peer-", "cluster-webui-", "cluster-reach-")
    assert len(left_out) == 10
    assert all(name.startswith(rules) for name in left_out)


def test_the_look_before_the_update_finds_nothing_but_creations_and_updates(
    cluster: ClusterUnderTest, built: HandBuilt
) -> None:
    assert run(cluster, built, LOOK) == ""
    done = cluster.preview("--policy-pack", "policy")
    assert "mandatory" not in said(done)
    assert "+ 10 to create" in done.stdout


def test_names_that_the_program_makes_up_would_replace_what_was_imported(
    cluster: ClusterUnderTest, tmp_path: Path
) -> None:
    given = '["name", "name_prefix"]'
    forgetful = cluster.edited(tmp_path, ("components/naming.py", given, '["name_prefix"]'))
    shown = forgetful.preview().stdout
    replaced = set(re.findall(r"\+- +aws:\S+ (\S+) replace", shown))
    assert {"cluster-role", "cluster-profile", "cluster-guard", "endpoints-ec2-guard"} <= replaced


def test_the_update_interrupts_nothing_and_leaves_nothing_to_do(
    cluster: ClusterUnderTest, built: HandBuilt, before: dict[str, Any]
) -> None:
    run(cluster, built, UPDATE)
    assert alive(built) == before
    assert cluster.outputs()["vpc_id"] == built.ids["vpc"]
    assert cluster.outputs()["endpoint_ids"] == {"ec2": built.ids["endpoint"]}
    for letter, server in (("a", "server1"), ("b", "server2")):
        node = cluster.node(letter)
        assert node["instance_id"] == built.ids[server]
        assert node["network_interface_id"] == built.ids[f"{server}-eni"]
        assert node["mirror_volume_id"] == built.ids[f"{server}-volume"]
    assert set(cluster.owners().values()) == {built.ids["server2-eni"]}


def test_a_failover_of_the_adopted_cluster_is_not_undone(
    cluster: ClusterUnderTest, built: HandBuilt
) -> None:
    assert cluster.fail_over("a") == built.ids["server1-eni"]
    assert set(changes(cluster.up("--refresh"))) == {"unchanged"}
    assert set(cluster.owners().values()) == {built.ids["server1-eni"]}


def test_a_node_whose_interface_would_go_with_it_is_kept_until_the_interface_is(
    cluster: ClusterUnderTest, built: HandBuilt
) -> None:
    interface, instance = built.ids["server2-eni"], built.ids["server2"]
    [found] = built.ec2.describe_network_interfaces(NetworkInterfaceIds=[interface])[
        "NetworkInterfaces"
    ]
    attachment = found["Attachment"]["AttachmentId"]
    built.ec2.modify_network_interface_attribute(
        NetworkInterfaceId=interface,
        Attachment={"AttachmentId": attachment, "DeleteOnTermination": True},
    )
    cluster.set("rollOut", "b")
    command = f"AttachmentId={attachment},DeleteOnTermination=false"
    assert command in cluster.refused()
    run(cluster, built, INTERFACES, KEEP)
    cluster.up()
    node = cluster.node("b")
    assert node["network_interface_id"] == interface
    assert node["mirror_volume_id"] == built.ids["server2-volume"]
    assert node["instance_id"] != instance
    options = cluster.instance("b")["MetadataOptions"]
    assert (options["HttpTokens"], options["HttpPutResponseHopLimit"]) == ("required", 1)
    assert set(cluster.owners().values()) == {built.ids["server1-eni"]}
    cluster.unset("rollOut")
    cluster.up("--expect-no-changes")
