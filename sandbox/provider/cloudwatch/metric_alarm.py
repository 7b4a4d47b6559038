"""aws:cloudwatch/metricAlarm:MetricAlarm.

Schema and rules: hashicorp/terraform-provider-aws, internal/service/cloudwatch/metric_alarm.go.
"""

from collections.abc import Iterable
from typing import Any, ClassVar

from sandbox.provider.check import Fault
from sandbox.provider.cloud import Cloud, refuse
from sandbox.provider.resource import Change, Resource, pick
from sandbox.provider.schema import boolean, map_of, number, set_of, string
from sandbox.provider.tags import Tags, from_aws, retag_by_arn, to_aws
from sandbox.provider.values import arn, length, one_of
from sandbox.provider.wire import Properties, as_map

_ARGUMENTS = {
    "alarmActions": "AlarmActions",
    "alarmDescription": "AlarmDescription",
    "comparisonOperator": "ComparisonOperator",
    "datapointsToAlarm": "DatapointsToAlarm",
    "evaluationPeriods": "EvaluationPeriods",
    "insufficientDataActions": "InsufficientDataActions",
    "metricName": "MetricName",
    "namespace": "Namespace",
    "okActions": "OKActions",
    "period": "Period",
    "statistic": "Statistic",
    "threshold": "Threshold",
    "treatMissingData": "TreatMissingData",
    "unit": "Unit",
}
_ACTIONS = ("alarmActions", "insufficientDataActions", "okActions")
_MINUTE, _HOUR, _DAY, _WEEK = 60, 3_600, 86_400, 604_800


def _period(value: float) -> str | None:
    fits = value in (10, 20, 30) or (value > 0 and value % _MINUTE == 0)
    return None if fits else "be 10, 20, 30 or a multiple of 60"


class MetricAlarm(Resource):
    """An alarm on one metric; AWS's alarms on queries, percentiles and bands are not modelled."""

    pulumi_name = "aws:cloudwatch/metricAlarm:MetricAlarm"
    noun = "CloudWatch Metric Alarm"
    properties: ClassVar = {
        "actionsEnabled": boolean(default=True),
        "alarmActions": set_of(string(valid=(arn,)), max_items=5),
        "alarmDescription": string(valid=(length(0, 1024),)),
        "arn": string(output=True),
        "comparisonOperator": string(
            valid=(
                one_of(
                    "GreaterThanOrEqualToThreshold",
                    "GreaterThanThreshold",
                    "LessThanOrEqualToThreshold",
                    "LessThanThreshold",
                ),
            ),
        ),
        "datapointsToAlarm": number(),
        "dimensions": map_of(string()),
        "evaluateLowSampleCountPercentiles": string(output=True),
        "evaluationPeriods": number(),
        "insufficientDataActions": set_of(string(valid=(arn,)), max_items=5),
        "metricName": string(valid=(length(1, 255),)),
        "name": string(named=True, computed=True, replaces=True, valid=(length(1, 255),)),
        "namespace": string(valid=(length(1, 255),)),
        "okActions": set_of(string(valid=(arn,)), max_items=5),
        "period": number(valid=(_period,)),
        "statistic": string(valid=(one_of("Average", "Maximum", "Minimum", "SampleCount", "Sum"),)),
        "threshold": number(),
        "treatMissingData": string(
            default="missing", valid=(one_of("breaching", "ignore", "missing", "notBreaching"),)
        ),
        "unit": string(),
    }
    unmodelled = (
        "evaluateLowSampleCountPercentiles",
        "evaluationCriteria",
        "evaluationInterval",
        "evaluationWindow",
        "extendedStatistic",
        "metricQueries",
        "thresholdMetricId",
        "warmUpConfiguration",
    )
    tagged = True

    def faults(self, inputs: Properties) -> Iterable[Fault]:
        """Hold the statistic against the metric, as upstream does before a creation."""
        if inputs.get("metricName") and not inputs.get("statistic"):
            words = "one of 'statistic' or 'extendedStatistic' must be set"
            yield Fault("statistic", words)

    def create(self, cloud: Cloud, inputs: Properties) -> str:
        """Create it. As on AWS, an alarm of the same name is overwritten without a word."""
        _put(cloud, inputs["name"], inputs, Tags=to_aws(inputs.get("tagsAll") or {}))
        return inputs["name"]

    def read(self, cloud: Cloud, identity: str, known: Properties) -> Properties | None:
        """Read it."""
        del known
        client = cloud.client("cloudwatch")
        found = client.describe_alarms(AlarmNames=[identity], AlarmTypes=["MetricAlarm"])
        if not found["MetricAlarms"]:
            return None
        live = found["MetricAlarms"][0]
        values = {name: live.get(argument) for name, argument in _ARGUMENTS.items()}
        return {
            **{name: "" if value is None else value for name, value in values.items()},
            "datapointsToAlarm": live.get("DatapointsToAlarm", 0),
            **{name: live.get(_ARGUMENTS[name], []) for name in _ACTIONS},
            "actionsEnabled": live["ActionsEnabled"],
            "arn": live["AlarmArn"],
            "dimensions": {each["Name"]: each["Value"] for each in live["Dimensions"]},
            "evaluateLowSampleCountPercentiles": live.get("EvaluateLowSampleCountPercentile", ""),
            "name": identity,
            "treatMissingData": live.get("TreatMissingData") or "missing",
            "tags": from_aws(client.list_tags_for_resource(ResourceARN=live["AlarmArn"])["Tags"]),
        }

    def update(self, cloud: Cloud, identity: str, change: Change) -> None:
        """Write the whole alarm again: AWS has no call that changes a part of it."""
        if change.names - {"tags", "tagsAll"}:
            _put(cloud, identity, change.inputs)

    def delete(self, cloud: Cloud, identity: str, state: Properties) -> None:
        """Delete it."""
        del state
        cloud.client("cloudwatch").delete_alarms(AlarmNames=[identity])

    def retag(self, cloud: Cloud, identity: str, removed: Iterable[str], added: Tags) -> None:
        """Change its tags."""
        resource = cloud.arn("cloudwatch", f"alarm:{identity}")
        retag_by_arn(cloud.client("cloudwatch"), resource, removed, added)


