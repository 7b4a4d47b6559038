import pytest

from guardrails import Topology, Verdict
from guardrails.model.knowledge import External, OneOf, Reference, Unknown
from guardrails.model.machines import Instance
from guardrails.model.network import Vpc, VpcRange
from guardrails.model.routing import Association, Route, TargetKind, main_table_of
from guardrails.model.security import Endpoint, GroupRule, SecurityGroup
from tests.support.topologies import (
    COMPLETE_RULE,
    REGION,
    added,
    bind,
    findings,
    gateway,
    interface,
    judged,
    network,
    route,
    subnet,
    table,
)

TABLES = ("closed", "open", main_table_of("vpc"))


def carried(*elements: object, tables: tuple[str, ...] = TABLES, **more: object) -> Topology:
    """A VPC that routes 20.0.0.100 to node-a in `tables`, and `elements` besides."""
    given = {"target": "node-a", "via": TargetKind.INTERFACE, **more}
    routes = (route("20.0.0.100/32", key=f"vip-{each}", table=each, **given) for each in tables)
    return network(*routes, *elements)


def messages(topology: Topology) -> list[str]:
    return [found.message for found in findings(topology, COMPLETE_RULE)]


def ec2_endpoint(**more: object) -> Endpoint:
    given = {"service": "com.amazonaws.us-east-1.ec2", "groups": ("https",), "private_dns": True}
    named = {"key": "ec2", "scope": REGION, "name": "ec2", "kind": "Interface", "vpc": "vpc"}
    return Endpoint(**{**named, **given, **more})


HTTPS = (
    SecurityGroup(key="https", scope=REGION, name="https", vpc="vpc"),
    GroupRule(key="in", group="https", protocol="tcp", from_port=443, to_port=443),
)


def test_an_address_in_every_table_is_complete() -> None:
    topology = carried(ec2_endpoint(), *HTTPS)
    assert messages(topology) == []
    verdicts = judged(topology).coverage[COMPLETE_RULE].verdicts
    assert verdicts == {"20.0.0.100 in vpc": Verdict.KEPT}


@pytest.mark.parametrize(
    ("missing", "name"),
    [
        ("closed", "route table closed"),
        ("open", "route table open"),
        (main_table_of("vpc"), "main route table of VPC vpc"),
    ],
)
def test_a_table_without_the_address_is_named(missing: str, name: str) -> None:
    tables = tuple(each for each in TABLES if each != missing)
    expected = f"{name} does not carry the virtual IP 20.0.0.100"
    assert messages(carried(subnet("loose"), tables=tables)) == [expected]


def test_a_main_table_that_no_subnet_uses_needs_no_address() -> None:
    assert messages(carried(tables=("closed", "open"))) == []


def test_a_main_table_that_a_subnet_may_use_is_unverified() -> None:
    loose = bind("loose", "closed", subnet=Unknown("which subnet"))
    topology = carried(loose, tables=("closed", "open"))
    [found] = findings(added(topology, subnet("lost")), COMPLETE_RULE)
    assert (found.verdict, found.missing) == (Verdict.UNVERIFIED, ("which subnet",))
    assert found.message == ("main route table of VPC vpc may not carry the virtual IP 20.0.0.100")


def test_a_table_that_may_be_of_another_vpc_is_unverified() -> None:
    far = table("far", vpc=Unknown("its VPC"))
    [found] = findings(carried(far), COMPLETE_RULE)
    assert (found.verdict, found.missing) == (Verdict.UNVERIFIED, ("its VPC",))


def test_a_table_that_only_a_gateway_uses_needs_no_address() -> None:
    edge = Association(key="edge", table="edge", subnet=None)
    assert messages(carried(table("edge"), edge)) == []
    assert len(messages(carried(table("edge"), edge, bind("public", "edge")))) == 1


