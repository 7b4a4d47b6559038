"""Each fault of the virtual IP's routes is found under its own id, on the program's own cluster."""

import pytest

from tests.support.broken_routes import (
    associated_with,
    interface_added,
    main_table,
    route_added,
    route_deleted,
    route_led_to,
    table_added,
)
from tests.support.operations import Operated, answered, examined, following, roots

pytestmark = pytest.mark.usefixtures("sound")


def test_a_sound_cluster_has_no_finding_and_says_who_has_the_virtual_ip(operated: Operated) -> None:
    report = operated.report()
    assert report.findings == ()
    assert report.not_checked == ()
    assert report.facts["virtual_ip_owner"] == "node-a"
    assert report.facts["virtual_ip_tables"] == sorted(operated.cluster.route_table_ids.values())


def test_one_table_leads_to_the_other_node(operated: Operated) -> None:
    other = operated.cluster.nodes[1].network_interface_id
    with route_led_to(operated, "public", NetworkInterfaceId=other) as table:
        report = operated.report()
    assert roots(report) == {("virtual-ip-tables-disagree", operated.cluster.virtual_ip)}
    (finding,) = report.findings
    assert f"{other} (node-b) in {table}" in finding.found
    assert report.facts["virtual_ip_owner"] is None


def test_a_table_has_lost_its_route(operated: Operated) -> None:
    with route_deleted(operated, "private_b") as table:
        report = operated.report()
    assert roots(report) == {("virtual-ip-route-missing", table)}
    assert following(report) == set()


def test_without_its_route_the_public_table_sends_clients_to_the_internet(
    operated: Operated,
) -> None:
    with route_deleted(operated, "public") as table:
        report = operated.report()
    assert roots(report) == {("virtual-ip-route-missing", table)}
    assert following(report) == {("virtual-ip-leaks-to-internet", "virtual-ip-route-missing")}


def test_a_subnet_is_bound_to_a_table_that_no_node_moves(operated: Operated) -> None:
    with (
        table_added(operated) as table,
        associated_with(operated, "private_a", table) as subnet,
    ):
        report = operated.report()
    assert roots(report) == {("subnet-association-lost", subnet)}
    (lost,) = report.roots
    assert lost.remedy.startswith("aws ec2 replace-route-table-association --association-id rtb")
    assert following(report) == {
        ("subnet-outside-the-clusters-tables", "subnet-association-lost"),
        ("unmanaged-resource", "subnet-association-lost"),
    }


def test_a_subnet_of_somebody_else_has_a_table_of_its_own(operated: Operated) -> None:
    ec2 = operated.ec2
    made = ec2.create_subnet(VpcId=operated.cluster.vpc_id, CidrBlock="10.0.200.0/24")
    subnet = made["Subnet"]["SubnetId"]
    with table_added(operated) as table:
        bound = ec2.associate_route_table(SubnetId=subnet, RouteTableId=table)
        report = operated.report()
        ec2.disassociate_route_table(AssociationId=bound["AssociationId"])
    ec2.delete_subnet(SubnetId=subnet)
    assert ("subnet-outside-the-clusters-tables", subnet) in roots(report)
    assert "subnet-association-lost" not in {each.id for each in report.findings}


def test_another_table_is_the_main_one(operated: Operated) -> None:
    with table_added(operated) as table, main_table(operated, table):
        report = operated.report()
    assert roots(report) == {("main-table-replaced", operated.cluster.vpc_id)}


def test_a_subnet_falls_back_to_the_main_table(operated: Operated) -> None:
    with associated_with(operated, "private_a", None) as subnet:
        report = operated.report()
    assert roots(report) == {("subnet-association-lost", subnet)}
    assert following(report) == set()
    assert [each.remedy for each in report.findings] == ["pulumi up --refresh"]


