"""Advice: endpoints usable and narrow, no public addresses in private subnets, nothing ignored."""

from typing import Any

import pytest

from guardrails.pack import policies
from guardrails.testing import Outcome, analyze
from tests.support.policy_stacks import Made, Stack, closed_network

POLICY = "endpoints-are-usable-and-narrow"
WORLD = "0.0.0.0/0"
HTTPS = {"protocol": "tcp", "fromPort": 443, "toPort": 443}


def advised(stack: Stack, **config: Any) -> list[str]:
    """The first line of each piece of advice: the same before and after the update."""
    given = {POLICY: config} if config else None
    before = analyze(stack.preview(), policies(), config=given, preview=True)
    after = analyze(stack.state(), policies(), config=given)
    assert _lines(before) == _lines(after)
    return _lines(before)


def _lines(outcome: Outcome) -> list[str]:
    assert outcome.of("pack-is-sound") == []
    return [each.message.splitlines()[1] for each in outcome.of(POLICY)]


def endpoint(*ingress: dict[str, Any], **more: Any) -> tuple[Stack, dict[str, Made]]:
    stack, made = closed_network()
    token = "ec2/securityGroup:SecurityGroup"
    made["group"] = stack.add(token, "guard", vpcId=made["vpc"], ingress=list(ingress), **more)
    made["endpoint"] = stack.add(
        "ec2/vpcEndpoint:VpcEndpoint",
        "api",
        vpcId=made["vpc"],
        vpcEndpointType="Interface",
        serviceName="com.amazonaws.us-east-1.sts",
        subnetIds=[made["subnet"]],
        securityGroupIds=[made["group"]],
    )
    return stack, made


OPEN = "endpoint api admits HTTPS from the whole internet"
NOBODY = "endpoint api admits nobody: its security groups have no ingress rule"


@pytest.mark.parametrize(
    ("sources", "expected"),
    [
        ({"cidrBlocks": ["10.0.0.0/16"]}, []),
        ({"cidrBlocks": ["198.51.100.7/32", "8.8.8.0/24"]}, []),
        ({"cidrBlocks": ["10.0.0.0/16", WORLD]}, [OPEN]),
        ({"cidrBlocks": ["0.0.0.0/1", "128.0.0.0/1"]}, [OPEN]),
        ({"ipv6CidrBlocks": ["::/0"]}, [OPEN]),
        ({"securityGroups": ["sg-clients"]}, []),
        ({"prefixListIds": ["pl-of-others"]}, []),
    ],
)
def test_https_from_the_whole_world_is_too_wide(
    sources: dict[str, Any], expected: list[str]
) -> None:
    stack, _ = endpoint({**HTTPS, **sources})
    assert advised(stack) == expected


@pytest.mark.parametrize(("entry", "expected"), [(WORLD, [OPEN]), ("10.0.0.0/8", [])])
@pytest.mark.parametrize("apart", [False, True])
def test_a_prefix_list_is_as_wide_as_its_entries(
    entry: str, expected: list[str], *, apart: bool
) -> None:
    stack, made = endpoint()
    token = "ec2/managedPrefixList:ManagedPrefixList"
    entries = [] if apart else [{"cidr": entry}]
    clients = stack.add(token, "clients", maxEntries=2, addressFamily="IPv4", entries=entries)
    if apart:
        written = "ec2/managedPrefixListEntry:ManagedPrefixListEntry"
        stack.add(written, "more", prefixListId=clients, cidr=entry)
    stack.add(
        "vpc/securityGroupIngressRule:SecurityGroupIngressRule",
        "https",
        securityGroupId=made["group"],
        ipProtocol="tcp",
        fromPort=443,
        toPort=443,
        prefixListId=clients,
    )
    assert advised(stack) == expected


def test_what_is_wide_on_a_group_that_may_be_another_endpoints_is_not_said() -> None:
    stack, made = endpoint({**HTTPS, "cidrBlocks": ["10.0.0.0/16"]})
    other = stack.add("ec2/securityGroup:SecurityGroup", "other", vpcId=made["vpc"])
    rule = {"ipProtocol": "tcp", "fromPort": 443, "toPort": 443, "cidrIpv4": WORLD}
    token = "vpc/securityGroupIngressRule:SecurityGroupIngressRule"
    stack.add(token, "https", securityGroupId=other, **rule)
    assert advised(stack) == []


def test_a_group_that_admits_nobody_makes_the_endpoint_useless() -> None:
    stack, _ = endpoint()
    assert advised(stack) == [NOBODY]


@pytest.mark.parametrize("group", ["of the endpoint", "that cannot be seen"])
def test_a_rule_that_is_or_may_be_of_the_group_admits_somebody(group: str) -> None:
    stack, made = endpoint()
    rule = {"ipProtocol": "tcp", "fromPort": 443, "toPort": 443, "cidrIpv4": "10.0.0.0/16"}
    token = "vpc/securityGroupIngressRule:SecurityGroupIngressRule"
    whose = made["group"] if group == "of the endpoint" else made["gateway"].output("ownerId")
    stack.add(token, "https", securityGroupId=whose, **rule)
    shown = stack.preview()
    assert _lines(analyze(shown, policies(), preview=True)) == []


