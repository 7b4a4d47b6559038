"""Regions, providers and tags: what belongs together, and what a subnet is called."""

import json
from dataclasses import replace
from typing import Any

import pytest

from guardrails.pack import policies
from guardrails.testing import UNKNOWN, Given, analyze
from tests.support.policy_stacks import Made, Stack, closed_network

RULE = "private-subnets-have-no-internet-route"
SUBNET = "aws:ec2/subnet:Subnet"


def subnet(name: str, region: str, identity: str = "subnet-1", **more: Any) -> Given:
    outputs = {"id": identity, "vpcId": f"vpc-{region}", "region": region, **more}
    return Given(SUBNET, name, {"vpcId": f"vpc-{region}"}, outputs)


def vpc(region: str) -> Given:
    outputs = {"id": f"vpc-{region}", "cidrBlock": "10.0.0.0/16", "region": region}
    return Given("aws:ec2/vpc:Vpc", region, {"cidrBlock": "10.0.0.0/16"}, outputs)


def table(region: str, *, leads_out: bool) -> Given:
    routes = [{"cidrBlock": "0.0.0.0/0", "gatewayId": "igw-1"}] if leads_out else []
    outputs = {"id": "rtb-1", "vpcId": f"vpc-{region}", "region": region, "routes": routes}
    return Given("aws:ec2/routeTable:RouteTable", region, {"vpcId": "x", "routes": routes}, outputs)


def bound(region: str) -> Given:
    outputs = {"id": "a", "subnetId": "subnet-1", "routeTableId": "rtb-1", "region": region}
    kind = "aws:ec2/routeTableAssociation:RouteTableAssociation"
    return Given(kind, region, {"subnetId": "subnet-1", "routeTableId": "rtb-1"}, outputs)


def test_equal_ids_in_two_regions_are_two_things() -> None:
    stack = [
        part
        for region, leads_out in (("us-east-1", True), ("eu-west-1", False))
        for part in (
            vpc(region),
            subnet(f"private-{region}", region),
            table(region, leads_out=leads_out),
            bound(region),
        )
    ]
    violations = analyze(stack, policies()).of(RULE)
    assert [each.urn.rpartition("::")[2] for each in violations] == ["private-us-east-1"]


def test_the_region_of_the_provider_counts_where_the_resource_has_none() -> None:
    def without_region(given: Given, region: str) -> Given:
        outputs = {key: each for key, each in (given.outputs or {}).items() if key != "region"}
        return Given(
            given.type,
            given.name,
            given.inputs,
            outputs,
            provider={"region": region},
            provider_name=region,
        )

    stack = [
        without_region(part, region)
        for region, leads_out in (("us-east-1", False), ("eu-west-1", True))
        for part in (
            vpc(region),
            subnet(f"private-{region}", region),
            table(region, leads_out=leads_out),
            bound(region),
        )
    ]
    violations = analyze(stack, policies()).of(RULE)
    assert [each.urn.rpartition("::")[2] for each in violations] == ["private-eu-west-1"]


def unclassified(stack: list[Given]) -> bool:
    """Tell whether a subnet with a way out is not known to be private."""
    outcome = analyze(stack, policies())
    missing = outcome.of("facts-are-missing")
    assert len(missing) + len(outcome.of(RULE)) == 1
    return any("nothing classifies it" in each.message for each in missing)


def open_network(kind: str = "aws:ec2/", **of_subnet: Any) -> tuple[Stack, Made]:
    """A subnet without a tier in its name, whose main table leads out."""
    stack = Stack()
    if kind == "aws:ec2/":
        hub = stack.add("ec2/vpc:Vpc", "hub", cidrBlock="10.0.0.0/16")
        made = stack.add("ec2/subnet:Subnet", "one", vpcId=hub, **of_subnet)
        table = stack.add("ec2/routeTable:RouteTable", "t", vpcId=hub)
        bound = "ec2/routeTableAssociation:RouteTableAssociation"
        route = "ec2/route:Route"
    else:
        hub = stack.add("aws-native:ec2:Vpc", "hub", cidrBlock="10.0.0.0/16")
        made = stack.add("aws-native:ec2:Subnet", "one", vpcId=hub, **of_subnet)
        table = stack.add("aws-native:ec2:RouteTable", "t", vpcId=hub)
        bound = "aws-native:ec2:SubnetRouteTableAssociation"
        route = "aws-native:ec2:Route"
    stack.add(bound, "a", subnetId=made, routeTableId=table)
    stack.add(route, "out", routeTableId=table, gatewayId="igw-1", destinationCidrBlock="0.0.0.0/0")
    return stack, made


def test_default_tags_of_the_provider_classify_a_subnet_in_a_preview() -> None:
    stack, made = open_network()
    assert unclassified(stack.preview())
    tags = json.dumps({"tags": {"Tier": "private"}})
    stack.made[1] = replace(made, provider={"defaultTags": tags})
    assert not unclassified(stack.preview())


