import pytest

from guardrails import Topology, Verdict
from guardrails.topology import (
    Association,
    Endpoint,
    GroupRule,
    SecurityGroup,
    TargetKind,
    VpcRange,
    main_table_of,
)
from guardrails.values import External, Unknown
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


def test_tables_that_disagree_are_named() -> None:
    other = route("20.0.0.100/32", "appliance", TargetKind.INTERFACE, table="open")
    assert messages(carried(other, tables=(*TABLES[:1], *TABLES[2:]))) == [
        "tables send the virtual IP 20.0.0.100 to different machines"
    ]


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


def test_other_endpoints_do_not_matter() -> None:
    topology = carried(ec2_endpoint(service="com.amazonaws.us-east-1.s3", private_dns=False))
    assert messages(topology) == []
