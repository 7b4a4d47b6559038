"""Routes: a preview, an update's state and `policy analyze` lead to one verdict."""

from dataclasses import replace
from typing import Any

import pytest

from guardrails.pack import policies
from guardrails.testing import UNKNOWN, Given, Outcome, analyze
from tests.support.policy_stacks import Made, Stack, closed_network

RULE = "private-subnets-have-no-internet-route"
WORLD = "0.0.0.0/0"


def verdicts(stack: Stack, config: dict[str, Any] | None = None) -> set[str]:
    """Return the verdict on the stack's subnets in a preview and in state; they must agree."""
    found = set()
    for shown, preview in ((stack.preview(), True), (stack.state(), None)):
        outcome = analyze(shown, policies(), config=config, preview=preview)
        assert outcome.of("pack-is-sound") == []
        found.add(verdict(outcome))
    assert len(found) == 1, found
    return found


def verdict(outcome: Outcome) -> str:
    if outcome.of(RULE):
        return "violated"
    unverified = [v for v in outcome.of("facts-are-missing") if RULE in v.message]
    return "unverified" if unverified else "kept"


def route(stack: Stack, table: Made, **target: Any) -> None:
    target.setdefault("destinationCidrBlock", WORLD)
    stack.add("ec2/route:Route", "out", routeTableId=table, **target)


def test_a_table_without_routes_is_kept() -> None:
    stack, _ = closed_network()
    assert verdicts(stack) == {"kept"}


@pytest.mark.parametrize(
    "destination",
    [
        {"destinationCidrBlock": "0.0.0.0/0"},
        {"destinationCidrBlock": "203.0.113.0/24"},
        {"destinationIpv6CidrBlock": "::/0"},
        {"destinationPrefixListId": "pl-63a5400a"},
    ],
)
def test_any_route_to_an_internet_gateway_is_a_violation(destination: dict[str, str]) -> None:
    stack, made = closed_network()
    destination.setdefault("destinationCidrBlock", "")
    route(stack, made["table"], gatewayId=made["gateway"], **destination)
    assert verdicts(stack) == {"violated"}


def test_an_inline_route_is_as_bad_as_one_of_its_own() -> None:
    stack = Stack()
    vpc = stack.add("ec2/vpc:Vpc", "hub", cidrBlock="10.0.0.0/16")
    out = stack.add("ec2/internetGateway:InternetGateway", "way-out", vpcId=vpc)
    table = stack.add(
        "ec2/routeTable:RouteTable",
        "inner",
        vpcId=vpc,
        routes=[{"cidrBlock": WORLD, "gatewayId": out}],
    )
    subnet = stack.add("ec2/subnet:Subnet", "private-a", vpcId=vpc, cidrBlock="10.0.1.0/24")
    stack.add(
        "ec2/routeTableAssociation:RouteTableAssociation",
        "a",
        subnetId=subnet,
        routeTableId=table,
    )
    assert verdicts(stack) == {"violated"}


def test_a_route_in_the_main_table_reaches_unbound_subnets() -> None:
    stack = Stack()
    vpc = stack.add("ec2/vpc:Vpc", "hub", cidrBlock="10.0.0.0/16")
    out = stack.add("ec2/internetGateway:InternetGateway", "way-out", vpcId=vpc)
    stack.add("ec2/subnet:Subnet", "private-a", vpcId=vpc, cidrBlock="10.0.1.0/24")
    assert verdicts(stack) == {"kept"}
    route(stack, vpc.output("mainRouteTableId"), gatewayId=out)
    assert verdicts(stack) == {"violated"}


def test_an_adopted_main_table_reaches_unbound_subnets() -> None:
    stack = Stack()
    vpc = stack.add("ec2/vpc:Vpc", "hub", cidrBlock="10.0.0.0/16")
    out = stack.add("ec2/internetGateway:InternetGateway", "way-out", vpcId=vpc)
    stack.add("ec2/subnet:Subnet", "private-a", vpcId=vpc, cidrBlock="10.0.1.0/24")
    stack.add(
        "ec2/defaultRouteTable:DefaultRouteTable",
        "adopted",
        defaultRouteTableId=vpc.output("defaultRouteTableId"),
        routes=[{"cidrBlock": WORLD, "gatewayId": out}],
    )
    assert verdicts(stack) == {"violated"}


def test_a_table_that_adopts_nobody_knows_what_keeps_nothing() -> None:
    stack = Stack()
    vpc = stack.add("ec2/vpc:Vpc", "hub", cidrBlock="10.0.0.0/16")
    stack.add("ec2/subnet:Subnet", "private-a", vpcId=vpc, cidrBlock="10.0.1.0/24")
    route = {"cidrBlock": WORLD, "gatewayId": "igw-0123"}
    adopted = Given(
        "aws:ec2/defaultRouteTable:DefaultRouteTable",
        "adopted",
        {"defaultRouteTableId": UNKNOWN, "routes": [route]},
    )
    for shown, preview in ((stack.preview(), True), (stack.state(), None)):
        assert verdict(analyze([*shown, adopted], policies(), preview=preview)) == "unverified"


