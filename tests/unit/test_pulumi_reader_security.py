"""Endpoints and groups: what a preview, a state file and links of properties show of them."""

from typing import Any

import pytest

from guardrails.pack import policies
from guardrails.testing import UNKNOWN, Given, analyze
from tests.support.policy_stacks import Made, Stack

RULE = "endpoints-admit-only-https"
HTTPS = {"protocol": "tcp", "fromPort": 443, "toPort": 443, "cidrBlocks": ["10.0.0.0/16"]}
SSH = {"protocol": "tcp", "fromPort": 22, "toPort": 22, "cidrBlocks": ["10.0.0.0/16"]}


def verdict(
    shown: list[Given], config: dict[str, Any] | None = None, *, preview: bool | None = True
) -> str:
    outcome = analyze(shown, policies(), config=config, preview=preview)
    assert outcome.of("pack-is-sound") == []
    if outcome.of(RULE):
        return "violated"
    unverified = [v for v in outcome.of("facts-are-missing") if RULE in v.message]
    return "unverified" if unverified else "kept"


def both(stack: Stack) -> str:
    found = {verdict(stack.preview()), verdict(stack.state(), preview=None)}
    assert len(found) == 1, found
    return found.pop()


def network(*rules: dict[str, Any]) -> tuple[Stack, Made, Made]:
    stack = Stack()
    vpc = stack.add("ec2/vpc:Vpc", "hub", cidrBlock="10.0.0.0/16")
    group = stack.add(
        "ec2/securityGroup:SecurityGroup",
        "https",
        vpcId=vpc,
        **({"ingress": list(rules)} if rules else {}),
    )
    return stack, vpc, group


def endpoint(stack: Stack, vpc: Made, **more: Any) -> Made:
    return stack.add(
        "ec2/vpcEndpoint:VpcEndpoint",
        "control",
        vpcId=vpc,
        serviceName="com.amazonaws.us-east-1.ec2",
        vpcEndpointType="Interface",
        **more,
    )


@pytest.mark.parametrize(
    ("port", "expected"),
    [
        (443, "kept"),
        ("443", "kept"),
        ("+443", "kept"),
        ("0443", "kept"),
        (443.5, "unverified"),
        ("-1", "violated"),
        ("--443", "unverified"),
        ("-", "unverified"),
        (" 443", "unverified"),
        ("443\n", "unverified"),
        ("4_43", "unverified"),
        ("0x1bb", "unverified"),
        ("443e0", "unverified"),
        ("\u0664\u0664\u0663", "unverified"),
        ("443" * 10, "unverified"),
        (True, "unverified"),
    ],
)
def test_a_port_is_a_number_where_the_provider_takes_it_for_one(port: Any, expected: str) -> None:
    stack, vpc, group = network({**HTTPS, "fromPort": port, "toPort": port})
    endpoint(stack, vpc, securityGroupIds=[group])
    assert both(stack) == expected


def test_an_endpoint_whose_group_admits_https_is_kept() -> None:
    stack, vpc, group = network(HTTPS)
    endpoint(stack, vpc, securityGroupIds=[group])
    assert both(stack) == "kept"


@pytest.mark.parametrize(
    "rule",
    [
        SSH,
        {**HTTPS, "toPort": 444},
        {**HTTPS, "protocol": "udp"},
        {"protocol": "-1", "fromPort": 0, "toPort": 0, "self": True},
        {"protocol": "all", "fromPort": 0, "toPort": 0, "securityGroups": ["sg-1"]},
    ],
)
def test_an_inline_rule_for_anything_else_is_a_violation(rule: dict[str, Any]) -> None:
    stack, vpc, group = network(HTTPS, rule)
    endpoint(stack, vpc, securityGroupIds=[group])
    assert both(stack) == "violated"


def test_a_legacy_rule_of_its_own_counts() -> None:
    stack, vpc, group = network(HTTPS)
    endpoint(stack, vpc, securityGroupIds=[group])
    stack.add(
        "ec2/securityGroupRule:SecurityGroupRule",
        "ssh",
        type="ingress",
        securityGroupId=group,
        protocol="tcp",
        fromPort=22,
        toPort=22,
        cidrBlocks=["10.0.0.0/16"],
    )
    assert both(stack) == "violated"


