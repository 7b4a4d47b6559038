"""The pack's configuration: every mistake is a finding with the nearest right word."""

from datetime import date
from typing import Any

import pytest

from guardrails.configuration import Configuration, Exit, Unclassified
from guardrails.options.exemptions import Exemption, Exemptions
from guardrails.options.reader import GivenOptions
from guardrails.options.settings import Settings, read_settings
from guardrails.options.table import OPTIONS
from guardrails.pack import policies
from guardrails.pulumi_reader.types.service_types import SERVICE_KINDS
from guardrails.testing import analyze
from tests.support.policy_stacks import closed_network

ROUTES = "private-subnets-have-no-internet-route"
ENDPOINTS = "endpoints-admit-only-https"
VIRTUAL_IP = "virtual-ip-outside-vpc-cidr"
KNOWN = (*OPTIONS, "facts-are-missing")


def settings_of(given: GivenOptions) -> Settings:
    """The settings that the pack reads."""
    return read_settings(given, KNOWN, SERVICE_KINDS)


def mistakes(**options: Any) -> tuple[str, ...]:
    return settings_of({ROUTES: options}).mistakes


def test_without_configuration_the_judge_has_its_own_defaults() -> None:
    settings = settings_of({})
    assert settings.judge == Configuration()
    assert settings.mistakes == ()
    assert settings.refused_when_unverified == frozenset()


def test_the_defaults_that_the_engine_fills_in_change_nothing() -> None:
    filled = {
        policy: {name: option["default"] for name, option in options.items()}
        for policy, options in OPTIONS.items()
    }
    assert settings_of(filled) == settings_of({})


