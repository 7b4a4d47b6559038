"""The record of the VPC's connections."""

import json
from typing import Any

import pytest

from components import FlowLogs, FlowLogsArgs
from components.monitoring_documents import flow_log_trust
from tests.support.recorder import Recorder

ARGS = FlowLogsArgs(
    vpc_id="vpc-1",
    region="us-east-1",
    account_id="123456789012",
    retention_days=30,
    tags={"owner": "platform"},
)
GROUP_ARN = "arn:aws:logs:us-east-1:123456789012:log-group:flow-group"


@pytest.fixture
def flow() -> Recorder:
    return Recorder().build(lambda: FlowLogs("flow", ARGS))


def inputs(recorder: Recorder, name: str) -> dict[str, Any]:
    found = dict(recorder.named(name).inputs)
    assert found.pop("tags") == {"owner": "platform", "Name": name}
    return found


def test_it_consists_of_exactly_these_children(flow: Recorder) -> None:
    assert flow.names() == {
        "flow", "flow-group", "flow-role", "flow-permissions", "flow-log",
    }  # fmt: skip
    assert flow.outputs["flow"] == {"logGroupName": "flow-group"}


def test_all_traffic_of_the_vpc_goes_to_a_group_that_forgets(flow: Recorder) -> None:
    assert inputs(flow, "flow-log") == {
        "vpcId": "vpc-1",
        "trafficType": "ALL",
        "iamRoleArn": "arn:aws:iam::123456789012:role/flow-role",
        "logDestination": GROUP_ARN,
    }
    assert inputs(flow, "flow-group") == {"retentionInDays": 30}


def test_the_role_writes_to_this_group_and_makes_none(flow: Recorder) -> None:
    policy = json.loads(flow.named("flow-permissions").inputs["policy"])
    write, find = policy["Statement"]
    assert write["Resource"] == f"{GROUP_ARN}:*"
    assert "logs:CreateLogGroup" not in [*write["Action"], find["Action"]]


def test_the_service_takes_on_the_role_for_flow_logs_of_this_account_alone() -> None:
    (statement,) = flow_log_trust("cn-north-1", "123456789012")["Statement"]
    assert statement["Principal"] == {"Service": "vpc-flow-logs.amazonaws.com"}
    assert statement["Condition"] == {
        "StringEquals": {"aws:SourceAccount": "123456789012"},
        "ArnLike": {"aws:SourceArn": "arn:aws-cn:ec2:cn-north-1:123456789012:vpc-flow-log/*"},
    }


def test_the_log_begins_when_its_role_may_write_and_is_replaced_by_deleting_it_first(
    flow: Recorder,
) -> None:
    assert "flow-permissions" in flow.named("flow-log").depends_on
    assert flow.named("flow-log").deletes_first
