"""Flow logs and alarms of a live stack: switched on, changed, off, and gone with it."""

import json
from typing import Any

import pytest

from sandbox.runtime import Sandbox
from tests.support.cluster import PACK, ClusterUnderTest, MakeCluster, changes


@pytest.fixture(scope="module")
def topic(fresh_cloud: Sandbox) -> str:
    return fresh_cloud.client("sns").create_topic(Name="operators")["TopicArn"]


@pytest.fixture(scope="module")
def cluster(topic: str, make_cluster: MakeCluster) -> ClusterUnderTest:
    """The dev environment with both, up under the pack."""
    cluster = make_cluster()
    cluster.set("flowLogs.retentionDays", "30")
    cluster.set("alarms.topicArn", topic)
    cluster.preview(*PACK)
    cluster.up(*PACK)
    return cluster


def flow_logs(cluster: ClusterUnderTest) -> list[dict[str, Any]]:
    return cluster.ec2.describe_flow_logs()["FlowLogs"]


def alarms(cluster: ClusterUnderTest) -> dict[str, dict[str, str]]:
    """Return the dimensions of each alarm by its name."""
    found = cluster.sandbox.client("cloudwatch").describe_alarms()["MetricAlarms"]
    return {
        each["AlarmName"]: {part["Name"]: part["Value"] for part in each["Dimensions"]}
        for each in found
    }


def test_the_vpc_is_recorded_in_a_group_that_forgets(cluster: ClusterUnderTest) -> None:
    (log,) = flow_logs(cluster)
    outputs = cluster.outputs()
    assert (log["ResourceId"], log["TrafficType"]) == (outputs["vpc_id"], "ALL")
    group = outputs["monitoring"]["flow_log_group"]
    assert log["LogDestination"].endswith(f":log-group:{group}")
    (found,) = cluster.sandbox.client("logs").describe_log_groups()["logGroups"]
    assert (found["logGroupName"], found["retentionInDays"]) == (group, 30)


def test_each_node_and_its_mirror_volume_is_watched(cluster: ClusterUnderTest) -> None:
    found = alarms(cluster)
    assert set(found) == set(cluster.outputs()["monitoring"]["alarms"])
    watched = [value for dimensions in found.values() for value in dimensions.values()]
    assert set(watched) == {
        cluster.node(letter)[key] for letter in "ab" for key in ("instance_id", "mirror_volume_id")
    }


def test_a_changed_route_in_any_table_goes_to_the_topic(
    cluster: ClusterUnderTest, topic: str
) -> None:
    events, outputs = cluster.sandbox.client("events"), cluster.outputs()
    (name,) = outputs["monitoring"]["route_change_rules"]
    pattern = json.loads(events.describe_rule(Name=name)["EventPattern"])["detail"]
    assert set(pattern["requestParameters"]["routeTableId"]) == set(
        outputs["route_table_ids"].values()
    )
    assert outputs["node_role_arn"] in json.dumps(pattern["$or"])
    (target,) = events.list_targets_by_rule(Rule=name)["Targets"]
    assert target["Arn"] == topic
    assert "CloudTrail" in outputs["monitoring"]["route_change_rules_need"]


def test_a_second_up_changes_nothing(cluster: ClusterUnderTest) -> None:
    assert set(changes(cluster.up("--refresh"))) == {"unchanged"}


def test_another_kind_of_traffic_replaces_the_log_and_keeps_the_group(
    cluster: ClusterUnderTest,
) -> None:
    group, (before,) = cluster.outputs()["monitoring"]["flow_log_group"], flow_logs(cluster)
    cluster.set("flowLogs.traffic", "REJECT")
    cluster.set("flowLogs.retentionDays", "60")
    cluster.up()
    (after,) = flow_logs(cluster)
    assert after["FlowLogId"] != before["FlowLogId"]
    assert after["TrafficType"] == "REJECT"
    (found,) = cluster.sandbox.client("logs").describe_log_groups()["logGroups"]
    assert (found["logGroupName"], found["retentionInDays"]) == (group, 60)


def test_alarms_follow_a_node_that_is_replaced(cluster: ClusterUnderTest) -> None:
    names = set(alarms(cluster))
    before = cluster.node("b")["instance_id"]
    cluster.set("nodes.addresses.b", "10.0.120.11")
    cluster.set("rollOut", "b")
    cluster.up()
    cluster.unset("rollOut")
    after = cluster.node("b")["instance_id"]
    assert after != before
    found = alarms(cluster)
    assert set(found) == names
    assert {"InstanceId": after} in found.values()
    assert {"InstanceId": before} not in found.values()
    cluster.up("--expect-no-changes")


def test_a_topic_elsewhere_is_refused_in_the_preview(cluster: ClusterUnderTest, topic: str) -> None:
    cluster.set("alarms.topicArn", topic.replace("us-east-1", "eu-west-1"))
    message = cluster.refused()
    cluster.set("alarms.topicArn", topic)
    assert "name a topic of the stack's region, us-east-1" in message


def test_both_can_be_switched_off(cluster: ClusterUnderTest) -> None:
    cluster.unset("flowLogs")
    cluster.unset("alarms")
    cluster.up()
    assert (flow_logs(cluster), alarms(cluster)) == ([], {})
    assert cluster.sandbox.client("events").list_rules()["Rules"] == []
    assert cluster.sandbox.client("logs").describe_log_groups()["logGroups"] == []
    assert cluster.outputs()["monitoring"] == {}


def test_both_go_with_the_stack(cluster: ClusterUnderTest, topic: str) -> None:
    cluster.set("flowLogs.retentionDays", "30")
    cluster.set("alarms.topicArn", topic)
    cluster.up()
    assert flow_logs(cluster)
    cluster.destroy()
    assert (flow_logs(cluster), alarms(cluster)) == ([], {})
    assert cluster.sandbox.client("events").list_rules()["Rules"] == []
