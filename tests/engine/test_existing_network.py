"""A cluster in a VPC that is there already, which NEC's article calls created in advance."""

import json
from dataclasses import dataclass
from typing import Any

import pytest

from sandbox.runtime import Sandbox
from tests.support.cluster import PACK, VIP, ClusterUnderTest, MakeCluster, changes, owners, said
from tests.support.hand_built import article_vpc, way_out


@dataclass
class Place:
    """A hand-built VPC: the article's ranges, a public table, two closed subnets."""

    vpc: str
    subnets: dict[str, str]
    tables: dict[str, str]


def build(ec2: Any) -> Place:
    """Build the article's network as its reader did, one call after the other."""
    vpc, subnets = article_vpc(ec2)
    tables = {
        name: ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"]
        for name in ("Main", "Route-A", "Route-B")
    }
    way_out(ec2, vpc, tables["Main"])
    for table, subnet in (("Main", "1a"), ("Route-A", "2a"), ("Route-B", "2b")):
        ec2.associate_route_table(RouteTableId=tables[table], SubnetId=subnets[subnet])
    return Place(vpc, subnets, tables)


@pytest.fixture(scope="module")
def place(fresh_cloud: Sandbox) -> Place:
    return build(fresh_cloud.client("ec2"))


@pytest.fixture(scope="module")
def cluster(place: Place, make_cluster: MakeCluster) -> ClusterUnderTest:
    """The dev environment in that VPC, up under the pack."""
    cluster = make_cluster()
    cluster.pulumi("config", "rm", "ha-cluster:network")
    private = {"a": place.subnets["2a"], "b": place.subnets["2b"]}
    cluster.set_object("existingNetwork", {"vpcId": place.vpc, "privateSubnetIds": private})
    preview = cluster.preview(*PACK)
    assert "mandatory" not in preview.stdout
    cluster.up(*PACK)
    return cluster


def made(cluster: ClusterUnderTest) -> dict[str, str]:
    """Return the id of each resource in the stack's state."""
    return {each["urn"]: each.get("id", "") for each in cluster.resources()}


def test_every_table_of_the_vpc_leads_to_the_virtual_ip(
    cluster: ClusterUnderTest, place: Place
) -> None:
    interface = cluster.node("a")["network_interface_id"]
    found = owners(cluster.ec2, place.vpc)
    assert set(place.tables.values()) < set(found)
    assert set(found.values()) == {interface}
    assert set(cluster.outputs()["route_table_ids"]) == set(found)


def test_nothing_of_the_network_is_the_stack_s(cluster: ClusterUnderTest) -> None:
    made = {each["type"] for each in cluster.resources()}
    network = ("Vpc", "Subnet", "RouteTable", "InternetGateway", "RouteTableAssociation")
    assert not any(kind.rpartition(":")[2] in network for kind in made)


def test_the_nodes_stand_in_the_named_subnets(cluster: ClusterUnderTest, place: Place) -> None:
    for letter, name in (("a", "2a"), ("b", "2b")):
        assert cluster.instance(letter)["SubnetId"] == place.subnets[name]
        zone = cluster.instance(letter)["Placement"]["AvailabilityZone"]
        assert zone == f"us-east-1{letter}"


def test_a_second_up_changes_nothing(cluster: ClusterUnderTest) -> None:
    assert set(changes(cluster.up("--refresh"))) == {"unchanged"}


def test_after_a_failover_nothing_moves_back(cluster: ClusterUnderTest, place: Place) -> None:
    interface = cluster.fail_over("b")
    assert set(changes(cluster.up("--refresh"))) == {"unchanged"}
    assert set(owners(cluster.ec2, place.vpc).values()) == {interface}


def test_a_table_that_is_added_later_gets_a_route_to_the_live_owner(
    cluster: ClusterUnderTest, place: Place
) -> None:
    interface = cluster.fail_over("b")
    added = cluster.ec2.create_route_table(VpcId=place.vpc)["RouteTable"]["RouteTableId"]
    cluster.up()
    assert owners(cluster.ec2, place.vpc)[added] == interface


def test_tables_that_are_left_out_are_named(cluster: ClusterUnderTest, place: Place) -> None:
    kept = [place.tables["Route-A"], place.tables["Route-B"]]
    cluster.set_object("existingNetwork.routeTableIds", kept)
    cluster.up()
    outputs = cluster.outputs()
    assert set(outputs["route_table_ids"]) == set(kept)
    found = owners(cluster.ec2, place.vpc)
    assert {table for table, target in found.items() if target} == set(kept)
    assert set(outputs["tables_without_virtual_ip"]) == set(found) - set(kept)
    cluster.unset("existingNetwork.routeTableIds")
    cluster.up()


def test_another_subnet_under_a_live_node_is_refused(
    cluster: ClusterUnderTest, place: Place
) -> None:
    wrong = cluster.ec2.create_subnet(
        VpcId=place.vpc, CidrBlock="10.0.130.0/24", AvailabilityZone="us-east-1b"
    )["Subnet"]["SubnetId"]
    cluster.set("existingNetwork.privateSubnetIds.b", wrong)
    message = cluster.refused()
    cluster.set("existingNetwork.privateSubnetIds.b", place.subnets["2b"])
    assert "ha-cluster:existingNetwork.privateSubnetIds.b" in message
    assert "restore 10.0.120.0/24" in message