def test_an_outbound_rule_admits_nothing() -> None:
    stack, vpc, group = network(HTTPS)
    endpoint(stack, vpc, securityGroupIds=[group])
    stack.add(
        "ec2/securityGroupRule:SecurityGroupRule",
        "anything",
        type="egress",
        securityGroupId=group,
        protocol="-1",
        fromPort=0,
        toPort=0,
    )
    assert both(stack) == "kept"


def test_a_rule_of_the_newer_kind_counts() -> None:
    stack, vpc, group = network()
    endpoint(stack, vpc, securityGroupIds=[group])
    stack.add(
        "vpc/securityGroupIngressRule:SecurityGroupIngressRule",
        "all",
        securityGroupId=group,
        ipProtocol="-1",
        cidrIpv4="10.0.0.0/16",
    )
    assert both(stack) == "violated"


def test_an_endpoint_without_groups_gets_the_default_group_that_admits_everything() -> None:
    stack, vpc, _ = network(HTTPS)
    endpoint(stack, vpc)
    assert verdict(stack.preview()) == "violated"


def test_a_default_group_without_rules_makes_it_good() -> None:
    stack, vpc, _ = network(HTTPS)
    endpoint(stack, vpc)
    stack.add("ec2/defaultSecurityGroup:DefaultSecurityGroup", "closed", vpcId=vpc, ingress=[])
    assert verdict(stack.preview()) == "kept"


def test_groups_that_nobody_can_see_leave_the_endpoint_unverified() -> None:
    stack, vpc, _ = network(HTTPS)
    endpoint(stack, vpc, securityGroupIds=["sg-0000"])
    assert both(stack) == "unverified"
    config = {RULE: {"httpsOnlyGroups": ["sg-0000"]}}
    assert verdict(stack.preview(), config) == "kept"


def test_a_group_put_on_the_endpoint_later_counts() -> None:
    stack, vpc, group = network(HTTPS)
    made = endpoint(stack, vpc, securityGroupIds=[group])
    other = stack.add("ec2/securityGroup:SecurityGroup", "ssh", vpcId=vpc, ingress=[SSH])
    stack.add(
        "ec2/securityGroupAssociation:SecurityGroupAssociation",
        "later",
        vpcEndpointId=made,
        securityGroupId=other,
    )
    assert both(stack) == "violated"


def test_a_group_put_on_the_endpoints_interface_counts_in_a_preview() -> None:
    stack, vpc, group = network(HTTPS)
    made = endpoint(stack, vpc, securityGroupIds=[group])
    other = stack.add("ec2/securityGroup:SecurityGroup", "ssh", vpcId=vpc, ingress=[SSH])
    stack.add(
        "ec2/networkInterfaceSecurityGroupAttachment:NetworkInterfaceSecurityGroupAttachment",
        "later",
        networkInterfaceId=made.output("networkInterfaceIds"),
        securityGroupId=other,
    )
    assert verdict(stack.preview()) == "violated"


def test_a_rule_of_unknown_direction_is_unverified() -> None:
    stack, vpc, group = network(HTTPS)
    endpoint(stack, vpc, securityGroupIds=[group])
    stack.add(
        "ec2/securityGroupRule:SecurityGroupRule",
        "ssh",
        type=UNKNOWN,
        securityGroupId=group,
        protocol="tcp",
        fromPort=22,
        toPort=22,
    )
    assert both(stack) == "unverified"


def test_gateway_endpoints_have_no_groups_to_judge() -> None:
    stack, vpc, _ = network(HTTPS)
    stack.add(
        "ec2/vpcEndpoint:VpcEndpoint",
        "s3",
        vpcId=vpc,
        serviceName="com.amazonaws.us-east-1.s3",
    )
    assert both(stack) == "kept"


def test_another_services_endpoint_is_judged_when_its_type_is_configured() -> None:
    stack, vpc, group = network(SSH)
    stack.add(
        "route53/resolverEndpoint:ResolverEndpoint",
        "names",
        direction="INBOUND",
        securityGroupIds=[group],
    )
    assert vpc.name == "hub"
    assert both(stack) == "kept"
    config = {RULE: {"endpointLike": ["aws:route53/resolverEndpoint:ResolverEndpoint"]}}
    assert verdict(stack.preview(), config) == "violated"


