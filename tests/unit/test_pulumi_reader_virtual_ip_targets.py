"""What the routes of a virtual IP lead to: interfaces, the checks on them, and those that are gone.

The rule's own cases are in test_rule_vip_complete; here it is what the reader makes of what
previews, updates and state show.
"""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import pytest

from guardrails.pack import policies
from guardrails.testing import UNKNOWN, Given, analyze
from tests.support.policy_stacks import Made, Stack

RULE = "virtual-ip-is-complete"
INSTANCE = "ec2/instance:Instance"
SWITCHES = "instance node switches its source/destination check on at the next update"
SHOWS = "instance node shows its source/destination check as on"
NOWHERE = "no resource of the stack has this id"
BLACK_HOLE = "AWS calls the route a black hole"


def said(shown: Iterable[Given], *, preview: bool | None) -> list[tuple[str, str]]:
    """The rule's words, violated and unverified: of each message the line that names the fault."""
    outcome = analyze(shown, policies(), preview=preview)
    assert outcome.of("pack-is-sound") == []
    unsure = [each.message for each in outcome.of("facts-are-missing") if RULE in each.message]
    return [
        *(("violated", each.message.split("\n")[1]) for each in outcome.of(RULE)),
        *(("unverified", text.split("\n")[1]) for text in unsure),
    ]


def everywhere(stack: Stack) -> list[tuple[str, str]]:
    """What is said alike in a preview, at the end of an update and over exported state."""
    first, *others = (
        said(stack.preview(), preview=True),
        said(stack.update(), preview=False),
        said(stack.state(), preview=None),
    )
    assert others == [first, first]
    return first


def network(stack: Stack) -> tuple[Made, Made]:
    """A table, and an interface in its VPC with the check off."""
    hub = stack.add("ec2/vpc:Vpc", "hub", cidrBlock="10.0.0.0/16")
    subnet = stack.add("ec2/subnet:Subnet", "private-a", vpcId=hub, cidrBlock="10.0.1.0/24")
    table = stack.add("ec2/routeTable:RouteTable", "inner", vpcId=hub)
    stack.add(
        "ec2/routeTableAssociation:RouteTableAssociation",
        "inner-a",
        subnetId=subnet,
        routeTableId=table,
    )
    interface = stack.add(
        "ec2/networkInterface:NetworkInterface",
        "node",
        subnetId=subnet,
        sourceDestCheck=False,
    )
    return table, interface


def cluster(target: Any = None, *, shown: Any = None, **instance: Any) -> Stack:
    """A virtual IP on the interface of an instance (`instance`: what it is given)."""
    stack = Stack()
    table, interface = network(stack)
    options = {key: instance.pop(key) for key in ("ignore_changes",) if key in instance}
    given = instance or {"primaryNetworkInterface": {"networkInterfaceId": interface}}
    stack.add(INSTANCE, "node", shown=shown, **options, **given)
    virtual_ip(stack, table, target or interface)
    return stack


def virtual_ip(stack: Stack, table: Made, target: Any, **more: Any) -> None:
    stack.add(
        "ec2/route:Route",
        "virtual",
        routeTableId=table,
        destinationCidrBlock="20.0.0.100/32",
        networkInterfaceId=target,
        **more,
    )


def drops(why: str, who: str = "network interface node") -> list[tuple[str, str]]:
    return [("violated", f"{who} drops packets to the virtual IP 20.0.0.100: {why}")]


def test_an_instance_that_does_not_ignore_its_check_switches_it_on() -> None:
    assert everywhere(cluster()) == drops(SWITCHES)
    assert everywhere(cluster(ignore_changes=("userData",))) == drops(SWITCHES)


@pytest.mark.parametrize("ignored", ["sourceDestCheck", '["sourceDestCheck"]', "*"])
def test_an_instance_that_ignores_its_check_leaves_it_alone(ignored: str) -> None:
    assert everywhere(cluster(ignore_changes=("userData", ignored))) == []


