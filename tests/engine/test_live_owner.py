"""New routes of the virtual IP lead to the node that holds it, whatever is asked of the stack."""

from pathlib import Path

import pytest

from tests.support.cluster import NOT_LOOKED_UP, VIP, ClusterUnderTest, owners, said


@pytest.fixture
def on_b(cluster: ClusterUnderTest) -> str:
    """Node B's interface, which holds the virtual IP."""
    return cluster.fail_over("b")


@pytest.mark.parametrize("table", ["main", "public", "private_b"])
def test_a_deleted_route_comes_back_towards_the_live_owner(
    cluster: ClusterUnderTest, on_b: str, table: str
) -> None:
    cluster.ec2.delete_route(
        RouteTableId=cluster.outputs()["route_table_ids"][table], DestinationCidrBlock=f"{VIP}/32"
    )
    cluster.up("--refresh")
    assert set(cluster.owners().values()) == {on_b}


def test_without_the_look_up_a_deleted_route_would_split_the_address(
    cluster: ClusterUnderTest, on_b: str, tmp_path: Path
) -> None:
    table = cluster.outputs()["route_table_ids"]["private_a"]
    cluster.ec2.delete_route(RouteTableId=table, DestinationCidrBlock=f"{VIP}/32")
    cluster.edited(tmp_path, NOT_LOOKED_UP).up("--refresh")
    on_a = cluster.node("a")["network_interface_id"]
    assert {owner: table == where for where, owner in cluster.owners().items()} == {
        on_a: True,
        on_b: False,
    }


def test_another_virtual_ip_goes_to_the_node_that_holds_the_old_one(
    cluster: ClusterUnderTest, on_b: str
) -> None:
    vpc_id = cluster.outputs()["vpc_id"]
    for address in ("20.0.0.7", VIP):
        cluster.set("virtualIp", address)
        cluster.up("--refresh")
        assert set(owners(cluster.ec2, vpc_id, address).values()) == {on_b}


def test_replaced_routes_go_to_the_node_that_holds_the_virtual_ip(
    cluster: ClusterUnderTest, on_b: str
) -> None:
    cluster.up("--replace", "**cluster-vip-*")
    assert set(cluster.owners().values()) == {on_b}


def test_a_route_that_leads_nowhere_is_named_and_left_to_the_cluster(
    cluster: ClusterUnderTest, on_b: str
) -> None:
    subnet = cluster.outputs()["subnet_ids"]["private_a"]
    stray = cluster.ec2.create_network_interface(SubnetId=subnet)["NetworkInterface"]
    table = cluster.outputs()["route_table_ids"]["private_a"]
    cluster.ec2.replace_route(
        RouteTableId=table,
        DestinationCidrBlock=f"{VIP}/32",
        NetworkInterfaceId=stray["NetworkInterfaceId"],
    )
    done = cluster.up()
    assert f"{table} leads {VIP} to {stray['NetworkInterfaceId']}, which is not an interface" in (
        said(done)
    )
    assert cluster.owners()[table] == stray["NetworkInterfaceId"]
    cluster.fail_over("b")
    assert set(cluster.owners().values()) == {on_b}
    cluster.ec2.delete_network_interface(NetworkInterfaceId=stray["NetworkInterfaceId"])


def test_the_initial_owner_counts_only_where_there_is_no_other(
    cluster: ClusterUnderTest, on_b: str
) -> None:
    cluster.set("initialOwner", "a")
    for table in cluster.outputs()["route_table_ids"].values():
        cluster.ec2.delete_route(RouteTableId=table, DestinationCidrBlock=f"{VIP}/32")
    cluster.up("--refresh")
    on_a = cluster.node("a")["network_interface_id"]
    assert set(cluster.owners().values()) == {on_a} != {on_b}
