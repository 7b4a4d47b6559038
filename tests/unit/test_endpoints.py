"""The private doors to AWS."""

import json
from collections.abc import Mapping
from typing import Any

import pulumi_aws as aws
import pytest

from components import Endpoints, EndpointsArgs, StorageAccessArgs, documents
from tests.support.recorder import Recorder

ROLE = "arn:aws:iam::123456789012:role/node"
TABLE = "arn:aws:ec2:us-east-1:123456789012:route-table/rtb-1"
CONTROL = json.dumps(documents.document(documents.virtual_ip_statements([TABLE])))
PACKAGES = json.dumps(
    documents.document(
        list(documents.package_statements("us-east-1", "media", ["ecx.rpm", "base.key"]))
    )
)
ONLY_ROLE = {"ArnEquals": {"aws:PrincipalArn": ROLE}}
ARGS = EndpointsArgs(
    vpc_id="vpc-1",
    region="us-east-1",
    subnet_ids=["subnet-a", "subnet-b"],
    client_cidr_blocks=["10.0.0.0/16"],
    services=["ec2"],
    caller_role_arn=ROLE,
    control_permissions=CONTROL,
    storage=StorageAccessArgs(
        route_table_ids=["rtb-a", "rtb-b"],
        client_security_group_id="sg-nodes",
        permissions=PACKAGES,
    ),
    tags={"owner": "platform"},
)
GROUP = "aws:ec2/securityGroup:SecurityGroup"
RULE = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
ENDPOINT = "aws:ec2/vpcEndpoint:VpcEndpoint"


def build(**changes: Any) -> Recorder:
    return Recorder().build(lambda: Endpoints("doors", EndpointsArgs(**{**ARGS, **changes})))


@pytest.fixture
def control() -> Recorder:
    return build()


@pytest.fixture
def every() -> Recorder:
    return build(services=["ec2", *documents.SERVICE_ACTIONS])


def without_tags(inputs: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in inputs.items() if name != "tags"}


def test_an_endpoint_of_its_own_consists_of_exactly_these_children(control: Recorder) -> None:
    assert {name: (found.token, found.parent) for name, found in control.resources.items()} == {
        "doors": ("hacluster:index:Endpoints", "ha-cluster-test"),
        "doors-ec2-guard": (GROUP, "doors"),
        "doors-ec2-https-10-0-0-0-16": (RULE, "doors"),
        "doors-ec2": ("hacluster:index:InterfaceEndpoint", "doors"),
        "doors-ec2-endpoint": (ENDPOINT, "doors-ec2"),
    }


def test_the_guard_of_the_ec2_api_is_the_article_s_group(control: Recorder) -> None:
    assert control.named("doors-ec2-guard").inputs == {
        "namePrefix": "SG-HTTPS-",
        "description": "SG-HTTPS",
        "vpcId": "vpc-1",
        "tags": {"owner": "platform", "Name": "SG-HTTPS"},
    }


def test_a_guard_admits_https_from_the_network_and_nothing_else(every: Recorder) -> None:
    rules = [without_tags(rule.inputs) for rule in every.of_type(RULE).values()]
    groups = {rule.pop("securityGroupId") for rule in rules}
    assert groups == {f"{name}-id" for name in every.of_type(GROUP)}
    assert rules == [
        {
            "description": "HTTPS from the network",
            "ipProtocol": "tcp",
            "fromPort": 443,
            "toPort": 443,
            "cidrIpv4": "10.0.0.0/16",
        }
    ] * len(groups)


def test_the_endpoint_stands_in_both_subnets_under_the_api_s_own_name(control: Recorder) -> None:
    inputs = without_tags(control.named("doors-ec2-endpoint").inputs)
    policy = json.loads(inputs.pop("policy"))
    assert inputs == {
        "vpcId": "vpc-1",
        "vpcEndpointType": "Interface",
        "serviceName": "com.amazonaws.us-east-1.ec2",
        "subnetIds": ["subnet-a", "subnet-b"],
        "securityGroupIds": ["doors-ec2-guard-id"],
        "privateDnsEnabled": True,
    }
    assert [statement["Condition"] for statement in policy["Statement"]] == [ONLY_ROLE] * 2
    assert policy["Statement"][1]["Resource"] == [TABLE]


def test_every_service_has_one_endpoint_for_its_own_actions_alone(every: Recorder) -> None:
    endpoints = every.of_type(ENDPOINT)
    assert set(endpoints) == {
        f"doors-{service}-endpoint" for service in ("ec2", *documents.SERVICE_ACTIONS)
    }
    for service, actions in documents.SERVICE_ACTIONS.items():
        inputs = endpoints[f"doors-{service}-endpoint"].inputs
        assert inputs["serviceName"] == f"com.amazonaws.us-east-1.{service}"
        (statement,) = json.loads(inputs["policy"])["Statement"]
        assert statement["Condition"] == ONLY_ROLE
        if service != "s3":
            assert tuple(statement["Action"]) == actions


def test_own_guards_have_names_of_their_own(every: Recorder) -> None:
    names = {
        service: every.named(f"doors-{service}-guard").inputs["namePrefix"]
        for service in ("ec2", *documents.SERVICE_ACTIONS)
        if service != "s3"
    }
    assert names.pop("ec2") == "SG-HTTPS-"
    assert names == {service: f"SG-HTTPS-{service}-" for service in names}