def test_a_table_elsewhere_is_in_the_vpc_of_the_machine_that_it_leads_to() -> None:
    far = route("20.0.0.100/32", "node-a", TargetKind.INTERFACE, table=External("rtb-1"))
    expected = "route table open does not carry the virtual IP 20.0.0.100"
    assert messages(network(far, without=("closed", "private-association"))) == [
        expected,
        "main route table of VPC vpc does not carry the virtual IP 20.0.0.100",
    ]
    assert messages(carried(far)) == []


def test_a_table_that_is_not_known_may_be_the_one_that_lacks_the_address() -> None:
    unsure = route("20.0.0.100/32", "node-a", TargetKind.INTERFACE, table=Unknown("which table"))
    [found] = findings(added(carried(tables=("closed",)), unsure), COMPLETE_RULE)
    assert (found.verdict, found.missing) == (Verdict.UNVERIFIED, ("which table",))


def test_a_table_whose_routes_are_hidden_is_unverified() -> None:
    hidden = route(Unknown("its address"), "node-a", TargetKind.INTERFACE, key="h", table="open")
    [found] = findings(carried(hidden, tables=(*TABLES[:1], *TABLES[2:])), COMPLETE_RULE)
    assert (found.verdict, found.missing) == (Verdict.UNVERIFIED, ("its address",))


def test_an_interface_that_checks_addresses_drops_the_packets() -> None:
    topology = carried(interface("node-b", subnet="private"), target="node-b")
    assert messages(topology) == [
        (
            "network interface node-b drops packets to the virtual IP 20.0.0.100: its "
            "source/destination check is on"
        )
    ]


def test_an_unknown_check_is_unverified() -> None:
    unsure = interface("node-b", subnet="private", source_dest_check=Unknown("the check"))
    [found] = findings(carried(unsure, target="node-b"), COMPLETE_RULE)
    assert (found.verdict, found.missing) == (Verdict.UNVERIFIED, ("the check",))


def instance(key: str, **more: object) -> Instance:
    given = {"scope": REGION, "name": key, "source_dest_check": None, "primary": "node-a"}
    return Instance(key=key, interfaces=("node-a",), **{**given, **more})


DROPS = "network interface node-a drops packets to the virtual IP 20.0.0.100: "


def test_an_instance_that_leaves_the_check_of_its_interface_alone_is_no_obstacle() -> None:
    assert messages(carried(instance("box"))) == []
    assert messages(carried(instance("box", source_dest_check=False))) == []
    assert messages(carried(instance("box", primary="appliance", switches_check_on=True))) == []


def test_an_instance_that_switches_the_check_of_its_interface_on_is_named() -> None:
    [found] = findings(carried(instance("box", switches_check_on=True)), COMPLETE_RULE)
    assert (found.verdict, found.subject) == (Verdict.VIOLATED, "box")
    assert found.message == (
        f"{DROPS}instance box switches its source/destination check on at the next update"
    )
    assert [step.text for step in found.path] == ["network interface node-a", "instance box"]
    assert found.remedy.startswith('add "sourceDestCheck" to the ignoreChanges of the instance')


def test_an_instance_that_shows_the_check_of_its_interface_as_on_is_named() -> None:
    box = instance("box", source_dest_check=True)
    assert messages(carried(box)) == [
        f"{DROPS}instance box shows its source/destination check as on"
    ]


def test_a_check_that_interface_and_instance_show_as_on_is_said_once() -> None:
    box = instance("box", source_dest_check=True, primary="node-b")
    topology = carried(interface("node-b", subnet="private"), box, target="node-b")
    assert messages(topology) == [
        (
            "network interface node-b drops packets to the virtual IP 20.0.0.100: its "
            "source/destination check is on"
        )
    ]


