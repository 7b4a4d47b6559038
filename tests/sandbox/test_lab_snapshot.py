"""What the lab reads of a VPC in moto, and what stands in it."""

from typing import Any

import pytest

from lab.vpc.plan import Kind, plan_lab
from lab.vpc.routing import number_tables, routes
from lab.vpc.snapshot import Snapshot, address_of, addresses_of, read_snapshot, read_tables
from ops.cluster import Cluster
from tests.support.moto import describe_interface
from tests.support.ops_cloud import OpsCloud

VIP = "20.0.0.100/32"


@pytest.fixture
def cluster(cloud: OpsCloud) -> Cluster:
    return cloud.build(tables=2)


def read(cloud: OpsCloud, cluster: Cluster) -> Snapshot:
    return read_snapshot(cloud.aws, cluster.vpc_id)


def ids(described: Any, key: str) -> set[str]:
    return {each[key] for each in described}


def test_everything_of_the_clusters_vpc_is_read_and_nothing_of_another(
    cloud: OpsCloud, cluster: Cluster
) -> None:
    cloud.build()
    found = read(cloud, cluster)
    assert found.vpc["VpcId"] == cluster.vpc_id
    assert {each["CidrBlock"] for each in found.subnets} == {"10.0.110.0/24", "10.0.120.0/24"}
    assert ids(found.tables, "RouteTableId") > set(cluster.route_table_ids.values())
    assert len(found.tables) == 3
    assert ids(found.interfaces, "VpcId") == {cluster.vpc_id}
    assert ids(found.endpoints, "VpcEndpointId") == {cluster.endpoint_ids["ec2"]}
    assert [each["GroupName"] for each in found.groups] == ["default"]
    assert found.states == {node.instance_id: "running" for node in cluster.nodes}


def test_the_attributes_that_private_dns_needs_are_read(cloud: OpsCloud, cluster: Cluster) -> None:
    assert read(cloud, cluster).dns == {"enableDnsSupport": True, "enableDnsHostnames": False}
    cloud.ec2.modify_vpc_attribute(VpcId=cluster.vpc_id, EnableDnsHostnames={"Value": True})
    cloud.ec2.modify_vpc_attribute(VpcId=cluster.vpc_id, EnableDnsSupport={"Value": False})
    assert read(cloud, cluster).dns == {"enableDnsSupport": False, "enableDnsHostnames": True}


def test_an_interface_is_found_by_its_id(cloud: OpsCloud, cluster: Cluster) -> None:
    found = read(cloud, cluster)
    [node, _] = cluster.nodes
    interface = found.interface(node.network_interface_id)
    assert interface is not None
    assert interface["Attachment"]["InstanceId"] == node.instance_id
    assert address_of(interface) == node.private_ip
    assert found.interface("eni-of-nobody") is None


def test_an_endpoint_stands_at_the_address_that_the_sandbox_gave_it(
    cloud: OpsCloud, cluster: Cluster
) -> None:
    """moto has a random address in PrivateIpAddress, and calls none of the list primary."""
    endpoint = cloud.ec2.describe_vpc_endpoints(VpcEndpointIds=[cluster.endpoint_ids["ec2"]])
    [first, _] = endpoint["VpcEndpoints"][0]["NetworkInterfaceIds"]
    former = describe_interface(cloud.ec2, first)["PrivateIpAddress"]
    of = {"NetworkInterfaceId": first}
    cloud.ec2.assign_private_ip_addresses(**of, PrivateIpAddresses=["10.0.110.99"])
    cloud.ec2.unassign_private_ip_addresses(**of, PrivateIpAddresses=[former])
    assert describe_interface(cloud.ec2, first)["PrivateIpAddress"] == former
    hosts = plan_lab(cluster, read(cloud, cluster)).of_kind(Kind.ENDPOINT)
    assert [str(host.address) for host in hosts if host.interface_id == first] == ["10.0.110.99"]
    assert len({host.subnet_id for host in hosts}) == 2


@pytest.mark.parametrize(
    ("listed", "address"),
    [
        ([("10.0.0.5", False), ("10.0.0.4", True)], "10.0.0.4"),
        ([("10.0.0.5", False), ("10.0.0.6", False)], "10.0.0.5"),
        ([], "10.0.0.9"),
    ],
)
def test_the_primary_address_counts_then_the_first_of_the_list(
    listed: list[tuple[str, bool]], address: str
) -> None:
    interface = {
        "PrivateIpAddress": "10.0.0.9",
        "PrivateIpAddresses": [
            {"PrivateIpAddress": each, "Primary": primary} for each, primary in listed
        ],
    }
    assert address_of(interface) == address
    assert addresses_of(interface) == {address, *(each for each, _ in listed)}


def test_a_subnet_has_the_table_that_is_bound_to_it_else_the_main_one(
    cloud: OpsCloud, cluster: Cluster
) -> None:
    [first, second] = [each["SubnetId"] for each in read(cloud, cluster).subnets]
    table = cluster.route_table_ids["table_00"]
    cloud.ec2.associate_route_table(RouteTableId=table, SubnetId=first)
    found = read(cloud, cluster)
    assert found.table_of(first)["RouteTableId"] == table
    assert found.table_of(second)["RouteTableId"] not in cluster.route_table_ids.values()
    assert any(each["Main"] for each in found.table_of(second)["Associations"])


def test_an_endpoint_that_is_being_deleted_is_not_there(cloud: OpsCloud, cluster: Cluster) -> None:
    cloud.ec2.delete_vpc_endpoints(VpcEndpointIds=[cluster.endpoint_ids["ec2"]])
    assert read(cloud, cluster).endpoints == []


def test_a_route_that_is_replaced_leads_to_the_other_node_in_the_tables_read_next(
    cloud: OpsCloud, cluster: Cluster
) -> None:
    [one, other] = cluster.nodes
    snapshot = read(cloud, cluster)
    plan, numbers = plan_lab(cluster, snapshot), dict[str, int]()
    number_tables(numbers, snapshot)
    table = cluster.route_table_ids["table_00"]
    key = numbers[table], VIP
    led = routes(plan, snapshot, numbers)[key]
    assert led == f"{VIP} via {one.private_ip} dev port1 onlink"
    cloud.lead(table, other.network_interface_id)
    tables = {each["RouteTableId"]: each for each in read_tables(cloud.aws, cluster.vpc_id)}
    led = {each.get("DestinationCidrBlock"): each for each in tables[table]["Routes"]}
    assert led[VIP]["NetworkInterfaceId"] == other.network_interface_id
    found = routes(plan, read(cloud, cluster), numbers)[key]
    assert found == f"{VIP} via {other.private_ip} dev port2 onlink"


def test_a_node_that_is_stopped_takes_no_packets(cloud: OpsCloud, cluster: Cluster) -> None:
    cloud.ec2.stop_instances(InstanceIds=[cluster.nodes[0].instance_id])
    snapshot = read(cloud, cluster)
    assert snapshot.states[cluster.nodes[0].instance_id] == "stopped"
    numbers: dict[str, int] = {}
    number_tables(numbers, snapshot)
    found = routes(plan_lab(cluster, snapshot), snapshot, numbers)
    assert {route for (_, destination), route in found.items() if destination == VIP} == {
        f"blackhole {VIP}"
    }