def test_a_shared_guard_is_the_only_group_and_guards_every_interface_endpoint() -> None:
    services = ["ec2", "ssm", "kms", "s3"]
    shared = build(services=services, shared_security_group=True)
    assert set(shared.of_type(GROUP)) == {"doors-guard"}
    assert set(shared.of_type(RULE)) == {"doors-https-10-0-0-0-16"}
    assert shared.named("doors-guard").inputs["tags"]["Name"] == "SG-HTTPS"
    groups = {
        name: found.inputs.get("securityGroupIds")
        for name, found in shared.of_type(ENDPOINT).items()
    }
    assert groups.pop("doors-s3-endpoint") is None
    assert set(map(tuple, groups.values())) == {("doors-guard-id",)}
    assert shared.outputs["doors"]["securityGroupIds"] == dict.fromkeys(
        services[:-1], "doors-guard-id"
    )


def test_endpoints_can_change_their_group_although_they_are_protected(every: Recorder) -> None:
    assert not any(found.protect for found in every.of_type(GROUP).values())


def test_every_child_carries_the_caller_s_tags(every: Recorder) -> None:
    tagged = [found.inputs["tags"] for found in every.resources.values() if "tags" in found.inputs]
    assert {tags["owner"] for tags in tagged} == {"platform"}
    assert len(tagged) == 9 * 3 + 2


def test_each_range_of_the_network_gets_a_rule_of_its_own() -> None:
    wider = build(client_cidr_blocks=["10.0.0.0/16", "10.1.0.0/16"])
    assert {name: rule.inputs["cidrIpv4"] for name, rule in wider.of_type(RULE).items()} == {
        "doors-ec2-https-10-0-0-0-16": "10.0.0.0/16",
        "doors-ec2-https-10-1-0-0-16": "10.1.0.0/16",
    }


def test_the_endpoint_waits_for_the_fixed_addresses_of_the_interfaces_that_name_its_subnets() -> (
    None
):
    def program() -> None:
        node = aws.ec2.NetworkInterface("node", subnet_id="subnet-a", private_ips=["10.0.110.10"])
        Endpoints("doors", EndpointsArgs(**{**ARGS, "subnet_ids": [node.subnet_id]}))

    recorder = Recorder().build(program)
    assert "node" in recorder.named("doors-ec2-endpoint").depends_on


def test_the_endpoint_opens_when_its_rules_are_in_place(control: Recorder) -> None:
    assert "doors-ec2-https-10-0-0-0-16" in control.named("doors-ec2-endpoint").depends_on


def test_what_aws_decides_of_the_endpoint_replaces_it_never(control: Recorder) -> None:
    assert control.named("doors-ec2-endpoint").ignores == ("dnsOptions", "subnetConfigurations")


def test_a_replaced_endpoint_frees_the_api_s_name_first(control: Recorder) -> None:
    assert control.named("doors-ec2-endpoint").deletes_first


def test_its_outputs_are_the_endpoints_and_their_guards(every: Recorder) -> None:
    outputs = every.outputs["doors"]
    assert outputs["endpointIds"] == {
        service: f"doors-{service}-endpoint-id" for service in ("ec2", *documents.SERVICE_ACTIONS)
    }
    assert outputs["securityGroupIds"] == {
        service: f"doors-{service}-guard-id"
        for service in outputs["endpointIds"]
        if service != "s3"
    }


def test_s3_is_a_gateway_in_the_nodes_tables() -> None:
    found = without_tags(build(services=["s3"]).named("doors-s3-endpoint").inputs)
    policy = json.loads(found.pop("policy"))
    assert found == {
        "vpcId": "vpc-1",
        "vpcEndpointType": "Gateway",
        "serviceName": "com.amazonaws.us-east-1.s3",
        "routeTableIds": ["rtb-a", "rtb-b"],
    }
    assert policy["Statement"] == [
        {
            "Sid": "GetPackages",
            "Effect": "Allow",
            "Principal": "*",
            "Action": "s3:GetObject",
            "Resource": ["arn:aws:s3:::media/ecx.rpm", "arn:aws:s3:::media/base.key"],
            "Condition": ONLY_ROLE,
        }
    ]


def test_the_nodes_reach_s3_by_https_and_nothing_else_outside() -> None:
    assert without_tags(build(services=["s3"]).named("doors-s3-https").inputs) == {
        "securityGroupId": "sg-nodes",
        "description": "HTTPS to S3",
        "ipProtocol": "tcp",
        "fromPort": 443,
        "toPort": 443,
        "prefixListId": "pl-doors-s3-endpoint",
    }


def test_china_has_its_own_name_for_an_interface_endpoint_and_the_common_one_for_a_gateway() -> (
    None
):
    found = build(region="cn-north-1", services=["ec2", "s3"]).of_type(ENDPOINT)
    assert {each.inputs["serviceName"] for each in found.values()} == {
        "cn.com.amazonaws.cn-north-1.ec2",
        "com.amazonaws.cn-north-1.s3",
    }


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"services": ["ec3"]}, "services: 'ec3' is not known; name ec2, ssm,"),
        ({"services": ["ssm", "ssm"]}, "services: 'ssm' is there twice"),
        ({"control_permissions": None}, "control_permissions: it is not given"),
        ({"services": ["s3"], "storage": None}, "storage: it is not given"),
    ],
)
def test_what_would_build_less_than_was_meant_is_refused(
    changes: dict[str, Any], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        build(**changes)
