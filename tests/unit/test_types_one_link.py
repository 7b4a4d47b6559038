"""Where one link decides: misplaced gateways, tables looked up by a subnet, adopted tables."""

from dataclasses import replace
from typing import Any

import pytest

from guardrails.pack import policies
from guardrails.testing import Outcome, analyze
from tests.support.policy_stacks import Made, Output, Stack, closed_network
from tests.support.type_rows import check, judged

RULE = "private-subnets-have-no-internet-route"
WORLD = "0.0.0.0/0"
NAT = "ec2/natGateway:NatGateway"
TABLE = "ec2/routeTable:RouteTable"
ASSOCIATION = "ec2/routeTableAssociation:RouteTableAssociation"
DEFAULT = "ec2/defaultRouteTable:DefaultRouteTable"


def nat(stack: Stack, name: str = "nat", connectivity: str = "public") -> Made:
    return stack.add(NAT, name, subnetId="subnet-elsewhere", connectivityType=connectivity)


def inline(stack: Stack, made: dict[str, Made], *routes: dict[str, Any]) -> None:
    """Put a subnet on a table with these inline routes."""
    subnet = stack.add("ec2/subnet:Subnet", "private-b", vpcId=made["vpc"], cidrBlock="10.0.2.0/24")
    table = stack.add(TABLE, "with-routes", vpcId=made["vpc"], routes=list(routes))
    stack.add(ASSOCIATION, "bound-b", subnetId=subnet, routeTableId=table)


def nat_gateway_inline(stack: Stack, made: dict[str, Made]) -> None:
    inline(stack, made, {"cidrBlock": WORLD, "gatewayId": nat(stack)})


def private_nat_gateway_inline(stack: Stack, made: dict[str, Made]) -> None:
    inline(stack, made, {"cidrBlock": "10.9.0.0/16", "gatewayId": nat(stack, "nat", "private")})


def nat_gateway_alone(stack: Stack, made: dict[str, Made]) -> None:
    stack.add(
        "ec2/route:Route",
        "out",
        routeTableId=made["table"],
        destinationCidrBlock=WORLD,
        gatewayId=nat(stack),
    )


def egress_only_gateway_inline(stack: Stack, made: dict[str, Made]) -> None:
    token = "ec2/egressOnlyInternetGateway:EgressOnlyInternetGateway"
    gateway = stack.add(token, "six", vpcId=made["vpc"])
    inline(stack, made, {"ipv6CidrBlock": "::/0", "gatewayId": gateway})


def nat_gateway_beside_a_vpn_gateway(stack: Stack, made: dict[str, Made]) -> None:
    office = stack.add("ec2/vpnGateway:VpnGateway", "office", vpcId=made["vpc"])
    inline(
        stack,
        made,
        {"cidrBlock": "10.9.0.0/16", "gatewayId": office},
        {"cidrBlock": WORLD, "gatewayId": nat(stack)},
    )


def one_nat_gateway_in_each_property(stack: Stack, made: dict[str, Made]) -> None:
    inline(
        stack,
        made,
        {"cidrBlock": "10.9.0.0/16", "natGatewayId": nat(stack, "inner-nat", "private")},
        {"cidrBlock": WORLD, "gatewayId": nat(stack)},
    )


def vpn_gateway_beside_a_nat_gateway_in_its_place(stack: Stack, made: dict[str, Made]) -> None:
    office = stack.add("ec2/vpnGateway:VpnGateway", "office", vpcId=made["vpc"])
    inline(
        stack,
        made,
        {"cidrBlock": "10.8.0.0/16", "natGatewayId": nat(stack, "nat", "private")},
        {"cidrBlock": "10.9.0.0/16", "gatewayId": office},
    )


def looked_up(subnet: Made, table: Made) -> Output:
    """The table of a subnet, as `getRouteTable` finds it: the subnet is all that it depends on."""
    return Output(subnet, "table", found=table.id)


def table_looked_up_by_its_subnet(stack: Stack, made: dict[str, Made]) -> None:
    table = looked_up(made["subnet"], made["table"])
    stack.add(
        "ec2/route:Route",
        "out",
        routeTableId=table,
        destinationCidrBlock=WORLD,
        natGatewayId=nat(stack),
    )


def table_looked_up_by_a_public_subnet(stack: Stack, made: dict[str, Made]) -> None:
    public = stack.add("ec2/subnet:Subnet", "public-b", vpcId=made["vpc"], cidrBlock="10.0.2.0/24")
    outer = stack.add(TABLE, "outer", vpcId=made["vpc"])
    stack.add(ASSOCIATION, "outer-b", subnetId=public, routeTableId=outer)
    table = looked_up(public, outer)
    stack.add(
        "ec2/route:Route",
        "out",
        routeTableId=table,
        destinationCidrBlock=WORLD,
        gatewayId=made["gateway"],
    )


def adopted(stack: Stack, made: dict[str, Made], table: Made) -> Made:
    return stack.add(
        DEFAULT,
        "adopted",
        shown={"id": table.id, "vpcId": made["vpc"].id},
        defaultRouteTableId=table,
        routes=[{"cidrBlock": WORLD, "gatewayId": made["gateway"]}],
    )


