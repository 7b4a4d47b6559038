"""What surrounds a cluster with every option on: each fault is found under its own id."""

from dataclasses import replace
from typing import Any

import pytest

from components.documents import SERVICE_ACTIONS
from ops.aws import Aws, Place
from ops.errors import AwsError, OpsError
from ops.stack_state import declared_targets
from ops.verify.situation import Situation
from ops.verify.surroundings import transit_kind
from sandbox.runtime import Sandbox
from tests.support.broken_filters import rule_added
from tests.support.broken_routes import route_led_to, table_added
from tests.support.cluster import ClusterUnderTest, MakeCluster, TransitGateway
from tests.support.moto import make_endpoint
from tests.support.operations import (
    Operated,
    answered,
    assert_only_reads,
    examined,
    roots,
    with_answer,
)
from tests.support.stack_config import EXPRESSCLUSTER

pytestmark = pytest.mark.usefixtures("sound")


@pytest.fixture(scope="module")
def cluster(fresh_cloud: Sandbox, make_cluster: MakeCluster) -> ClusterUnderTest:
    """The dev environment with endpoints, packages, flow logs, alarms and clients beyond it."""
    topic = fresh_cloud.client("sns").create_topic(Name="operators")["TopicArn"]
    cluster = make_cluster()
    cluster.set("flowLogs.retentionDays", "30")
    cluster.set("alarms.topicArn", topic)
    cluster.set_object("endpoints", [each for each in SERVICE_ACTIONS if each != "s3"])
    cluster.set_object("expresscluster", EXPRESSCLUSTER)
    cluster.up()
    cluster.set_object("clients", TransitGateway.attach_to(cluster, tables=2).clients)
    cluster.up()
    return cluster


def transit_tables(operated: Operated) -> tuple[str, ...]:
    assert operated.cluster.transit_tables is not None
    return operated.cluster.transit_tables


def refused(operation: str, code: str) -> AwsError:
    return AwsError(operation, code, "no", "Allow it")


def test_with_every_option_nothing_is_found_and_everything_is_checked(operated: Operated) -> None:
    report = operated.report()
    assert (report.findings, report.not_checked) == ((), ())


def test_verify_only_reads_and_asks_ec2_seldom(operated: Operated) -> None:
    aws = Aws(Place(operated.cluster.region, None, operated.ec2.meta.endpoint_url))
    Operated(operated.cluster, aws, operated.ec2, {}).report()
    assert_only_reads(aws, nodes=2)
    assert aws.calls["ec2:SearchTransitGatewayRoutes"] == len(transit_tables(operated))


def test_a_transit_gateways_table_has_lost_the_route(operated: Operated) -> None:
    table = transit_tables(operated)[0]
    route = {
        "TransitGatewayRouteTableId": table,
        "DestinationCidrBlock": operated.cluster.destination,
    }
    operated.ec2.delete_transit_gateway_route(**route)
    report = operated.report()
    attachments = operated.ec2.describe_transit_gateway_vpc_attachments()
    (attachment,) = attachments["TransitGatewayVpcAttachments"]
    operated.ec2.create_transit_gateway_route(
        **route, TransitGatewayAttachmentId=attachment["TransitGatewayAttachmentId"]
    )
    assert roots(report) == {("transit-route-missing", table)}
    assert report.findings[0].found == "none"


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({"State": "blackhole"}, "blackhole: its attachment is gone"),
        ({"State": "deleted"}, "none"),
        ({"Type": "propagated"}, "a propagated route only"),
        (
            {
                "TransitGatewayAttachments": [
                    {"TransitGatewayAttachmentId": "tgw-attach-1", "ResourceId": "vpc-other"}
                ]
            },
            "leads to tgw-attach-1, of vpc-other",
        ),
    ],
)
def test_a_transit_gateways_table_leads_elsewhere(
    operated: Operated, changes: dict[str, Any], found: str
) -> None:
    """The local AWS tells no attachment of a route; AWS's own answer is put in its place."""
    table = transit_tables(operated)[1]
    destination = operated.cluster.destination
    broken = answered(operated.situation(), transit_kind(table), destination, **changes)
    report = examined(broken)
    assert roots(report) == {("transit-route-missing", table)}
    assert report.findings[0].found == found


