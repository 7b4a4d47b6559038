from dataclasses import replace

import pytest

from guardrails import Topology, Unclassified, Verdict
from guardrails.model.knowledge import External, Unknown
from guardrails.model.network import UnseenWriter, Vpc
from guardrails.model.routing import TargetKind
from tests.support.topologies import (
    PRIVATE_RULE,
    REGION,
    added,
    bind,
    findings,
    gateway,
    judged,
    network,
    paths,
    route,
    subnet,
    verdict,
)

URN = "urn:pulumi:dev::shop::aws:ec2/subnet:Subnet::back"


def open_subnet(key: str = "back", **more: object) -> Topology:
    """A subnet on the open table that nothing classifies but what `more` says."""
    return network(subnet(key, **more), bind(key, "open"))


@pytest.mark.parametrize(
    "tags",
    [
        {"Tier": "private"},
        {"tier": "Private"},
        {"SubnetType": "Isolated"},
        {"aws-cdk:subnet-type": "Private"},
        {"kubernetes.io/role/internal-elb": "1"},
        {"Network": "Private"},
        {"Name": "app-private-1a"},
        {"Name": "AppPrivateA"},
        {"Tier": " private "},
        {"type": "Private"},
        {"cpco.io/subnet/type": "private"},
        {"Name": "non-public-a"},
        {"Name": "VpcNonPublicSubnet"},
        {"Name": "not_public"},
        {"Name": "AppInternalA"},
    ],
)
def test_a_subnet_is_private_by_its_tags(tags: dict[str, str]) -> None:
    assert verdict(open_subnet(tags=tags), PRIVATE_RULE, "back") is Verdict.VIOLATED


@pytest.mark.parametrize(
    "tags",
    [
        {"Tier": "public"},
        {"SubnetType": "Public"},
        {"kubernetes.io/role/elb": "1"},
        {"Name": "dmz"},
        {"Name": "CorePublicSubnet1"},
        {"subnet_type": "Public"},
        {"Name": "vpcpublicsubnet"},
    ],
)
def test_a_subnet_is_public_by_its_tags(tags: dict[str, str]) -> None:
    judgement = judged(open_subnet(tags=tags))
    assert judgement.coverage[PRIVATE_RULE].skipped["back"] == "it is public"


@pytest.mark.parametrize(
    "tags",
    [
        {"Name": "privatelink-public"},
        {"Tier": "public", "SubnetType": "Private"},
        {"Tier": "private", "SubnetType": Unknown("the type")},
        {"Name": "dmz-private-a"},
        {"Name": "private-a", "SubnetType": "Public", "kubernetes.io/role/internal-elb": "1"},
        {"Name": "public-api-private-a"},
        {"Name": "internal-tools-public-a"},
        {"Name": "republic-app"},
        {"Name": "publications-db"},
        {"Name": "non-private"},
        {"Name": "public-a", "kubernetes.io/role/elb": "1", "kubernetes.io/role/internal-elb": "1"},
        {"kubernetes.io/role/elb": "1", "kubernetes.io/role/internal-elb": "1"},
        {"SubnetType": "Public", "kubernetes.io/role/internal-elb": "1"},
        {"SubnetType": Unknown("the type"), "kubernetes.io/role/internal-elb": "1"},
        {"Name": "public-a", "Tier": "private", "SubnetType": Unknown("the type")},
        {"Name": Unknown("the name"), "Tier": "private", "SubnetType": "Public"},
        {"Name": Unknown("the name"), "Tier": "private"},
    ],
)
def test_what_says_both_or_neither_is_open(tags: dict[str, str]) -> None:
    assert verdict(open_subnet(tags=tags), PRIVATE_RULE, "back") is Verdict.UNVERIFIED


def test_a_tag_does_not_overrule_a_name() -> None:
    for name, tier in (("public-looking", "private"), ("private-looking", "public")):
        topology = open_subnet(name, tags={"Tier": tier})
        assert verdict(topology, PRIVATE_RULE, name) is Verdict.UNVERIFIED


@pytest.mark.parametrize("pattern", [URN, "*::aws:ec2/subnet:Subnet::b*", "urn:*::bac?"])
def test_configuration_overrules_a_tag(pattern: str) -> None:
    topology = open_subnet(URN, tags={"Tier": "public"})
    assert verdict(topology, PRIVATE_RULE, URN, private_subnets=(pattern,)) is Verdict.VIOLATED
    assert verdict(topology, PRIVATE_RULE, URN, public_subnets=(pattern,)) is None


@pytest.mark.parametrize(
    ("otherwise", "expected"),
    [
        (Unclassified.PRIVATE, Verdict.VIOLATED),
        (Unclassified.PUBLIC, None),
        (Unclassified.UNVERIFIED, Verdict.UNVERIFIED),
    ],
)
def test_what_nothing_classifies_is_what_configuration_says(
    otherwise: Unclassified, expected: Verdict | None
) -> None:
    topology = open_subnet()
    assert verdict(topology, PRIVATE_RULE, "back", unclassified=otherwise) is expected


@pytest.mark.parametrize(
    "tags",
    [Unknown("all tags"), {"Tier": Unknown("the tier")}, {"Tier": Unknown("x"), "Name": "public"}],
)
def test_a_hidden_tag_is_not_overruled_by_weaker_signs(tags: object) -> None:
    topology = open_subnet("public-looking", tags=tags)
    for otherwise in Unclassified:
        assert (
            verdict(topology, PRIVATE_RULE, "public-looking", unclassified=otherwise)
            is Verdict.UNVERIFIED
        )


