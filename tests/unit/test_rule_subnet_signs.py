"""Signs of a subnet that disagree with each other, or with what the subnet does."""

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from guardrails import Topology, Unclassified, Verdict
from guardrails.model.knowledge import External, OneOf, Unknown
from guardrails.model.network import Vpc
from guardrails.model.routing import MainAssociation
from guardrails.pack import policies
from guardrails.testing import analyze
from tests.support.gateways import NAT, nat
from tests.support.pages import rows_below
from tests.support.policy_stacks import Stack
from tests.support.topologies import (
    PRIVATE_RULE,
    REGION,
    bind,
    findings,
    judged,
    network,
    route,
    subnet,
    table,
    verdict,
)

ELB = {"kubernetes.io/role/elb": "1"}


def on_open_table(key: str, *elements: Any, **more: Any) -> Topology:
    """A subnet on the table that leads to the internet gateway."""
    return network(subnet(key, **more), bind(key, "open"), *elements)


def on_nat_table(key: str, **more: Any) -> Topology:
    """A subnet on a table that leads to a public NAT gateway."""
    leads = route("0.0.0.0/0", "nat", NAT, table="inner", key="nat-route")
    return network(subnet(key, **more), table("inner"), bind(key, "inner"), nat(), leads)


def is_public(topology: Topology, key: str, **settings: Any) -> bool:
    return key in judged(topology, **settings).coverage[PRIVATE_RULE].skipped


@pytest.mark.parametrize("tags", [ELB, {"Type": "public"}, {"Tier": "public"}])
@pytest.mark.parametrize("name", ["private-b", "app-private-1", "public-api-private-a"])
def test_a_private_name_with_a_public_tag_is_unverified(name: str, tags: dict[str, str]) -> None:
    for topology in (on_open_table(name, tags=tags), on_nat_table(name, tags=tags)):
        assert verdict(topology, PRIVATE_RULE, name) is Verdict.UNVERIFIED
        [found] = findings(topology, PRIVATE_RULE)
        [fact] = found.missing
        assert fact.startswith(f"whether subnet {name} is private: its signs disagree (private by ")
        assert f"public by its tag {next(iter(tags))}" in fact
        option = f'{{"{PRIVATE_RULE}": {{"publicSubnets": ["{name}"]}}}}'
        assert found.remedy.startswith(f"if the subnet is public, configure {option}; otherwise ")


def test_a_name_tag_that_says_private_counts_beside_a_public_tag() -> None:
    tags = {"Name": "app-private-1", **ELB}
    assert verdict(on_nat_table("back", tags=tags), PRIVATE_RULE, "back") is Verdict.UNVERIFIED
    hidden = {"Name": Unknown("the name"), **ELB}
    assert verdict(on_nat_table("back", tags=hidden), PRIVATE_RULE, "back") is Verdict.UNVERIFIED


IN_VPC = {
    ("private-net-public-a", "private-net"): "public",
    ("subnet-public-0-private-net", "private-net"): "public",
    ("publicApiPrivateA", "public-api-vpc"): "private",
    ("public-api-private-a", "public-api"): "private",
    ("public-api-private-a", "PublicApiVpc"): "private",
    ("public-api-private-a", "public-site"): "unverified",
    ("public-api-private-a", "api"): "unverified",
    ("public-private", "public-private"): "unverified",
    ("private-b", "public-api"): "private",
    ("private-1", "private"): "private",
    ("public-private-private-1", "public-private"): "private",
}
"""Name of a subnet, name of its VPC, expected tier.

Words that the subnet's name takes over from the VPC's name say nothing about the subnet.
"""


@pytest.mark.parametrize(("names", "expected"), IN_VPC.items())
@pytest.mark.parametrize("labelled", [False, True])
def test_the_name_of_the_vpc_is_no_sign_of_its_subnet(
    names: tuple[str, str], expected: str, *, labelled: bool
) -> None:
    name, vpc = names
    key, tags = ("back", {"Name": name}) if labelled else (name, {})
    topology = on_open_table(key, tags=tags)
    named = replace(topology, vpcs=(replace(topology.vpcs[0], name=vpc), *topology.vpcs[1:]))
    verdicts = {"public": None, "private": Verdict.VIOLATED, "unverified": Verdict.UNVERIFIED}
    assert verdict(named, PRIVATE_RULE, key) is verdicts[expected]


def documented() -> Iterator[tuple[str, dict[str, str], str, str]]:
    """Yield name, tags, VPC and verdict of each subnet in the table of signs in docs/policy.md."""
    text = (Path(__file__).parents[2] / "docs" / "policy.md").read_text()
    for signs, said in rows_below(text, "| signs | what the subnet is |"):
        names, _, beside = signs.partition(" with " if " with " in signs else " in a VPC ")
        words = [re.findall("`(.+?)`", part) for part in (names, *beside.split(" or "))]
        for name, others in product(words[0], words[1:]):
            tags = dict(each.partition(": ")[::2] for each in others if " with " in signs)
            vpc = others[0] if " in a VPC " in signs else "vpc"
            yield name, tags, vpc, said.partition(":")[0]


