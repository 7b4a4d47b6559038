"""What outputs show of other resources: as old as the last refresh, so that it proves nothing."""

from collections.abc import Callable
from typing import Any

import pytest

from guardrails.pack import policies
from guardrails.testing import Given, Outcome, analyze
from tests.support.policy_stacks import Made, Stack, closed_network

ROUTES = "private-subnets-have-no-internet-route"
ENDPOINTS = "endpoints-admit-only-https"
SEEN = "(seen at the last refresh, declared nowhere)"
WORLD = "0.0.0.0/0"
GROUP = "ec2/securityGroup:SecurityGroup"
RULE = "vpc/securityGroupIngressRule:SecurityGroupIngressRule"
OLD_RULE = "ec2/securityGroupRule:SecurityGroupRule"
MAIN = "ec2/mainRouteTableAssociation:MainRouteTableAssociation"
HTTPS = {"ipProtocol": "tcp", "fromPort": 443, "toPort": 443, "cidrIpv4": "10.0.0.0/16"}
SSH = {"ipProtocol": "tcp", "fromPort": 22, "toPort": 22, "cidrIpv4": "10.0.0.0/16"}


def network() -> tuple[Stack, dict[str, Made]]:
    """A closed network with an endpoint whose group admits HTTPS by a stand-alone rule."""
    stack, made = closed_network()
    group = stack.add(GROUP, "group", vpcId=made["vpc"])
    stack.add(RULE, "https", securityGroupId=group, **HTTPS)
    endpoint = stack.add(
        "ec2/vpcEndpoint:VpcEndpoint",
        "control",
        vpcId=made["vpc"],
        vpcEndpointType="Interface",
        serviceName="com.amazonaws.us-east-1.ec2",
        securityGroupIds=[group],
    )
    return stack, {**made, "group": group, "endpoint": endpoint}


def route(stack: Stack, made: dict[str, Made]) -> Made:
    return stack.add(
        "ec2/route:Route",
        "out",
        routeTableId=made["table"],
        destinationCidrBlock=WORLD,
        gatewayId=made["gateway"],
    )


def route_of_the_main_table(stack: Stack, made: dict[str, Made]) -> Made:
    stack.add("ec2/subnet:Subnet", "private-b", vpcId=made["vpc"], cidrBlock="10.0.2.0/24")
    main = stack.add(
        "ec2/defaultRouteTable:DefaultRouteTable",
        "main",
        shown={"id": f"rtb-main-{made['vpc'].id}", "vpcId": made["vpc"].id},
        defaultRouteTableId=made["vpc"].output("defaultRouteTableId"),
    )
    return stack.add(
        "ec2/route:Route",
        "out",
        routeTableId=main.output("id"),
        destinationCidrBlock=WORLD,
        gatewayId=made["gateway"],
    )


def prefix_list_entry(stack: Stack, made: dict[str, Made]) -> Made:
    ranges = stack.add("ec2/managedPrefixList:ManagedPrefixList", "ranges", maxEntries=5)
    nat = stack.add("ec2/natGateway:NatGateway", "nat", subnetId="subnet-elsewhere")
    stack.add(
        "ec2/route:Route",
        "to-ranges",
        routeTableId=made["table"],
        destinationPrefixListId=ranges,
        natGatewayId=nat,
    )
    token = "ec2/managedPrefixListEntry:ManagedPrefixListEntry"
    stack.add(token, "internal", prefixListId=ranges, cidr="10.9.0.0/16")
    return stack.add(token, "world", prefixListId=ranges, cidr=WORLD)


def rule(stack: Stack, made: dict[str, Made]) -> Made:
    return stack.add(RULE, "ssh", securityGroupId=made["group"], **SSH)


def rule_with_a_direction(stack: Stack, made: dict[str, Made]) -> Made:
    more = {"protocol": "tcp", "fromPort": 22, "toPort": 22, "cidrBlocks": ["10.0.0.0/16"]}
    return stack.add(OLD_RULE, "ssh", securityGroupId=made["group"], type="ingress", **more)


def rule_of_the_default_group(stack: Stack, made: dict[str, Made]) -> Made:
    token = "ec2/defaultSecurityGroup:DefaultSecurityGroup"
    vpc = made["vpc"]
    own = stack.add(token, "own", shown={"id": f"sg-default-{vpc.id}"}, vpcId=vpc)
    made["endpoint"].inputs["securityGroupIds"] = [own.output("id")]
    return stack.add(RULE, "ssh", securityGroupId=own.output("id"), **SSH)