def test_every_option_reaches_the_judge() -> None:
    given = {
        ROUTES: {
            "privateSubnets": ["subnet-1"],
            "publicSubnets": ["subnet-2"],
            "privateTags": {"Zone": ["Inner"]},
            "publicTags": {"Zone": ["Outer"]},
            "privateNames": ["^in"],
            "publicNames": ["^out"],
            "unclassified": "private",
            "internalRanges": ["198.51.100.0/24"],
            "allowedExits": ["nat", "egress-only"],
            "advisoryExits": ["nat-instance", "carrier"],
            "closedTables": ["rtb-1"],
            "closedTargets": ["tgw-1"],
            "onUnverified": "mandatory",
        },
        ENDPOINTS: {
            "httpsOnlyGroups": ["sg-1"],
            "endpointLike": ["aws:msk/vpcConnection:VpcConnection", "aws:rds/proxyEndpoint"],
        },
        VIRTUAL_IP: {"virtualIps": ["20.0.0.100"], "vpcRanges": {"vpc-1": ["10.0.0.0/16"]}},
    }
    settings = settings_of(given)
    assert settings.mistakes == ()
    assert settings.refused_when_unverified == {ROUTES}
    assert settings.judge == Configuration(
        private_subnets=("subnet-1",),
        public_subnets=("subnet-2",),
        private_tags={"Zone": frozenset({"inner"})},
        public_tags={"Zone": frozenset({"outer"})},
        private_names=("^in",),
        public_names=("^out",),
        unclassified=Unclassified.PRIVATE,
        internal_ranges=("198.51.100.0/24",),
        allowed_exits=frozenset({Exit.NAT, Exit.EGRESS_ONLY}),
        advisory_exits=frozenset({Exit.NAT_INSTANCE, Exit.CARRIER}),
        closed_tables=frozenset({"rtb-1"}),
        closed_targets=frozenset({"tgw-1"}),
        https_only_groups=frozenset({"sg-1"}),
        endpoint_like=frozenset({"aws:msk/vpcConnection", "aws:rds/proxyEndpoint"}),
        virtual_ips=("20.0.0.100",),
        vpc_ranges={"vpc-1": ("10.0.0.0/16",)},
    )


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"privateSubnet": []}, "'privateSubnet' is not known; did you mean 'privateSubnets'?"),
        ({"privateNames": ["("]}, "privateNames: '(' is not usable"),
        ({"privateNames": "a"}, "privateNames: is not a list of texts"),
        ({"privateSubnets": [5]}, "privateSubnets: 5 is not usable: not a text"),
        ({"privateTags": ["a"]}, "privateTags: is not a mapping of lists"),
        ({"unclassified": "maybe"}, "'maybe' is not one of private, public, unverified"),
        ({"internalRanges": ["10.0.0.0/33"]}, "internalRanges: '10.0.0.0/33' is not usable"),
        ({"privateSubnets": ["private-a"]}, "'private-a' is not usable: write an id (subnet-...)"),
        ({"privateSubnets": ["rtb-1"]}, "'rtb-1' is not usable: write an id (subnet-...)"),
        ({"privateSubnets": [" subnet-1"]}, "' subnet-1' is not usable: write an id"),
        ({"closedTables": ["rtb-*"]}, "'rtb-*' is not usable: write an id (rtb-... or vpc-...)"),
        ({"privateTags": {"": ["a"]}}, "privateTags: '' is not usable: a tag has a key"),
        ({"privateTags": {"Tier": "private"}}, "privateTags.Tier: is not a list of texts"),
        ({"privateNames": ["db|"]}, "'db|' is not usable: it matches every name"),
        ({"privateNames": ["a{99999999999}"]}, "privateNames: 'a{99999999999}' is not usable"),
        ({"internalRanges": ["52.0.0.0/255.0.0.0"]}, "is not a valid range in CIDR notation"),
        ({"internalRanges": ["52.0.0.1/16"]}, "52.0.0.1/16 has host bits set"),
        ({"internalRanges": ["0.0.0.0/1"]}, "more of the internet than any organisation"),
        ({"internalRanges": ["fe80::%eth0/64"]}, "is not a valid range in CIDR notation"),
        ({"onUnverified": "disabled"}, "'disabled' is not one of advisory, mandatory"),
        ({"privateNames": ["(a+)+$"]}, "'(a+)+$' is not usable: it repeats what itself varies"),
        ({"publicSubnets": ["*"]}, "publicSubnets: '*' is not usable: it covers everything"),
        (
            {"exemptions": [{"urn": "*", "reason": "r", "owner": "o", "expires": "2030-01-01"}]},
            "exemptions: '*' is not usable: it covers everything",
        ),
        (
            {"internalRanges": [f"{first}.0.0.0/8" for first in range(11, 30)]},
            "internalRanges: together they are more of the internet",
        ),
        ({"allowedExits": ["internet"]}, "allowedExits: 'internet' is not usable"),
        ({"allowedExits": ["carrier"]}, "allowedExits: 'carrier' is not usable"),
        ({"allowedExits": ["Nat"]}, "'Nat' is not known; did you mean 'nat'?"),
        (
            {"allowedExits": ["nat"], "advisoryExits": ["nat"]},
            "advisoryExits: 'nat' is in allowedExits too; keep one of them",
        ),
        ({"closedTargets": ["igw-1"]}, "'igw-1' is not usable: write an id (tgw-... or vgw-..."),
        ({"exemptions": {}}, "exemptions: is not a list"),
        ({"exemptions": ["all"]}, "exemptions: 'all' is not a mapping"),
        ({"exemptions": [{"urn": "*"}]}, "an exemption needs `reason`, a text"),
        (
            {"exemptions": [{"urn": "*::a", "reason": "r", "owner": "o", "expires": "soon"}]},
            "expires 'soon' is not a valid day; write YYYY-MM-DD",
        ),
        (
            {"exemptions": [{"urn": "*::a", "reason": "r", "owner": "o", "expires": "20300101"}]},
            "expires '20300101' is not a valid day; write YYYY-MM-DD",
        ),
        (
            {"exemptions": [{"urn": "*", "reason": "r", "owner": "o", "expire": "2030-01-01"}]},
            "'expire' is not known; did you mean 'expires'?",
        ),
    ],
)
def test_a_mistake_is_named_with_its_remedy(options: dict[str, Any], said: str) -> None:
    assert any(said in each for each in mistakes(**options))


