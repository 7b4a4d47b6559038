"""What is written inside of templates and for the Cloud Control API: judged as if declared."""

import json
from typing import Any

import pytest

from guardrails.pack import policies
from guardrails.testing import UNKNOWN, Outcome, analyze
from tests.support.policy_stacks import Stack, closed_network
from tests.support.type_rows import check, judged

ROUTES = "private-subnets-have-no-internet-route"
ENDPOINTS = "endpoints-admit-only-https"
WORLD = "0.0.0.0/0"
Template = dict[str, Any]


def entry(kind: str, **properties: Any) -> Template:
    return {"Type": f"AWS::EC2::{kind}", "Properties": properties}


def network(**more: Template) -> Template:
    """A VPC with a private subnet on a table of its own, and an internet gateway apart."""
    return {
        "Net": entry("VPC", CidrBlock="10.0.0.0/16"),
        "Gateway": {"Type": "AWS::EC2::InternetGateway"},
        "PrivateA": entry("Subnet", VpcId={"Ref": "Net"}, CidrBlock="10.0.1.0/24"),
        "Table": entry("RouteTable", VpcId={"Ref": "Net"}),
        "Bound": entry(
            "SubnetRouteTableAssociation",
            SubnetId={"Ref": "PrivateA"},
            RouteTableId={"Fn::GetAtt": ["Table", "RouteTableId"]},
        ),
        **more,
    }


def route(**target: Any) -> Template:
    return entry("Route", RouteTableId={"Ref": "Table"}, DestinationCidrBlock=WORLD, **target)


def deployed(resources: Template, **more: Any) -> Stack:
    stack = Stack()
    body = json.dumps({"Resources": resources, **more.pop("template", {})})
    stack.add("cloudformation/stack:Stack", "writer", templateBody=body, **more)
    return stack


def has_if(*values: Any) -> Template:
    return {"Fn::If": ["Chosen", *values]}


TEMPLATES: dict[str, tuple[Template, str]] = {
    "a closed network": (network(), "kept"),
    "a route to the gateway": (network(Out=route(GatewayId={"Ref": "Gateway"})), "violated"),
    "a route to a gateway by its id": (network(Out=route(GatewayId="igw-1")), "violated"),
    "a reference in a text": (network(Out=route(GatewayId={"Fn::Sub": "${Gateway}"})), "violated"),
    "one of a list": (
        network(Out=route(GatewayId={"Fn::Select": ["0", [{"Ref": "Gateway"}]]})),
        "violated",
    ),
    "a route that a condition decides": (
        network(Out={**route(GatewayId={"Ref": "Gateway"}), "Condition": "Chosen"}),
        "unverified writer",
    ),
    "a target that a condition decides": (
        network(Out=route(GatewayId=has_if({"Ref": "Gateway"}, {"Ref": "AWS::NoValue"}))),
        "unverified gatewayId of Route writer/Out",
    ),
    "a target of another stack": (
        network(Out=route(NatGatewayId={"Fn::ImportValue": "nat"})),
        "unverified natGatewayId of Route writer/Out",
    ),
    "no target but that of no value": (
        network(
            Peer=entry("VPCPeeringConnection", VpcId={"Ref": "Net"}, PeerVpcId="vpc-1"),
            Out=entry(
                "Route",
                RouteTableId={"Ref": "Table"},
                DestinationCidrBlock="10.9.0.0/16",
                VpcPeeringConnectionId={"Ref": "Peer"},
                GatewayId={"Ref": "AWS::NoValue"},
            ),
        ),
        "kept",
    ),
    "a nested stack": (
        network(Inner={"Type": "AWS::CloudFormation::Stack", "Properties": {}}),
        "unverified writer",
    ),
    "a function's own resource": (network(Own={"Type": "Custom::Route"}), "unverified writer"),
    "a module": (network(M={"Type": "Own::Net::Routes::MODULE"}), "unverified writer"),
    "something malformed": (network(Odd={"Kind": "?"}), "unverified writer"),
    "a bucket beside it": (network(Store={"Type": "AWS::S3::Bucket"}), "kept"),
    "a type that nobody models": (
        network(Odd=entry("FutureRoute", RouteTableId={"Ref": "Table"})),
        "unverified a type that is not modelled",
    ),
}


