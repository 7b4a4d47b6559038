"""Every unverified finding says what to paste into the configuration, and that settles it."""

import json
import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from guardrails.options.exemptions import today
from guardrails.pack import policies
from guardrails.testing import UNKNOWN, Given, analyze
from tests.support.pages import rows_below
from tests.support.policy_stacks import Made, Stack, closed_network

PAGE = Path(__file__).parents[2] / "docs" / "policy.md"
MISSING = "facts-are-missing"
ANYWHERE = "0.0.0.0/0"


def routed(**target: Any) -> Stack:
    """A private subnet whose table has a default route to `target`."""
    stack, made = closed_network()
    route_to(stack, made["table"], **target)
    return stack


def route_to(stack: Stack, table: Any, destination: str = ANYWHERE, **target: Any) -> None:
    target.setdefault("destinationCidrBlock", destination)
    stack.route(table, **target)


def bound_to(table: Any) -> Stack:
    stack, made = closed_network()
    second = stack.add("ec2/subnet:Subnet", "private-b", vpcId=made["vpc"], cidrBlock="10.0.2.0/24")
    stack.bind(second, table, "outer-b")
    return stack


def in_a_vpc_that_is_read() -> Stack:
    stack = Stack()
    vpc = stack.read("ec2/vpc:Vpc", "shared")
    stack.add("ec2/subnet:Subnet", "private-a", vpcId=vpc, cidrBlock="10.0.1.0/24")
    return stack


def with_propagation() -> Stack:
    stack, made = closed_network()
    vpn = stack.add("ec2/vpnGateway:VpnGateway", "vpn", vpcId=made["vpc"])
    stack.add(
        "ec2/vpnGatewayRoutePropagation:VpnGatewayRoutePropagation",
        "learned",
        routeTableId=made["table"],
        vpnGatewayId=vpn,
    )
    return stack


def to_a_peer() -> Stack:
    stack, made = closed_network()
    peering = stack.add(
        "ec2/vpcPeeringConnection:VpcPeeringConnection",
        "peer",
        vpcId=made["vpc"],
        peerVpcId="vpc-elsewhere",
    )
    route_to(stack, made["table"], vpcPeeringConnectionId=peering)
    return stack


def without_signs() -> Stack:
    stack, made = closed_network()
    subnet = stack.add("ec2/subnet:Subnet", "web-1", vpcId=made["vpc"], cidrBlock="10.0.2.0/24")
    table = stack.add("ec2/routeTable:RouteTable", "edge", vpcId=made["vpc"])
    stack.bind(subnet, table, "edge")
    route_to(stack, table, gatewayId=made["gateway"])
    return stack


def add_api(stack: Stack, **given: Any) -> None:
    """Add an interface endpoint of the EC2 API."""
    stack.add(
        "ec2/vpcEndpoint:VpcEndpoint",
        "api",
        serviceName="com.amazonaws.us-east-1.ec2",
        vpcEndpointType="Interface",
        **given,
    )


def endpoint(vpc: Callable[[Stack, dict[str, Made]], Any], groups: list[str]) -> Stack:
    stack, made = closed_network()
    add_api(stack, vpcId=vpc(stack, made), **({"securityGroupIds": groups} if groups else {}))
    return stack


def virtual_ip_in_a_vpc_that_is_read() -> Stack:
    stack = in_a_vpc_that_is_read()
    table = stack.add(
        "ec2/routeTable:RouteTable", "inner", vpcId=stack.read("ec2/vpc:Vpc", "shared")
    )
    route_to(stack, table, "20.0.0.100/32", networkInterfaceId="eni-0123456789abcdef0")
    return stack


def with_command() -> Stack:
    stack, _ = closed_network()
    stack.add("command:local:Command", "setup", create="./setup")
    return stack


def after_a_refresh() -> list[Given]:
    stack, made = closed_network()
    route_to(stack, made["table"], gatewayId=made["gateway"])
    return stack.refreshed(stack.made[-1])


