"""Forgetting, row by row: no row of the rules' tables keeps its verdict by something it forgot."""

import pytest

from guardrails import Judgement, Topology, Verdict, judge
from tests.support.forgetting import confuse, forget, hide_routes, hide_rules, places
from tests.support.topologies import ADVICE, COMPLETE_RULE
from tests.unit import (
    test_rule_endpoints,
    test_rule_private_subnets,
    test_rule_private_subnets_unverified,
    test_rule_vip_outside_vpc,
)

TABLES = {
    "open": (test_rule_private_subnets.VIOLATED, test_rule_private_subnets.KEPT),
    "doubtful": (test_rule_private_subnets_unverified.UNVERIFIED,),
    "endpoint": (
        test_rule_endpoints.VIOLATED,
        test_rule_endpoints.UNVERIFIED,
        test_rule_endpoints.KEPT,
    ),
    "virtual IP": (
        test_rule_vip_outside_vpc.VIOLATED,
        test_rule_vip_outside_vpc.UNVERIFIED,
        test_rule_vip_outside_vpc.KEPT,
    ),
}
ROWS = {
    f"{name}: {row}": topology
    for name, tables in TABLES.items()
    for table in tables
    for row, topology in table.items()
}
CANDIDATES = ("internet", "open", "closed", "node-a", "ssh", "https", "vpc")
BADNESS = (Verdict.VIOLATED, Verdict.UNVERIFIED, Verdict.KEPT)


def worst(judgement: Judgement, rule: str) -> Verdict:
    verdicts = judgement.coverage[rule].verdicts.values()
    return min(verdicts, key=BADNESS.index, default=Verdict.KEPT)


def assert_only_unverified(before: Judgement, forgotten: Topology) -> None:
    after = judge(forgotten)
    for rule, coverage in after.coverage.items():
        if rule not in {ADVICE, COMPLETE_RULE}:
            assert worst(after, rule) in {worst(before, rule), Verdict.UNVERIFIED}
        for subject, verdict in coverage.verdicts.items():
            if verdict is Verdict.VIOLATED:
                assert before.coverage[rule].verdicts.get(subject) is Verdict.VIOLATED


@pytest.mark.parametrize("topology", ROWS.values(), ids=ROWS.keys())
def test_no_single_value_can_be_forgotten_into_another_verdict(topology: Topology) -> None:
    before = judge(topology)
    for place in places(topology):
        assert_only_unverified(before, forget(topology, (place,)))
        if place.member is None:
            assert_only_unverified(before, confuse(topology, place, CANDIDATES))
    for table in ("closed", "open"):
        assert_only_unverified(before, hide_routes(topology, table))
    for group in ("https", "ssh"):
        assert_only_unverified(before, hide_rules(topology, group))
