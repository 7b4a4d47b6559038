"""Kinds of exit that a configuration allows or makes advisory: what counts, and what does not."""

from typing import Any

import pytest

from guardrails import Exit, Topology, Verdict
from guardrails.model.knowledge import External, OneOf, Unknown
from guardrails.model.routing import TargetKind, TransitRoute
from tests.support.gateways import NAT, egress_vpc, firewall, nat
from tests.support.topologies import (
    PRIVATE_RULE,
    bind,
    findings,
    gateway,
    judged,
    network,
    route,
    table,
    verdict,
)

INTERFACE = TargetKind.INTERFACE


def inspected(*routes: object) -> Topology:
    """A private subnet behind a firewall endpoint whose own subnet has `routes`."""
    return network(
        firewall(),
        route("0.0.0.0/0", "firewall", TargetKind.ENDPOINT, key="r"),
        table("inspection"),
        bind("public", "inspection"),
        *routes,
        without=("public-association",),
    )


def into_hub(**more: Any) -> TransitRoute:
    """Another route in the transit gateway's table that the private subnet's VPC looks up."""
    given = {"table": "hub-table", "attachment": "egress-attachment", **more}
    return TransitRoute(key="another", **given)


NAT_PATHS = {
    "a public NAT gateway": network(nat(), route("0.0.0.0/0", "nat", NAT)),
    "one of two": network(nat(), gateway("b", NAT), route("0.0.0.0/0", OneOf(("nat", "b")), NAT)),
    "one that cannot be seen": network(route("0.0.0.0/0", Unknown("its id"), NAT)),
    "one by its id": network(route("0.0.0.0/0", External("nat-1"), NAT)),
}
BEHIND = {
    "a table of a transit gateway that others may write into": network(
        *egress_vpc(looked_up=External("tgw-rtb-1"), table=External("tgw-rtb-1"))
    ),
    "a transit gateway with a route in some table": network(
        *egress_vpc(), into_hub(table=Unknown("its table"))
    ),
    "a transit gateway with a route that may be a black hole": network(
        *egress_vpc(), into_hub(cidr="128.0.0.0/1", blackhole=Unknown("its state"))
    ),
    "a transit gateway with a route to some range": network(
        *egress_vpc(), into_hub(cidr=Unknown("its range"))
    ),
    "a firewall": inspected(
        gateway("nat", NAT), route("0.0.0.0/0", "nat", NAT, key="n", table="inspection")
    ),
}
EXITS: dict[str, tuple[Exit, Topology]] = {
    **{name: (Exit.NAT, topology) for name, topology in NAT_PATHS.items()},
    "a NAT gateway behind a transit gateway": (Exit.NAT, network(*egress_vpc())),
    "a NAT instance": (
        Exit.NAT_INSTANCE,
        network(route("0.0.0.0/0", "appliance", INTERFACE)),
    ),
    "an egress-only gateway": (
        Exit.EGRESS_ONLY,
        network(
            gateway("eigw", TargetKind.EGRESS_ONLY), route("::/0", "eigw", TargetKind.EGRESS_ONLY)
        ),
    ),
}


@pytest.mark.parametrize(("exit_kind", "topology"), EXITS.values(), ids=EXITS.keys())
def test_no_exit_is_kept_unless_its_kind_is_allowed(exit_kind: Exit, topology: Topology) -> None:
    others = frozenset(Exit) - {exit_kind}
    before = verdict(topology, PRIVATE_RULE, "private")
    assert before in {Verdict.VIOLATED, Verdict.UNVERIFIED}
    assert verdict(topology, PRIVATE_RULE, "private", allowed_exits=others) is before
    allowed = verdict(topology, PRIVATE_RULE, "private", allowed_exits=frozenset({exit_kind}))
    assert allowed is Verdict.KEPT


@pytest.mark.parametrize("topology", BEHIND.values(), ids=BEHIND.keys())
def test_an_allowed_exit_behind_what_may_have_others_is_unverified(topology: Topology) -> None:
    assert verdict(topology, PRIVATE_RULE, "private") is Verdict.VIOLATED
    allowed = frozenset({Exit.NAT})
    assert verdict(topology, PRIVATE_RULE, "private", allowed_exits=allowed) is Verdict.UNVERIFIED


def test_what_is_allowed_is_told_by_subject() -> None:
    topology = NAT_PATHS["a public NAT gateway"]
    covered = judged(topology, allowed_exits=frozenset({Exit.NAT})).coverage[PRIVATE_RULE]
    assert covered.allowed == {
        "private": "private subnet private reaches the internet through NAT gateway nat"
    }
    assert judged(topology).coverage[PRIVATE_RULE].allowed == {}


def test_an_exit_behind_a_transit_gateway_beside_the_allowed_one_counts() -> None:
    topology = network(*egress_vpc(), route("8.0.0.0/8", "internet", key="g", table="egress-table"))
    covered = judged(topology, allowed_exits=frozenset({Exit.NAT}))
    (finding,) = [each for each in covered.findings if each.subject == "private"]
    assert (finding.verdict, finding.path[-1].text) == (
        Verdict.VIOLATED,
        "internet gateway internet",
    )


def advised(topology: Topology, *kinds: Exit, **more: Any) -> list[tuple[Verdict, bool, str]]:
    found = findings(topology, PRIVATE_RULE, advisory_exits=frozenset(kinds), **more)
    return [(each.verdict, each.advisory, each.path[-1].text) for each in found]


def test_an_advisory_exit_does_not_hide_another_one() -> None:
    topology = network(nat(), route("0.0.0.0/0", "nat", NAT), route("8.0.0.0/8", "internet"))
    assert advised(topology, Exit.NAT) == [
        (Verdict.VIOLATED, True, "NAT gateway nat"),
        (Verdict.VIOLATED, False, "internet gateway internet"),
    ]


def test_an_advisory_exit_leaves_unverified_what_else_may_lead_out() -> None:
    topology = network(
        nat(), route("0.0.0.0/0", "nat", NAT), route("8.0.0.0/8", External("tgw-1"), key="r")
    )
    assert advised(topology, Exit.NAT) == [
        (Verdict.UNVERIFIED, False, "transit gateway tgw-1"),
        (Verdict.VIOLATED, True, "NAT gateway nat"),
    ]


def test_an_advisory_exit_that_is_unverified_is_advisory() -> None:
    topology = network(route("0.0.0.0/0", External("nat-1"), NAT))
    assert advised(topology, Exit.NAT) == [(Verdict.UNVERIFIED, True, "NAT gateway nat-1")]


def test_an_exit_through_a_machine_names_the_machine_and_the_gateway() -> None:
    (finding,) = findings(network(route("0.0.0.0/0", "appliance", INTERFACE)), PRIVATE_RULE)
    assert finding.message == (
        "private subnet private reaches the internet through network interface appliance"
        " and internet gateway internet"
    )
