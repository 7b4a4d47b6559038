"""Clients beyond the VPC: the virtual IP's routes in a transit gateway of a live stack."""

from typing import Any

import pytest

from tests.support.cluster import PACK, VIP, ClusterUnderTest, TransitGateway, changes, exported


@pytest.fixture(scope="module")
def gateway(cluster: ClusterUnderTest) -> TransitGateway:
    return TransitGateway.attach_to(cluster, tables=2)


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


def answers(ec2: Any, table: str) -> dict[str, str]:
    """Return where a table of the VPC leads ranges by a transit gateway."""
    (found,) = ec2.describe_route_tables(RouteTableIds=[table])["RouteTables"]
    return {
        each["DestinationCidrBlock"]: each["TransitGatewayId"]
        for each in found["Routes"]
        if "TransitGatewayId" in each
    }


def test_each_table_that_is_named_leads_the_virtual_ip_to_the_vpc(
    cluster: ClusterUnderTest, gateway: TransitGateway
) -> None:
    cluster.set_object("clients", gateway.clients)
    assert changes(cluster.up(*PACK))["created"] == 2
    for table in gateway.tables:
        assert routes(cluster.ec2, table) == {f"{VIP}/32": "active"}
        made = exported(cluster, f"cluster-vip-{table}")["inputs"]
        assert made["transitGatewayAttachmentId"] == gateway.attachment
    cluster.up("--expect-no-changes", "--refresh")


def test_the_nodes_tables_lead_answers_to_the_clients_and_the_network_stays_closed(
    cluster: ClusterUnderTest, gateway: TransitGateway
) -> None:
    cluster.set_object("clients.cidrs", ["192.168.0.0/16", "172.16.0.0/12"])
    assert "mandatory" not in cluster.preview(*PACK).stdout
    assert changes(cluster.up(*PACK))["created"] == 4
    ids = cluster.outputs()["route_table_ids"]
    back = {name: answers(cluster.ec2, table) for name, table in ids.items()}
    led = dict.fromkeys(("192.168.0.0/16", "172.16.0.0/12"), gateway.identity)
    assert back == {"main": {}, "public": {}, "private_a": led, "private_b": led}
    cluster.up("--expect-no-changes", "--refresh")
    cluster.unset("clients.cidrs[1]")
    cluster.up()
    assert set(answers(cluster.ec2, ids["private_b"])) == {"192.168.0.0/16"}


@pytest.mark.parametrize(
    ("cidr", "remedy"),
    [
        ("0.0.0.0/0", "name your own network: /8 or smaller"),
        ("20.0.0.0/16", "name a private range"),
        ("10.0.0.0/8", "name a range beyond the VPC's, 10.0.0.0/16"),
    ],
)
def test_a_range_that_would_open_the_network_is_refused(
    cluster: ClusterUnderTest, cidr: str, remedy: str
) -> None:
    cluster.set("clients.cidrs[0]", cidr)
    message = cluster.refused()
    cluster.set("clients.cidrs[0]", "192.168.0.0/16")
    assert f'ha-cluster:clients.cidrs[0] is "{cidr}": {remedy}' in message


def test_the_attachment_of_another_vpc_is_refused(
    cluster: ClusterUnderTest, gateway: TransitGateway
) -> None:
    vpc = cluster.ec2.create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
    subnet = cluster.ec2.create_subnet(VpcId=vpc, CidrBlock="10.9.0.0/24")["Subnet"]["SubnetId"]
    other = TransitGateway.attach(cluster.ec2, vpc, [subnet])
    cluster.set("clients.attachmentId", other.attachment)
    message = cluster.refused()
    cluster.set("clients.attachmentId", gateway.attachment)
    own = cluster.outputs()["vpc_id"]
    assert f"name the attachment of {own}: this one is of {vpc}" in message


def test_a_failover_leaves_them_alone(cluster: ClusterUnderTest, gateway: TransitGateway) -> None:
    cluster.fail_over("b")
    cluster.up("--expect-no-changes", "--refresh")
    assert routes(cluster.ec2, gateway.tables[0]) == {f"{VIP}/32": "active"}
    cluster.fail_over("a")


def test_another_virtual_ip_takes_the_place_of_the_old_one_and_no_node_is_touched(
    cluster: ClusterUnderTest, gateway: TransitGateway
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
    cluster: ClusterUnderTest, gateway: TransitGateway
) -> None:
    cluster.unset("clients.transitGatewayRouteTableIds[1]")
    cluster.up()
    assert [bool(routes(cluster.ec2, table)) for table in gateway.tables] == [True, False]
    cluster.unset("clients")
    cluster.up()
    assert [routes(cluster.ec2, table) for table in gateway.tables] == [{}, {}]
    cluster.up("--expect-no-changes")


def test_they_go_with_the_stack(cluster: ClusterUnderTest, gateway: TransitGateway) -> None:
    cluster.set_object("clients", gateway.clients)
    cluster.up()
    cluster.ec2.delete_transit_gateway_vpc_attachment(TransitGatewayAttachmentId=gateway.attachment)
    cluster.destroy()
    assert [routes(cluster.ec2, table) for table in gateway.tables] == [{}, {}]
