"""The private door to the EC2 API."""

import json
from collections.abc import Mapping
from typing import Any

import pulumi_aws as aws
import pytest

from components import ControlEndpoint, ControlEndpointArgs, documents
from tests.support.recorder import Recorder

ROLE = "arn:aws:iam::123456789012:role/node"
TABLE = "arn:aws:ec2:us-east-1:123456789012:route-table/rtb-1"
PERMISSIONS = json.dumps(documents.document(documents.virtual_ip_statements([TABLE])))
ARGS = ControlEndpointArgs(
    vpc_id="vpc-1",
    subnet_ids=["subnet-a", "subnet-b"],
    client_cidr_blocks=["10.0.0.0/16"],
    service_name="com.amazonaws.us-east-1.ec2",
    caller_role_arn=ROLE,
    caller_permissions=PERMISSIONS,
    tags={"owner": "platform"},
)


@pytest.fixture
def endpoint() -> Recorder:
    return Recorder().build(lambda: ControlEndpoint("door", ARGS))


def without_tags(inputs: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in inputs.items() if name != "tags"}


def test_it_consists_of_exactly_these_children(endpoint: Recorder) -> None:
    assert {name: (found.token, found.parent) for name, found in endpoint.resources.items()} == {
        "door": ("hacluster:index:ControlEndpoint", "ha-cluster-test"),
        "door-guard": ("aws:ec2/securityGroup:SecurityGroup", "door"),
        "door-https-10-0-0-0-16": (
            "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
            "door",
        ),
        "door-endpoint": ("aws:ec2/vpcEndpoint:VpcEndpoint", "door"),
    }


def test_its_guard_is_the_article_s_group(endpoint: Recorder) -> None:
    assert endpoint.named("door-guard").inputs == {
        "namePrefix": "SG-HTTPS-",
        "description": "SG-HTTPS",
        "vpcId": "vpc-1",
        "tags": {"owner": "platform", "Name": "SG-HTTPS"},
    }


def test_it_admits_https_from_the_network_and_nothing_else(endpoint: Recorder) -> None:
    rules = endpoint.of_type("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule")
    assert [without_tags(rule.inputs) for rule in rules.values()] == [
        {
            "securityGroupId": "door-guard-id",
            "description": "HTTPS from the network",
            "ipProtocol": "tcp",
            "fromPort": 443,
            "toPort": 443,
            "cidrIpv4": "10.0.0.0/16",
        }
    ]


def test_another_name_of_its_guard_begins_its_name_and_is_its_tag() -> None:
    other = ControlEndpointArgs(**{**ARGS, "guard_name": "SG-EC2-API"})
    guard = Recorder().build(lambda: ControlEndpoint("door", other)).named("door-guard")
    assert guard.inputs["namePrefix"] == "SG-EC2-API-"
    assert guard.inputs["tags"]["Name"] == "SG-EC2-API"


def test_the_endpoint_stands_in_both_subnets_under_the_api_s_own_name(endpoint: Recorder) -> None:
    inputs = without_tags(endpoint.named("door-endpoint").inputs)
    policy = json.loads(inputs.pop("policy"))
    assert inputs == {
        "vpcId": "vpc-1",
        "vpcEndpointType": "Interface",
        "serviceName": "com.amazonaws.us-east-1.ec2",
        "subnetIds": ["subnet-a", "subnet-b"],
        "securityGroupIds": ["door-guard-id"],
        "privateDnsEnabled": True,
    }
    conditions = [statement["Condition"] for statement in policy["Statement"]]
    assert conditions == [{"ArnEquals": {"aws:PrincipalArn": ROLE}}] * 2
    assert policy["Statement"][1]["Resource"] == [TABLE]


def test_every_child_carries_the_caller_s_tags(endpoint: Recorder) -> None:
    owners = {
        name: found.inputs["tags"]["owner"]
        for name, found in endpoint.resources.items()
        if name != "door"
    }
    assert set(owners.values()) == {"platform"}


def test_each_range_of_the_network_gets_a_rule_of_its_own() -> None:
    wider = ControlEndpointArgs(**{**ARGS, "client_cidr_blocks": ["10.0.0.0/16", "10.1.0.0/16"]})
    recorder = Recorder().build(lambda: ControlEndpoint("door", wider))
    rules = recorder.of_type("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule")
    assert {name: rule.inputs["cidrIpv4"] for name, rule in rules.items()} == {
        "door-https-10-0-0-0-16": "10.0.0.0/16",
        "door-https-10-1-0-0-16": "10.1.0.0/16",
    }


def test_the_endpoint_waits_for_the_fixed_addresses_of_the_interfaces_that_name_its_subnets() -> (
    None
):
    def program() -> None:
        node = aws.ec2.NetworkInterface("node", subnet_id="subnet-a", private_ips=["10.0.110.10"])
        ControlEndpoint("door", ControlEndpointArgs(**{**ARGS, "subnet_ids": [node.subnet_id]}))

    recorder = Recorder().build(program)
    assert "node" in recorder.named("door-endpoint").depends_on


def test_the_endpoint_opens_when_its_rules_are_in_place(endpoint: Recorder) -> None:
    assert "door-https-10-0-0-0-16" in endpoint.named("door-endpoint").depends_on


def test_what_aws_decides_of_the_endpoint_replaces_it_never(endpoint: Recorder) -> None:
    assert endpoint.named("door-endpoint").ignores == ("dnsOptions", "subnetConfigurations")


def test_a_replaced_endpoint_frees_the_api_s_name_first(endpoint: Recorder) -> None:
    assert endpoint.named("door-endpoint").deletes_first


def test_its_outputs_are_the_endpoint_and_its_guard(endpoint: Recorder) -> None:
    assert endpoint.outputs["door"] == {
        "endpointId": "door-endpoint-id",
        "securityGroupId": "door-guard-id",
    }