def test_a_misspelt_property_is_not_ignored() -> None:
    assert everywhere(cluster(ignore_changes=("source_dest_check",))) == drops(SWITCHES)


def test_the_older_block_leaves_the_check_alone() -> None:
    stack = Stack()
    table, interface = network(stack)
    given = [
        {"deviceIndex": 1, "networkInterfaceId": "eni-other"},
        {"deviceIndex": 0, "networkInterfaceId": interface},
    ]
    shown = {"primaryNetworkInterface": {"networkInterfaceId": interface.id}}
    stack.add(INSTANCE, "node", shown=shown, networkInterfaces=given)
    virtual_ip(stack, table, interface)
    assert everywhere(stack) == []


def test_an_instance_whose_interface_aws_makes_has_the_check_that_it_is_given() -> None:
    for check, expected in (
        (True, drops("its source/destination check is on", "instance box")),
        (False, []),
    ):
        stack = Stack()
        table, _ = network(stack)
        shown = {
            "primaryNetworkInterfaceId": "eni-box",
            "primaryNetworkInterface": {"networkInterfaceId": "eni-box"},
        }
        box = stack.add(INSTANCE, "box", shown=shown, subnetId=stack.made[1], sourceDestCheck=check)
        virtual_ip(stack, table, box.output("primaryNetworkInterfaceId"))
        assert everywhere(stack) == expected


def test_a_route_to_the_first_interface_of_an_instance_leads_to_the_one_it_was_given() -> None:
    stack = Stack()
    table, interface = network(stack)
    node = stack.add(
        INSTANCE,
        "node",
        shown={"primaryNetworkInterfaceId": interface.id, "sourceDestCheck": False},
        ignore_changes=("sourceDestCheck",),
        primaryNetworkInterface={"networkInterfaceId": interface},
    )
    virtual_ip(stack, table, node.output("primaryNetworkInterfaceId"))
    assert everywhere(stack) == []


def test_a_state_that_shows_the_check_as_on_is_named() -> None:
    on = cluster(shown={"sourceDestCheck": True}, ignore_changes=("sourceDestCheck",))
    assert said(on.state(), preview=None) == drops(SHOWS)
    assert said(on.state(), preview=True) == drops(SHOWS)
    off = cluster(shown={"sourceDestCheck": False}, ignore_changes=("sourceDestCheck",))
    assert said(off.state(), preview=None) == []


def test_the_default_of_an_instance_that_is_yet_to_be_made_is_no_check() -> None:
    preview = cluster(ignore_changes=("sourceDestCheck",)).preview()
    planned = [
        replace(each, outputs={**(each.outputs or {}), "sourceDestCheck": True})
        if each.type == f"aws:{INSTANCE}"
        else each
        for each in preview
    ]
    assert said(planned, preview=True) == []


def test_an_interface_from_outside_is_told_by_the_instance_that_has_it() -> None:
    given = {"primaryNetworkInterface": {"networkInterfaceId": "eni-far"}}
    shown = {"primaryNetworkInterfaceId": "eni-far", "sourceDestCheck": False}
    quiet = cluster("eni-far", shown=shown, ignore_changes=("sourceDestCheck",), **given)
    assert said(quiet.state(), preview=None) == []
    loud = cluster("eni-far", shown=shown, **given)
    assert said(loud.state(), preview=None) == drops(SWITCHES, "network interface eni-far")


def test_an_instance_outside_of_a_targeted_update_may_switch_the_check_on() -> None:
    shown = [replace(each, registered=each.type != f"aws:{INSTANCE}") for each in cluster().state()]
    [(word, text)] = said(shown, preview=True)
    assert (word, text.endswith(SWITCHES)) == ("unverified", True)


def routed(target: Any, *, state: str | None = None) -> Stack:
    stack = Stack()
    table, interface = network(stack)
    shown = {"state": state} if state else {}
    virtual_ip(stack, table, interface if target is None else target, shown=shown)
    return stack


