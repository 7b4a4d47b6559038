"""Gates: what an update refuses before it exists, and what they leave to the stack policy."""

from typing import Any

import pytest

from guardrails.pack import policies
from guardrails.testing import Analyzer, Given
from tests.support.policy_stacks import GUESSING, Made, Stack, closed_network

ROUTES = "private-subnets-have-no-internet-route"


def refused(
    resources: list[Given],
    *,
    preview: bool | None = False,
    config: dict[str, dict[str, Any]] | None = None,
    stack_config: dict[str, str] | None = None,
) -> list[tuple[str, str]]:
    """Register the resources in order; return the names of those refused, and by which policy."""
    analyzer = Analyzer(
        policies(), preview=preview, config=GUESSING | (config or {}), stack_config=stack_config
    )
    return [
        (resource.name, violation.policy)
        for resource in resources
        for violation in analyzer.register(resource)
    ]


def with_route(stack: Stack, made: dict[str, Any], **more: Any) -> list[Given]:
    stack.route(
        made["table"],
        gatewayId=made["gateway"],
        destinationCidrBlock="0.0.0.0/0",
        **more,
    )
    return stack.update()


def test_the_route_that_completes_a_way_out_is_refused() -> None:
    assert refused(with_route(*closed_network())) == [("out", f"{ROUTES}-gate")]


def test_the_association_that_completes_a_way_out_is_refused() -> None:
    stack = with_route(*closed_network())
    last = [*stack[:4], stack[5], stack[4]]
    assert refused(last) == [("inner-a", f"{ROUTES}-gate")]


def test_the_gate_that_guesses_is_off_by_default() -> None:
    off = {f"{ROUTES}-gate": {}}
    assert refused(with_route(*closed_network()), config=off) == []


def test_a_refused_resource_does_not_make_others_guilty() -> None:
    stack, made = closed_network()
    with_route(stack, made)
    stack.add("ec2/vpnGateway:VpnGateway", "later", vpcId=made["vpc"])
    assert refused(stack.update()) == [("out", f"{ROUTES}-gate")]


def test_gates_are_silent_in_previews_and_over_state() -> None:
    stack = with_route(*closed_network())
    assert refused(stack, preview=True) == []
    assert refused(stack, preview=None) == []


@pytest.mark.parametrize("level", ["advisory", "disabled"])
def test_a_gate_is_as_strict_as_its_rule(level: str) -> None:
    stack = with_route(*closed_network())
    assert refused(stack, config={ROUTES: {"enforcementLevel": level}}) == []


def test_which_of_two_unlike_subnets_is_bound_is_not_for_the_gate_to_say() -> None:
    stack, made = closed_network()
    stack.made.insert(
        3,
        Stack().add("ec2/subnet:Subnet", "public-a", vpcId=made["vpc"], cidrBlock="10.0.9.0/24"),
    )
    assert refused(with_route(stack, made)) == []


def test_two_private_subnets_are_alike() -> None:
    stack, made = closed_network()
    stack.made.insert(
        3,
        Stack().add("ec2/subnet:Subnet", "private-b", vpcId=made["vpc"], cidrBlock="10.0.9.0/24"),
    )
    assert refused(with_route(stack, made)) == [("out", f"{ROUTES}-gate")]


@pytest.mark.parametrize(
    ("opened", "expected"), [("outer", []), ("inner", [("out", f"{ROUTES}-gate")])]
)
def test_several_tables_of_one_vpc_are_told_apart_by_their_ids(
    opened: str, expected: list[tuple[str, str]]
) -> None:
    stack, made = closed_network()
    outer = stack.add("ec2/routeTable:RouteTable", "outer", vpcId=made["vpc"])
    tables = {"inner": made["table"], "outer": outer}
    stack.made.append(stack.made.pop(4))
    assert refused(with_route(stack, {**made, "table": tables[opened]})) == expected


