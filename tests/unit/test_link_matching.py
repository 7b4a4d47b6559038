import pytest

from guardrails import Topology, Verdict
from guardrails.model.knowledge import OneOf
from tests.support.topologies import PRIVATE_RULE, bind, network, route, subnet, verdict

TABLES = OneOf(("closed", "open"))
SUBNETS = OneOf(("other", "private"))
WORLD = "0.0.0.0/0"


def bound_by_list(*tables: str) -> Topology:
    """Two subnets of which each association binds the one or the other."""
    links = (
        bind("", table, key=f"by-index-{at}", subnet=SUBNETS) for at, table in enumerate(tables)
    )
    return network(subnet("other"), *links, without=("private-association",))


CASES: dict[str, tuple[Topology, Verdict]] = {
    "one route for two tables": (
        network(route(WORLD, "internet", table=TABLES)),
        Verdict.UNVERIFIED,
    ),
    "a route for each of two tables": (
        network(*(route(WORLD, "internet", table=TABLES, key=key) for key in "ab")),
        Verdict.VIOLATED,
    ),
    "two routes of different destinations": (
        network(*(route(to, "internet", table=TABLES) for to in (WORLD, "::/0"))),
        Verdict.UNVERIFIED,
    ),
    "an open table for one of two subnets": (bound_by_list("open"), Verdict.UNVERIFIED),
    "an open table for both subnets": (bound_by_list("open", "open"), Verdict.VIOLATED),
    "a closed table for both subnets": (bound_by_list("closed", "closed"), Verdict.KEPT),
    "an open and a closed table": (bound_by_list("open", "closed"), Verdict.UNVERIFIED),
    "more associations than subnets": (
        bound_by_list("open", "open", "open"),
        Verdict.UNVERIFIED,
    ),
}


@pytest.mark.parametrize(("topology", "expected"), CASES.values(), ids=list(CASES))
def test_members_of_a_list(topology: Topology, expected: Verdict) -> None:
    assert verdict(topology, PRIVATE_RULE, "private") is expected
