"""The keys that say what is recorded and who is told."""

import re
from typing import Any

from .reader import Form, Reader
from .values import FlowLogSettings

FLOW_LOG_KEYS = ("retentionDays", "traffic")
ALARM_KEYS = ("topicArn",)

# https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html
RETENTION_DAYS = (
    1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922,
    3288, 3653,
)  # fmt: skip
TRAFFIC: Form = (re.compile("ALL|ACCEPT|REJECT"), "write ALL, ACCEPT or REJECT")
TOPIC: Form = (
    re.compile(r"arn:aws[a-z-]*:sns:[a-z0-9-]+:\d{12}:[A-Za-z0-9_-]{1,256}"),
    "write the ARN of an SNS topic, arn:aws:sns:REGION:ACCOUNT:NAME",
)


def read_flow_logs(reader: Reader, value: Any) -> FlowLogSettings | None:
    """Return how the VPC's connections are recorded; None where they are not."""
    key = "flowLogs"
    get = reader.mapping(key, value, FLOW_LOG_KEYS).get
    if value == {}:
        return None
    days = get("retentionDays")
    if isinstance(days, bool) or days not in RETENTION_DAYS:
        listed = ", ".join(map(str, RETENTION_DAYS))
        reader.fault(f"{key}.retentionDays", days, f"write a number of days: {listed}")
        days = RETENTION_DAYS[0]
    traffic = reader.matching(f"{key}.traffic", get("traffic", "ALL"), TRAFFIC)
    return FlowLogSettings(days, traffic)


def read_alarm_topic(reader: Reader, value: Any, region: str) -> str | None:
    """Return the topic that is told of alarms; None where nobody is.

    CloudWatch and EventBridge send to topics of their own region only.
    """
    get = reader.mapping("alarms", value, ALARM_KEYS).get
    if value == {}:
        return None
    return reader.arn_of_region("alarms.topicArn", get("topicArn"), TOPIC, "topic", region)