TRANSIT = "tgw-0123456789abcdef0"
CASES: dict[str, Callable[[], Stack]] = {
    "the routes of a route table outside of the stack": lambda: bound_to("rtb-0123456789abcdef0"),
    "the routes of the main table of a VPC that is only read": in_a_vpc_that_is_read,
    "where a transit gateway leads": lambda: routed(transitGatewayId=TRANSIT),
    "where a core network leads": lambda: routed(
        coreNetworkArn="arn:aws:networkmanager::123456789012:core-network/core-network-1"
    ),
    "whether a machine or a firewall's endpoint forwards packets": lambda: routed(
        networkInterfaceId="eni-0123456789abcdef0"
    ),
    "why public addresses are routed to a peering connection": to_a_peer,
    "which routes a VPN gateway propagates": with_propagation,
    "whether a subnet is private": without_signs,
    "the rules of a security group outside of the stack": lambda: endpoint(
        lambda _, made: made["vpc"], ["sg-0123456789abcdef0"]
    ),
    "the rules of the default security group of a VPC that is only read": lambda: endpoint(
        lambda stack, _: stack.read("ec2/vpc:Vpc", "shared"), []
    ),
    "the ranges of a VPC that is only read": virtual_ip_in_a_vpc_that_is_read,
    "whether a NAT gateway outside of the stack is public or private": lambda: routed(
        natGatewayId="nat-0123456789abcdef0"
    ),
    "the entries of a prefix list outside of the stack": lambda: routed(
        destinationCidrBlock=None,
        destinationPrefixListId="pl-0123456789abcdef0",
        transitGatewayId=TRANSIT,
    ),
    "a value that the preview does not know": lambda: routed(gatewayId=UNKNOWN),
    "what a command, template or module writes": with_command,
}
"""By the row of docs/policy.md: a stack in which that fact is missing."""


def missing(shown: list[Given], **config: Any) -> list[str]:
    outcome = analyze(shown, policies(), config=config, preview=True)
    return [each.message for each in outcome.of(MISSING)]


def pasted(message: str) -> dict[str, Any]:
    """Return the configuration that a message gives, with what the reader has to fill in."""
    start = re.search(r"(?<=configure )\{|(?<=exempt: )\{", message)
    assert start is not None, message
    config, _ = json.JSONDecoder().raw_decode(message, start.start())
    for options in config.values():
        for exemption in options.get("exemptions", ()):
            exemption["expires"] = (today() + timedelta(days=1)).isoformat()
        for vpc in options.get("vpcRanges", ()):
            options["vpcRanges"][vpc] = ["10.0.0.0/16"]
    return config


def table_of_the_page() -> dict[str, str]:
    return dict(rows_below(PAGE.read_text(), "| missing fact | option |"))


@pytest.mark.parametrize(("fact", "make"), CASES.items(), ids=CASES.keys())
def test_what_a_message_says_to_paste_settles_it(fact: str, make: Callable[[], Stack]) -> None:
    shown = make().preview()
    option = table_of_the_page()[fact].partition("`")[2].partition("`")[0]
    before = missing(shown)
    (message,) = [each for each in before if option in next(iter(pasted(each).values()))]
    after = analyze(shown, policies(), config=pasted(message), preview=True)
    assert {each.message for each in after.of(MISSING)} == {*before} - {message}
    assert not after.refused


def test_what_only_a_refresh_can_tell_says_so_and_nothing_else() -> None:
    (message,) = missing(after_a_refresh())
    fix = message.partition("fix: ")[2]
    assert fix.startswith("run `pulumi refresh`")
    assert "{" not in fix


def test_the_table_of_missing_facts_has_a_test_for_each_row() -> None:
    refresh = "what was seen at the last refresh and is declared nowhere"
    assert table_of_the_page().keys() == {*CASES, refresh}


def test_several_facts_are_supplied_by_one_configuration() -> None:
    stack = bound_to("rtb-0123456789abcdef0")
    subnet = next(each for each in stack.made if each.name == "private-b")
    stack.bind(subnet, "rtb-1123456789abcdef0", "second-b")
    (message,) = missing(stack.preview())
    (options,) = pasted(message).values()
    assert options == {"closedTables": ["rtb-0123456789abcdef0", "rtb-1123456789abcdef0"]}
    assert missing(stack.preview(), **pasted(message)) == []


