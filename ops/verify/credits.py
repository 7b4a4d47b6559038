"""CPU credits of burstable instances, asked of EC2 and CloudWatch."""

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from ops.aws import Aws

# https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/burstable-performance-instances.html
_FAMILIES: Final = ("t2.", "t3.", "t3a.", "t4g.")
_PERIOD: Final = 300
"""Seconds: EC2 sends this metric every five minutes."""
_LOOK_BACK: Final = timedelta(minutes=30)


def is_burstable(instance: Mapping[str, Any]) -> bool:
    """Tell whether an instance's type earns and spends CPU credits."""
    return instance.get("InstanceType", "").startswith(_FAMILIES)


def credit_questions(
    aws: Aws, instances: Iterable[Mapping[str, Any]]
) -> dict[str, Callable[[], Any]]:
    """Return what to ask of the burstable ones; nothing is asked where there are none."""
    ids = sorted(each["InstanceId"] for each in instances if is_burstable(each))
    return {
        "credit_specifications": lambda: (
            aws.pages(
                "ec2",
                "describe_instance_credit_specifications",
                "InstanceCreditSpecifications",
                InstanceIds=ids,
            )
            if ids
            else []
        ),
        "credit_balances": lambda: _balances(aws, ids) if ids else {},
    }


def _balances(aws: Aws, ids: list[str]) -> dict[str, float]:
    """Return the newest balance of each instance; those without data are left out."""
    now = datetime.now(UTC)
    answer = aws.call(
        "cloudwatch",
        "get_metric_data",
        StartTime=now - _LOOK_BACK,
        EndTime=now,
        ScanBy="TimestampDescending",
        MetricDataQueries=[_query(f"m{number}", key) for number, key in enumerate(ids)],
    )
    values = {each["Id"]: each.get("Values") for each in answer.get("MetricDataResults", [])}
    found = {key: values.get(f"m{number}") for number, key in enumerate(ids)}
    return {key: newest[0] for key, newest in found.items() if newest}


def _query(name: str, instance_id: str) -> dict[str, Any]:
    metric = {
        "Namespace": "AWS/EC2",
        "MetricName": "CPUCreditBalance",
        "Dimensions": [{"Name": "InstanceId", "Value": instance_id}],
    }
    return {"Id": name, "MetricStat": {"Metric": metric, "Period": _PERIOD, "Stat": "Minimum"}}
