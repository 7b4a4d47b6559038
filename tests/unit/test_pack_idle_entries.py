"""What of a configuration has no effect in a stack is told, and of a disabled rule nothing is."""

from typing import Any

import pytest

from guardrails.pack import policies
from guardrails.testing import UNKNOWN, Outcome, analyze
from tests.support.policy_stacks import GUESSING, Made, Stack, closed_network

ROUTES = "private-subnets-have-no-internet-route"
ENDPOINTS = "endpoints-admit-only-https"
VIRTUAL_IP = "virtual-ip-outside-vpc-cidr"
SOUND = "pack-is-sound"
ID = "0123456789abcdef0"


def everything() -> tuple[Stack, dict[str, Made]]:
    """A closed network with things of its own and things that it only names."""
    stack, made = closed_network()
    made["group"] = stack.add("ec2/securityGroup:SecurityGroup", "https", vpcId=made["vpc"])
    stack.add(
        "ec2/vpcEndpoint:VpcEndpoint",
        "api",
        vpcId=made["vpc"],
        serviceName="com.amazonaws.us-east-1.ec2",
        vpcEndpointType="Interface",
        securityGroupIds=[made["group"], f"sg-{ID}"],
    )
    made["nat"] = stack.add(
        "ec2/natGateway:NatGateway", "nat", subnetId=made["subnet"], connectivityType="private"
    )
    made["vpn"] = stack.add("ec2/vpnGateway:VpnGateway", "vpn", vpcId=made["vpc"])
    for name, target in (
        ("t", {"transitGatewayId": f"tgw-{ID}"}),
        ("v", {"gatewayId": made["vpn"]}),
    ):
        stack.add(
            "ec2/route:Route",
            name,
            routeTableId=made["table"],
            destinationCidrBlock="8.0.0.0/8" if name == "t" else "9.0.0.0/8",
            **target,
        )
    stack.bind(f"subnet-{ID}", f"rtb-{ID}", "elsewhere")
    stack.add("ec2/subnet:Subnet", "shared-b", vpcId=f"vpc-{ID}", cidrBlock="10.7.0.0/24")
    return stack, made


def told(rule: str, outcome: Outcome) -> list[str]:
    start = f"the configuration of the pack has no effect: {rule}."
    lines = [line for each in outcome.of(SOUND) for line in each.message.splitlines()]
    return [line.removeprefix(start) for line in lines if line.startswith(start)]


IDLE: list[tuple[str, str, Any, str]] = [
    (ROUTES, "privateSubnets", ["subnet-1"], "names nothing in the stack"),
    (ROUTES, "publicSubnets", ["*::dmz-?"], "names nothing in the stack"),
    (ROUTES, "closedTables", ["rtb-1"], "names nothing in the stack"),
    (ROUTES, "closedTables", ["table"], "is made by the stack, so it is judged as it is"),
    (ROUTES, "closedTables", ["vpc"], "is made by the stack, so it is judged as it is"),
    (ROUTES, "closedTargets", ["tgw-1"], "names nothing in the stack"),
    (ROUTES, "closedTargets", ["nat"], "is made by the stack, so it is judged as it is"),
    (ENDPOINTS, "httpsOnlyGroups", ["sg-1"], "names nothing in the stack"),
    (ENDPOINTS, "httpsOnlyGroups", ["group"], "is made by the stack, so it is judged as it is"),
    (ENDPOINTS, "endpointLike", ["aws:rds/proxyEndpoint"], "names nothing in the stack"),
    (VIRTUAL_IP, "vpcRanges", {"vpc-1": ["10.0.0.0/16"]}, "names nothing in the stack"),
]
IN_USE: list[tuple[str, str, Any]] = [
    (ROUTES, "privateSubnets", ["*::private-?", f"subnet-{ID}"]),
    (ROUTES, "publicSubnets", ["*::shared-b"]),
    (ROUTES, "closedTables", [f"rtb-{ID}", f"vpc-{ID}"]),
    (ROUTES, "closedTargets", [f"tgw-{ID}", "vpn"]),
    (ENDPOINTS, "httpsOnlyGroups", [f"sg-{ID}"]),
    (VIRTUAL_IP, "vpcRanges", {f"vpc-{ID}": ["10.7.0.0/16"]}),
    (VIRTUAL_IP, "virtualIps", ["20.0.0.100"]),
]


def entries(value: Any, made: dict[str, Made]) -> Any:
    return (
        [made[each].urn if each in made else each for each in value]
        if isinstance(value, list)
        else value
    )


@pytest.mark.parametrize(("rule", "option", "value", "why"), IDLE)
def test_an_entry_without_effect_is_told(rule: str, option: str, value: Any, why: str) -> None:
    stack, made = everything()
    given = entries(value, made)
    outcome = analyze(stack.state(), policies(), config={rule: {option: given}})
    assert told(rule, outcome) == [f"{option}: {next(iter(given))!r} {why}"]
    assert outcome.of(SOUND)[0].level == "mandatory"