@pytest.mark.parametrize(
    ("more", "facts"),
    [
        ({"switches_check_on": Unknown("what is ignored")}, ("what is ignored",)),
        ({"source_dest_check": Unknown("the check")}, ("the check",)),
        ({"switches_check_on": True, "primary": Unknown("the interface")}, ("the interface",)),
        (
            {"switches_check_on": True, "primary": OneOf(("node-a", "appliance"))},
            ("which one is meant of appliance, node-a",),
        ),
    ],
)
def test_an_instance_that_may_switch_the_check_on_is_unverified(
    more: dict[str, object], facts: tuple[str, ...]
) -> None:
    [found] = findings(carried(instance("box", **more)), COMPLETE_RULE)
    assert (found.verdict, found.missing) == (Verdict.UNVERIFIED, facts)
    assert found.message.startswith("network interface node-a may drop packets")


def test_a_route_to_an_instance_leads_to_the_interface_that_it_was_given() -> None:
    other = route("20.0.0.100/32", "box", TargetKind.INSTANCE, table="open")
    tables = (*TABLES[:1], *TABLES[2:])
    assert messages(carried(other, instance("box"), tables=tables)) == []
    box = instance("box", primary=None, source_dest_check=True)
    assert messages(carried(box, target="box", via=TargetKind.INSTANCE)) == [
        (
            "instance box drops packets to the virtual IP 20.0.0.100: its source/destination "
            "check is on"
        )
    ]


def test_a_route_to_an_instance_whose_interface_is_not_known_is_unverified() -> None:
    box = instance("box", primary=Unknown("its interface"))
    [found] = findings(carried(box, target="box", via=TargetKind.INSTANCE), COMPLETE_RULE)
    assert (found.verdict, found.missing) == (Verdict.UNVERIFIED, ("its interface",))


def test_a_route_to_an_interface_that_is_nowhere_is_unverified() -> None:
    [found] = findings(carried(target=External("eni-1")), COMPLETE_RULE)
    assert (found.verdict, found.subject) == (Verdict.UNVERIFIED, "vip-closed")
    assert found.message == (
        "network interface eni-1 may drop packets to the virtual IP 20.0.0.100: no resource of "
        "the stack has this id"
    )
    assert found.missing == (
        "whether network interface eni-1 exists, and its source/destination check",
    )


def test_a_route_to_an_interface_that_is_only_read_is_unverified() -> None:
    read = External("urn:pulumi:test::project::aws:ec2/networkInterface:NetworkInterface::far")
    [found] = findings(carried(target=read, blackhole=False), COMPLETE_RULE)
    assert found.missing == ("the source/destination check of network interface far",)


def test_an_instance_tells_the_check_of_an_interface_outside_of_the_stack() -> None:
    box = instance("box", primary=External("eni-1"), source_dest_check=False)
    assert messages(carried(box, target=External("eni-1"))) == []
    on = instance("box", primary=External("eni-1"), source_dest_check=True)
    assert Verdict.VIOLATED in {
        each.verdict for each in findings(carried(on, target=External("eni-1")), COMPLETE_RULE)
    }


def test_a_black_hole_to_an_interface_that_is_nowhere_is_violated() -> None:
    topology = carried(target=External("eni-1"), blackhole=True, tables=("closed", "open"))
    [found] = findings(topology, COMPLETE_RULE)
    assert (found.verdict, found.subject) == (Verdict.VIOLATED, "vip-closed")
    assert found.message == (
        "the virtual IP 20.0.0.100 leads nowhere: AWS calls the route a black hole, and no "
        "resource of the stack is network interface eni-1"
    )
    assert [step.text for step in found.path] == [
        "route vip-closed",
        "route vip-open",
        "network interface eni-1",
    ]


def test_a_black_hole_that_may_have_been_led_elsewhere_is_unverified() -> None:
    topology = carried(target=External("eni-1"), blackhole=Unknown("what AWS says"))
    assert {each.verdict for each in findings(topology, COMPLETE_RULE)} == {Verdict.UNVERIFIED}


def test_a_black_hole_to_an_interface_without_an_instance_is_unverified() -> None:
    [found] = findings(carried(blackhole=True), COMPLETE_RULE)
    assert (found.verdict, found.missing) == (
        Verdict.UNVERIFIED,
        ("whether network interface node-a is attached to a running instance",),
    )