@pytest.mark.parametrize(
    ("policy", "options", "said"),
    [
        (VIRTUAL_IP, {"virtualIps": ["20.0.0.0/24"]}, "is a range of addresses, not one address"),
        (VIRTUAL_IP, {"virtualIps": ["224.0.0.1"]}, "224.0.0.1 is reserved: no machine can have"),
        (VIRTUAL_IP, {"virtualIps": ["fe80::1%eth0"]}, "'fe80::1%eth0' is not a valid IP address"),
        (VIRTUAL_IP, {"vpcRanges": {"vpc-1": []}}, "vpcRanges.vpc-1: is empty"),
        (VIRTUAL_IP, {"vpcRanges": {"vpc-1": ["10.0.0.0"]}}, "is one address, not the range of"),
        (
            VIRTUAL_IP,
            {"vpcRanges": {"vpc-1": ["10.0.0.0/255.255.0.0"]}},
            "is not a valid range in CIDR",
        ),
        (VIRTUAL_IP, {"vpcRanges": {"hub": ["10.0.0.0/16"]}}, "vpcRanges: 'hub' is not usable"),
        (ENDPOINTS, {"httpsOnlyGroups": ["default"]}, "write an id (sg-... or vpc-...), or a URN"),
        (ENDPOINTS, {"endpointLike": ["aws:rds/proxy"]}, "did you mean 'aws:rds/proxyEndpoint'?"),
        ("exemptions-are-current", {"coverage": "yes"}, "'yes' is neither true nor false"),
    ],
)
def test_a_mistake_is_told_once(policy: str, options: dict[str, Any], said: str) -> None:
    (found,) = settings_of({policy: options}).mistakes
    assert said in found


@pytest.mark.parametrize("text", ["20.0.0.0/24", "224.0.0.1", "floating", "fe80::1%eth0"])
def test_a_malformed_virtual_ip_is_one_finding(text: str) -> None:
    stack, _ = closed_network()
    config = {VIRTUAL_IP: {"virtualIps": [text]}}
    (finding,) = analyze(stack.preview(), policies(), config=config).violations
    assert (finding.policy, finding.level) == ("pack-is-sound", "mandatory")
    assert f"{VIRTUAL_IP}.virtualIps: {text!r} is not usable" in finding.message


def test_all_mistakes_are_reported_at_once() -> None:
    found = mistakes(privateNames=["("], unclassified="maybe", nonsense=1)
    assert len(found) == 3
    assert list(found) == sorted(found)


def test_a_policy_that_does_not_exist_is_named_with_the_nearest_one() -> None:
    found = settings_of({"endpoint-admit-only-http": {}}).mistakes
    assert found == (
        "'endpoint-admit-only-http' is not known; did you mean 'endpoints-admit-only-https'?",
    )


def test_a_policy_without_options_has_none() -> None:
    found = settings_of({"facts-are-missing": {"level": 1}}).mistakes
    assert found == ("facts-are-missing: 'level' is not known; known are: none",)


def test_a_mistake_is_a_mandatory_finding_of_the_pack() -> None:
    stack, _ = closed_network()
    config = {ROUTES: {"privateSubnet": ["*"]}}
    (finding,) = analyze(stack.preview(), policies(), config=config).violations
    assert (finding.policy, finding.level) == ("pack-is-sound", "mandatory")
    assert "did you mean 'privateSubnets'?" in finding.message


def test_a_faulty_option_leaves_the_others_in_force() -> None:
    settings = settings_of({ROUTES: {"privateNames": ["("], "unclassified": "private"}})
    assert settings.judge.unclassified is Unclassified.PRIVATE
    assert settings.judge.private_names == ()


def test_an_exemption_is_for_one_rule_and_matches_case() -> None:
    exemption = Exemption(ROUTES, "*::private-[ab]", "r", "o", date(2030, 1, 1))
    exemptions = Exemptions((exemption,))
    assert exemptions.covering(ROUTES, "urn::private-a") == [exemption]
    assert exemptions.covering(ENDPOINTS, "urn::private-a") == []
    assert exemptions.covering(ROUTES, "urn::Private-a") == []


def test_the_last_exemption_that_has_not_ended_counts() -> None:
    ended, first, last = (
        Exemption(ROUTES, urn, "r", "o", date(year, 1, 1))
        for urn, year in (("urn::private-a", 2020), ("*-a", 2998), ("*::private-a", 2999))
    )
    exemptions = Exemptions((first, last, ended))
    assert exemptions.covering(ROUTES, "urn::private-a") == [first, last, ended]
    assert exemptions.in_force(ROUTES, "urn::private-a") == last
