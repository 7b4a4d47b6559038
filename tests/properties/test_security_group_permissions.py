from random import Random

from hypothesis import given
from hypothesis import strategies as st

from sandbox.provider.ec2.security_group_permissions import (
    grants_in,
    grants_of,
    permissions_of,
    rules_as_live,
    whole_rule,
)

GROUP, OWNER = "sg-0a", "123456789012"
PEERS = {
    "cidrBlocks": ["10.0.0.0/16", "10.1.0.0/16", "0.0.0.0/0"],
    "ipv6CidrBlocks": ["2001:db8::/32", "::/0"],
    "securityGroups": ["sg-0b", "sg-0c", "999999999999/sg-0d"],
}
PORTS = st.sampled_from([("tcp", 443, 443), ("udp", 1, 1024), ("-1", 0, 0), ("icmp", 8, -1)])


@st.composite
def inline_rules(draw: st.DrawFn) -> dict[str, object]:
    protocol, first, last = draw(PORTS)
    some = {kind: st.lists(st.sampled_from(known), unique=True) for kind, known in PEERS.items()}
    return {
        **{kind: draw(peers) for kind, peers in some.items()},
        "protocol": protocol,
        "fromPort": first,
        "toPort": last,
        "self": draw(st.booleans()),
        "description": draw(st.sampled_from(["", "web", "node"])),
    }


def disjoint(rules: list[dict[str, object]]) -> bool:
    grants = [grant.identity for rule in rules for grant in grants_of(rule, GROUP)]
    return len(grants) == len(set(grants)) and all(grants_of(rule, GROUP) for rule in rules)


RULES = st.lists(inline_rules(), max_size=4).filter(disjoint)


@given(RULES)
def test_what_aws_is_given_is_what_it_tells(rules: list[dict[str, object]]) -> None:
    grants = [grant for rule in rules for grant in grants_of(rule, GROUP)]
    told = grants_in(permissions_of(grants), OWNER)
    assert sorted(told) == sorted(grants)


@given(RULES, st.randoms())
def test_rules_that_all_live_keep_their_cut(rules: list[dict[str, object]], random: Random) -> None:
    live = [grant for rule in rules for grant in grants_of(rule, GROUP)]
    random.shuffle(live)
    assert rules_as_live(rules, live, GROUP) == [whole_rule(rule) for rule in rules]


@given(RULES, RULES, st.randoms())
def test_whatever_lives_is_told_exactly_once(
    known: list[dict[str, object]], there: list[dict[str, object]], random: Random
) -> None:
    live = [grant for rule in there for grant in grants_of(rule, GROUP)]
    random.shuffle(live)
    told = rules_as_live(known, live, GROUP)
    assert sorted(grant for rule in told for grant in grants_of(rule, GROUP)) == sorted(live)
