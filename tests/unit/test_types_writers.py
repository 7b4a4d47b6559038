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
        {"templateBody": "Transform: Macro\nResources: {Out: {Type: AWS::EC2::Route}}"},
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


OUT_OF_SIGHT = {
    "awscc:index/ec2Route:Ec2Route": "unverified Terraform's Cloud Control provider",
    "awscc:index/ec2SecurityGroupIngress:Ec2SecurityGroupIngress": "unverified writer",
    "awscc:index/cloudformationStack:CloudformationStack": "unverified writer",
    "awscc:index/s3Bucket:S3Bucket": "kept",
    "awscc:index/ec2Instance:Ec2Instance": "kept",
    "aws:index/securityGroup:SecurityGroup": "unverified Terraform's own provider",
    "aws:index/vpcSecurityGroupIngressRule:VpcSecurityGroupIngressRule": "unverified writer",
    "aws:index/natGateway:NatGateway": "unverified writer",
    "aws:index/ec2TransitGatewayRoute:Ec2TransitGatewayRoute": "unverified writer",
    "aws:index/route53Record:Route53Record": "kept",
    "aws:index/apiGatewayRestApi:ApiGatewayRestApi": "kept",
    "aws:ssm/document:Document": "unverified a Systems Manager document",
    "aws:ssm/association:Association": "unverified a Systems Manager document",
    "aws-native:ssm:Association": "unverified a Systems Manager document",
    "aws:ssm/maintenanceWindowTask:MaintenanceWindowTask": "unverified a maintenance window",
    "aws:ssm/maintenanceWindow:MaintenanceWindow": "kept",
    "aws:servicecatalog/provisionedProduct:ProvisionedProduct": "unverified a Service Catalog",
    "aws-native:servicecatalog:CloudFormationProvisionedProduct": "unverified a Service Catalog",
    "aws-native:cloudformation:CustomResourceEmulator": "unverified the function of a custom",
    "kubernetes:ec2.services.k8s.aws/v1alpha1:RouteTable": "unverified a Kubernetes controller",
    "kubernetes:ec2.aws.upbound.io/v1beta1:SecurityGroupRule": "unverified writer",
    "kubernetes:ec2.aws.m.upbound.io/v1beta1:Route": "unverified a Kubernetes controller",
    "kubernetes:networkfirewall.services.k8s.aws/v1alpha1:Firewall": "unverified writer",
    "kubernetes:s3.services.k8s.aws/v1alpha1:Bucket": "kept",
    "kubernetes:infrastructure.cluster.x-k8s.io/v1beta2:AWSCluster": "unverified Cluster API",
    "kubernetes:infra.contrib.fluxcd.io/v1alpha2:Terraform": "unverified an infrastructure",
    "kubernetes:pulumi.com/v1:Stack": "unverified an infrastructure operator",
    "kubernetes:argoproj.io/v1alpha1:Application": "unverified what Argo deploys",
    "kubernetes:argoproj.io/v1alpha1:Rollout": "kept",
    "kubernetes:apps/v1:Deployment": "kept",
}


@pytest.mark.parametrize(("token", "expected"), OUT_OF_SIGHT.items(), ids=list(OUT_OF_SIGHT))
def test_what_others_write_is_named_by_its_type(token: str, expected: str) -> None:
    stack, _ = closed_network()
    stack.add(token, "writer")
    check(judged(stack, RULE), expected)


@pytest.mark.parametrize(
    ("kind", "expected"),
    [("Automation", "unverified writer"), ("Command", "unverified writer"), ("Session", "kept")],
)
def test_a_document_counts_if_it_runs_something(kind: str, expected: str) -> None:
    stack, _ = closed_network()
    stack.add("ssm/document:Document", "writer", documentType=kind, content="{}")
    check(judged(stack, RULE), expected)


@pytest.mark.parametrize(
    "token",
    ["awscc:index/ec2Subnet:Ec2Subnet", "kubernetes:ec2.services.k8s.aws/v1alpha1:VPC"],
)
def test_one_that_makes_a_network_is_named_where_there_is_nothing_else_to_judge(token: str) -> None:
    stack = Stack()
    stack.add(token, "alone")
    check(judged(stack, RULE), "unverified alone")