def test_a_default_tag_that_cannot_be_seen_is_not_overruled_by_a_name() -> None:
    for tier in (UNKNOWN, 10**400):
        stack, made = open_network(tags={"Name": "public-a"})
        tags = json.dumps({"tags": {"Tier": tier}})
        stack.made[1] = replace(made, provider={"defaultTags": tags})
        outcome = analyze(stack.preview(), policies())
        assert len(outcome.of("facts-are-missing")) == 1
        assert outcome.of("pack-is-sound") == []


def test_a_tag_of_its_own_resource_classifies_a_subnet() -> None:
    stack, made = open_network()
    assert unclassified(stack.preview())
    stack.add("ec2/tag:Tag", "tier", resourceId=made, key="Tier", value="private")
    assert not unclassified(stack.preview())
    assert not unclassified(stack.state())


def test_tags_written_as_pairs_classify_a_subnet() -> None:
    stack, _ = open_network("aws-native", tags=[{"key": "Tier", "value": "private"}])
    assert not unclassified(stack.preview())
    assert not unclassified(stack.state())


def test_a_command_leaves_private_subnets_unverified_and_is_named() -> None:
    stack, _ = closed_network()
    stack.add("command:local:Command", "setup", create="make")
    missing = analyze(stack.preview(), policies()).of("facts-are-missing")
    assert ["setup" in each.message for each in missing] == [True]


def test_a_template_without_network_types_changes_nothing() -> None:
    stack, _ = closed_network()
    body = json.dumps({"Resources": {"Bucket": {"Type": "AWS::S3::Bucket"}}})
    stack.add("cloudformation/stack:Stack", "storage", templateBody=body)
    assert analyze(stack.preview(), policies()).violations == ()


def test_a_type_of_the_future_that_names_a_route_table_is_named() -> None:
    stack, made = closed_network()
    stack.add("ec2/routeOfTheFuture:RouteOfTheFuture", "new", routeTableId=made["table"])
    missing = analyze(stack.preview(), policies()).of("facts-are-missing")
    assert len(missing) == 1
    assert "not modelled, with routeTableId" in missing[0].message


MAIN = "rtb-of-aws"


def read_network(*routes: dict[str, str], **of_vpc: Any) -> list[Given]:
    """A VPC and its main table as `.get()` leaves them in state, and subnets without a table."""
    made = {"id": "vpc-1", "cidrBlock": "10.0.0.0/16", "mainRouteTableId": MAIN}
    hub = {**made, "defaultRouteTableId": MAIN, "defaultSecurityGroupId": "sg-of-aws"}
    main = {"id": MAIN, "vpcId": "vpc-1", "routes": list(routes)}
    place = {"vpcId": "vpc-1", "cidrBlock": "10.0.1.0/24"}
    return [
        Given("aws:ec2/vpc:Vpc", "hub", of_vpc, hub),
        Given("aws:ec2/routeTable:RouteTable", "main", {}, main),
        Given(SUBNET, "private-a", place, {"id": "subnet-1", **place}),
    ]


def test_the_main_table_of_a_vpc_that_is_only_read_is_not_seen() -> None:
    hub, _, made = read_network()
    outcome = analyze([hub, made], policies())
    assert outcome.of(RULE) == []
    assert "which is outside of the stack" in outcome.of("facts-are-missing")[0].message


def test_the_default_group_of_a_vpc_that_is_only_read_is_not_seen() -> None:
    hub, *_ = read_network()
    told = {"vpcId": "vpc-1", "serviceName": "ec2", "vpcEndpointType": "Interface"}
    shown = {"id": "vpce-1", **told, "securityGroupIds": ["sg-of-aws"]}
    endpoint = Given("aws:ec2/vpcEndpoint:VpcEndpoint", "ec2", told, shown)
    outcome = analyze([hub, endpoint], policies())
    assert outcome.of("endpoints-admit-only-https") == []
    assert len(outcome.of("facts-are-missing")) == 1
    group = {"id": "sg-of-aws", "vpcId": "vpc-1", "ingress": []}
    closed = Given("aws:ec2/securityGroup:SecurityGroup", "default", {}, group)
    said = {each.policy for each in analyze([hub, endpoint, closed], policies()).violations}
    assert said == {"endpoints-are-usable-and-narrow"}


def test_an_ordinary_table_with_the_id_of_a_main_table_is_the_main_table() -> None:
    out = {"cidrBlock": "0.0.0.0/0", "gatewayId": "igw-1"}
    assert analyze(read_network(), policies()).violations == ()
    assert len(analyze(read_network(out), policies()).of(RULE)) == 1
    assert len(analyze(read_network(out, cidrBlock="10.0.0.0/16"), policies()).of(RULE)) == 1


def test_messages_name_what_is_only_read_and_names_with_colons_by_their_names() -> None:
    stack, made = closed_network()
    table = stack.read("ec2/routeTable:RouteTable", "team::inner")
    other = stack.add("ec2/subnet:Subnet", "team::private-b", vpcId=made["vpc"])
    bound = "ec2/routeTableAssociation:RouteTableAssociation"
    stack.add(bound, "b", subnetId=other, routeTableId=table)
    message = analyze(stack.preview(), policies()).of("facts-are-missing")[0].message
    assert "path: subnet team::private-b -> association b -> route table team::inner\n" in message


