"""A zone beside those of the nodes comes and goes, and nothing of the others moves."""

import re
from typing import Any

from tests.support.cluster import ClusterUnderTest, changes

NETWORK = {
    "zones": {"c": "us-east-1c"},
    "publicSubnets": {"c": "10.0.30.0/24"},
    "privateSubnets": {"c": "10.0.130.0/24"},
}
MADE = {
    "network-private-table-c",
    "network-private-subnet-c",
    "network-private-binding-c",
    "network-public-subnet-c",
    "network-public-binding-c",
    "cluster-vip-private-c",
}
# Both list the tables in which a node may replace routes.
LISTING = {"cluster-permissions", "endpoints-ec2-endpoint"}


def ids(cluster: ClusterUnderTest) -> dict[str, str]:
    """Return the id of every resource by its name."""
    return {
        each["urn"].rpartition("::")[2]: each["id"] for each in cluster.resources() if "id" in each
    }


def allowed_tables(cluster: ClusterUnderTest) -> set[str]:
    """Return the tables in which the role may replace routes."""
    role = cluster.outputs()["node_role_arn"].rpartition("/")[2]
    iam = cluster.sandbox.client("iam")
    [name] = iam.list_role_policies(RoleName=role)["PolicyNames"]
    document: dict[str, Any] = iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"]
    [found] = [each for each in document["Statement"] if each["Action"] == "ec2:ReplaceRoute"]
    return {arn.rpartition("/")[2] for arn in found["Resource"]}


def test_a_third_zone_is_added_taken_part_in_and_removed(cluster: ClusterUnderTest) -> None:
    before = ids(cluster)
    on_b = cluster.fail_over("b")
    cluster.set_object("network", NETWORK)
    done = cluster.up("--policy-pack", "policy")
    after = ids(cluster)
    assert after.keys() - before.keys() == MADE
    assert {name: after[name] for name in before} == before
    updated = set(re.findall(r"~ +aws:\S+ (\S+) updated", done.stdout))
    assert updated == LISTING
    tables = cluster.outputs()["route_table_ids"]
    assert set(cluster.owners().values()) == {on_b}
    assert set(cluster.owners()) == set(tables.values()) == allowed_tables(cluster)
    subnet = cluster.outputs()["subnet_ids"]["private_c"]
    [found] = cluster.ec2.describe_subnets(SubnetIds=[subnet])["Subnets"]
    assert found["AvailabilityZone"] == "us-east-1c"
    assert set(changes(cluster.up("--refresh"))) == {"unchanged"}
    on_a = cluster.fail_over("a")
    for tier in NETWORK:
        cluster.unset(f"network.{tier}.c")
    cluster.up()
    assert ids(cluster) == before
    assert set(cluster.owners().values()) == {on_a}


def test_a_subnet_in_use_is_neither_moved_nor_removed(cluster: ClusterUnderTest) -> None:
    cluster.set_object("network", NETWORK)
    cluster.up()
    subnets = cluster.outputs()["subnet_ids"]
    clients = [
        cluster.ec2.create_network_interface(SubnetId=subnets[name])["NetworkInterface"][
            "NetworkInterfaceId"
        ]
        for name in ("private_c", "public_a")
    ]
    cluster.set("network.privateSubnets.c", "10.0.131.0/24")
    cluster.set("network.publicSubnets.a", "10.0.11.0/24")
    message = cluster.refused()
    assert f"restore 10.0.130.0/24: {clients[0]} in {subnets['private_c']}" in message
    assert f"restore 10.0.10.0/24: {clients[1]} in {subnets['public_a']}" in message
    cluster.unset("network.privateSubnets.c")
    assert "network.privateSubnets.c is not set: restore 10.0.130.0/24" in cluster.refused()
    cluster.set("network.privateSubnets.c", "10.0.130.0/24")
    cluster.set("network.publicSubnets.a", "10.0.10.0/24")
    cluster.set("network.zones.c", "us-east-1d")
    assert "restore us-east-1c" in cluster.refused()
    for each in clients:
        cluster.ec2.delete_network_interface(NetworkInterfaceId=each)
    cluster.up()
    moved = cluster.outputs()["subnet_ids"]["private_c"]
    [found] = cluster.ec2.describe_subnets(SubnetIds=[moved])["Subnets"]
    assert found["AvailabilityZone"] == "us-east-1d"
