"""Addresses, ranges and zones of a cluster that exists: refused, or done without a loss."""

from typing import Any

import pytest

from tests.support.cluster import ClusterUnderTest


def everything(cluster: ClusterUnderTest) -> dict[str, Any]:
    """What the cloud has of nodes, disks and subnets."""
    ec2 = cluster.ec2
    return {
        "volumes": sorted(each["VolumeId"] for each in ec2.describe_volumes()["Volumes"]),
        "subnets": sorted(each["SubnetId"] for each in ec2.describe_subnets()["Subnets"]),
        "states": {letter: cluster.instance(letter)["State"]["Name"] for letter in "ab"},
        "nodes": cluster.outputs()["nodes"],
        "owners": cluster.owners(),
    }


@pytest.mark.parametrize(
    ("path", "value", "kept", "message"),
    [
        ("nodes.addresses.b", "10.0.120.11", "10.0.120.10", "restore 10.0.120.10, or set rollOut"),
        ("network.zones.a", "us-east-1c", "us-east-1a", "restore us-east-1a: node-a and its disk"),
        ("network.privateSubnets.b", "10.0.120.0/25", "10.0.120.0/24", "restore 10.0.120.0/24"),
        ("network.cidr", "10.0.0.0/17", "10.0.0.0/16", "restore 10.0.0.0/16: a VPC keeps"),
    ],
)
def test_what_would_replace_a_node_s_network_is_refused_and_can_be_reverted(
    cluster: ClusterUnderTest, path: str, value: str, kept: str, message: str
) -> None:
    before = everything(cluster)
    cluster.set(path, value)
    assert f'ha-cluster:{path} is "{value}": {message}' in cluster.refused()
    cluster.up("--refresh", check=False)
    assert everything(cluster) == before
    cluster.set(path, kept)
    cluster.up("--expect-no-changes")


def test_range_and_address_changed_together_are_both_named(cluster: ClusterUnderTest) -> None:
    before = everything(cluster)
    cluster.set("network.privateSubnets.a", "10.0.111.0/24")
    cluster.set("nodes.addresses.a", "10.0.111.10")
    message = cluster.refused()
    assert "ha-cluster:network.privateSubnets.a" in message
    assert "ha-cluster:nodes.addresses.a" in message
    cluster.set("network.privateSubnets.a", "10.0.110.0/24")
    cluster.set("nodes.addresses.a", "10.0.110.10")
    cluster.up("--expect-no-changes")
    assert everything(cluster) == before


def test_a_standby_gets_another_address_and_the_virtual_ip_stays(
    cluster: ClusterUnderTest,
) -> None:
    on_a = cluster.fail_over("a")
    volume = cluster.node("b")["mirror_volume_id"]
    for address in ("10.0.120.11", "10.0.120.10"):
        cluster.set("nodes.addresses.b", address)
        cluster.set("rollOut", "b")
        cluster.up()
        cluster.unset("rollOut")
        cluster.up("--expect-no-changes")
        assert cluster.node("b")["private_ip"] == address
        assert cluster.node("b")["mirror_volume_id"] == volume
        assert cluster.instance("b")["State"]["Name"] == "running"
        assert set(cluster.owners().values()) == {on_a}


def test_an_owner_that_gets_another_address_hands_the_virtual_ip_to_the_other_node(
    cluster: ClusterUnderTest,
) -> None:
    cluster.fail_over("a")
    on_b = cluster.node("b")["network_interface_id"]
    cluster.set("nodes.addresses.a", "10.0.110.11")
    cluster.set("rollOut", "a")
    assert "fail over to node-b first" in cluster.refused()
    cluster.set("rollOutOwner", "true")
    cluster.up()
    for key in ("rollOut", "rollOutOwner"):
        cluster.unset(key)
    assert cluster.node("a")["private_ip"] == "10.0.110.11"
    assert set(cluster.owners().values()) == {on_b}
    cluster.up("--expect-no-changes")
    assert set(cluster.owners().values()) == {on_b}