def test_a_route_into_an_adopted_main_table_is_found_by_the_name_of_either() -> None:
    stack = Stack()
    vpc = stack.add("ec2/vpc:Vpc", "hub", cidrBlock="10.0.0.0/16")
    out = stack.add("ec2/internetGateway:InternetGateway", "way-out", vpcId=vpc)
    stack.add("ec2/subnet:Subnet", "private-a", vpcId=vpc, cidrBlock="10.0.1.0/24")
    stack.add(
        "ec2/defaultRouteTable:DefaultRouteTable",
        "adopted",
        defaultRouteTableId=vpc.output("defaultRouteTableId"),
        shown={"id": f"rtb-main-{vpc.id}"},
        routes=[],
    )
    route(stack, vpc.output("mainRouteTableId"), gatewayId=out)
    assert verdicts(stack) == {"violated"}


def test_a_main_association_changes_the_table_of_unbound_subnets() -> None:
    stack = Stack()
    vpc = stack.add("ec2/vpc:Vpc", "hub", cidrBlock="10.0.0.0/16")
    out = stack.add("ec2/internetGateway:InternetGateway", "way-out", vpcId=vpc)
    stack.add("ec2/subnet:Subnet", "private-a", vpcId=vpc, cidrBlock="10.0.1.0/24")
    open_table = stack.add("ec2/routeTable:RouteTable", "outer", vpcId=vpc)
    route(stack, open_table, gatewayId=out)
    assert verdicts(stack) == {"kept"}
    stack.add(
        "ec2/mainRouteTableAssociation:MainRouteTableAssociation",
        "main",
        vpcId=vpc,
        routeTableId=open_table,
    )
    assert verdicts(stack) == {"violated"}


@pytest.mark.parametrize(
    ("connectivity", "destination", "expected"),
    [
        ("public", "0.0.0.0/0", "violated"),
        ("public", "8.8.8.0/24", "violated"),
        ("public", "172.20.0.0/16", "kept"),
        ("private", "0.0.0.0/0", "kept"),
        ("private", "172.20.0.0/16", "kept"),
    ],
)
def test_a_nat_gateway_is_a_way_out_for_public_addresses_unless_it_is_private(
    connectivity: str, destination: str, expected: str
) -> None:
    stack, made = closed_network()
    middle = stack.add("ec2/subnet:Subnet", "private-b", vpcId=made["vpc"], cidrBlock="10.0.2.0/24")
    nat = stack.add(
        "ec2/natGateway:NatGateway",
        "nat",
        subnetId=middle,
        connectivityType=connectivity,
    )
    route(stack, made["table"], natGatewayId=nat, destinationCidrBlock=destination)
    assert verdicts(stack) == {expected}


@pytest.mark.parametrize(
    ("to_public", "to_private", "preview", "state"),
    [
        ("0.0.0.0/0", "0.0.0.0/0", "violated", "violated"),
        ("0.0.0.0/0", "10.9.0.0/16", "unverified", "violated"),
        ("10.9.0.0/16", "0.0.0.0/0", "unverified", "kept"),
        ("10.9.0.0/16", "10.8.0.0/16", "kept", "kept"),
    ],
)
def test_a_preview_does_not_tell_which_inline_route_leads_to_the_public_nat_gateway(
    to_public: str, to_private: str, preview: str, state: str
) -> None:
    stack, made = closed_network()
    rows = []
    for kind, cidr in (("public", to_public), ("private", to_private)):
        nat = stack.add(
            "ec2/natGateway:NatGateway", kind, subnetId=made["subnet"], connectivityType=kind
        )
        rows.append({"cidrBlock": cidr, "natGatewayId": nat})
    table = stack.add("ec2/routeTable:RouteTable", "both", vpcId=made["vpc"], routes=rows)
    place = stack.add("ec2/subnet:Subnet", "private-b", vpcId=made["vpc"], cidrBlock="10.0.2.0/24")
    association = "ec2/routeTableAssociation:RouteTableAssociation"
    stack.add(association, "both", subnetId=place, routeTableId=table)
    assert verdict(analyze(stack.preview(), policies(), preview=True)) == preview
    assert verdict(analyze(stack.state(), policies(), preview=None)) == state


def test_a_nat_gateway_without_connectivity_is_public() -> None:
    stack, made = closed_network()
    nat = stack.add("ec2/natGateway:NatGateway", "nat", subnetId=made["subnet"])
    route(stack, made["table"], natGatewayId=nat)
    assert verdicts(stack) == {"violated"}


def test_an_egress_only_gateway_is_a_way_out() -> None:
    stack, made = closed_network()
    out = stack.add(
        "ec2/egressOnlyInternetGateway:EgressOnlyInternetGateway", "six", vpcId=made["vpc"]
    )
    route(
        stack,
        made["table"],
        egressOnlyGatewayId=out,
        destinationIpv6CidrBlock="::/0",
        destinationCidrBlock="",
    )
    assert verdicts(stack) == {"violated"}