def plain_table_adopted_as_a_default_one(stack: Stack, made: dict[str, Made]) -> None:
    adopted(stack, made, stack.add(TABLE, "web", vpcId=made["vpc"]))
    stack.add("ec2/subnet:Subnet", "private-db", vpcId=made["vpc"], cidrBlock="10.0.2.0/24")


def table_of_the_subnet_adopted_as_a_default_one(stack: Stack, made: dict[str, Made]) -> None:
    adopted(stack, made, made["table"])


def subnet_bound_to_a_table_by_the_one_that_adopted_it(stack: Stack, made: dict[str, Made]) -> None:
    web = stack.add(TABLE, "web", vpcId=made["vpc"])
    same = Output(adopted(stack, made, web), "id", found=web.id)
    subnet = stack.add("ec2/subnet:Subnet", "private-b", vpcId=made["vpc"], cidrBlock="10.0.2.0/24")
    stack.add(ASSOCIATION, "bound-b", subnetId=subnet, routeTableId=same)


ROWS = {
    nat_gateway_inline: "violated",
    private_nat_gateway_inline: "kept",
    nat_gateway_alone: "violated",
    egress_only_gateway_inline: "violated",
    vpn_gateway_beside_a_nat_gateway_in_its_place: "kept",
    table_looked_up_by_its_subnet: "violated",
    table_looked_up_by_a_public_subnet: "kept",
    plain_table_adopted_as_a_default_one: "kept",
    table_of_the_subnet_adopted_as_a_default_one: "violated",
    subnet_bound_to_a_table_by_the_one_that_adopted_it: "violated",
}


@pytest.mark.parametrize(
    ("added", "expected"), ROWS.items(), ids=[added.__name__ for added in ROWS]
)
def test_one_link_decides(added: Any, expected: str) -> None:
    stack, made = closed_network()
    added(stack, made)
    check(judged(stack, RULE), expected)


@pytest.mark.parametrize(
    "added", [nat_gateway_beside_a_vpn_gateway, one_nat_gateway_in_each_property]
)
def test_of_several_targets_a_preview_tells_not_which_route_leads_to_which(added: Any) -> None:
    """By a NAT gateway private ranges do not lead out, so only the state proves an egress path."""
    stack, made = closed_network()
    added(stack, made)
    preview, state = judged(stack, RULE)
    assert preview.startswith("unverified")
    assert state == "violated"


def found(stack: Stack) -> Outcome:
    return analyze(stack.preview(), policies(), preview=True)


def test_a_look_up_whose_links_are_lost_is_unverified_until_its_id_is_known() -> None:
    stack, made = closed_network()
    table_looked_up_by_its_subnet(stack, made)
    preview = [replace(each, links={}) if each.name == "out" else each for each in stack.preview()]
    outcome = analyze(preview, policies(), preview=True)
    assert not outcome.of(RULE)
    [found] = outcome.of("facts-are-missing")
    assert "routeTableId of Route out (unknown and linked to no resource; " in found.message
    state = [replace(each, links={}) for each in stack.state()]
    assert len(analyze(state, policies()).of(RULE)) == 1


def test_a_table_looked_up_by_a_subnet_without_an_association_stays_unknown() -> None:
    stack, made = closed_network()
    other = stack.add("ec2/subnet:Subnet", "other", vpcId=made["vpc"], cidrBlock="10.0.3.0/24")
    table = looked_up(other, made["table"])
    stack.add(
        "ec2/route:Route",
        "out",
        routeTableId=table,
        destinationCidrBlock=WORLD,
        gatewayId=made["gateway"],
    )
    assert not found(stack).of(RULE)
    assert any(made["subnet"].urn == each.urn for each in found(stack).of("facts-are-missing"))


def test_a_table_bound_to_the_subnet_that_it_is_looked_up_by_is_unknown() -> None:
    stack, made = closed_network()
    other = stack.add("ec2/subnet:Subnet", "private-c", vpcId=made["vpc"], cidrBlock="10.0.3.0/24")
    stack.add(ASSOCIATION, "circle", subnetId=other, routeTableId=looked_up(other, made["table"]))
    assert not found(stack).of("pack-is-sound")
    assert any(other.urn == each.urn for each in found(stack).of("facts-are-missing"))


def test_a_default_table_over_a_foreign_id_leaves_the_main_table_as_it_is() -> None:
    stack, made = closed_network()
    stack.add("ec2/subnet:Subnet", "private-b", vpcId=made["vpc"], cidrBlock="10.0.2.0/24")
    stack.add(
        DEFAULT,
        "adopted",
        shown={"id": "rtb-foreign", "vpcId": made["vpc"].id},
        defaultRouteTableId="rtb-foreign",
        routes=[{"cidrBlock": WORLD, "gatewayId": made["gateway"]}],
    )
    assert analyze(stack.state(), policies()).violations == ()