def test_the_table_of_signs_in_the_docs_is_true() -> None:
    rows = list(documented())
    assert len(rows) >= 12
    verdicts = {"public": None, "private": Verdict.VIOLATED}
    for name, tags, vpc, said in rows:
        topology = on_open_table(name, tags=tags)
        named = replace(topology, vpcs=(replace(topology.vpcs[0], name=vpc),))
        expected = verdicts.get(said, Verdict.UNVERIFIED)
        assert verdict(named, PRIVATE_RULE, name) is expected, (name, tags, vpc)


def test_a_closed_subnet_is_kept_whatever_its_signs_say() -> None:
    topology = network(subnet("private-b", tags=ELB), bind("private-b", "closed"))
    assert verdict(topology, PRIVATE_RULE, "private-b") is Verdict.KEPT


@pytest.mark.parametrize("name", ["public-sector-db-a", "PublicSectorDb", "public_health-api"])
def test_the_public_sector_is_not_a_public_subnet(name: str) -> None:
    assert verdict(on_open_table(name), PRIVATE_RULE, name) is Verdict.UNVERIFIED


MIXED = {
    "a name with both words": ("subnet-public-0-private-net", {}),
    "a name with the private word last": ("public-api-private-a", {}),
    "a private tag and a public name": ("public-a", {"Tier": "private"}),
    "tags that say both": ("back", {"Tier": "private", "SubnetType": "public"}),
    "a private tag and a tag that cannot be seen": (
        "back",
        {"Tier": "private", "SubnetType": Unknown("the type")},
    ),
}


@pytest.mark.parametrize(("name", "tags"), MIXED.values(), ids=MIXED.keys())
@pytest.mark.parametrize("maps", [True, Unknown("what it hands out"), False, None])
def test_signs_that_disagree_prove_nothing_whatever_the_subnet_does(
    name: str, tags: Any, maps: Any
) -> None:
    topology = on_open_table(name, tags=tags, maps_public_address=maps)
    assert verdict(topology, PRIVATE_RULE, name) is Verdict.UNVERIFIED


def test_the_message_names_all_signs() -> None:
    tags = {"Name": "dmz", "Tier": "private", "SubnetType": "Public"}
    [found] = findings(on_open_table("private-b", tags=tags), PRIVATE_RULE)
    [fact] = found.missing
    assert fact == (
        "whether subnet private-b is private: its signs disagree (private by its tag Tier and its "
        "name; public by its tag SubnetType and its tag Name (dmz))"
    )
    assert found.remedy.endswith(
        "otherwise let its tags and its name say the same, or add it to `privateSubnets`; where it "
        "is private, remove the route"
    )


def test_a_private_subnet_that_hands_out_public_addresses_is_violated_all_the_same() -> None:
    topology = on_open_table("private-b", maps_public_address=True)
    assert verdict(topology, PRIVATE_RULE, "private-b") is Verdict.VIOLATED


def test_a_subnet_without_signs_that_behaves_as_a_public_one_is_public() -> None:
    topology = on_open_table("web-1", maps_public_address=True)
    assert is_public(topology, "web-1")
    assert [each for each in findings(topology, PRIVATE_RULE) if each.subject == "web-1"] == []


OPEN = {
    "public addresses alone": on_nat_table("web-1", maps_public_address=True),
    "a default route alone": on_open_table("web-1"),
    "addresses that are not known": on_open_table("web-1", maps_public_address=Unknown("maps")),
    "a route to the gateway that is no default route": network(
        subnet("web-1", maps_public_address=True),
        table("narrow"),
        bind("web-1", "narrow"),
        route("8.8.8.0/24", "internet", table="narrow", key="narrow-route"),
    ),
    "a default route of IPv6 alone": network(
        subnet("web-1", maps_public_address=True),
        table("v6"),
        bind("web-1", "v6"),
        route("::/0", "internet", table="v6", key="v6-route"),
    ),
    "one of two gateways": network(
        subnet("web-1", maps_public_address=True),
        table("either"),
        bind("web-1", "either"),
        nat(),
        route("0.0.0.0/0", OneOf(("internet", "nat")), table="either", key="either-route"),
    ),
    "a second table that does not lead to the gateway": on_open_table(
        "web-1",
        nat(),
        table("inner"),
        bind("web-1", "inner", key="second"),
        route("0.0.0.0/0", "nat", NAT, table="inner", key="nat-route"),
        maps_public_address=True,
    ),
    "tags that cannot be seen": on_open_table(
        "web-1", tags=Unknown("its tags"), maps_public_address=True
    ),
}


@pytest.mark.parametrize("topology", OPEN.values(), ids=OPEN.keys())
def test_a_subnet_is_not_public_by(topology: Topology) -> None:
    assert verdict(topology, PRIVATE_RULE, "web-1") is Verdict.UNVERIFIED