def test_a_route_leads_to_an_interface_that_is_gone(operated: Operated) -> None:
    """The local AWS keeps the route `active`; the interface is what counts."""
    with interface_added(operated) as interface:
        operated.ec2.replace_route(
            RouteTableId=operated.cluster.route_table_ids["main"],
            DestinationCidrBlock=operated.cluster.destination,
            NetworkInterfaceId=interface,
        )
    report = operated.report()
    table = operated.cluster.route_table_ids["main"]
    operated.ec2.replace_route(
        RouteTableId=table,
        DestinationCidrBlock=operated.cluster.destination,
        NetworkInterfaceId=operated.cluster.nodes[0].network_interface_id,
    )
    assert roots(report) == {("virtual-ip-target-missing", table)}
    assert following(report) == {("virtual-ip-tables-disagree", "virtual-ip-target-missing")}


def test_a_route_leads_to_somebody_elses_interface(operated: Operated) -> None:
    with (
        interface_added(operated) as interface,
        route_led_to(operated, "main", NetworkInterfaceId=interface) as table,
    ):
        report = operated.report()
    assert ("virtual-ip-target-foreign", table) in roots(report)
    assert ("virtual-ip-tables-disagree", "virtual-ip-target-foreign") in following(report)


def test_a_route_leads_to_the_node_of_another_cluster(operated: Operated) -> None:
    tags = {"hacluster_node": "node-a", "hacluster_project": "p", "hacluster_stack": "s"}
    with (
        interface_added(operated, **tags) as interface,
        route_led_to(operated, "main", NetworkInterfaceId=interface) as table,
    ):
        report = operated.report()
    assert ("virtual-ip-claimed-twice", table) in roots(report)
    assert "virtual-ip-target-foreign" not in {each.id for each in report.findings}


def test_a_detached_target_is_found_under_its_own_id(operated: Operated) -> None:
    """As AWS leaves the interface of a terminated instance; the local one keeps it in use."""
    holder = operated.cluster.nodes[0].network_interface_id
    broken = answered(
        operated.situation(), "interfaces", holder, Status="available", Attachment=None
    )
    found = {each.id for each in examined(broken).findings}
    assert "virtual-ip-target-detached" in found
    assert "virtual-ip-target-missing" not in found


def test_the_holder_of_the_virtual_ip_is_stopped(operated: Operated) -> None:
    instance = operated.cluster.nodes[0].instance_id
    operated.ec2.stop_instances(InstanceIds=[instance])
    try:
        report = operated.report()
    finally:
        operated.ec2.start_instances(InstanceIds=[instance])
    assert roots(report) == {("virtual-ip-target-not-running", instance)}


def test_a_route_leads_to_a_gateway(operated: Operated) -> None:
    gateways = operated.ec2.describe_internet_gateways()["InternetGateways"]
    gateway = next(
        each["InternetGatewayId"]
        for each in gateways
        if each["Attachments"] and each["Attachments"][0]["VpcId"] == operated.cluster.vpc_id
    )
    table = operated.cluster.route_table_ids["public"]
    with (
        route_deleted(operated, "public"),
        route_added(operated, "public", operated.cluster.destination, GatewayId=gateway),
    ):
        report = operated.report()
    assert ("virtual-ip-target-wrong-kind", table) in roots(report)


def test_the_vpc_gets_a_range_that_holds_the_virtual_ip(operated: Operated) -> None:
    made = operated.ec2.associate_vpc_cidr_block(
        VpcId=operated.cluster.vpc_id, CidrBlock="20.0.0.0/24"
    )["CidrBlockAssociation"]["AssociationId"]
    try:
        report = operated.report()
    finally:
        operated.ec2.disassociate_vpc_cidr_block(AssociationId=made)
    assert roots(report) == {("virtual-ip-inside-vpc", operated.cluster.virtual_ip)}


def test_a_wider_route_waits_for_the_virtual_ip(operated: Operated) -> None:
    other = operated.cluster.nodes[1].network_interface_id
    with route_added(operated, "private_a", "20.0.0.0/8", NetworkInterfaceId=other) as table:
        report = operated.report()
    assert roots(report) == {("virtual-ip-competing-route", table)}


def test_a_gateways_table_has_the_virtual_ip(operated: Operated) -> None:
    """The local AWS refuses tables of gateways; AWS's own answer is put in its place."""
    table = operated.cluster.route_table_ids["private_b"]
    edge = [{"GatewayId": "igw-1", "Main": False}]
    broken = answered(operated.situation(), "route_tables", table, Associations=edge)
    assert ("edge-table-has-virtual-ip", table) in roots(examined(broken))