def test_one_fact_that_many_subjects_lack_is_one_finding_with_all_of_them() -> None:
    stack, made = closed_network()
    for letter in "bcdefghijklmno":
        subnet = stack.add(
            "ec2/subnet:Subnet", f"private-{letter}", vpcId=made["vpc"], cidrBlock="10.0.2.0/24"
        )
        table = stack.add("ec2/routeTable:RouteTable", f"table-{letter}", vpcId=made["vpc"])
        stack.bind(subnet, table, f"bound-{letter}")
    route_to(stack, UNKNOWN, gatewayId=made["gateway"])
    (message,) = missing(stack.preview())
    others = ", ".join(f"private-{letter}" for letter in "bcdefghijklmno")
    assert "subnet private-a may have an egress path" in message
    assert f"\n  and 14 more: {others}\n  path: " in message
    assert message.count("not known: ") == 1
    outcome = analyze(stack.preview(), policies(), config=pasted(message), preview=True)
    assert outcome.of(MISSING) == []


def test_subjects_that_lack_different_facts_are_told_apart() -> None:
    stack = bound_to("rtb-0123456789abcdef0")
    table = next(each for each in stack.made if each.name == "inner")
    route_to(stack, table, transitGatewayId=TRANSIT)
    assert len(missing(stack.preview())) == 2


def with_endpoint() -> tuple[Stack, dict[str, Made]]:
    stack, made = closed_network()
    group = stack.add("ec2/securityGroup:SecurityGroup", "https", vpcId=made["vpc"])
    add_api(stack, vpcId=made["vpc"], securityGroupIds=[group])
    return stack, made


def test_commands_are_one_finding_for_all_rules_that_they_may_concern() -> None:
    stack, _ = with_endpoint()
    stack.add("command:local:Command", "render", create="envsubst < a > b")
    stack.add("command:remote:Command", "start", create=UNKNOWN)
    (message,) = missing(stack.preview())
    lines = message.splitlines()[1:]
    assert lines[0] == (
        "endpoints-admit-only-https: render (a command) may change the network where it cannot be"
        " seen"
    )
    assert lines[1] == "private-subnets-have-no-internet-route: likewise"
    assert lines[2:5] == [
        "  and 1 more: start",
        "  path: a command render",
        "  not known: what a command writes",
    ]
    config = pasted(message)
    assert {rule: len(options["exemptions"]) for rule, options in config.items()} == {
        "endpoints-admit-only-https": 2,
        "private-subnets-have-no-internet-route": 2,
    }
    assert missing(stack.preview(), **config) == []


def test_what_one_rule_refuses_is_told_apart_from_what_another_only_notes() -> None:
    stack, _ = with_endpoint()
    stack.add("command:local:Command", "render", create="envsubst < a > b")
    config = {"endpoints-admit-only-https": {"onUnverified": "mandatory"}}
    outcome = analyze(stack.preview(), policies(), config=config, preview=True)
    (note,), (refusal,) = outcome.of(MISSING), outcome.of("facts-are-missing-is-refused")
    assert "\nprivate-subnets-have-no-internet-route: render" in note.message
    assert "\nendpoints-admit-only-https: render" in refusal.message
    assert "likewise" not in note.message + refusal.message


@pytest.mark.parametrize(
    ("inputs", "told"),
    [
        ({}, 0),
        ({"environment": {"A": "b"}, "triggers": ["c"]}, 0),
        ({"create": ""}, 1),
        ({"update": "make"}, 1),
        ({"delete": "make"}, 1),
        ({"create": UNKNOWN}, 1),
    ],
)
def test_a_command_that_runs_nothing_writes_nothing(inputs: dict[str, Any], told: int) -> None:
    stack, _ = with_endpoint()
    stack.add("command:local:Command", "maybe", **inputs)
    assert len(missing(stack.preview())) == told
    assert len(missing(stack.state())) == told