def test_an_unclassified_subnet_is_private_where_configuration_says_so() -> None:
    topology = on_open_table("web-1", maps_public_address=True)
    strict = {"unclassified": Unclassified.PRIVATE}
    assert verdict(topology, PRIVATE_RULE, "web-1", **strict) is Verdict.VIOLATED


DEFAULT_VPC = Vpc(key="aws", scope=REGION, name="aws", default=True)


@pytest.mark.parametrize(
    "elements",
    [
        (subnet("lost", vpc=Unknown("its VPC"), default=True),),
        (subnet("lost", vpc=External("vpc-1"), default=True),),
        (subnet("lost", vpc=Unknown("its VPC"), default=True), DEFAULT_VPC),
        (subnet("lost", vpc="aws", default=True), DEFAULT_VPC),
    ],
    ids=["of a VPC unknown", "of a VPC elsewhere", "beside the VPC", "in the VPC"],
)
def test_a_default_subnet_is_public(elements: tuple[Any, ...]) -> None:
    assert is_public(network(*elements), "lost")


@pytest.mark.parametrize(
    "elements",
    [
        (subnet("lost", vpc="aws", default=True, maps_public_address=False), DEFAULT_VPC),
        (subnet("lost", vpc="aws"), DEFAULT_VPC),
        (
            subnet("lost", vpc=Unknown("its VPC"), default=True),
            MainAssociation(key="main", vpc=Unknown("the VPC"), table=Unknown("the table")),
        ),
        (
            subnet("lost", vpc=Unknown("its VPC"), default=True),
            table("adopted", main_of=Unknown("whose main table it is")),
        ),
        (
            subnet("lost", vpc=Unknown("its VPC"), default=True),
            bind("x", "closed", subnet=Unknown("the subnet")),
        ),
        (subnet("lost", default=True, vpc="aws"), DEFAULT_VPC, bind("lost", External("rtb-1"))),
    ],
    ids=["no addresses", "an own subnet", "another main table", "adopted", "bound?", "elsewhere"],
)
def test_a_subnet_of_the_default_vpc_may_be_private(elements: tuple[Any, ...]) -> None:
    assert verdict(network(*elements), PRIVATE_RULE, "lost") is Verdict.UNVERIFIED


def test_a_default_subnet_on_a_table_with_a_nat_gateway_is_not_public() -> None:
    topology = on_nat_table("lost", default=True)
    assert verdict(topology, PRIVATE_RULE, "lost") is Verdict.UNVERIFIED


def stack(name: str, *, by_nat: bool, **given: Any) -> Stack:
    """One subnet on a table of its own, as programs write it."""
    made = Stack()
    vpc = made.add("ec2/vpc:Vpc", "private-net", cidrBlock="10.0.0.0/16")
    place = made.add("ec2/subnet:Subnet", name, vpcId=vpc, cidrBlock="10.0.1.0/24", **given)
    target = {"gatewayId": made.add("ec2/internetGateway:InternetGateway", "gateway", vpcId=vpc)}
    if by_nat:
        edge = made.add("ec2/subnet:Subnet", "public-a", vpcId=vpc, cidrBlock="10.0.0.0/24")
        target = {"natGatewayId": made.add("ec2/natGateway:NatGateway", "nat", subnetId=edge)}
    routes = [{"cidrBlock": "0.0.0.0/0", **target}]
    own = made.add("ec2/routeTable:RouteTable", "own", vpcId=vpc, routes=routes)
    association = "ec2/routeTableAssociation:RouteTableAssociation"
    made.add(association, "own", subnetId=place, routeTableId=own)
    return made


@pytest.mark.parametrize(
    ("program", "expected"),
    [
        (stack("subnet-public-0-private-net", by_nat=False), "silent"),
        (stack("subnet-public-0-private-link", by_nat=False), "unverified"),
        (stack("web-1", by_nat=False, mapPublicIpOnLaunch=True), "silent"),
        (stack("web-1", by_nat=False), "unverified"),
        (stack("app-private-1", by_nat=True, tags=ELB), "unverified"),
        (stack("app-private-1", by_nat=True, tags={"Type": "public"}), "unverified"),
        (stack("app-private-1", by_nat=True), "violated"),
        (stack("public-sector-db-a", by_nat=False), "unverified"),
        (stack("private-b", by_nat=False, tags=ELB), "unverified"),
    ],
)
def test_previews_and_states_say_the_same_of(program: Stack, expected: str) -> None:
    for shown, preview in ((program.preview(), True), (program.state(), None)):
        outcome = analyze(shown, policies(), preview=preview)
        said = {
            "violated": outcome.of(PRIVATE_RULE),
            "unverified": [e for e in outcome.of("facts-are-missing") if PRIVATE_RULE in e.message],
        }
        assert [word for word, found in said.items() if found] == (
            [] if expected == "silent" else [expected]
        )
