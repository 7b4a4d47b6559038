"""Several accounts in one stack: an id is one thing within an account, unless a link says which."""

from dataclasses import replace
from typing import Any

import pytest

from guardrails.pack import policies
from guardrails.testing import UNKNOWN, Given, analyze

RULE = "private-subnets-have-no-internet-route"
TABLE = "aws:ec2/routeTable:RouteTable"
REGION = {"region": "us-east-1"}
ROLE = "arn:aws:iam::{}:role/deployer"
ONE, TWO = "111111111111", "222222222222"
VPC = {"vpcId": "vpc-1"}
OUT = {"routeTableId": "rtb-1", "destinationCidrBlock": "0.0.0.0/0", "gatewayId": "igw-1"}

PARTS = {
    "aws:ec2/vpc:Vpc": ({"cidrBlock": "10.0.0.0/16"}, {"id": "vpc-1", "mainRouteTableId": "rtb-m"}),
    "aws:ec2/subnet:Subnet": (VPC, {"id": "subnet-1"}),
    TABLE: ({**VPC, "routes": []}, {"id": "rtb-1"}),
    "aws:ec2/routeTableAssociation:RouteTableAssociation": (
        {"subnetId": "subnet-1", "routeTableId": "rtb-1"},
        {"id": "a"},
    ),
}
"""A private subnet on a closed table, with the same ids in every account."""


def network(provider: str, settings: dict[str, Any]) -> list[Given]:
    return [
        of(provider, settings, kind, f"private-{provider}", inputs, shown)
        for kind, (inputs, shown) in PARTS.items()
    ]


def of(
    provider: str,
    settings: dict[str, Any],
    kind: str,
    name: str,
    inputs: dict[str, Any],
    shown: dict[str, Any],
) -> Given:
    given = {**REGION, **settings}
    return Given(kind, name, inputs, {**inputs, **shown}, provider=given, provider_name=provider)


def route(provider: str, settings: dict[str, Any], **more: Any) -> Given:
    kind = "aws:ec2/route:Route"
    return of(provider, settings, kind, "out", {**OUT, **more}, {"id": "r"})


def verdicts(stack: list[Given]) -> dict[str, str]:
    outcome = analyze(stack, policies())
    assert outcome.of("pack-is-sound") == []
    found = {each.urn: "violated" for each in outcome.of(RULE)}
    found |= {each.urn: "unverified" for each in outcome.of("facts-are-missing")}
    return {urn.rpartition("::")[2]: verdict for urn, verdict in found.items()}


APART = {
    "roles": (
        {"assumeRoles": [{"roleArn": ROLE.format(ONE)}]},
        {"assumeRoles": [{"roleArn": ROLE.format(TWO)}]},
    ),
    "roles as text": (
        {"assumeRoles": f'[{{"roleArn":"{ROLE.format(ONE)}"}}]'},
        {"assumeRoles": f'[{{"roleArn":"{ROLE.format(TWO)}"}}]'},
    ),
    "the last of several roles": (
        {"assumeRoles": [{"roleArn": ROLE.format(TWO)}, {"roleArn": ROLE.format(ONE)}]},
        {"assumeRoles": [{"roleArn": ROLE.format(TWO)}]},
    ),
    "an older role": ({"assumeRole": {"roleArn": ROLE.format(ONE)}}, {"allowedAccountIds": [TWO]}),
    "a web identity": (
        {"assumeRoleWithWebIdentity": {"roleArn": ROLE.format(ONE)}},
        {"allowedAccountIds": [TWO]},
    ),
    "accounts": ({"allowedAccountIds": [ONE]}, {"allowedAccountIds": [TWO]}),
    "regions": ({}, {"region": "eu-west-1"}),
}
PERHAPS = {
    "profiles": ({"profile": "a"}, {"profile": "b"}),
    "a profile and the environment": ({"profile": "a"}, {}),
    "a role and the environment": ({"assumeRoles": [{"roleArn": ROLE.format(ONE)}]}, {}),
    "keys": ({"accessKey": "AKIA1"}, {"accessKey": "AKIA2"}),
    "a role that is not known": ({"assumeRoles": [{"roleArn": UNKNOWN}]}, {}),
    "roles that are not known": (
        {"assumeRoles": [{"roleArn": UNKNOWN}]},
        {"assumeRoles": [{"roleArn": UNKNOWN}]},
    ),
    "several accounts": ({"allowedAccountIds": [ONE, TWO]}, {"allowedAccountIds": [ONE]}),
    "files": ({"sharedConfigFiles": ["a"]}, {"sharedConfigFiles": ["b"]}),
}
SAME = {
    "nothing": ({}, {}),
    "other tags": ({}, {"defaultTags": {"tags": {"a": "b"}}}),
    "two roles of one account": (
        {"assumeRoles": [{"roleArn": ROLE.format(ONE)}]},
        {"assumeRole": {"roleArn": f"arn:aws:iam::{ONE}:role/other"}},
    ),
    "one profile": ({"profile": "a"}, {"profile": "a"}),
}
both_ways = pytest.mark.parametrize("turned", [False, True])