def test_a_group_of_another_stack_is_not_said_to_admit_nobody() -> None:
    stack, made = closed_network()
    stack.add(
        "ec2/vpcEndpoint:VpcEndpoint",
        "api",
        vpcId=made["vpc"],
        vpcEndpointType="Interface",
        securityGroupIds=["sg-of-others"],
    )
    config = {"endpoints-admit-only-https": {"httpsOnlyGroups": ["sg-of-others"]}}
    assert _lines(analyze(stack.preview(), policies(), config=config, preview=True)) == []


@pytest.mark.parametrize(
    ("subnet", "expected"),
    [
        ({}, []),
        ({"mapPublicIpOnLaunch": False}, []),
        ({"mapPublicIpOnLaunch": True}, ["private subnet private-a hands out public addresses"]),
        ({"mapPublicIpOnLaunch": True, "tags": {"Tier": "public"}}, []),
    ],
)
def test_a_private_subnet_hands_out_no_public_addresses(
    subnet: dict[str, Any], expected: list[str]
) -> None:
    stack, _ = closed_network(**subnet)
    assert advised(stack) == expected


IGNORED: dict[str, tuple[str, tuple[str, ...], str]] = {
    "routes of a table": ("ec2/routeTable:RouteTable", ("routes",), "routes"),
    "a part of the routes": ("ec2/routeTable:RouteTable", ("routes[0].gatewayId",), "routes"),
    "tags of a table": ("ec2/routeTable:RouteTable", ("tags",), ""),
    "everything of a group": ("ec2/securityGroup:SecurityGroup", ("*",), "ingress"),
    "a quoted property": ("ec2/securityGroup:SecurityGroup", ('["ingress"]',), "ingress"),
    "a property of a like name": ("ec2/securityGroup:SecurityGroup", ("ingressRules",), ""),
    "a native group": (
        "aws-native:ec2:SecurityGroup",
        ("securityGroupIngress",),
        "securityGroupIngress",
    ),
    "the addresses of a subnet": (
        "ec2/subnet:Subnet",
        ("mapPublicIpOnLaunch",),
        "mapPublicIpOnLaunch",
    ),
    "the table of an association": (
        "ec2/routeTableAssociation:RouteTableAssociation",
        ("routeTableId",),
        "routeTableId",
    ),
}


@pytest.mark.parametrize(("token", "ignored", "named"), IGNORED.values(), ids=list(IGNORED))
def test_ignored_changes_of_what_a_rule_judges_are_named(
    token: str, ignored: tuple[str, ...], named: str
) -> None:
    stack, made = closed_network()
    places = {"subnetId": made["subnet"], "routeTableId": made["table"]}
    given = places if "Association" in token else {"vpcId": made["vpc"]}
    stack.add(token, "odd", ignore_changes=ignored, **given)
    found = [each.partition(":")[0] for each in advised(stack)]
    assert found == ([f"odd ignores changes of {named}"] if named else [])


@pytest.mark.parametrize(
    ("destination", "expected"), [("20.0.0.100/32", 0), ("10.9.0.0/16", 1), ("2600::1/128", 0)]
)
def test_a_cluster_may_move_its_virtual_ip_but_nobody_another_route(
    destination: str, expected: int
) -> None:
    stack, made = closed_network()
    token = "ec2/networkInterface:NetworkInterface"
    node = stack.add(token, "node", subnetId=made["subnet"], sourceDestCheck=False)
    name = "destinationIpv6CidrBlock" if ":" in destination else "destinationCidrBlock"
    stack.add(
        "ec2/route:Route",
        "moved",
        ignore_changes=("networkInterfaceId", "gatewayId"),
        routeTableId=made["table"],
        networkInterfaceId=node,
        **{name: destination},
    )
    assert len(advised(stack)) == expected


def test_it_is_advice_until_the_configuration_says_otherwise() -> None:
    stack, _ = endpoint()
    config = {POLICY: {"enforcementLevel": "mandatory"}}
    [found] = analyze(stack.preview(), policies(), config=config, preview=True).of(POLICY)
    assert found.level == "mandatory"
    [found] = analyze(stack.preview(), policies(), preview=True).of(POLICY)
    assert found.level == "advisory"


def test_an_exemption_silences_it_for_its_subject() -> None:
    stack, _ = endpoint()
    exempt = {"urn": "*::api", "reason": "rules come later", "owner": "me", "expires": "2999-01-01"}
    assert advised(stack, exemptions=[exempt]) == []


EXCLUSION = "ec2/vpcBlockPublicAccessExclusion:VpcBlockPublicAccessExclusion"
THROUGH = "exclusion through exempts private subnet private-a from VPC Block Public Access"


@pytest.mark.parametrize(
    ("excluded", "expected"),
    [("subnet", [THROUGH]), ("vpc", [THROUGH]), ("public", []), ("elsewhere", [])],
)
def test_an_exclusion_from_block_public_access_is_for_public_subnets(
    excluded: str, expected: list[str]
) -> None:
    stack, made = closed_network()
    place = "ec2/subnet:Subnet"
    made["public"] = stack.add(place, "public-a", vpcId=made["vpc"], cidrBlock="10.0.9.0/24")
    far = stack.add("ec2/vpc:Vpc", "far", cidrBlock="10.1.0.0/16")
    given: dict[str, Any] = {"internetGatewayExclusionMode": "allow-egress"}
    if excluded in {"subnet", "public"}:
        given["subnetId"] = made[excluded]
    else:
        given["vpcId"] = made["vpc"] if excluded == "vpc" else far
    stack.add(EXCLUSION, "through", **given)
    assert advised(stack) == expected