def test_a_table_that_is_gone_is_found_and_one_that_may_not_be_read_is_not_checked(
    operated: Operated,
) -> None:
    first, second = map(transit_kind, transit_tables(operated))
    operation = "ec2:SearchTransitGatewayRoutes"
    denied = refused(operation, "UnauthorizedOperation")
    gone = refused(operation, "InvalidRouteTableID.NotFound")
    broken = with_answer(operated.situation(), first, denied)
    report = examined(with_answer(broken, second, gone))
    assert roots(report) == {("transit-route-missing", transit_tables(operated)[1])}
    assert [each.id for each in report.not_checked] == ["transit-route-missing"]


def test_without_the_outputs_neither_clients_nor_monitoring_are_known(operated: Operated) -> None:
    report = operated.described_as(transit_tables=None, alarms=()).report()
    assert [each.id for each in report.not_checked] == [
        "transit-route-missing",
        "monitoring-missing",
    ]


def test_an_alarm_is_gone(operated: Operated) -> None:
    report = operated.described_as(alarms=(*operated.cluster.alarms, "alarms-gone")).report()
    assert roots(report) == {("monitoring-missing", "alarms-gone")}
    assert report.findings[0].found == "gone"


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({"ActionsEnabled": False}, "its actions are disabled"),
        ({"AlarmActions": []}, "it has none: it tells nobody"),
    ],
)
def test_an_alarm_tells_nobody(operated: Operated, changes: dict[str, Any], found: str) -> None:
    alarm = operated.cluster.alarms[0]
    report = examined(answered(operated.situation(), "alarms", alarm, **changes))
    assert roots(report) == {("monitoring-missing", alarm)}
    assert report.findings[0].found == found


def test_the_flow_log_is_gone(operated: Operated) -> None:
    report = operated.described_as(flow_log_group="group-of-no-log").report()
    assert roots(report) == {("monitoring-missing", "group-of-no-log")}


def test_the_flow_log_is_not_active(operated: Operated) -> None:
    vpc = operated.cluster.vpc_id
    broken = answered(operated.situation(), "flow_logs", vpc, FlowLogStatus="ERROR")
    report = examined(broken)
    assert roots(report) == {("monitoring-missing", operated.cluster.flow_log_group)}
    assert report.findings[0].found.endswith(" ERROR")


def test_the_rule_is_disabled(operated: Operated, sandbox: Sandbox) -> None:
    events, name = sandbox.client("events"), operated.cluster.route_change_rules[0]
    events.disable_rule(Name=name)
    report = operated.report()
    events.enable_rule(Name=name)
    assert roots(report) == {("monitoring-missing", name)}
    assert report.findings[0].found == "disabled"


def test_the_rule_is_gone(operated: Operated) -> None:
    report = operated.described_as(route_change_rules=("rule-of-nobody",)).report()
    assert roots(report) == {("monitoring-missing", "rule-of-nobody")}
    assert report.findings[0].found == "gone"


def test_alarms_that_may_not_be_read_hide_nothing_else(operated: Operated) -> None:
    changed = operated.described_as(route_change_rules=("rule-of-nobody",))
    denied = refused("cloudwatch:DescribeAlarms", "AccessDenied")
    report = examined(with_answer(changed.situation(), "alarms", denied))
    assert roots(report) == {("monitoring-missing", "rule-of-nobody")}
    assert [each.id for each in report.not_checked] == ["monitoring-missing"]


@pytest.mark.parametrize(("more", "is_near"), [(42, False), (43, True)])
def test_a_table_is_nearly_full(operated: Operated, more: int, is_near: bool) -> None:  # noqa: FBT001
    """45 of 50 routes are 90 %: the local network, the virtual IP, and 43 others."""
    table = operated.cluster.route_table_ids["private_a"]
    broken = with_routes(operated, table, more)
    report = examined(broken)
    assert roots(report) == ({("route-quota-near", table)} if is_near else set())
    assert all("50 routes, the account's quota" in each.expected for each in report.findings)


def test_without_the_accounts_quota_awss_default_counts(operated: Operated) -> None:
    table = operated.cluster.route_table_ids["private_a"]
    denied = refused("servicequotas:GetServiceQuota", "AccessDeniedException")
    few, many = (
        with_answer(with_routes(operated, table, more), "route_quota", denied) for more in (43, 448)
    )
    assert examined(few).findings == ()
    assert roots(examined(many)) == {("route-quota-near", table)}


def test_propagated_routes_do_not_count(operated: Operated) -> None:
    table = operated.cluster.route_table_ids["private_a"]
    propagated = with_routes(operated, table, 100, Origin="EnableVgwRoutePropagation")
    assert examined(propagated).findings == ()


