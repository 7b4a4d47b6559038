from collections.abc import Callable

import pytest

from guardrails import Topology, Verdict, judge
from guardrails.model.knowledge import OneOf
from tests.bench.corners import (
    public_routes_and_subnets,
    routes_and_subnets,
    rules_and_endpoints,
    rules_and_machines,
)
from tests.support.estates import OPEN_EVERY, PER_VPC, estate
from tests.support.topologies import PRIVATE_RULE, bind, network, route, subnet, table
from tests.support.work import calls

WORLD = "0.0.0.0/0"


def work(topology: Topology) -> int:
    return calls(lambda: judge(topology))


def size(topology: Topology) -> int:
    return sum(len(getattr(topology, kind)) for kind in topology.__slots__)


def test_an_estate_has_as_many_elements_and_violations_as_it_says() -> None:
    topology = estate(2 * OPEN_EVERY)
    assert size(topology) == 2 * OPEN_EVERY * PER_VPC + 2
    coverage = judge(topology).coverage[PRIVATE_RULE]
    assert coverage.count(Verdict.VIOLATED) == 2
    assert coverage.count(Verdict.KEPT) == 2 * OPEN_EVERY * 9 - 2


def test_the_work_of_the_judge_grows_with_the_estate_and_no_faster() -> None:
    judge(estate(1))
    small, large = work(estate(5)), work(estate(20))
    assert large / small < 4.2


def members_of_a_list(count: int) -> Topology:
    """Subnets of which associations with a table each name any, as ids taken out of a list do."""
    names = [f"private-{at}" for at in range(count)]
    return network(
        *(subnet(name, cidrs=("10.0.1.0/24",)) for name in names),
        *(table(f"table-{at}") for at in range(count)),
        *(route(WORLD, "internet", table=f"table-{at}", key=f"out-{at}") for at in range(count)),
        *(
            bind("", f"table-{at}", key=f"by-index-{at}", subnet=OneOf(tuple(names)))
            for at in range(count)
        ),
    )


def test_the_work_on_ids_taken_out_of_a_list_grows_with_the_list_and_no_faster() -> None:
    judge(members_of_a_list(10))
    small, large = work(members_of_a_list(50)), work(members_of_a_list(200))
    assert large / small < 4.2


@pytest.mark.parametrize(
    "corner",
    [rules_and_endpoints, rules_and_machines, routes_and_subnets, public_routes_and_subnets],
)
def test_the_work_of_gates_grows_with_what_shares_a_group_or_table_and_no_faster(
    corner: Callable[[int], Callable[[], object]],
) -> None:
    calls(corner(5))
    small, large = calls(corner(10)), calls(corner(40))
    assert large / small < 4.4
