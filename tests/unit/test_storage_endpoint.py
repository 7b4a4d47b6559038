"""The nodes' private way to S3."""

import json
from typing import Any

import pytest

from components import StorageEndpoint, StorageEndpointArgs, documents
from tests.support.recorder import Recorder

ROLE = "arn:aws:iam::123456789012:role/node"
PERMISSIONS = documents.document(
    list(documents.package_statements("us-east-1", "media", ["ecx.rpm", "base.key"]))
)
ARGS = StorageEndpointArgs(
    vpc_id="vpc-1",
    route_table_ids=["rtb-a", "rtb-b"],
    service_name="com.amazonaws.us-east-1.s3",
    client_security_group_id="sg-nodes",
    caller_role_arn=ROLE,
    caller_permissions=json.dumps(PERMISSIONS),
    tags={"owner": "platform"},
)


@pytest.fixture
def storage() -> Recorder:
    return Recorder().build(lambda: StorageEndpoint("storage", ARGS))


def inputs(recorder: Recorder, name: str) -> dict[str, Any]:
    found = dict(recorder.named(name).inputs)
    assert found.pop("tags") == {"owner": "platform", "Name": name}
    return found


def test_it_is_a_gateway_in_the_nodes_tables(storage: Recorder) -> None:
    found = inputs(storage, "storage-endpoint")
    found.pop("policy")
    assert found == {
        "vpcId": "vpc-1",
        "vpcEndpointType": "Gateway",
        "serviceName": "com.amazonaws.us-east-1.s3",
        "routeTableIds": ["rtb-a", "rtb-b"],
    }


def test_it_admits_the_role_to_its_own_objects_alone(storage: Recorder) -> None:
    policy = json.loads(inputs(storage, "storage-endpoint")["policy"])
    assert policy["Statement"] == [
        {
            "Sid": "GetPackages",
            "Effect": "Allow",
            "Principal": "*",
            "Action": "s3:GetObject",
            "Resource": ["arn:aws:s3:::media/ecx.rpm", "arn:aws:s3:::media/base.key"],
            "Condition": {"ArnEquals": {"aws:PrincipalArn": ROLE}},
        }
    ]


def test_the_nodes_reach_s3_by_https_and_nothing_else_outside(storage: Recorder) -> None:
    assert inputs(storage, "storage-https") == {
        "securityGroupId": "sg-nodes",
        "description": "HTTPS to S3",
        "ipProtocol": "tcp",
        "fromPort": 443,
        "toPort": 443,
        "prefixListId": "pl-storage-endpoint",
    }


def test_its_children_are_these(storage: Recorder) -> None:
    assert storage.names() == {"storage", "storage-endpoint", "storage-https"}
    assert storage.outputs["storage"] == {"endpointId": "storage-endpoint-id"}
