"""Clients beyond the VPC: the virtual IP's routes in a transit gateway of a live stack."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from sandbox.runtime import Sandbox
from tests.support.cluster import ROOT, VIP, ClusterUnderTest, changes, exported

PACK = ("--policy-pack", str(ROOT / "policy"))


@dataclass
class Gateway:
    """A transit gateway that somebody else made, with two tables and the VPC's attachment."""

    identity: str
    tables: list[str]
    attachment: str


@pytest.fixture(scope="module")
def cluster(
    sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[ClusterUnderTest]:
    sandbox.reset_cloud()
    cluster = ClusterUnderTest.at(tmp_path_factory.mktemp("project"), sandbox)
    cluster.up()
    yield cluster
    cluster.remove()


@pytest.fixture(scope="module")
def gateway(cluster: ClusterUnderTest) -> Gateway:
    ec2, outputs = cluster.ec2, cluster.outputs()
    identity = ec2.create_transit_gateway()["TransitGateway"]["TransitGatewayId"]
    tables = [
        ec2.create_transit_gateway_route_table(TransitGatewayId=identity)[
            "TransitGatewayRouteTable"
        ]["TransitGatewayRouteTableId"]
        for _ in range(2)
    ]
    attachment = ec2.create_transit_gateway_vpc_attachment(
        TransitGatewayId=identity,
        VpcId=outputs["vpc_id"],
        SubnetIds=[outputs["subnet_ids"][f"private_{letter}"] for letter in "ab"],
    )["TransitGatewayVpcAttachment"]["TransitGatewayAttachmentId"]
    return Gateway(identity, tables, attachment)


def routes(ec2: Any, table: str) -> dict[str, str]:
    """Return the state of each static route of a table, by destination.

    moto does not tell the attachment of a route; the stack's state has it.
    """
    found = ec2.search_transit_gateway_routes(
        TransitGatewayRouteTableId=table, Filters=[{"Name": "type", "Values": ["static"]}]
    )["Routes"]
    return {
        each["DestinationCidrBlock"]: each["State"] for each in found if each["State"] != "deleted"
    }


def test_each_table_that_is_named_leads_the_virtual_ip_to_the_vpc(
    cluster: ClusterUnderTest, gateway: Gateway
) -> None:
    cluster.set_object(
        "clients",
        {"transitGatewayRouteTableIds": gateway.tables, "attachmentId": gateway.attachment},
    )
    assert changes(cluster.up(*PACK))["created"] == 2
    for table in gateway.tables:
        assert routes(cluster.ec2, table) == {f"{VIP}/32": "active"}
        made = exported(cluster, f"cluster-vip-{table}")["inputs"]
        assert made["transitGatewayAttachmentId"] == gateway.attachment
    cluster.up("--expect-no-changes", "--refresh")


def test_a_failover_leaves_them_alone(cluster: ClusterUnderTest, gateway: Gateway) -> None:
    cluster.fail_over("b")
    cluster.up("--expect-no-changes", "--refresh")
    assert routes(cluster.ec2, gateway.tables[0]) == {f"{VIP}/32": "active"}
    cluster.fail_over("a")


def test_another_virtual_ip_takes_the_place_of_the_old_one_and_no_node_is_touched(
    cluster: ClusterUnderTest, gateway: Gateway
) -> None:
    instances = {cluster.node(letter)["instance_id"] for letter in "ab"}
    cluster.set("virtualIp", "20.0.0.101")
    cluster.up()
    for table in gateway.tables:
        assert routes(cluster.ec2, table) == {"20.0.0.101/32": "active"}
    assert {cluster.node(letter)["instance_id"] for letter in "ab"} == instances
    cluster.set("virtualIp", VIP)
    cluster.up()


def test_a_peering_connection_is_refused_with_what_works_instead(
    cluster: ClusterUnderTest,
) -> None:
    cluster.set("clients.peeringConnectionIds[0]", "pcx-0123456789abcdef0")
    message = cluster.refused()
    cluster.unset("clients.peeringConnectionIds")
    assert "a peering connection carries nothing to an address outside the VPC's ranges" in message
    assert "Use a transit gateway, or a Network Load Balancer (docs/clients.md)" in message


def test_a_table_that_is_removed_and_then_all_lose_their_routes(
    cluster: ClusterUnderTest, gateway: Gateway
) -> None:
    cluster.unset("clients.transitGatewayRouteTableIds[1]")
    cluster.up()
    assert [bool(routes(cluster.ec2, table)) for table in gateway.tables] == [True, False]
    cluster.unset("clients")
    cluster.up()
    assert [routes(cluster.ec2, table) for table in gateway.tables] == [{}, {}]
    cluster.up("--expect-no-changes")


def test_they_go_with_the_stack(cluster: ClusterUnderTest, gateway: Gateway) -> None:
    cluster.set_object(
        "clients",
        {"transitGatewayRouteTableIds": gateway.tables, "attachmentId": gateway.attachment},
    )
    cluster.up()
    cluster.ec2.delete_transit_gateway_vpc_attachment(TransitGatewayAttachmentId=gateway.attachment)
    cluster.destroy()
    assert [routes(cluster.ec2, table) for table in gateway.tables] == [{}, {}]