REMOVED: dict[Callable[..., Made], str] = {
    route: ROUTES,
    route_of_the_main_table: ROUTES,
    prefix_list_entry: ROUTES,
    rule: ENDPOINTS,
    rule_with_a_direction: ENDPOINTS,
    rule_of_the_default_group: ENDPOINTS,
}
"""What makes a violation as long as the program has it, by the rule that it violates."""


def judged(shown: list[Given], *, preview: bool | None = True) -> Outcome:
    outcome = analyze(shown, policies(), preview=preview)
    assert outcome.of("pack-is-sound") == []
    return outcome


@pytest.mark.parametrize("add", REMOVED, ids=[each.__name__ for each in REMOVED])
def test_what_an_update_removes_is_unverified_and_no_reason_to_refuse_it(
    add: Callable[..., Made],
) -> None:
    stack, made = network()
    gone = add(stack, made)
    outcome = judged(stack.refreshed(gone))
    assert not outcome.refused
    messages = [each.message for each in outcome.of("facts-are-missing")]
    assert messages
    assert all(SEEN in each and "run `pulumi refresh`" in each for each in messages)


@pytest.mark.parametrize(("add", "name"), REMOVED.items(), ids=[each.__name__ for each in REMOVED])
def test_what_is_declared_decides_before_and_after_a_refresh(
    add: Callable[..., Made], name: str
) -> None:
    stack, made = network()
    add(stack, made)
    assert len(judged(stack.state()).of(name)) == 1
    refreshed = judged(stack.refreshed())
    assert len(refreshed.of(name)) == 1
    assert refreshed.of("facts-are-missing") == []


def test_a_closed_network_is_kept_after_a_refresh() -> None:
    stack, _ = network()
    assert judged(stack.refreshed()).violations == ()


def main_association(stack: Stack, made: dict[str, Made], table: Made) -> Made:
    stack.add("ec2/subnet:Subnet", "private-c", vpcId=made["vpc"], cidrBlock="10.0.3.0/24")
    return stack.add(MAIN, "main", vpcId=made["vpc"], routeTableId=table)


def open_main_table(stack: Stack, made: dict[str, Made]) -> None:
    """Open the main table that AWS made."""
    stack.add(
        "ec2/route:Route",
        "out",
        routeTableId=made["vpc"].output("defaultRouteTableId"),
        destinationCidrBlock=WORLD,
        gatewayId=made["gateway"],
    )


def test_a_removed_main_association_is_no_longer_believed() -> None:
    stack, made = network()
    open_main_table(stack, made)
    gone = main_association(stack, made, made["table"])
    assert judged(stack.refreshed()).violations == ()
    outcome = judged(stack.refreshed(gone))
    assert not outcome.refused
    assert [each.message.count(SEEN) for each in outcome.of("facts-are-missing")] == [1]


def test_a_main_table_that_left_the_program_with_its_association_hides_no_route() -> None:
    stack, made = network()
    open_main_table(stack, made)
    table = stack.add("ec2/routeTable:RouteTable", "closed", vpcId=made["vpc"])
    gone = main_association(stack, made, table)
    outcome = judged(stack.refreshed(gone, table))
    assert not outcome.refused
    [found] = outcome.of("facts-are-missing")
    assert f"main route table of VPC hub, rtb-main-{made['vpc'].id}" in found.message


def test_the_adopter_of_a_main_table_stays_it_behind_a_removed_main_association() -> None:
    stack, made = network()
    route_of_the_main_table(stack, made)
    gone = main_association(stack, made, made["table"])
    assert judged(stack.refreshed()).violations == ()
    outcome = judged(stack.refreshed(gone))
    assert not outcome.refused
    assert SEEN in outcome.of("facts-are-missing")[0].message


def test_a_removed_main_association_with_an_open_table_is_no_reason_to_refuse() -> None:
    stack, made = network()
    routes = [{"cidrBlock": WORLD, "gatewayId": made["gateway"]}]
    table = stack.add("ec2/routeTable:RouteTable", "open", vpcId=made["vpc"], routes=routes)
    gone = main_association(stack, made, table)
    assert len(judged(stack.refreshed()).of(ROUTES)) == 1
    outcome = judged(stack.refreshed(gone))
    assert not outcome.refused
    assert SEEN in outcome.of("facts-are-missing")[0].message