def test_a_black_hole_from_before_the_interface_was_attached_is_nothing() -> None:
    assert messages(carried(instance("box"), blackhole=True)) == []


def test_a_target_that_is_not_known_is_unverified() -> None:
    found = findings(carried(target=Unknown("the target")), COMPLETE_RULE)
    assert {(each.verdict, each.missing) for each in found} == {
        (Verdict.UNVERIFIED, ("the target",))
    }
    assert {each.subject for each in found} == {f"vip-{table}" for table in TABLES}


def test_tables_that_disagree_are_named() -> None:
    other = route("20.0.0.100/32", "appliance", TargetKind.INTERFACE, table="open")
    assert messages(carried(other, tables=(*TABLES[:1], *TABLES[2:]))) == [
        "tables send the virtual IP 20.0.0.100 to different machines"
    ]


def far_network(*elements: object) -> Topology:
    """The address in every table of the VPC, a second VPC beside it, and `elements` besides."""
    far = (Vpc(key="far", scope=REGION, name="far"), table("far-table", vpc="far"))
    peering = gateway("peering", TargetKind.PEERING, peer="far")
    bound = (subnet("far-a", vpc="far"), bind("far-a", "far-table"))
    return added(carried(), *far, *bound, peering, *elements)


def vip_route(target: object, via: TargetKind, where: object) -> Route:
    return route("20.0.0.100/32", target, via, key=f"vip-{where}", table=where)


def test_a_route_to_a_machine_of_another_vpc_is_named() -> None:
    topology = far_network(vip_route("node-a", TargetKind.INTERFACE, "far-table"))
    [found] = findings(topology, COMPLETE_RULE)
    assert (found.verdict, found.subject) == (Verdict.VIOLATED, "vip-far-table")
    assert found.message == (
        "route table far-table of VPC far sends the virtual IP 20.0.0.100 to network interface "
        "node-a, which is in VPC vpc"
    )
    assert found.remedy.startswith("route the address to an interface in the table's own VPC")


def test_a_route_to_an_instance_of_another_vpc_is_named() -> None:
    box = instance("box", primary=None, subnet="private", source_dest_check=False)
    topology = far_network(box, vip_route("box", TargetKind.INSTANCE, "far-table"))
    assert "far-table of VPC far sends the virtual IP 20.0.0.100 to instance box" in str(
        messages(topology)
    )


@pytest.mark.parametrize(
    "vpc", [Unknown("its VPC"), External("vpc-1"), External("urn:pulumi:a::b::aws:ec2/vpc:Vpc::c")]
)
def test_a_machine_whose_vpc_may_be_that_of_the_table_is_no_machine_of_another(
    vpc: Reference,
) -> None:
    away = (subnet("away", vpc=vpc), interface("node-b", subnet="away", source_dest_check=False))
    assert messages(carried(*away, target="node-b")) == []


def test_a_table_that_sends_the_address_to_a_vpn_gateway_is_named_once() -> None:
    vpn = gateway("vpn", TargetKind.VIRTUAL_PRIVATE)
    away = vip_route("vpn", TargetKind.GATEWAY, "open")
    [found] = findings(carried(vpn, away, tables=(*TABLES[:1], *TABLES[2:])), COMPLETE_RULE)
    assert (found.verdict, found.subject) == (Verdict.VIOLATED, "vip-open")
    assert found.message == (
        "route table open sends the virtual IP 20.0.0.100 to virtual private gateway vpn, not to "
        "a node"
    )


