from typing import Any

import pytest

from sandbox.provider.wire import UNKNOWN
from tests.support.provider import Created, FailedError, Instance, unique, unknowns

FLOW_LOG = "aws:ec2/flowLog:FlowLog"
ROLE = "arn:aws:iam::123456789012:role/flow"


@pytest.fixture
def given(aws: Instance) -> dict[str, Any]:
    vpc = aws.create("aws:ec2/vpc:Vpc", cidrBlock="10.0.0.0/16")
    group = aws.create("aws:cloudwatch/logGroup:LogGroup", name=unique("/flow"))
    return {
        "vpcId": vpc.id,
        "trafficType": "ALL",
        "iamRoleArn": ROLE,
        "logDestination": group["arn"],
    }


@pytest.fixture
def flow_log(aws: Instance, given: dict[str, Any]) -> Created:
    return aws.create(FLOW_LOG, **given, tags={"Name": "flow"})


def test_it_records_a_vpc_in_a_log_group(
    flow_log: Created, given: dict[str, Any], ec2: Any
) -> None:
    (live,) = ec2.describe_flow_logs(FlowLogIds=[flow_log.id])["FlowLogs"]
    assert (live["ResourceId"], live["TrafficType"]) == (given["vpcId"], "ALL")
    assert live["LogDestination"] == given["logDestination"]
    assert live["DeliverLogsPermissionArn"] == ROLE
    assert flow_log["arn"].endswith(f":vpc-flow-log/{flow_log.id}")
    assert flow_log["maxAggregationInterval"] == 600
    assert flow_log["logFormat"].startswith("${version} ${account-id}")


def test_a_preview_does_not_know_what_aws_decides(aws: Instance) -> None:
    outputs = aws.preview(FLOW_LOG, vpcId=UNKNOWN, trafficType="ALL")
    assert unknowns(outputs) == {"arn", "id", "logDestination", "logFormat", "vpcId"}


@pytest.mark.parametrize(
    ("changes", "kinds"),
    [
        ({"trafficType": "REJECT"}, {"trafficType": "UPDATE_REPLACE"}),
        ({"maxAggregationInterval": 60}, {"maxAggregationInterval": "UPDATE_REPLACE"}),
        ({"iamRoleArn": f"{ROLE}2"}, {"iamRoleArn": "UPDATE_REPLACE"}),
        ({"tags": {"Name": "other"}}, {"tags.Name": "UPDATE", "tagsAll.Name": "UPDATE"}),
        ({}, {}),
    ],
)
def test_everything_but_tags_replaces_it(
    flow_log: Created, changes: dict[str, Any], kinds: dict[str, str]
) -> None:
    assert flow_log.diff(**changes).kinds == kinds


def test_it_is_retagged_imported_and_deleted(aws: Instance, flow_log: Created) -> None:
    changed = flow_log.update(tags={"Name": "other"})
    found = aws.read(FLOW_LOG, flow_log.id)
    assert found is not None
    assert found["tags"] == {"Name": "other"}
    assert aws.diff(found, changed.inputs).kinds == {}
    changed.delete()
    assert changed.refresh() is None
    changed.delete()


def test_a_second_one_to_the_same_place_is_refused(
    aws: Instance, flow_log: Created, given: dict[str, Any]
) -> None:
    assert flow_log.id
    with pytest.raises(FailedError, match="FlowLogAlreadyExists"):
        aws.create(FLOW_LOG, **given)


def test_it_watches_one_thing_and_needs_a_kind_of_traffic(
    aws: Instance, given: dict[str, Any]
) -> None:
    assert aws.failures(FLOW_LOG, **given, subnetId="subnet-1")
    with pytest.raises(FailedError, match="TrafficType"):
        aws.create(FLOW_LOG, **{**given, "trafficType": None})
