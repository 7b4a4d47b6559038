"""A cluster with subnets of its own in a VPC that somebody else made."""

from typing import Any

import pytest

from sandbox.runtime import Sandbox
from tests.support.cluster import PACK, ClusterUnderTest, MakeCluster, changes, owners
from tests.support.hand_built import way_out

RANGES = {"a": "10.0.110.0/24", "b": "10.9.120.0/24"}


@pytest.fixture(scope="module")
def vpc(fresh_cloud: Sandbox) -> str:
    """A VPC with two ranges, a way out in its main table, and a subnet of its owner's."""
    ec2: Any = fresh_cloud.client("ec2")
    made = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    ec2.associate_vpc_cidr_block(VpcId=made, CidrBlock="10.9.0.0/16")
    ec2.modify_vpc_attribute(VpcId=made, EnableDnsSupport={"Value": True})
    ec2.create_subnet(VpcId=made, CidrBlock="10.0.9.0/24", AvailabilityZone="us-east-1a")
    way_out(ec2, made, main_table(ec2, made))
    return made


def main_table(ec2: Any, vpc: str) -> str:
    filters = [
        {"Name": "vpc-id", "Values": [vpc]},
        {"Name": "association.main", "Values": ["true"]},
    ]
    [found] = ec2.describe_route_tables(Filters=filters)["RouteTables"]
    return found["RouteTableId"]


@pytest.fixture(scope="module")
def cluster(vpc: str, make_cluster: MakeCluster) -> ClusterUnderTest:
    """The dev environment in that VPC, configured and not yet up."""
    cluster = make_cluster()
    for key in ("cidr", "publicSubnets"):
        cluster.unset(f"network.{key}")
    cluster.set("network.vpcId", vpc)
    cluster.set_object("network.privateSubnets", RANGES)
    cluster.set("nodes.addresses.b", "10.9.120.10")
    return cluster


def test_what_is_in_the_way_is_refused_all_at_once(cluster: ClusterUnderTest, vpc: str) -> None:
    cluster.set("network.privateSubnets.a", "10.0.9.128/25")
    cluster.set("nodes.addresses.a", "10.0.9.140")
    message = cluster.refused()
    assert f"aws ec2 modify-vpc-attribute --vpc-id {vpc} --enable-dns-hostnames" in message
    assert "ha-cluster:network.privateSubnets.a" in message
    assert "has 10.0.9.0/24" in message
    cluster.set("network.privateSubnets.a", RANGES["a"])
    cluster.set("nodes.addresses.a", "10.0.110.10")
    cluster.ec2.modify_vpc_attribute(VpcId=vpc, EnableDnsHostnames={"Value": True})


def test_it_stands_in_the_vpc_and_every_table_leads_to_it(
    cluster: ClusterUnderTest, vpc: str
) -> None:
    cluster.up(*PACK)
    outputs = cluster.outputs()
    assert (outputs["vpc_id"], outputs["vpc_cidrs"]) == (vpc, ["10.0.0.0/16", "10.9.0.0/16"])
    assert set(outputs["subnet_ids"]) == {"private_a", "private_b"}
    assert outputs["route_table_ids"]["main"] == main_table(cluster.ec2, vpc)
    found = owners(cluster.ec2, vpc)
    assert set(found) == set(outputs["route_table_ids"].values())
    assert set(found.values()) == {cluster.node("a")["network_interface_id"]}


def test_its_own_subnets_and_tables_are_not_in_its_way(cluster: ClusterUnderTest) -> None:
    on_b = cluster.fail_over("b")
    assert set(changes(cluster.up("--refresh"))) == {"unchanged"}
    assert set(cluster.owners().values()) == {on_b}


def test_a_table_that_is_added_later_gets_a_route_to_the_live_owner(
    cluster: ClusterUnderTest, vpc: str
) -> None:
    cluster.fail_over("b")
    added = cluster.ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"]
    cluster.up()
    assert owners(cluster.ec2, vpc)[added] == cluster.node("b")["network_interface_id"]


def test_another_vpc_under_the_nodes_is_refused(cluster: ClusterUnderTest, vpc: str) -> None:
    other = cluster.ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    cluster.ec2.associate_vpc_cidr_block(VpcId=other, CidrBlock="10.9.0.0/16")
    cluster.set("network.vpcId", other)
    assert f"restore {vpc}: the nodes are there" in cluster.refused()
    cluster.set("network.vpcId", vpc)


def test_its_own_subnets_as_an_existing_network_are_refused(
    cluster: ClusterUnderTest, vpc: str
) -> None:
    ids = cluster.outputs()["subnet_ids"]
    configured = (cluster.project / "Pulumi.dev.yaml").read_text()
    cluster.unset("network")
    private = {letter: ids[f"private_{letter}"] for letter in "ab"}
    cluster.set_object("existingNetwork", {"vpcId": vpc, "privateSubnetIds": private})
    message = cluster.refused()
    (cluster.project / "Pulumi.dev.yaml").write_text(configured)
    for letter in "ab":
        assert (
            f'existingNetwork.privateSubnetIds.{letter} is "{private[letter]}": restore network: '
            "this stack made the subnet, and would delete it"
        ) in message


def test_the_vpc_is_as_before_when_the_stack_is_gone(cluster: ClusterUnderTest, vpc: str) -> None:
    cluster.destroy()
    assert set(owners(cluster.ec2, vpc).values()) == {None}
    subnets = cluster.ec2.describe_subnets(Filters=[{"Name": "vpc-id", "Values": [vpc]}])
    assert [each["CidrBlock"] for each in subnets["Subnets"]] == ["10.0.9.0/24"]
