"""The address algebra against brute force over a universe of 64 addresses of each version."""

from collections.abc import Iterable, Sequence
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from guardrails.addresses import Block, contains, intersect, merge, parse_range, show, subtract

SIZE = 64
UNIVERSE = [(version, number) for version in (4, 6) for number in range(SIZE)]


@st.composite
def block(draw: st.DrawFn) -> Block:
    first = draw(st.integers(0, SIZE - 1))
    return Block(draw(st.sampled_from([4, 6])), first, draw(st.integers(first, SIZE - 1)))


@st.composite
def cidr(draw: st.DrawFn) -> Block:
    length = draw(st.integers(0, 6))
    number = draw(st.integers(0, SIZE - 1))
    return Block(4, number >> length << length, (number >> length << length) + (1 << length) - 1)


blocks = st.lists(block(), max_size=8)


def members(of: Iterable[Block]) -> set[tuple[int, int]]:
    return {(b.version, number) for b in of for number in range(b.first, b.last + 1)}


def canonical(of: Sequence[Block]) -> bool:
    return all(a < b and (a.version != b.version or a.last + 1 < b.first) for a, b in pairwise(of))


@given(blocks)
def test_merge_keeps_the_members_and_is_canonical(some: list[Block]) -> None:
    assert members(merge(some)) == members(some)
    assert canonical(merge(some))


@given(blocks, blocks)
def test_subtract_and_intersect_are_those_of_sets(some: list[Block], others: list[Block]) -> None:
    assert members(subtract(some, others)) == members(some) - members(others)
    assert members(intersect(some, others)) == members(some) & members(others)
    assert canonical(subtract(some, others))


@given(blocks, block())
def test_contains_is_subset(some: list[Block], one: Block) -> None:
    assert contains(some, one) == (members([one]) <= members(some))


@given(st.lists(cidr(), max_size=8))
def test_equal_sets_have_equal_forms(some: list[Block]) -> None:
    singles = [Block(version, number, number) for version, number in members(some)]
    assert merge(singles) == merge(some)


@given(cidr())
def test_a_cidr_is_read_back_from_its_text(one: Block) -> None:
    assert parse_range(show(one)) == one
