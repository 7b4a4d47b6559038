"""What writes out of sight: named, unless it visibly leaves the network alone."""

import pytest

from tests.support.policy_stacks import Stack, closed_network
from tests.support.type_rows import check, judged

RULE = "private-subnets-have-no-internet-route"


WRITERS = {
    "a route by the Cloud Control API": ("AWS::EC2::Route", "unverified writer"),
    "a template by the Cloud Control API": ("AWS::CloudFormation::Stack", "unverified writer"),
    "a product by the Cloud Control API": (
        "AWS::ServiceCatalog::CloudFormationProvisionedProduct",
        "unverified writer",
    ),
    "a type of somebody else by the Cloud Control API": (
        "Example::Net::Routes",
        "unverified writer",
    ),
    "a bucket by the Cloud Control API": ("AWS::S3::Bucket", "kept"),
}


@pytest.mark.parametrize(("kind", "expected"), WRITERS.values(), ids=list(WRITERS))
def test_a_type_by_its_name(kind: str, expected: str) -> None:
    stack, _ = closed_network()
    stack.add("cloudcontrol/resource:Resource", "writer", typeName=kind, desiredState="{}")
    check(judged(stack, RULE), expected)


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("aws_route", "unverified writer"),
        ("aws_vpc_security_group_ingress_rule", "unverified writer"),
        ("aws_ec2_transit_gateway_route", "unverified writer"),
        ("aws_cloudformation_stack", "unverified writer"),
        ("awscc_ec2_route", "unverified writer"),
        ("null_resource", "unverified writer"),
        ("aws_route53_record", "kept"),
        ("aws_db_instance", "kept"),
        ("random_id", "kept"),
        ("tls_private_key", "kept"),
    ],
)
def test_a_part_of_a_terraform_module(kind: str, expected: str) -> None:
    stack, _ = closed_network()
    stack.add(f"vpc:tf:{kind}", "writer")
    check(judged(stack, RULE), expected)


@pytest.mark.parametrize(
    "token",
    [
        "pulumi-python:dynamic:Resource",
        "pulumi-python:dynamic/network:OwnRoute",
        "pulumi-nodejs:dynamic:Resource",
    ],
)
def test_a_dynamic_resource_is_named_and_hides_no_violation(token: str) -> None:
    stack, made = closed_network()
    stack.add(token, "writer", typeName="AWS::S3::Bucket")
    check(judged(stack, RULE), "unverified writer")
    stack.add(
        "ec2/route:Route",
        "out",
        routeTableId=made["table"],
        destinationCidrBlock="0.0.0.0/0",
        gatewayId=made["gateway"],
    )
    check(judged(stack, RULE), "violated")


ALONE: dict[str, tuple[str, dict[str, str], str]] = {
    "a template of a network": (
        "cloudformation/stack:Stack",
        {"templateBody": "Resources: {Out: {Type: AWS::EC2::Route}}"},
        "unverified alone",
    ),
    "a subnet by the Cloud Control API": (
        "cloudcontrol/resource:Resource",
        {"typeName": "AWS::EC2::Subnet"},
        "unverified alone",
    ),
    "a subnet of a Terraform module": ("vpc:tf:aws_subnet", {}, "unverified alone"),
    "a subnet of Terraform's own provider": (
        "aws:index/subnet:Subnet",
        {"vpcId": "vpc-1"},
        "unverified alone",
    ),
    "a bucket of Terraform's own provider": ("aws:index/s3Bucket:S3Bucket", {}, "kept"),
    "a name of a Terraform module": ("names:tf:aws_route53_record", {}, "kept"),
    "a database of a Terraform module": ("data:tf:aws_db_instance", {}, "kept"),
    "a command": ("command:local:Command", {"create": "make"}, "kept"),
}


@pytest.mark.parametrize(("token", "told", "expected"), ALONE.values(), ids=list(ALONE))
def test_without_anything_to_judge(token: str, told: dict[str, str], expected: str) -> None:
    stack = Stack()
    stack.add(token, "alone", **told)
    check(judged(stack, RULE), expected)


def test_a_writer_is_called_by_its_whole_name() -> None:
    stack, _ = closed_network()
    stack.add("command:local:Command", "shop::routes", create="make")
    check(judged(stack, RULE), "unverified shop::routes")
