"""Forgetting: a value that is not known may move a verdict only to unverified."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from guardrails import Configuration, Judgement, Topology, Verdict, judge
from tests.support.forgetting import confuse, forget, hide_routes, hide_rules, places
from tests.support.generated import GROUPS, TABLES, topologies
from tests.support.topologies import ENDPOINT_RULE, PRIVATE_RULE, VIRTUAL_IP_RULE

CONFIGURATION = Configuration(virtual_ips=("20.0.0.100",))
MANDATORY = [PRIVATE_RULE, ENDPOINT_RULE, VIRTUAL_IP_RULE]
BADNESS = (Verdict.VIOLATED, Verdict.UNVERIFIED, Verdict.KEPT)
EXAMPLES = settings(
    max_examples=100,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


def worst(judgement: Judgement, rule: str) -> Verdict:
    verdicts = judgement.coverage[rule].verdicts.values()
    return min(verdicts, key=BADNESS.index, default=Verdict.KEPT)


def assert_only_unverified(known: Topology, forgotten: Topology) -> None:
    before, after = judge(known, CONFIGURATION), judge(forgotten, CONFIGURATION)
    for rule in MANDATORY:
        assert worst(after, rule) in {worst(before, rule), Verdict.UNVERIFIED}
    for name, coverage in after.coverage.items():
        earlier = before.coverage[name].verdicts
        for subject, verdict in coverage.verdicts.items():
            if verdict is Verdict.VIOLATED:
                assert earlier.get(subject) is Verdict.VIOLATED, (name, subject)
            if verdict is Verdict.KEPT and name in MANDATORY:
                assert earlier.get(subject, verdict) is Verdict.KEPT, (name, subject)


@EXAMPLES
@given(topologies(), st.data())
def test_forgetting_values_only_unverifies(topology: Topology, data: st.DataObject) -> None:
    chosen = data.draw(st.lists(st.sampled_from(list(places(topology))), max_size=4, unique=True))
    whole = [place for place in chosen if place.member is None]
    members = [place for place in chosen if place.member is not None]
    assert_only_unverified(topology, forget(topology, (*members, *whole)))


@EXAMPLES
@given(topologies(), st.data())
def test_not_telling_candidates_apart_only_unverifies(
    topology: Topology, data: st.DataObject
) -> None:
    place = data.draw(st.sampled_from(list(places(topology))))
    keys = {
        "table": TABLES,
        "target": ("igw", "eni-1", "hub"),
        "group": GROUPS,
        "vpc": ("vpc-a", "vpc-b"),
        "subnet": ("private-1", "public-1"),
    }
    assert_only_unverified(topology, confuse(topology, place, keys.get(place.field, ())))


@EXAMPLES
@given(topologies(), st.sampled_from(TABLES), st.sampled_from(GROUPS))
def test_hiding_whole_lists_only_unverifies(topology: Topology, table: str, group: str) -> None:
    assert_only_unverified(topology, hide_routes(topology, table))
    assert_only_unverified(topology, hide_rules(topology, group))


@EXAMPLES
@given(topologies(), st.randoms(use_true_random=False))
def test_the_order_of_elements_does_not_change_the_findings(
    topology: Topology, random: object
) -> None:
    shuffled = {}
    for name in topology.__slots__:
        elements = list(getattr(topology, name))
        random.shuffle(elements)
        shuffled[name] = tuple(elements)
    first = judge(topology, CONFIGURATION)
    second = judge(Topology(**shuffled), CONFIGURATION)
    assert [str(each) for each in first.findings] == [str(each) for each in second.findings]