def test_a_route_in_the_main_table_of_a_vpc_that_is_only_read_is_seen() -> None:
    stack = Stack()
    hub = stack.read("ec2/vpc:Vpc", "hub")
    gateway = stack.add("ec2/internetGateway:InternetGateway", "way-out", vpcId=hub)
    stack.add("ec2/subnet:Subnet", "private-a", vpcId=hub, cidrBlock="10.0.1.0/24")
    told = {RULE: {"closedTables": [hub.id]}}
    assert len(analyze(stack.preview(), policies()).of("facts-are-missing")) == 1
    assert analyze(stack.preview(), policies(), config=told).violations == ()
    main = hub.output("mainRouteTableId")
    out = {"destinationCidrBlock": "0.0.0.0/0", "gatewayId": gateway}
    stack.add("ec2/route:Route", "out", routeTableId=main, **out)
    found = analyze(stack.preview(), policies(), config=told).of(RULE)
    assert "main table -> main route table of VPC hub -> route" in found[0].message


READ_WITH = {
    "nothing": {},
    "its region": {"region": "us-east-1"},
    "a tag": {"tags": {"Name": "hub"}},
    "its range": {"cidrBlock": "10.0.0.0/16"},
}
"""What `.get()` was called with; the state keeps it as inputs."""


@pytest.mark.parametrize("told", READ_WITH.values(), ids=READ_WITH.keys())
def test_a_vpc_read_with_a_state_argument_is_no_managed_one(told: dict[str, Any]) -> None:
    shown = {
        "id": "vpc-1",
        "cidrBlock": "10.0.0.0/16",
        "defaultRouteTableId": "rtb-1",
        "mainRouteTableId": "rtb-1",
        "defaultSecurityGroupId": "sg-1",
        "enableDnsSupport": True,
        "instanceTenancy": "default",
    }
    hub = Given("aws:ec2/vpc:Vpc", "hub", told, shown)
    place = {"vpcId": "vpc-1", "cidrBlock": "10.0.1.0/24"}
    subnet = Given(SUBNET, "private-a", place, {"id": "subnet-1", **place})
    given = {"vpcId": "vpc-1", "serviceName": "ec2", "vpcEndpointType": "Interface"}
    endpoint = Given("aws:ec2/vpcEndpoint:VpcEndpoint", "ec2", given, {"id": "vpce-1", **given})
    outcome = analyze([hub, subnet, endpoint], policies())
    assert not outcome.refused
    unverified = {each.urn for each in outcome.of("facts-are-missing")}
    assert unverified == {subnet.urn, endpoint.urn}


def test_a_vpc_with_the_defaults_of_the_providers_check_is_a_managed_one() -> None:
    told = {"cidrBlock": "10.0.0.0/16", "enableDnsSupport": True, "instanceTenancy": "default"}
    hub = Given("aws:ec2/vpc:Vpc", "hub", told, {"id": "vpc-1", **told})
    place = {"vpcId": "vpc-1", "cidrBlock": "10.0.1.0/24"}
    subnet = Given(SUBNET, "private-a", place, {"id": "subnet-1", **place})
    assert analyze([hub, subnet], policies()).violations == ()


LIKE_THE_DEFAULT = {"cidrBlock": "172.31.0.0/16", "enableDnsHostnames": True}


@pytest.mark.parametrize(
    ("inputs", "expected"),
    [
        (LIKE_THE_DEFAULT, "unverified"),
        ({**LIKE_THE_DEFAULT, "enableDnsHostnames": False}, "kept"),
        ({**LIKE_THE_DEFAULT, "cidrBlock": "172.30.0.0/16"}, "kept"),
    ],
)
def test_a_vpc_that_looks_like_awss_default_one_may_be_it_once_it_exists(
    inputs: dict[str, Any], expected: str
) -> None:
    stack = Stack()
    home = stack.add("ec2/vpc:Vpc", "imported", **inputs)
    stack.add("ec2/subnet:Subnet", "private-a", vpcId=home, cidrBlock="172.31.0.0/20")
    said = analyze(stack.state(), policies()).of("facts-are-missing")
    assert any("is AWS's default VPC" in each.message for each in said) == (expected != "kept")
    assert not analyze(stack.preview(), policies(), preview=True).of("facts-are-missing")


def test_an_adopted_or_closed_main_table_settles_whether_a_vpc_is_the_default_one() -> None:
    stack = Stack()
    home = stack.add("ec2/vpc:Vpc", "imported", **LIKE_THE_DEFAULT)
    stack.add("ec2/subnet:Subnet", "private-a", vpcId=home, cidrBlock="172.31.0.0/20")
    config = {RULE: {"closedTables": [home.id]}}
    assert not analyze(stack.state(), policies(), config=config).violations
    main = home.output("defaultRouteTableId")
    stack.add("ec2/defaultRouteTable:DefaultRouteTable", "main", defaultRouteTableId=main)
    assert not analyze(stack.state(), policies()).violations