def _put(cloud: Cloud, name: str, inputs: Properties, **others: Any) -> None:
    _refuse_what_aws_refuses(cloud, inputs)
    dimensions: dict[str, Any] = as_map(inputs.get("dimensions")) or {}
    cloud.client("cloudwatch").put_metric_alarm(
        AlarmName=name,
        ActionsEnabled=inputs.get("actionsEnabled", True),
        Dimensions=[{"Name": key, "Value": value} for key, value in sorted(dimensions.items())],
        **pick(inputs, _ARGUMENTS),
        **others,
    )


def _refuse_what_aws_refuses(cloud: Cloud, inputs: Properties) -> None:
    """Refuse an action elsewhere, and periods that moto would take.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
    """
    for name in _ACTIONS:
        actions: list[str] = inputs.get(name) or []
        for action in actions:
            region = action.split(":")[3]
            if region and region != cloud.region:
                words = f"Invalid region {region} specified. Only {cloud.region} is supported."
                refuse("PutMetricAlarm", "ValidationError", words)
    for name in ("comparisonOperator", "evaluationPeriods", "threshold"):
        if inputs.get(name) is None:
            words = f"The parameter {name[0].upper()}{name[1:]} is required."
            refuse("PutMetricAlarm", "ValidationError", words)
    periods, period = inputs["evaluationPeriods"], inputs.get("period") or 0
    longest = _WEEK if period >= _HOUR else _DAY
    if periods * period > longest:
        words = f"Metrics cannot be checked across more than {longest // _DAY} day(s)"
        refuse("PutMetricAlarm", "ValidationError", words)
    if (inputs.get("datapointsToAlarm") or 0) > periods:
        words = "DatapointsToAlarm must be less than or equal to EvaluationPeriods"
        refuse("PutMetricAlarm", "ValidationError", words)
