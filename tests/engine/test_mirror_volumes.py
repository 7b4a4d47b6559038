"""Mirror volumes and nodes of a live stack: faster, guarded, kept, and taken back in."""

import json
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.support.cluster import PACK, ROOT, ClusterUnderTest, MakeCluster, changes, exported

KEY = "arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555"
OPTIONS = "nodes.mirrorVolumeOptions"


@pytest.fixture(scope="module")
def cluster(make_cluster: MakeCluster) -> ClusterUnderTest:
    """The dev environment, up, with volumes that are to be kept."""
    cluster = make_cluster()
    cluster.set_object(OPTIONS, {"iops": 4000, "throughput": 250, "retain": True})
    cluster.up(*PACK)
    return cluster


def volumes(cluster: ClusterUnderTest) -> dict[str, dict[str, Any]]:
    """Return the cloud's mirror volumes by the letter of their node."""
    found = cluster.ec2.describe_volumes(
        Filters=[{"Name": "tag:Name", "Values": ["cluster-mirror-a", "cluster-mirror-b"]}]
    )["Volumes"]
    return {each["AvailabilityZone"][-1]: each for each in found}


def ids(cluster: ClusterUnderTest) -> dict[str, str]:
    return {letter: each["VolumeId"] for letter, each in volumes(cluster).items()}


def test_both_volumes_are_as_fast_as_was_chosen(cluster: ClusterUnderTest) -> None:
    assert {(each["Iops"], each["Throughput"]) for each in volumes(cluster).values()} == {
        (4000, 250)
    }
    cluster.up("--expect-no-changes")


def test_other_performance_reaches_the_same_volumes_in_place(cluster: ClusterUnderTest) -> None:
    before, instances = ids(cluster), {cluster.node(each)["instance_id"] for each in "ab"}
    cluster.set_object(OPTIONS, {"iops": 5000, "throughput": 1000})
    assert changes(cluster.up())["updated"] == 2
    assert ids(cluster) == before
    assert {each["Iops"] for each in volumes(cluster).values()} == {5000}
    assert {cluster.node(each)["instance_id"] for each in "ab"} == instances
    cluster.up("--expect-no-changes", "--refresh")


def test_another_key_and_a_smaller_size_are_refused_before_anything_is_touched(
    cluster: ClusterUnderTest,
) -> None:
    before = ids(cluster)
    live = next(iter(volumes(cluster).values()))["KmsKeyId"]
    cluster.set(f"{OPTIONS}.kmsKeyArn", KEY)
    cluster.set("nodes.mirrorVolumeGib", "10")
    message = cluster.refused()
    assert f"restore {live}, or remove the key: a volume keeps what encrypts it" in message
    assert "restore 20: a volume grows and never shrinks" in message
    cluster.up(check=False)
    assert ids(cluster) == before
    cluster.unset(f"{OPTIONS}.kmsKeyArn")
    cluster.set("nodes.mirrorVolumeGib", "20")
    cluster.up("--expect-no-changes")


def terminate(cluster: ClusterUnderTest, letter: str) -> None:
    cluster.ec2.terminate_instances(InstanceIds=[cluster.node(letter)["instance_id"]])


def test_nobody_terminates_a_protected_node_but_a_roll_out_replaces_it(
    cluster: ClusterUnderTest,
) -> None:
    cluster.set("nodes.terminationProtection", "true")
    assert changes(cluster.up())["updated"] == 2
    for letter in "ab":
        with pytest.raises(ClientError, match="disableApiTermination"):
            terminate(cluster, letter)
    before, kept = cluster.node("b")["instance_id"], ids(cluster)
    cluster.set("nodes.addresses.b", "10.0.120.11")
    cluster.set("rollOut", "b")
    cluster.up()
    cluster.unset("rollOut")
    assert cluster.node("b")["instance_id"] != before
    assert ids(cluster) == kept
    with pytest.raises(ClientError, match="disableApiTermination"):
        terminate(cluster, "b")
    cluster.up("--expect-no-changes")


def test_termination_protection_can_be_taken_away(cluster: ClusterUnderTest) -> None:
    cluster.set("nodes.terminationProtection", "false")
    cluster.up()
    for letter in "ab":
        answer = cluster.ec2.describe_instance_attribute(
            InstanceId=cluster.node(letter)["instance_id"], Attribute="disableApiTermination"
        )
        assert answer["DisableApiTermination"] == {"Value": False}
    cluster.set("nodes.terminationProtection", "true")
    cluster.up()


def imports(kept: dict[str, str]) -> str:
    """Return the file that the runbook describes, for these volumes by letter."""
    page = (ROOT / "docs" / "runbook.md").read_text(encoding="utf-8")
    section = page.split("## Keep the mirror volumes of a stack\n")[1].split("\n## ")[0]
    text = section.split("```json\n")[1].split("```")[0]
    for letter, identity in kept.items():
        assert f"VOLUME_{letter.upper()}" in text
        text = text.replace(f"VOLUME_{letter.upper()}", identity)
    return json.dumps(json.loads(text))


def test_volumes_that_outlived_their_stack_are_taken_back_in(
    cluster: ClusterUnderTest, tmp_path: Path
) -> None:
    kept = ids(cluster)
    cluster.destroy()
    assert cluster.resources() == []
    assert ids(cluster) == kept
    assert {each["State"] for each in volumes(cluster).values()} == {"available"}
    file = tmp_path / "volumes.json"
    file.write_text(imports(kept))
    cluster.pulumi("import", "--file", str(file), "--yes", "--skip-preview")
    cluster.up(*PACK)
    assert ids(cluster) == kept
    assert {cluster.node(each)["mirror_volume_id"] for each in "ab"} == set(kept.values())
    for letter in "ab":
        state = exported(cluster, f"cluster-mirror-{letter}")
        assert (state["id"], state["protect"], state["retainOnDelete"]) == (
            kept[letter],
            True,
            True,
        )
    cluster.up("--expect-no-changes", "--refresh")


def test_volumes_that_are_not_kept_go_with_the_stack(cluster: ClusterUnderTest) -> None:
    cluster.set(f"{OPTIONS}.retain", "false")
    cluster.up()
    cluster.destroy()
    assert ids(cluster) == {}
