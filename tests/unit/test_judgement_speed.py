import sys
from types import FrameType

from guardrails import Topology, Verdict, judge
from guardrails.model.knowledge import OneOf
from tests.support.estates import OPEN_EVERY, PER_VPC, estate
from tests.support.topologies import PRIVATE_RULE, bind, network, route, subnet, table

WORLD = "0.0.0.0/0"


def calls(topology: Topology) -> int:
    """How many Python functions the judge calls: work that does not depend on the machine."""
    count = 0

    def tick(_frame: FrameType, event: str, _argument: object) -> None:
        nonlocal count
        count += event == "call"

    before = sys.getprofile()
    sys.setprofile(tick)
    try:
        judge(topology)
    finally:
        sys.setprofile(before)
    return count


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
    small, large = calls(estate(5)), calls(estate(20))
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
    small, large = calls(members_of_a_list(50)), calls(members_of_a_list(200))
    assert large / small < 4.2
