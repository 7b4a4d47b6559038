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
