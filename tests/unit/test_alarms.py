"""Alarms to a topic."""

import json

import pytest

from components import AlarmNodeArgs, Alarms, AlarmsArgs
from components.alarms import TABLES_OF_RULE
from components.monitoring_documents import foreign_route_change
from tests.support.recorder import Recorder

TOPIC = "arn:aws:sns:us-east-1:123456789012:operators"
ROLE = "arn:aws:iam::123456789012:role/cluster-role"
ARGS = AlarmsArgs(
    cluster_name="ha-cluster-dev",
    topic_arn=TOPIC,
    nodes={
        letter: AlarmNodeArgs(instance_id=f"i-{letter}", mirror_volume_id=f"vol-{letter}")
        for letter in "ab"
    },
    route_table_ids={"main": "rtb-1", "private_a": "rtb-2"},
    node_role_arn=ROLE,
    tags={"owner": "platform"},
)
ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm"


@pytest.fixture
def alarms() -> Recorder:
    return Recorder().build(lambda: Alarms("alarms", ARGS))


def test_each_node_has_an_alarm_of_its_status_and_of_its_mirror_volume(alarms: Recorder) -> None:
    found = {name: each.inputs for name, each in alarms.of_type(ALARM).items()}
    assert {
        name: (each["namespace"], each["metricName"], each["dimensions"], each["treatMissingData"])
        for name, each in found.items()
    } == {
        f"alarms-{role}-{letter}": values
        for letter in "ab"
        for role, values in {
            "instance": (
                "AWS/EC2", "StatusCheckFailed", {"InstanceId": f"i-{letter}"}, "breaching",
            ),
            "volume": (
                "AWS/EBS", "VolumeStalledIOCheck", {"VolumeId": f"vol-{letter}"}, "notBreaching",
            ),
        }.items()
    }  # fmt: skip


def test_an_alarm_tells_the_topic_after_three_minutes_and_when_it_is_over(
    alarms: Recorder,
) -> None:
    for each in alarms.of_type(ALARM).values():
        given = each.inputs
        assert given["alarmActions"] == given["okActions"] == [TOPIC]
        assert (given["period"], given["evaluationPeriods"], given["threshold"]) == (60, 3, 1)
        assert (given["statistic"], given["comparisonOperator"]) == (
            "Maximum",
            "GreaterThanOrEqualToThreshold",
        )
        assert given["alarmDescription"].startswith("ha-cluster-dev: ")


def test_changed_routes_reach_the_topic(alarms: Recorder) -> None:
    rule, target = alarms.named("alarms-routes"), alarms.named("alarms-routes-topic")
    pattern = json.loads(rule.inputs["eventPattern"])
    assert pattern == foreign_route_change(ROLE, ["rtb-1", "rtb-2"])
    assert target.inputs == {"rule": "alarms-routes", "arn": TOPIC}
    assert alarms.outputs["alarms"]["routeChangeRules"] == ["alarms-routes"]
    assert len(alarms.outputs["alarms"]["alarmNames"]) == 4


def test_a_pattern_of_as_many_tables_as_a_rule_has_fits_into_it() -> None:
    tables = [f"rtb-{number:017x}" for number in range(TABLES_OF_RULE)]
    role = f"arn:aws-us-gov:iam::123456789012:role/{'r' * 64}"
    assert len(json.dumps(foreign_route_change(role, tables), separators=(",", ":"))) <= 2048


def test_more_tables_than_a_rule_can_hold_make_further_rules_in_the_order_of_their_names() -> None:
    tables = {f"table-{number:03}": f"rtb-{number:03}" for number in range(101)}
    listed = dict(reversed(tables.items()))
    built = Recorder().build(
        lambda: Alarms("alarms", AlarmsArgs(**{**ARGS, "route_table_ids": listed}))
    )
    ids = list(tables.values())
    for name, held in (("", ids[:50]), ("-2", ids[50:100]), ("-3", ids[100:])):
        rule = built.named(f"alarms-routes{name}").inputs
        assert json.loads(rule["eventPattern"]) == foreign_route_change(ROLE, held)
        target = built.named(f"alarms-routes{name}-topic").inputs
        assert target == {"rule": f"alarms-routes{name}", "arn": TOPIC}
    assert built.outputs["alarms"]["routeChangeRules"] == [
        f"alarms-routes{name}" for name in ("", "-2", "-3")
    ]