@pytest.mark.parametrize(
    ("key", "via"),
    [
        ("internet", TargetKind.GATEWAY),
        ("nat", TargetKind.NAT),
        ("hub", TargetKind.TRANSIT),
        ("peering", TargetKind.PEERING),
    ],
)
def test_a_table_of_the_vpc_that_sends_the_address_away_is_named(key: str, via: TargetKind) -> None:
    away = vip_route(key, via, "open")
    targets = (gateway("nat", TargetKind.NAT), gateway("hub", TargetKind.TRANSIT))
    peering = gateway("peering", TargetKind.PEERING, peer="far")
    topology = carried(away, *targets, peering, tables=(*TABLES[:1], *TABLES[2:]))
    [found] = findings(topology, COMPLETE_RULE)
    assert found.verdict is Verdict.VIOLATED
    assert found.message.endswith(f" {key}, not to a node")


def test_a_peers_table_that_sends_the_address_over_the_peering_is_named() -> None:
    away = vip_route("peering", TargetKind.PEERING, "far-table")
    [found] = findings(far_network(away), COMPLETE_RULE)
    assert (found.verdict, found.subject) == (Verdict.VIOLATED, "vip-far-table")
    assert found.remedy.startswith("reach the address through a transit gateway")


def test_another_vpcs_table_may_send_the_address_to_a_transit_gateway() -> None:
    hub = gateway("hub", TargetKind.TRANSIT, vpc=None)
    assert messages(far_network(hub, vip_route("hub", TargetKind.TRANSIT, "far-table"))) == []


def test_another_vpcs_table_that_sends_the_address_to_a_vpn_gateway_is_unverified() -> None:
    vpn = gateway("vpn", TargetKind.VIRTUAL_PRIVATE, vpc="far")
    topology = far_network(vpn, vip_route("vpn", TargetKind.GATEWAY, "far-table"))
    [found] = findings(topology, COMPLETE_RULE)
    assert (found.verdict, found.missing) == (
        Verdict.UNVERIFIED,
        ("whether the nodes of 20.0.0.100 are behind virtual private gateway vpn",),
    )


def test_a_configured_address_that_is_only_sent_elsewhere_is_named() -> None:
    peering = gateway("peering", TargetKind.PEERING, peer="far")
    topology = network(peering, vip_route("peering", TargetKind.PEERING, "closed"))
    assert findings(topology, COMPLETE_RULE) == []
    [found] = findings(topology, COMPLETE_RULE, virtual_ips=("20.0.0.100",))
    assert (found.verdict, found.subject) == (Verdict.VIOLATED, "vip-closed")


def test_a_peer_that_has_the_address_is_named() -> None:
    peering = gateway("peering", TargetKind.PEERING, peer="far")
    topology = carried(peering, VpcRange(key="far", vpc="far", cidr="20.0.0.0/16"))
    assert messages(topology) == ["virtual IP 20.0.0.100 lies inside a range of a peered VPC"]


def test_an_endpoint_without_private_dns_is_named() -> None:
    assert messages(carried(ec2_endpoint(private_dns=False), *HTTPS)) == [
        "nodes do not find endpoint ec2: its private DNS is off"
    ]


def test_an_endpoint_that_admits_nothing_is_named() -> None:
    assert messages(carried(ec2_endpoint(), HTTPS[0])) == [
        "endpoint ec2 admits no HTTPS: a failover cannot use it"
    ]


@pytest.mark.parametrize(
    ("more", "fact"),
    [
        ({"private_dns": Unknown("its DNS")}, "its DNS"),
        ({"private_dns": False, "service": Unknown("its service")}, "its service"),
        ({"private_dns": False, "vpc": Unknown("its VPC")}, "its VPC"),
        ({"groups": (Unknown("its groups"),)}, "its groups"),
    ],
)
def test_an_endpoint_that_may_be_unusable_is_unverified(more: dict[str, object], fact: str) -> None:
    [found] = findings(carried(ec2_endpoint(**more), *HTTPS), COMPLETE_RULE)
    assert (found.verdict, found.missing) == (Verdict.UNVERIFIED, (fact,))


def test_other_endpoints_do_not_matter() -> None:
    topology = carried(ec2_endpoint(service="com.amazonaws.us-east-1.s3", private_dns=False))
    assert messages(topology) == []