@pytest.mark.parametrize(("resources", "expected"), TEMPLATES.values(), ids=list(TEMPLATES))
def test_a_template_with(resources: Template, expected: str) -> None:
    check(judged(deployed(resources), ROUTES), expected)


def test_macros_may_add_anything() -> None:
    stack = deployed(network(), template={"Transform": "AWS::Serverless-2016-10-31"})
    check(judged(stack, ROUTES), "unverified writer")


YAML = """
AWSTemplateFormatVersion: 2010-09-09
Resources:
  Net: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  Gateway: {Type: AWS::EC2::InternetGateway}
  PrivateA:
    Type: AWS::EC2::Subnet
    Properties:
      VpcId: !Ref Net
      CidrBlock: !Select [0, !Cidr [!GetAtt Net.CidrBlock, 4, 8]]
  Table: {Type: AWS::EC2::RouteTable, Properties: {VpcId: !Ref Net}}
  Bound:
    Type: AWS::EC2::SubnetRouteTableAssociation
    Properties: {SubnetId: !GetAtt PrivateA.SubnetId, RouteTableId: !Sub "${Table}"}
"""
OUT = """
  Out:
    Type: AWS::EC2::Route
    Properties:
      RouteTableId: !Ref Table
      DestinationCidrBlock: 0.0.0.0/0
      GatewayId: !Ref Gateway
"""


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (YAML, "kept"),
        (YAML + OUT, "violated"),
        (YAML + "  Odd: &all {Type: AWS::S3::Bucket}\n  More: *all\n", "unverified writer"),
        ("Resources: [", "unverified writer"),
        ("Resources: {Store: {Type: AWS::S3::Bucket, Properties: {Name: !Foo {a: [1]}}}}", "kept"),
    ],
)
def test_a_template_in_yaml(body: str, expected: str) -> None:
    stack, _ = closed_network()
    stack.add("cloudformation/stack:Stack", "writer", templateBody=body)
    check(judged(stack, ROUTES), expected)


def test_a_finding_inside_of_a_template_is_shown_at_its_stack_with_the_path() -> None:
    stack = deployed(network(Out=route(GatewayId={"Ref": "Gateway"})))
    [found] = analyze(stack.state(), policies()).of(ROUTES)
    assert found.urn == stack.made[0].urn
    assert (
        "path: subnet writer/PrivateA -> association writer/Bound -> route table writer/Table -> "
        "route 0.0.0.0/0 -> internet gateway writer/Gateway\n" in found.message
    )


@pytest.mark.parametrize("default", ["Gateway", "Elsewhere"])
def test_a_parameter_has_the_value_that_it_was_given(default: str) -> None:
    stack, made = closed_network()
    template = {
        "Parameters": {
            "Table": {"Type": "String"},
            "To": {"Type": "String", "Default": "igw-1" if default == "Gateway" else "pcx-1"},
        },
        "Resources": {"Out": route(GatewayId={"Ref": "To"})},
    }
    stack.add(
        "cloudformation/stack:Stack",
        "writer",
        templateBody=json.dumps(template),
        parameters={"Table": made["table"]},
    )
    check(judged(stack, ROUTES), "violated" if default == "Gateway" else "unverified pcx-1")


def test_what_a_stack_shows_of_its_resources_is_known_by_its_id() -> None:
    outputs = {"Outputs": {"Table": {"Value": {"Ref": "Table"}}}}
    stack = Stack()
    body = json.dumps({"Resources": network(), **outputs})
    shown = {"outputs": {"Table": "rtb-1"}}
    stack.add("cloudformation/stack:Stack", "writer", shown=shown, templateBody=body)
    given = {"routeTableId": "rtb-1", "destinationCidrBlock": WORLD, "gatewayId": "igw-1"}
    stack.add("ec2/route:Route", "out", **given)
    assert analyze(stack.state(), policies()).of(ROUTES)


def group(*ports: int) -> Template:
    rules = [
        {"IpProtocol": "tcp", "FromPort": each, "ToPort": each, "CidrIp": "10.0.0.0/16"}
        for each in ports
    ]
    return entry("SecurityGroup", VpcId={"Ref": "Net"}, SecurityGroupIngress=rules)