def test_a_removed_propagation_is_named_as_seen() -> None:
    stack, made = network()
    office = stack.add("ec2/vpnGateway:VpnGateway", "office", vpcId=made["vpc"])
    token = "ec2/vpnGatewayRoutePropagation:VpnGatewayRoutePropagation"
    gone = stack.add(token, "office", routeTableId=made["table"], vpnGatewayId=office)
    (declared,) = judged(stack.refreshed()).of("facts-are-missing")
    assert SEEN not in declared.message
    (seen,) = judged(stack.refreshed(gone)).of("facts-are-missing")
    assert f"whether route propagation into RouteTable inner is still there {SEEN}" in seen.message


def endpoint_without_groups(stack: Stack, made: dict[str, Made], group: Made, **more: Any) -> Made:
    """An endpoint that gets the default group, whose rules the stack takes away, and another."""
    vpc = made["vpc"]
    token = "ec2/defaultSecurityGroup:DefaultSecurityGroup"
    stack.add(token, "own", shown={"id": f"sg-default-{vpc.id}"}, vpcId=vpc)
    endpoint = stack.add(
        "ec2/vpcEndpoint:VpcEndpoint",
        "bare",
        shown={"securityGroupIds": [f"sg-default-{vpc.id}"]},
        vpcId=vpc,
        vpcEndpointType="Interface",
        serviceName="com.amazonaws.us-east-1.logs",
    )
    token = "ec2/securityGroupAssociation:SecurityGroupAssociation"
    return stack.add(token, "later", vpcEndpointId=endpoint, securityGroupId=group, **more)


def test_a_removed_group_of_an_endpoint_is_no_reason_to_refuse() -> None:
    stack, made = network()
    ssh = stack.add(GROUP, "ssh", vpcId=made["vpc"], ingress=[{"protocol": "tcp", "fromPort": 22}])
    gone = endpoint_without_groups(stack, made, ssh)
    assert len(judged(stack.refreshed()).of(ENDPOINTS)) == 1
    outcome = judged(stack.refreshed(gone))
    assert not outcome.refused
    assert SEEN in outcome.of("facts-are-missing")[0].message


def test_the_default_group_may_be_back_once_its_replacement_is_removed() -> None:
    stack, made = network()
    gone = endpoint_without_groups(stack, made, made["group"], replaceDefaultAssociation=True)
    everything = {"protocol": "-1", "fromPort": 0, "toPort": 0, "self": True}
    default = next(each for each in stack.made if each.name == "own")
    default.inputs["ingress"] = [everything]
    assert judged(stack.refreshed()).violations == ()
    outcome = judged(stack.refreshed(gone))
    assert not outcome.refused
    assert SEEN in outcome.of("facts-are-missing")[0].message


def test_an_entry_within_internal_ranges_matters_to_nobody() -> None:
    stack, made = network()
    world = prefix_list_entry(stack, made)
    internal = next(each for each in stack.made if each.name == "internal")
    stack.made.remove(world)
    assert judged(stack.refreshed(internal)).violations == ()


def test_an_inline_list_decides_against_what_outputs_show_besides() -> None:
    stack, made = network()
    routes = [{"cidrBlock": "10.9.0.0/16", "gatewayId": "vgw-1"}]
    made["table"].inputs["routes"] = routes
    gone = route(stack, made)
    outcome = judged(stack.refreshed(gone))
    assert not outcome.refused
    assert SEEN in outcome.of("facts-are-missing")[0].message


@pytest.mark.parametrize("told", [{}, {"tags": {"Name": "inner"}}])
def test_what_is_only_read_is_as_it_was_read(told: dict[str, Any]) -> None:
    stack, made = network()
    given = [each for each in stack.state() if each.urn != made["table"].urn]
    outputs = {
        "id": made["table"].id,
        "vpcId": made["vpc"].id,
        "routes": [{"cidrBlock": WORLD, "gatewayId": made["gateway"].id}],
    }
    read = Given("aws:ec2/routeTable:RouteTable", "inner", told, outputs)
    assert len(judged([*given, read], preview=None).of(ROUTES)) == 1