def test_a_network_of_the_stack_s_own_or_in_another_vpc_is_refused_under_live_nodes(
    cluster: ClusterUnderTest, place: Place
) -> None:
    before = made(cluster)
    configured = (cluster.project / "Pulumi.dev.yaml").read_text()
    cluster.unset("existingNetwork")
    cluster.set_object("network.publicSubnets", {"a": "10.0.10.0/24"})
    cluster.set_object("network.privateSubnets", {"a": "10.0.110.0/24", "b": "10.0.120.0/24"})
    cluster.set("network.cidr", "10.0.0.0/16")
    own, own_up = cluster.refused(), said(cluster.up("--refresh", check=False))
    (cluster.project / "Pulumi.dev.yaml").write_text(configured)
    for message in (own, own_up):
        assert f"ha-cluster:network.vpcId is not set: restore {place.vpc}, in network" in message
        assert "(docs/runbook.md#another-vpc-range-or-zone)" in message
    other = build(cluster.ec2)
    private = {"a": other.subnets["2a"], "b": other.subnets["2b"]}
    cluster.set_object("existingNetwork", {"vpcId": other.vpc, "privateSubnetIds": private})
    assert f"restore {place.vpc}: the nodes are there" in cluster.refused()
    (cluster.project / "Pulumi.dev.yaml").write_text(configured)
    assert made(cluster) == before
    assert set(changes(cluster.up("--refresh"))) == {"unchanged"}


def test_a_network_that_cannot_hold_the_cluster_is_refused_with_all_its_faults(
    cluster: ClusterUnderTest, place: Place
) -> None:
    cluster.ec2.modify_vpc_attribute(VpcId=place.vpc, EnableDnsHostnames={"Value": False})
    gateway = cluster.ec2.describe_internet_gateways()["InternetGateways"][0]["InternetGatewayId"]
    opened = {"RouteTableId": place.tables["Route-A"], "DestinationCidrBlock": "0.0.0.0/0"}
    cluster.ec2.create_route(**opened, GatewayId=gateway)
    message = cluster.refused()
    cluster.ec2.modify_vpc_attribute(VpcId=place.vpc, EnableDnsHostnames={"Value": True})
    cluster.ec2.delete_route(**opened)
    assert "switch both DNS attributes on" in message
    assert f"{place.tables['Route-A']} leads 0.0.0.0/0 to {gateway}, an internet gateway" in message


def test_changes_of_routes_are_told_in_more_tables_than_one_rule_holds(
    cluster: ClusterUnderTest, place: Place
) -> None:
    added = [
        cluster.ec2.create_route_table(VpcId=place.vpc)["RouteTable"]["RouteTableId"]
        for _ in range(50)
    ]
    topic = cluster.sandbox.client("sns").create_topic(Name="operators")["TopicArn"]
    cluster.set("alarms.topicArn", topic)
    cluster.up()
    events, outputs = cluster.sandbox.client("events"), cluster.outputs()
    patterns = [
        json.loads(events.describe_rule(Name=name)["EventPattern"])
        for name in outputs["monitoring"]["route_change_rules"]
    ]
    held = [each["detail"]["requestParameters"]["routeTableId"] for each in patterns]
    assert [len(tables) for tables in held] == [50, len(outputs["route_table_ids"]) - 50]
    assert {*held[0], *held[1]} == set(owners(cluster.ec2, place.vpc)) > set(added)
    assert set(changes(cluster.up("--refresh"))) == {"unchanged"}
    cluster.unset("alarms")
    cluster.up()
    for table in added:
        cluster.ec2.delete_route_table(RouteTableId=table)
    cluster.up("--refresh")


def test_an_endpoint_that_is_there_already_is_offered_and_used(
    cluster: ClusterUnderTest, place: Place
) -> None:
    cluster.destroy()
    group = cluster.ec2.create_security_group(
        GroupName="https", Description="https", VpcId=place.vpc
    )["GroupId"]
    endpoint = cluster.ec2.create_vpc_endpoint(
        VpcEndpointType="Interface",
        VpcId=place.vpc,
        ServiceName="com.amazonaws.us-east-1.ec2",
        SubnetIds=[place.subnets["2a"], place.subnets["2b"]],
        SecurityGroupIds=[group],
        PrivateDnsEnabled=True,
    )["VpcEndpoint"]["VpcEndpointId"]
    assert f"set it to {endpoint}, which has the private DNS name" in cluster.refused()
    cluster.set("existingNetwork.endpointId", endpoint)
    session = cluster.ec2.create_vpc_endpoint(
        VpcEndpointType="Interface",
        VpcId=place.vpc,
        ServiceName="com.amazonaws.us-east-1.ssm",
        SubnetIds=[place.subnets["2a"]],
        SecurityGroupIds=[group],
        PrivateDnsEnabled=True,
    )["VpcEndpoint"]["VpcEndpointId"]
    cluster.set("endpoints[0]", "ssm")
    assert f"or delete {session}: it has the private DNS name of ssm" in cluster.refused()
    cluster.unset("endpoints")
    cluster.up(*PACK)
    assert cluster.outputs()["endpoint_ids"] == {"ec2": endpoint}
    assert "endpoint_security_group_id" not in cluster.outputs()
    assert set(changes(cluster.up("--refresh"))) == {"unchanged"}


def test_the_network_is_as_before_when_the_stack_is_gone(
    cluster: ClusterUnderTest, place: Place
) -> None:
    cluster.destroy()
    assert set(owners(cluster.ec2, place.vpc).values()) == {None}
    assert VIP
    [vpc] = cluster.ec2.describe_vpcs(VpcIds=[place.vpc])["Vpcs"]
    assert vpc["State"] == "available"