@pytest.mark.parametrize(
    ("ports", "expected"), [((443,), "kept"), ((443, 22), "violated"), ((80,), "violated")]
)
def test_an_endpoint_in_a_template(ports: tuple[int, ...], expected: str) -> None:
    endpoint = entry(
        "VPCEndpoint",
        VpcId={"Ref": "Net"},
        VpcEndpointType="Interface",
        ServiceName={"Fn::Sub": "com.amazonaws.${AWS::Region}.ec2"},
        SecurityGroupIds=[{"Fn::GetAtt": ["Guard", "GroupId"]}],
    )
    stack = deployed(network(Guard=group(*ports), Api=endpoint))
    check(judged(stack, ENDPOINTS), expected)


def controlled(kind: str, state: Any) -> Stack:
    stack, made = closed_network()
    ids = {"table": made["table"].id, "gateway": made["gateway"].id}
    text = json.dumps(state) % ids
    stack.add("cloudcontrol/resource:Resource", "writer", typeName=kind, desiredState=text)
    return stack


def said(outcome: Outcome) -> str:
    if outcome.of(ROUTES):
        return "violated"
    return "unverified" if any(ROUTES in e.message for e in outcome.violations) else "kept"


@pytest.mark.parametrize(
    ("kind", "state", "expected"),
    [
        (
            "AWS::EC2::Route",
            {
                "RouteTableId": "%(table)s",
                "DestinationCidrBlock": WORLD,
                "GatewayId": "%(gateway)s",
            },
            "violated",
        ),
        (
            "AWS::EC2::Route",
            {
                "RouteTableId": "%(table)s",
                "DestinationCidrBlock": "10.9.0.0/16",
                "TransitGatewayId": "tgw-1",
            },
            "kept",
        ),
        ("AWS::EC2::FlowLog", {"ResourceId": "%(table)s"}, "kept"),
        ("AWS::EC2::Route", {}, "unverified"),
        ("AWS::CloudFormation::Stack", {"TemplateURL": "https://b"}, "unverified"),
    ],
)
def test_a_desired_state_of(kind: str, state: Template, expected: str) -> None:
    assert said(analyze(controlled(kind, state).state(), policies())) == expected


def test_a_desired_state_that_cannot_be_seen_yet_is_named() -> None:
    stack, made = closed_network()
    given = {"typeName": "AWS::EC2::Route", "desiredState": made["table"].output("arn")}
    stack.add("cloudcontrol/resource:Resource", "writer", **given)
    assert said(analyze(stack.preview(), policies(), preview=True)) == "unverified"


def test_an_extension_resource_is_followed_by_links_in_a_preview() -> None:
    stack, made = closed_network()
    properties = {
        "RouteTableId": made["table"],
        "DestinationCidrBlock": WORLD,
        "GatewayId": made["gateway"],
    }
    token = "aws-native:index:ExtensionResource"
    stack.add(token, "writer", type="AWS::EC2::Route", properties=properties)
    check(judged(stack, ROUTES), "violated")


def test_a_template_that_breaks_the_reader_is_a_fault_and_hides_nothing_else() -> None:
    stack, made = closed_network()
    deep: Any = {"Ref": "x"}
    for _ in range(400):
        deep = [deep]
    body = {"Resources": {"Out": route(GatewayId=deep)}}
    stack.add("cloudformation/stack:Stack", "writer", templateBody=json.dumps(body))
    given = {"routeTableId": made["table"], "destinationCidrBlock": WORLD}
    stack.add("ec2/route:Route", "out", gatewayId=made["gateway"], **given)
    outcome = analyze(stack.state(), policies())
    assert outcome.of(ROUTES)
    assert [each.urn for each in outcome.of("pack-is-sound")] == [stack.made[-2].urn]


def test_a_template_that_cannot_be_seen_is_named() -> None:
    stack, _ = closed_network()
    stack.add("cloudformation/stack:Stack", "writer", templateBody=UNKNOWN)
    check(judged(stack, ROUTES), "unverified writer")
