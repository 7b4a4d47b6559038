"""No update takes both nodes down: the runbook's roll-out, step by step, on protected nodes."""

from collections.abc import Iterator
from typing import Any

import pytest

from sandbox.runtime import Sandbox
from tests.support.cluster import ClusterUnderTest, MakeCluster, changes, exported, said

MISSING = "ami-00000000000000000"


@pytest.fixture(scope="module")
def cluster(make_cluster: MakeCluster) -> ClusterUnderTest:
    """The dev environment with its nodes protected, up."""
    made = make_cluster()
    made.set("protectNodes", "true")
    made.up()
    return made


@pytest.fixture(scope="module")
def other_image(sandbox: Sandbox) -> str:
    """An image for the nodes that is not the one they have."""
    images = sandbox.client("ec2").describe_images(Owners=["amazon"])["Images"]
    return next(
        image["ImageId"]
        for image in images
        if image["Architecture"] == "x86_64"
        and image.get("Platform") != "windows"
        and "al2023" not in image["Name"]
    )


@pytest.fixture
def image(cluster: ClusterUnderTest) -> Iterator[str]:
    """The configured image, which is set again after the test."""
    original = cluster.pulumi("config", "get", "--path", "ha-cluster:nodes.image").stdout.strip()
    yield original
    cluster.set("nodes.image", original)


def facts(cluster: ClusterUnderTest) -> dict[str, dict[str, Any]]:
    """What of each node must outlive a roll-out, and its instance."""
    return {letter: cluster.node(letter) for letter in "ab"}


def test_a_mistyped_image_is_refused_in_the_preview_and_nothing_is_touched(
    cluster: ClusterUnderTest, image: str
) -> None:
    assert image
    before = facts(cluster)
    cluster.set("nodes.image", MISSING)
    message = cluster.refused()
    assert f'ha-cluster:nodes.image is "{MISSING}": name an image that this account can use' in (
        message
    )
    assert "Traceback" not in message
    cluster.up(check=False)
    assert facts(cluster) == before
    assert {cluster.instance(letter)["State"]["Name"] for letter in "ab"} == {"running"}


def test_an_image_for_another_processor_is_refused_in_the_preview(
    cluster: ClusterUnderTest,
) -> None:
    cluster.set("nodes.instanceType", "m7g.large")
    message = cluster.refused()
    cluster.set("nodes.instanceType", "m6i.large")
    assert "name an image for arm64, which is what m7g.large runs" in message


def test_a_new_image_waits_for_a_roll_out(
    cluster: ClusterUnderTest, image: str, other_image: str
) -> None:
    assert image
    before = facts(cluster)
    cluster.set("nodes.image", other_image)
    done = cluster.up()
    assert changes(done) == {"unchanged": 46}
    assert f"node-a keeps image {cluster.instance('a')['ImageId']}" in said(done)
    assert facts(cluster) == before


def test_the_holder_of_the_virtual_ip_is_not_rolled_out_without_a_further_word(
    cluster: ClusterUnderTest,
) -> None:
    cluster.set("rollOut", "a")
    message = cluster.refused()
    cluster.unset("rollOut")
    assert "fail over to node-b first: node-a holds the virtual IP" in message


def test_no_node_is_rolled_out_while_the_other_is_down(cluster: ClusterUnderTest) -> None:
    stopped = cluster.node("a")["instance_id"]
    cluster.ec2.stop_instances(InstanceIds=[stopped])
    cluster.set("rollOut", "b")
    message = cluster.refused()
    cluster.unset("rollOut")
    cluster.ec2.start_instances(InstanceIds=[stopped])
    assert "bring node-a up first: it does not run, and no node would" in message


def test_the_runbook_s_roll_out_replaces_one_node_at_a_time(
    cluster: ClusterUnderTest, image: str, other_image: str
) -> None:
    assert image
    before = facts(cluster)
    on_a = cluster.fail_over("a")
    cluster.set("nodes.image", other_image)

    cluster.set("rollOut", "b")
    first = cluster.up()
    assert changes(first) == {"replaced": 2, "unchanged": 44}
    after_first = facts(cluster)
    assert after_first["a"] == before["a"]
    assert cluster.instance("b")["ImageId"] == other_image
    assert set(cluster.owners().values()) == {on_a}

    on_b = cluster.fail_over("b")
    cluster.set("rollOut", "a")
    cluster.up()
    after_second = facts(cluster)
    assert after_second["b"] == after_first["b"]
    assert cluster.instance("a")["ImageId"] == other_image
    assert set(cluster.owners().values()) == {on_b}

    cluster.unset("rollOut")
    cluster.up()
    cluster.up("--expect-no-changes")
    cluster.preview("--refresh", "--expect-no-changes")
    for letter in "ab":
        kept = ("network_interface_id", "private_ip", "mirror_volume_id")
        assert [after_second[letter][key] for key in kept] == [before[letter][key] for key in kept]
        assert exported(cluster, f"cluster-node-{letter}")["protect"] is True


def test_a_new_type_restarts_the_node_that_is_rolled_out_and_no_other(
    cluster: ClusterUnderTest, image: str
) -> None:
    assert image
    cluster.set("nodes.image", cluster.instance("a")["ImageId"])
    before = facts(cluster)
    cluster.fail_over("b")
    cluster.set("nodes.instanceType", "m6i.xlarge")
    cluster.set("rollOut", "a")
    cluster.up()
    assert cluster.instance("a")["InstanceType"] == "m6i.xlarge"
    assert cluster.instance("b")["InstanceType"] == "m6i.large"
    cluster.set("nodes.instanceType", "m6i.large")
    cluster.up()
    cluster.unset("rollOut")
    cluster.up()
    assert facts(cluster) == before
    assert cluster.instance("a")["InstanceType"] == "m6i.large"


def test_with_the_further_word_the_routes_lead_to_the_other_node_first(
    cluster: ClusterUnderTest, image: str
) -> None:
    assert image
    cluster.set("nodes.image", cluster.instance("a")["ImageId"])
    cluster.fail_over("a")
    cluster.set("nodes.instanceType", "m6i.xlarge")
    cluster.set("rollOut", "a")
    cluster.set("rollOutOwner", "true")
    cluster.sandbox.fail("StopInstances", "InternalError")
    failed = cluster.up(check=False)
    on_b = cluster.node("b")["network_interface_id"]
    assert failed.returncode != 0
    assert set(cluster.owners().values()) == {on_b}
    cluster.sandbox.clear_faults()
    cluster.unset("rollOutOwner")
    cluster.up("--refresh")
    assert cluster.instance("a")["InstanceType"] == "m6i.xlarge"
    assert set(cluster.owners().values()) == {on_b}
    cluster.set("nodes.instanceType", "m6i.large")
    cluster.up()
    cluster.unset("rollOut")
    cluster.up()


@pytest.mark.parametrize("options", [(), ("--skip-preview",)])
def test_a_protected_stack_refuses_destroy_before_anything_is_deleted(
    cluster: ClusterUnderTest, options: tuple[str, ...]
) -> None:
    before = facts(cluster)
    outputs = cluster.outputs()
    arguments = ("destroy", "--yes", *options)
    done = cluster.pulumi(*arguments, check=False)
    assert done.returncode != 0
    assert "it is protected" in said(done)
    cluster.up("--refresh")
    assert facts(cluster) == before
    assert cluster.outputs() == outputs
    assert {cluster.instance(letter)["State"]["Name"] for letter in "ab"} == {"running"}