def with_routes(operated: Operated, table: str, more: int, **fields: str) -> Situation:
    """Return the situation with so many routes more in a table, to hosts of the VPC."""
    situation = operated.situation()
    node = operated.cluster.nodes[0].network_interface_id
    added = [
        {
            "DestinationCidrBlock": f"192.168.{each // 250}.{each % 250}/32",
            "NetworkInterfaceId": node,
            **fields,
        }
        for each in range(more)
    ]
    own = [
        each
        for each in situation.route_tables[table]["Routes"]
        if each.get("GatewayId", "local") == "local"
    ]
    assert len(own) == 2
    return answered(situation, "route_tables", table, Routes=[*own, *added])


def test_a_table_without_tags_is_unmanaged(operated: Operated) -> None:
    with table_added(operated) as table:
        report = operated.report()
    assert roots(report) == {("unmanaged-resource", table)}
    assert report.findings[0].remedy.endswith(
        f"aws ec2 delete-route-table --route-table-id {table}"
    )


def test_a_subnet_and_a_group_without_tags_are_unmanaged(operated: Operated) -> None:
    ec2, vpc = operated.ec2, operated.cluster.vpc_id
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.200.0/24")["Subnet"]["SubnetId"]
    group = ec2.create_security_group(VpcId=vpc, GroupName="extra", Description="extra")["GroupId"]
    report = operated.report()
    ec2.delete_subnet(SubnetId=subnet)
    ec2.delete_security_group(GroupId=group)
    unmanaged = {each.subject for each in report.findings if each.id == "unmanaged-resource"}
    assert unmanaged == {subnet, group}


def test_an_endpoint_without_tags_is_unmanaged(operated: Operated) -> None:
    made = make_endpoint(
        operated.ec2,
        operated.cluster.vpc_id,
        [operated.cluster.subnet_ids["private_a"]],
        ServiceName="com.amazonaws.us-east-1.sqs",
    )["VpcEndpointId"]
    report = operated.report()
    operated.ec2.delete_vpc_endpoints(VpcEndpointIds=[made])
    assert roots(report) == {("unmanaged-resource", made)}


SSH = {
    "IpProtocol": "tcp",
    "FromPort": 22,
    "ToPort": 22,
    "IpRanges": [{"CidrIp": "10.9.0.0/16"}],
}


def test_a_rule_without_tags_in_the_clusters_group_is_unmanaged(operated: Operated) -> None:
    with rule_added(operated, SSH) as rule:
        report = operated.report()
    assert roots(report) == {("unmanaged-resource", rule)}
    (finding,) = report.findings
    assert "ingress tcp/22 from 10.9.0.0/16, without them" in finding.found
    assert finding.remedy.endswith(f"--security-group-rule-ids {rule}")


def test_what_another_stack_made_has_an_owner(operated: Operated) -> None:
    tags = {"hacluster_project": "other", "hacluster_stack": "prod"}
    with rule_added(operated, SSH, **tags):
        assert operated.report().findings == ()


def test_in_a_vpc_of_somebody_else_things_without_tags_are_not_a_finding(
    operated: Operated,
) -> None:
    with table_added(operated):
        situation = operated.situation()
    vpc = operated.cluster.vpc_id
    assert examined(answered(situation, "vpcs", vpc, Tags=[])).findings == ()


def test_a_failover_is_left_alone_by_the_next_update(operated: Operated) -> None:
    assert operated.declared_targets == {}


def test_a_state_that_does_not_ignore_the_target_would_move_the_virtual_ip_back(
    operated: Operated, cluster: ClusterUnderTest
) -> None:
    exported = cluster.state()
    for each in exported["deployment"]["resources"]:
        each.pop("ignoreChanges", None)
    first, second = (node.network_interface_id for node in operated.cluster.nodes)
    declared = declared_targets(exported, operated.cluster)
    assert declared == dict.fromkeys(operated.cluster.route_table_ids.values(), first)
    changed = replace(operated, declared_targets=declared)
    assert changed.report().findings == ()
    with route_led_to(operated, "main", NetworkInterfaceId=second) as table:
        report = changed.report()
    assert ("update-would-move-virtual-ip", table) in roots(report)
    found = {each.subject for each in report.findings if "update" in each.id}
    assert found == {table}


def test_a_state_that_was_not_read_is_not_checked(operated: Operated) -> None:
    situation = operated.situation()
    for declared, why in ((None, "give --state"), (OpsError("no pulumi"), "no pulumi")):
        report = examined(replace(situation, declared_targets=declared))
        assert [each.id for each in report.not_checked] == ["update-would-move-virtual-ip"]
        assert why in report.not_checked[0].why