def test_an_unclassified_subnet_without_a_way_out_is_kept() -> None:
    assert verdict(network(subnet("back")), PRIVATE_RULE, "back") is Verdict.KEPT


def test_a_subnet_elsewhere_is_judged_by_its_association() -> None:
    topology = network(bind("x", "open", subnet=External("subnet-1")))
    assert verdict(topology, PRIVATE_RULE, "subnet-1") is Verdict.UNVERIFIED
    named = {"private_subnets": ("subnet-1",)}
    assert verdict(topology, PRIVATE_RULE, "subnet-1", **named) is Verdict.VIOLATED


def test_a_default_subnet_is_in_the_default_vpc() -> None:
    lost = subnet("lost", vpc=Unknown("its VPC"), default=True, tags={"Tier": "private"})
    assert verdict(network(lost), PRIVATE_RULE, "lost") is Verdict.UNVERIFIED
    aws = Vpc(key="aws", scope=REGION, name="aws", default=True)
    assert verdict(network(lost, aws), PRIVATE_RULE, "lost") is Verdict.VIOLATED


def test_a_table_elsewhere_that_is_known_to_be_closed_is_believed() -> None:
    topology = network(bind("private", External("rtb-1")), without=("private-association",))
    known = {"closed_tables": frozenset({"rtb-1"})}
    assert verdict(topology, PRIVATE_RULE, "private", **known) is Verdict.KEPT
    opened = added(topology, route("::/0", "internet", table=External("rtb-1")))
    assert verdict(opened, PRIVATE_RULE, "private", **known) is Verdict.VIOLATED


def test_a_public_range_that_is_internal_is_no_way_out() -> None:
    topology = network(
        gateway("hub", TargetKind.TRANSIT), route("20.0.0.0/8", "hub", TargetKind.TRANSIT)
    )
    assert verdict(topology, PRIVATE_RULE, "private") is Verdict.UNVERIFIED
    internal = {"internal_ranges": ("20.0.0.0/8",)}
    assert verdict(topology, PRIVATE_RULE, "private", **internal) is Verdict.KEPT


def test_the_path_runs_from_the_subnet_to_the_gateway() -> None:
    assert paths(network(route("0.0.0.0/0", "internet")), PRIVATE_RULE) == [
        (
            "subnet private -> association private-association -> route table closed"
            " -> route 0.0.0.0/0 -> internet gateway internet"
        )
    ]


def test_routes_to_one_gateway_are_one_finding() -> None:
    topology = network(
        route("::/0", "internet"),
        route("0.0.0.0/0", "internet"),
        route("::/0", "internet", key="i"),
    )
    [only] = paths(topology, PRIVATE_RULE)
    assert "route 0.0.0.0/0, ::/0 -> internet gateway internet" in only


def test_two_gateways_are_two_findings() -> None:
    topology = network(
        gateway("nat", TargetKind.NAT),
        route("0.0.0.0/0", "nat", TargetKind.NAT),
        route("::/0", "internet"),
    )
    assert [path.rsplit(" -> ", 1)[1] for path in paths(topology, PRIVATE_RULE)] == [
        "NAT gateway nat",
        "internet gateway internet",
    ]


def test_the_path_through_an_appliance_goes_on_to_the_gateway() -> None:
    [only] = paths(network(route("0.0.0.0/0", "appliance", TargetKind.INTERFACE)), PRIVATE_RULE)
    assert only.endswith(
        "network interface appliance -> subnet public -> association public-association"
        " -> route table open -> route 0.0.0.0/0 -> internet gateway internet"
    )


def test_appliances_that_route_to_each_other_end() -> None:
    machine = TargetKind.INTERFACE
    topology = network(
        route("0.0.0.0/0", "node-a", machine),
        route("0.0.0.0/0", "appliance", machine, key="back", table="open"),
        without=("default-route",),
    )
    assert verdict(topology, PRIVATE_RULE, "private") is Verdict.UNVERIFIED


def test_a_violation_names_the_subnet_the_gateway_and_the_fix() -> None:
    topology = network(route("0.0.0.0/0", "internet"))
    mapped = replace(topology.subnets[0], maps_public_address=True)
    [found] = findings(replace(topology, subnets=(mapped, *topology.subnets[1:])), PRIVATE_RULE)
    assert found.message == (
        "private subnet private reaches the internet through internet gateway internet"
        "; machines launched in it also get public addresses"
    )
    assert found.remedy.startswith("remove the route")
    assert str(found).splitlines()[-1] == "  fix: " + found.remedy


def test_the_order_of_resources_changes_nothing() -> None:
    topology = network(
        route("0.0.0.0/0", "internet"), route("::/0", "internet"), subnet("other"), subnet("a")
    )
    turned = replace(topology, routes=topology.routes[::-1], subnets=topology.subnets[::-1])
    assert judged(turned).findings == judged(topology).findings


def test_what_writes_out_of_sight_is_named() -> None:
    writer = UnseenWriter(key="urn::template", scope="", what="CloudFormation stack")
    [found] = findings(network(writer), PRIVATE_RULE)
    assert (found.subject, found.verdict) == ("urn::template", Verdict.UNVERIFIED)
    assert found.message.startswith("template (CloudFormation stack) may change the network")


def test_a_name_that_is_longer_than_any_tag_says_nothing_for_sure() -> None:
    long = "public-" + "x" * 300
    topology = network(route("0.0.0.0/0", "internet"), subnet(long), bind(long, "closed"))
    assert verdict(topology, PRIVATE_RULE, long) is Verdict.UNVERIFIED
