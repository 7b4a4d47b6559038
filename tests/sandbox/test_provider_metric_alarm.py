from typing import Any

import pytest

from tests.support.provider import REGION, Created, FailedError, Instance, unknowns

ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm"
TOPIC = f"arn:aws:sns:{REGION}:123456789012:operators"
GIVEN = {
    "comparisonOperator": "GreaterThanOrEqualToThreshold",
    "evaluationPeriods": 3,
    "period": 60,
    "metricName": "StatusCheckFailed",
    "namespace": "AWS/EC2",
    "dimensions": {"InstanceId": "i-1"},
    "statistic": "Maximum",
    "threshold": 1,
    "alarmActions": [TOPIC],
    "treatMissingData": "breaching",
}


@pytest.fixture
def alarm(aws: Instance) -> Created:
    return aws.create(ALARM, "node-status", **GIVEN, tags={"Name": "status"})


def test_it_reaches_cloudwatch_under_a_name_of_its_own(alarm: Created) -> None:
    assert alarm.id.startswith("node-status-")
    assert alarm["arn"].endswith(f":alarm:{alarm.id}")
    assert (alarm["threshold"], alarm["dimensions"]) == (1, {"InstanceId": "i-1"})
    assert alarm["actionsEnabled"] is True


def test_an_alarm_of_the_same_name_is_overwritten_without_a_word(
    aws: Instance, alarm: Created
) -> None:
    aws.create(ALARM, **{**GIVEN, "name": alarm.id, "threshold": 5})
    refreshed = alarm.refresh()
    assert refreshed is not None
    assert refreshed["threshold"] == 5


def test_a_preview_does_not_know_what_aws_decides(aws: Instance) -> None:
    assert unknowns(aws.preview(ALARM, **GIVEN)) == {
        "arn", "evaluateLowSampleCountPercentiles", "id",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "kinds"),
    [
        ({"threshold": 2}, {"threshold": "UPDATE"}),
        ({"dimensions": {"InstanceId": "i-2"}}, {"dimensions.InstanceId": "UPDATE"}),
        ({"okActions": [TOPIC]}, {"okActions[0]": "ADD"}),
        ({"treatMissingData": None}, {"treatMissingData": "UPDATE"}),
        ({"name": "other"}, {"name": "UPDATE_REPLACE"}),
        ({}, {}),
    ],
)
def test_all_but_its_name_changes_in_place(
    alarm: Created, changes: dict[str, Any], kinds: dict[str, str]
) -> None:
    found = alarm.diff(**changes).kinds
    assert {name: found[name] for name in kinds} == kinds
    assert bool(found) == bool(kinds)


def test_it_is_changed_imported_and_deleted(aws: Instance, alarm: Created) -> None:
    changed = alarm.update(threshold=2, dimensions={"InstanceId": "i-2"}, tags={"Name": "x"})
    assert (changed["threshold"], changed["dimensions"]) == (2, {"InstanceId": "i-2"})
    found = aws.read(ALARM, alarm.id)
    assert found is not None
    assert found["tags"] == {"Name": "x"}
    assert aws.diff(found, changed.inputs).kinds == {}
    changed.delete()
    assert changed.refresh() is None
    changed.delete()


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"alarmActions": ["arn:aws:sns:us-west-2:123456789012:t"]}, "Invalid region us-west-2"),
        ({"evaluationPeriods": 1441}, "more than 1 day"),
        ({"datapointsToAlarm": 4}, "less than or equal to EvaluationPeriods"),
        ({"comparisonOperator": None}, "ComparisonOperator is required"),
    ],
)
def test_what_cloudwatch_refuses_is_refused(
    aws: Instance, changes: dict[str, Any], message: str
) -> None:
    with pytest.raises(FailedError, match=message):
        aws.create(ALARM, **{**GIVEN, **changes})


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"period": 90}, "period"),
        ({"statistic": None}, "statistic"),
        ({"treatMissingData": "bad"}, "treatMissingData"),
        ({"metricQueries": [{"id": "q"}]}, "metricQueries"),
    ],
)
def test_what_upstream_refuses_before_a_creation_is_named(
    aws: Instance, changes: dict[str, Any], name: str
) -> None:
    assert set(aws.failures(ALARM, **{**GIVEN, **changes})) == {name}