def test_a_route_through_two_possible_gateways_is_unverified_only_in_a_preview() -> None:
    stack, made = closed_network()
    private_gateway = stack.add("ec2/vpnGateway:VpnGateway", "vpn", vpcId=made["vpc"])
    route(stack, made["table"], gatewayId=private_gateway)
    given = stack.preview()
    links = {**given[-1].links, "gatewayId": [made["gateway"].urn, private_gateway.urn]}
    given[-1] = type(given[-1])(
        given[-1].type, given[-1].name, given[-1].inputs, given[-1].outputs, links
    )
    assert verdict(analyze(given, policies(), preview=True)) == "unverified"


def test_inline_routes_to_two_kinds_of_gateway_are_a_violation_whichever_leads_where() -> None:
    stack, made = closed_network()
    virtual = stack.add("ec2/vpnGateway:VpnGateway", "office", vpcId=made["vpc"])
    made["table"].inputs["routes"] = [
        {"cidrBlock": "192.168.0.0/16", "gatewayId": virtual},
        {"cidrBlock": WORLD, "gatewayId": made["gateway"]},
    ]
    assert verdicts(stack) == {"violated"}


def test_inline_routes_to_two_inner_gateways_stay_kept_whichever_leads_where() -> None:
    stack, made = closed_network()
    made["table"].inputs["routes"] = [
        {
            "cidrBlock": inner,
            "gatewayId": stack.add("ec2/vpnGateway:VpnGateway", inner, vpcId=made["vpc"]),
        }
        for inner in ("10.8.0.0/16", "10.9.0.0/16")
    ]
    stack.made.sort(key=lambda each: each is made["table"])
    assert verdicts(stack) == {"kept"}


def test_a_table_that_is_only_read_leaves_its_subnet_unverified() -> None:
    stack = Stack()
    vpc = stack.add("ec2/vpc:Vpc", "hub", cidrBlock="10.0.0.0/16")
    subnet = stack.add("ec2/subnet:Subnet", "private-a", vpcId=vpc, cidrBlock="10.0.1.0/24")
    elsewhere = stack.read("ec2/routeTable:RouteTable", "elsewhere")
    stack.add(
        "ec2/routeTableAssociation:RouteTableAssociation",
        "a",
        subnetId=subnet,
        routeTableId=elsewhere,
    )
    outcome = analyze(stack.preview(), policies(), preview=True)
    assert verdict(outcome) == "unverified"
    assert "elsewhere" in outcome.of("facts-are-missing")[0].message
    config = {RULE: {"closedTables": [elsewhere.id]}}
    assert verdict(analyze(stack.preview(), policies(), config=config, preview=True)) == "kept"


def test_a_subnet_that_is_only_read_is_named_by_the_association_that_opens_it() -> None:
    stack, made = closed_network()
    route(stack, made["table"], gatewayId=made["gateway"])
    del stack.made[2], stack.made[3]
    elsewhere = stack.read("ec2/subnet:Subnet", "elsewhere")
    stack.add(
        "ec2/routeTableAssociation:RouteTableAssociation",
        "a",
        subnetId=elsewhere,
        routeTableId=made["table"],
    )
    config = {RULE: {"privateSubnets": [elsewhere.id]}}
    assert verdict(analyze(stack.preview(), policies(), config=config, preview=True)) == "violated"


def test_without_ids_in_outputs_the_links_of_state_join_resources() -> None:
    stack, made = closed_network()
    route(stack, made["table"], gatewayId=made["gateway"])
    shown = [
        replace(
            each,
            outputs={k: v for k, v in (each.outputs or {}).items() if k not in {"id", "arn"}},
            links={},
            dependencies=[urn for urns in each.links.values() for urn in urns],
        )
        for each in stack.state()
    ]
    assert verdict(analyze(shown, policies())) == "violated"


def test_an_arn_in_outputs_shows_the_id() -> None:
    stack, made = closed_network()
    route(stack, made["table"], gatewayId=made["gateway"])
    shown = [
        replace(
            each,
            outputs={**(each.outputs or {}), "id": None, "arn": f"arn:aws:ec2:r:1:x/{known.id}"},
            links={},
        )
        for each, known in zip(stack.state(), stack.made, strict=True)
    ]
    assert verdict(analyze(shown, policies())) == "violated"


def test_a_dependency_of_the_whole_resource_says_nothing_of_an_unknown_target() -> None:
    stack, made = closed_network()
    route(stack, made["table"], gatewayId=UNKNOWN)
    shown = stack.preview()
    shown[-1] = replace(shown[-1], dependencies=[made["table"].urn, made["gateway"].urn])
    assert verdict(analyze(shown, policies(), preview=True)) == "unverified"


def test_subnets_of_the_default_vpc_lead_out() -> None:
    stack = Stack()
    stack.add("ec2/defaultVpc:DefaultVpc", "default")
    stack.add("ec2/defaultSubnet:DefaultSubnet", "private-default", availabilityZone="us-east-1a")
    assert verdict(analyze(stack.preview(), policies(), preview=True)) == "violated"