def cases(rows: dict[str, Any]) -> Any:
    return pytest.mark.parametrize("providers", rows.values(), ids=rows.keys())


@cases({**APART, **PERHAPS})
@both_ways
def test_equal_ids_of_two_accounts_are_two_things(providers: Any, *, turned: bool) -> None:
    one, two = reversed(providers) if turned else providers
    stack = [*network("one", one), *network("two", two), route("two", two)]
    assert verdicts(stack) == {"private-two": "violated"}


@cases(APART)
@both_ways
def test_an_id_of_another_account_is_none_of_this_one(providers: Any, *, turned: bool) -> None:
    one, two = reversed(providers) if turned else providers
    assert verdicts([*network("one", one), route("two", two)]) == {}


@cases(PERHAPS)
@both_ways
def test_an_id_of_what_may_be_another_account_is_unverified(
    providers: Any, *, turned: bool
) -> None:
    one, two = reversed(providers) if turned else providers
    assert verdicts([*network("one", one), route("two", two)]) == {"private-one": "unverified"}


@cases(SAME)
def test_an_id_is_one_thing_for_providers_of_one_account(providers: Any) -> None:
    one, two = providers
    assert verdicts([*network("one", one), route("two", two)]) == {"private-one": "violated"}


@cases({**APART, **PERHAPS})
def test_a_link_leads_to_another_account(providers: Any) -> None:
    one, two = providers
    stack = [*network("one", one), *network("two", two)]
    table = next(each for each in stack if each.type == TABLE)
    linked = replace(route("two", two), links={"routeTableId": [table.urn]})
    assert verdicts([*stack, linked]) == {"private-one": "violated"}


@pytest.mark.parametrize(
    ("rows", "expected"), [(APART, "kept"), (PERHAPS, "unverified"), (SAME, "violated")]
)
def test_ids_of_what_aws_makes_with_a_vpc_are_kept_apart_too(
    rows: dict[str, Any], expected: str
) -> None:
    for one, two in rows.values():
        vpc, subnet, *_ = network("one", one)
        main = route("two", two, routeTableId="rtb-m")
        assert verdicts([vpc, subnet, main]).get("private-one", "kept") == expected
        linked = replace(main, links={"routeTableId": [vpc.urn]})
        assert verdicts([vpc, subnet, linked]) == {"private-one": "violated"}


def test_a_default_subnet_is_in_the_default_vpc_of_its_account() -> None:
    """AWS has one default VPC for each account and region; a preview knows it by its place only."""

    def default(provider: str, settings: dict[str, Any]) -> list[Given]:
        vpc = of(provider, settings, "aws:ec2/defaultVpc:DefaultVpc", provider, {}, {"id": UNKNOWN})
        given = {"availabilityZone": "us-east-1a", "tags": {"Tier": "private"}}
        kind = "aws:ec2/defaultSubnet:DefaultSubnet"
        shown = {"id": UNKNOWN, "vpcId": UNKNOWN}
        return [vpc, of(provider, settings, kind, f"lost-{provider}", given, shown)]

    for one, two in (*APART.values(), *PERHAPS.values()):
        vpc, subnet = default("one", one)
        other, _ = default("two", two)
        assert verdicts([vpc, subnet, other]) == {"lost-one": "violated"}
        assert verdicts([subnet, other]) == {"lost-one": "unverified"}