@pytest.mark.parametrize(("rule", "option", "value"), IN_USE)
def test_an_entry_with_an_effect_is_not(rule: str, option: str, value: Any) -> None:
    stack, made = everything()
    config = {rule: {option: entries(value, made)}}
    for shown in (stack.preview(), stack.state()):
        assert analyze(shown, policies(), config=config).of(SOUND) == []


def test_what_the_stack_makes_is_known_by_its_id_too() -> None:
    stack, made = everything()
    config = {ROUTES: {"closedTables": [made["table"].id]}}
    assert len(told(ROUTES, analyze(stack.state(), policies(), config=config))) == 1


def test_an_id_that_the_preview_may_yet_give_is_no_mistake() -> None:
    stack, made = everything()
    stack.bind(made["subnet"], UNKNOWN, "later")
    config = {ROUTES: {"closedTables": ["rtb-1"], "privateSubnets": [made["subnet"].id]}}
    assert analyze(stack.preview(), policies(), config=config, preview=True).of(SOUND) == []


def test_a_shared_configuration_tells_it_in_the_coverage_only() -> None:
    stack, _ = everything()
    exemption = {"urn": "*::x", "reason": "r", "owner": "o", "expires": "2999-01-01"}
    config: dict[str, dict[str, Any]] = {
        ROUTES: {"closedTables": ["rtb-1"], "exemptions": [exemption]},
        SOUND: {"sharedConfiguration": True},
    }
    outcome = analyze(stack.state(), policies(), config=config)
    assert outcome.of(SOUND) == outcome.of("exemptions-are-current") == []
    config["exemptions-are-current"] = {"coverage": True}
    (coverage,) = analyze(stack.state(), policies(), config=config).of("exemptions-are-current")
    assert f"without effect here: {ROUTES}.closedTables: 'rtb-1' names nothing" in coverage.message


def test_a_disabled_rule_is_silent_and_so_are_its_companions() -> None:
    stack, made = closed_network()
    stack.route(
        made["table"],
        destinationCidrBlock="0.0.0.0/0",
        gatewayId=made["gateway"],
    )
    stack.add("command:local:Command", "setup", create="make")
    exemption = {"urn": "*::x", "reason": "r", "owner": "o", "expires": "2020-01-01"}
    options = {
        "closedTables": ["rtb-1"],
        "exemptions": [exemption],
        "onUnverified": "mandatory",
        "advisoryExits": ["nat"],
    }
    config = {ROUTES: options, **GUESSING}
    loud = analyze(stack.update(), policies(), config=config, preview=False)
    assert {each.policy for each in loud.violations} >= {
        ROUTES,
        f"{ROUTES}-gate",
        SOUND,
        "exemptions-are-current",
        "facts-are-missing-is-refused",
    }
    options["enforcementLevel"] = "disabled"
    config["exemptions-are-current"] = {"coverage": True}
    silent = analyze(stack.update(), policies(), config=config, preview=False)
    assert not [each for each in silent.violations if ROUTES in each.message]
    assert {each.policy for each in silent.violations} == {"exemptions-are-current"}


def test_all_rules_disabled_is_no_fault() -> None:
    config = {rule: {"enforcementLevel": "disabled"} for rule in (ROUTES, ENDPOINTS, VIRTUAL_IP)}
    assert analyze(everything()[0].state(), policies(), config=config).of(SOUND) == []


def test_a_stack_of_which_all_is_skipped_was_not_judged() -> None:
    stack = Stack()
    vpc = stack.add("ec2/vpc:Vpc", "hub", cidrBlock="10.0.0.0/16")
    stack.add("ec2/subnet:Subnet", "public-a", vpcId=vpc, cidrBlock="10.0.1.0/24")
    (note,) = analyze(stack.preview(), policies()).violations
    assert (note.policy, note.level) == ("facts-are-missing", "advisory")
    assert (
        "nothing was judged, because everything was skipped (public-a: it is public)"
        in note.message
    )


def test_a_vpc_that_looks_like_aws_s_default_one_may_be_called_closed() -> None:
    stack = Stack()
    vpc = stack.add("ec2/vpc:Vpc", "imported", cidrBlock="172.31.0.0/16", enableDnsHostnames=True)
    stack.add("ec2/subnet:Subnet", "private-a", vpcId=vpc, cidrBlock="172.31.0.0/20")
    (doubt,) = analyze(stack.state(), policies()).violations
    assert "is AWS's default VPC, whose main table leads to the internet" in doubt.message
    assert f'{{"{ROUTES}": {{"closedTables": ["{vpc.urn}"]}}}}' in doubt.message
    config = {ROUTES: {"closedTables": [vpc.urn]}}
    assert analyze(stack.state(), policies(), config=config).violations == ()