def test_an_id_that_no_registered_resource_can_have_is_not_guessed() -> None:
    stack, made = closed_network()
    stack.bind("subnet-elsewhere", "rtb-elsewhere", "foreign")
    assert refused(with_route(stack, made)) == []


def bound_from_elsewhere() -> tuple[Stack, dict[str, Made]]:
    """A closed network whose table is bound to a subnet of another stack in place of its own."""
    stack, made = closed_network()
    stack.made.pop(4)
    stack.bind("subnet-0123456789abcdef0", made["table"], "of-another-stack")
    return stack, made


@pytest.mark.parametrize(
    ("stack_config", "expected"),
    [
        ({}, [("out", f"{ROUTES}-gate")]),
        ({"net:public": '{"a": ["subnet-0123456789abcdef0"]}'}, []),
    ],
)
def test_an_id_of_the_stacks_configuration_is_of_no_registered_resource(
    stack_config: dict[str, str], expected: list[tuple[str, str]]
) -> None:
    stack, made = bound_from_elsewhere()
    assert refused(with_route(stack, made), stack_config=stack_config) == expected


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("publicSubnets", ["subnet-0123456789abcdef0"]),
        ("exemptions", [{"urn": "subnet-0123456789abcdef0", "reason": "r", "owner": "o"}]),
    ],
)
def test_an_id_in_any_option_of_the_pack_is_of_no_registered_resource(
    option: str, value: list[Any]
) -> None:
    stack, made = bound_from_elsewhere()
    assert refused(with_route(stack, made), config={ROUTES: {option: value}}) == []


def test_the_rule_that_opens_an_endpoint_is_refused() -> None:
    stack = Stack()
    vpc = stack.add("ec2/vpc:Vpc", "hub", cidrBlock="10.0.0.0/16")
    group = stack.add("ec2/securityGroup:SecurityGroup", "https", vpcId=vpc)
    stack.add(
        "ec2/vpcEndpoint:VpcEndpoint",
        "control",
        vpcId=vpc,
        vpcEndpointType="Interface",
        serviceName="com.amazonaws.us-east-1.ec2",
        securityGroupIds=[group],
    )
    stack.add(
        "vpc/securityGroupIngressRule:SecurityGroupIngressRule",
        "ssh",
        securityGroupId=group,
        ipProtocol="tcp",
        fromPort=22,
        toPort=22,
        cidrIpv4="10.0.0.0/16",
    )
    assert refused(stack.update()) == [("ssh", "endpoints-admit-only-https-gate")]


@pytest.mark.parametrize("last", ["more", "inner"])
def test_the_range_or_the_table_that_puts_a_virtual_ip_inside_is_refused(last: str) -> None:
    stack = Stack()
    vpc = stack.add("ec2/vpc:Vpc", "hub", cidrBlock="10.0.0.0/16")
    route = {"cidrBlock": "100.64.0.10/32", "networkInterfaceId": "eni-0123456789abcdef0"}
    stack.add("ec2/routeTable:RouteTable", "inner", vpcId=vpc, routes=[route])
    more = "ec2/vpcIpv4CidrBlockAssociation:VpcIpv4CidrBlockAssociation"
    stack.add(more, "more", vpcId=vpc, cidrBlock="100.64.0.0/16")
    given = sorted(stack.update(), key=lambda each: each.name == last)
    assert refused(given) == [(last, "virtual-ip-outside-vpc-cidr-gate")]


@pytest.mark.parametrize("vpc", ["vpc-0123456789abcdef0", None])
def test_the_range_of_the_only_vpc_is_not_taken_for_that_of_a_vpc_that_an_id_names(
    vpc: str | None,
) -> None:
    stack = Stack()
    own = stack.add("ec2/vpc:Vpc", "hub", cidrBlock="100.64.0.0/16")
    route = {"cidrBlock": "100.64.0.10/32", "networkInterfaceId": "eni-0123456789abcdef0"}
    stack.add("ec2/routeTable:RouteTable", "inner", vpcId=vpc or own, routes=[route])
    assert refused(stack.update()) == []