def test_aws_native_groups_and_endpoints_are_read_by_their_own_names() -> None:
    stack = Stack()
    vpc = stack.add("aws-native:ec2:Vpc", "hub", cidrBlock="10.0.0.0/16")
    group = stack.add(
        "aws-native:ec2:SecurityGroup",
        "ssh",
        vpcId=vpc,
        securityGroupIngress=[
            {"ipProtocol": "tcp", "fromPort": 22, "toPort": 22, "cidrIp": "10.0.0.0/16"}
        ],
    )
    stack.add(
        "aws-native:ec2:VpcEndpoint",
        "control",
        vpcId=vpc,
        vpcEndpointType="Interface",
        serviceName="com.amazonaws.us-east-1.ec2",
        securityGroupIds=[group],
    )
    assert both(stack) == "violated"


def test_the_default_group_given_by_its_output_admits_everything() -> None:
    stack, vpc, _ = network(HTTPS)
    endpoint(stack, vpc, securityGroupIds=[vpc.output("defaultSecurityGroupId")])
    assert both(stack) == "violated"


def test_the_default_group_of_a_vpc_that_is_only_read_may_be_adopted() -> None:
    stack = Stack()
    vpc = stack.read("ec2/vpc:Vpc", "hub")
    endpoint(stack, vpc)
    assert verdict(stack.preview()) == "unverified"
    stack.add("ec2/defaultSecurityGroup:DefaultSecurityGroup", "closed", vpcId=vpc)
    assert verdict(stack.preview()) == "kept"


def test_a_rule_for_the_default_group_of_a_vpc_that_is_only_read_counts() -> None:
    for group in ("sg-0000", UNKNOWN):
        stack = Stack()
        vpc = stack.read("ec2/vpc:Vpc", "hub")
        endpoint(stack, vpc)
        ssh = {"protocol": "tcp", "fromPort": 22, "toPort": 22, "securityGroupId": group}
        rule = Given(
            "aws:ec2/securityGroupRule:SecurityGroupRule",
            "ssh",
            {"type": "ingress", **ssh},
            links={"securityGroupId": [vpc.urn]},
        )
        assert verdict([*stack.preview(), rule]) == "violated"


@pytest.mark.parametrize(("rule", "expected"), [(HTTPS, "unverified"), (SSH, "violated")])
def test_a_list_of_groups_that_cannot_be_seen_holds_what_it_was_made_from(
    rule: dict[str, Any], expected: str
) -> None:
    stack, vpc, group = network(rule)
    endpoint(stack, vpc, securityGroupIds=group.output("computed"))
    assert verdict(stack.preview()) == expected


def test_a_group_and_the_default_one_by_its_output_are_told_apart() -> None:
    stack, vpc, group = network(HTTPS)
    endpoint(stack, vpc, securityGroupIds=[group, vpc.output("defaultSecurityGroupId")])
    assert both(stack) == "violated"
    stack.add("ec2/defaultSecurityGroup:DefaultSecurityGroup", "closed", vpcId=vpc)
    assert verdict(stack.preview()) == "kept"


def test_a_default_group_that_names_no_vpc_is_the_default_vpcs() -> None:
    stack = Stack()
    vpc = stack.add("ec2/defaultVpc:DefaultVpc", "default")
    endpoint(stack, vpc)
    assert verdict(stack.preview()) == "violated"
    stack.add("ec2/defaultSecurityGroup:DefaultSecurityGroup", "closed")
    assert verdict(stack.preview()) == "kept"
    stack.add("ec2/defaultSecurityGroup:DefaultSecurityGroup", "elsewhere", region="eu-west-1")
    assert verdict(stack.preview()) == "kept"


def test_a_default_group_of_a_vpc_that_is_not_told_may_be_any_vpcs() -> None:
    stack, vpc, _ = network(HTTPS)
    endpoint(stack, vpc)
    stack.add("ec2/defaultSecurityGroup:DefaultSecurityGroup", "closed")
    assert verdict(stack.preview()) == "unverified"