def test_an_interface_that_is_nowhere_is_unverified() -> None:
    [(word, text)] = everywhere(routed("eni-0123456789abcdef0"))
    assert word == "unverified"
    assert text == (
        f"{RULE}: network interface eni-0123456789abcdef0 may drop packets to the virtual IP "
        f"20.0.0.100: {NOWHERE}"
    )


def test_a_known_id_of_an_interface_of_the_stack_is_that_interface() -> None:
    interface = routed(None).made[-2]
    stack = routed(interface.id)
    assert said(stack.update(), preview=False) == []
    assert said(stack.update(), preview=True) == []


def test_the_old_id_of_an_interface_that_an_update_replaces_is_nowhere() -> None:
    state = routed(None).state()
    hidden = dict.fromkeys(("id", "arn", "ownerId"), UNKNOWN)
    shown = [
        replace(each, outputs={**(each.outputs or {}), **hidden})
        if each.type.endswith(":NetworkInterface")
        else each
        for each in state
    ]
    [(word, text)] = said(shown, preview=True)
    assert (word, text.endswith(NOWHERE)) == ("unverified", True)


def test_a_black_hole_to_what_is_nowhere_is_violated_where_the_state_says_so() -> None:
    stack = routed("eni-gone", state="blackhole")
    [(word, text)] = said(stack.state(), preview=None)
    assert (word, BLACK_HOLE in text) == ("violated", True)
    [(word, text)] = said(stack.state(), preview=True)
    assert (word, text.endswith(NOWHERE)) == ("unverified", True)


def test_an_active_route_to_an_interface_of_the_stack_is_nothing() -> None:
    assert said(routed(None, state="active").state(), preview=None) == []


def test_a_read_interface_is_unverified_in_a_preview() -> None:
    stack = Stack()
    table, _ = network(stack)
    virtual_ip(stack, table, stack.read("ec2/networkInterface:NetworkInterface", "far"))
    [(word, text)] = said(stack.preview(), preview=True)
    assert (word, text.endswith("the stack only reads it")) == ("unverified", True)


def test_a_route_to_an_interface_of_another_vpc_is_violated() -> None:
    stack = cluster(ignore_changes=("sourceDestCheck",))
    interface = next(each for each in stack.made if each.kind == "NetworkInterface")
    far = stack.add("ec2/vpc:Vpc", "far", cidrBlock="10.1.0.0/16")
    table = stack.add("ec2/routeTable:RouteTable", "far", vpcId=far)
    stack.add(
        "ec2/route:Route",
        "far",
        routeTableId=table,
        destinationCidrBlock="20.0.0.100/32",
        networkInterfaceId=interface,
    )
    assert (
        "violated",
        (
            "route table far of VPC far sends the virtual IP 20.0.0.100 to network interface node, "
            "which is in VPC hub"
        ),
    ) in everywhere(stack)


@pytest.mark.parametrize(
    ("token", "name", "inputs", "words"),
    [
        ("ec2/vpnGateway:VpnGateway", "gatewayId", {}, "virtual private gateway"),
        (
            "ec2/vpcPeeringConnection:VpcPeeringConnection",
            "vpcPeeringConnectionId",
            {"peerVpcId": "vpc-0123456789abcdef0"},
            "VPC peering connection",
        ),
    ],
)
def test_a_table_that_sends_the_address_away_from_the_vpc_is_violated(
    token: str, name: str, inputs: dict[str, Any], words: str
) -> None:
    stack = cluster(ignore_changes=("sourceDestCheck",))
    hub = next(each for each in stack.made if each.kind == "Vpc")
    away = stack.add(token, "away", vpcId=hub, **inputs)
    table = stack.add("ec2/routeTable:RouteTable", "outer", vpcId=hub)
    stack.add(
        "ec2/route:Route",
        "outer",
        routeTableId=table,
        destinationCidrBlock="20.0.0.100/32",
        **{name: away},
    )
    sends = f"route table outer sends the virtual IP 20.0.0.100 to {words} away, not to a node"
    assert everywhere(stack) == [("violated", sends)]