def test_a_gate_says_what_it_blocks_and_by_which_rule() -> None:
    analyzer = Analyzer(policies(), preview=False, config=GUESSING)
    given = with_route(*closed_network())
    (said,) = [each.message for resource in given for each in analyzer.register(resource)]
    _, blocked, *_ = said.splitlines()
    assert blocked == (
        f"Blocked: creating this resource would violate {ROUTES}: private subnet private-a"
        " reaches the internet through internet gateway way-out"
    )


def test_a_fault_in_a_gate_refuses_and_names_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    from guardrails.pack.gates import gate

    def broken(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(gate, "judge", broken)
    stack, _ = closed_network()
    assert refused(stack.update())[0] == ("hub", f"{ROUTES}-gate")


@pytest.mark.parametrize("how", ["associated", "adopted"])
def test_a_main_table_that_is_open_before_a_subnet_gets_its_own_is_not_refused(how: str) -> None:
    stack = Stack()
    vpc = stack.add("ec2/vpc:Vpc", "hub", cidrBlock="10.0.0.0/16")
    stack.add("ec2/subnet:Subnet", "private-a", vpcId=vpc, cidrBlock="10.0.1.0/24")
    routes = [{"cidrBlock": "0.0.0.0/0", "gatewayId": "igw-1"}]
    if how == "adopted":
        default = vpc.output("defaultRouteTableId")
        stack.add(
            "ec2/defaultRouteTable:DefaultRouteTable",
            "outer",
            defaultRouteTableId=default,
            routes=routes,
        )
    else:
        table = stack.add("ec2/routeTable:RouteTable", "outer", vpcId=vpc, routes=routes)
        main = "ec2/mainRouteTableAssociation:MainRouteTableAssociation"
        stack.add(main, "main", vpcId=vpc, routeTableId=table)
    assert refused(stack.update()) == []


def test_an_onlooker_is_not_blamed_for_what_becomes_clear_with_it() -> None:
    stack, made = closed_network()
    with_route(stack, made)
    stack.add("ec2/networkInterface:NetworkInterface", "node", subnetId=made["subnet"])
    assert refused(stack.update()) == [("out", f"{ROUTES}-gate")]


def test_what_a_later_registration_takes_away_from_an_endpoint_is_not_refused() -> None:
    stack, made = closed_network()
    stack.add(
        "ec2/vpcEndpoint:VpcEndpoint",
        "ec2",
        vpcId=made["vpc"],
        vpcEndpointType="Interface",
        serviceName="com.amazonaws.eu-central-1.ec2",
    )
    stack.add(
        "ec2/defaultSecurityGroup:DefaultSecurityGroup", "emptied", vpcId=made["vpc"], ingress=[]
    )
    assert refused(stack.update()) == []


def test_a_gate_reads_an_adopted_default_group_of_a_vpc_it_knows_by_its_id_alone() -> None:
    group = Given(
        "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup", "adopted", {"vpcId": "vpc-0123"}
    )
    assert refused([group]) == []


def test_a_groups_id_may_be_anothers_although_the_stack_has_one_group_only() -> None:
    stack = Stack()
    vpc = stack.add("ec2/vpc:Vpc", "hub", cidrBlock="10.0.0.0/16")
    ssh = {"protocol": "tcp", "fromPort": 22, "toPort": 22, "cidrBlocks": ["10.0.0.0/16"]}
    stack.add("ec2/securityGroup:SecurityGroup", "nodes", vpcId=vpc, ingress=[ssh])
    stack.add(
        "ec2/vpcEndpoint:VpcEndpoint",
        "control",
        vpcId=vpc,
        vpcEndpointType="Interface",
        securityGroupIds=["sg-0123456789abcdef0"],
    )
    assert refused(stack.update()) == []
