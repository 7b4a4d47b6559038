"""Address space of VPCs: what is surely in it, and what may be."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from guardrails.addresses import Block, contains, merge
from guardrails.analysis.destinations import read
from guardrails.analysis.graph import Graph
from guardrails.analysis.labels import step
from guardrails.configuration import Configuration
from guardrails.findings import Step
from guardrails.model.network import VpcRange
from guardrails.model.references import Anchor, key_of, short


@dataclass(frozen=True, slots=True)
class Hidden:
    """Space that cannot be seen; inside of `bounds` if there are any, of `version` if told."""

    fact: str
    bounds: tuple[Block, ...] = ()
    version: int | None = None

    def may_hold(self, address: Block) -> bool:
        """Say whether `address` may be in this space."""
        if self.version not in {None, address.version}:
            return False
        return not self.bounds or contains(self.bounds, address)


@dataclass(slots=True)
class Space:
    """The address space of one VPC: blocks with what shows that they are in it, and the rest."""

    known: list[tuple[Block, Step]] = field(default_factory=list[tuple[Block, Step]])
    hidden: list[Hidden] = field(default_factory=list[Hidden])

    def holder(self, address: Block) -> Step | None:
        """Return what shows that `address` is in the space, None if nothing does."""
        return min((at for block, at in self.known if block.holds(address)), default=None)

    def doubts(self, address: Block) -> tuple[str, ...]:
        """Return the facts without which `address` cannot be said to be outside."""
        return tuple(dict.fromkeys(e.fact for e in self.hidden if e.may_hold(address)))


class Spaces:
    """Finds the address space of VPCs; each is looked into once."""

    def __init__(self, graph: Graph, configuration: Configuration) -> None:
        self._graph = graph
        self._told = configuration.vpc_ranges
        self._spaces: dict[Anchor, Space] = {}
        self._anywhere = _united(graph.vpc_ranges.anywhere)

    def of(self, vpc: Anchor) -> Space:
        """Return the address space of `vpc`."""
        if vpc not in self._spaces:
            self._spaces[vpc] = self._look_into(vpc)
        return self._spaces[vpc]

    def _look_into(self, vpc: Anchor) -> Space:
        space = Space()
        for each in self._graph.vpc_ranges.of(vpc):
            self._add(space, each)
        for subnet in self._graph.subnets_of_vpc.of(vpc):
            blocks, _ = read(subnet.cidrs)
            at = step("subnet", subnet.key)
            space.known += [(block, at) for block in blocks]
        told = self._told.get(key_of(vpc))
        if told is not None:
            blocks, facts = read(told)
            at = Step(key_of(vpc), "range told by the policy's configuration")
            space.known += [(block, at) for block in blocks]
            space.hidden = [Hidden(fact) for fact in facts]
        else:
            space.hidden += self._unseen(vpc)
        return space

    def _add(self, space: Space, each: VpcRange) -> None:
        blocks, facts = read((each.cidr,))
        space.known += [(block, Step(each.key, f"range {each.cidr}")) for block in blocks]
        bounds, unbounded = read(each.within)
        for fact in facts:
            space.hidden.append(Hidden(fact, () if unbounded else bounds, each.version))

    def _unseen(self, vpc: Anchor) -> Iterator[Hidden]:
        element = self._graph.vpcs.get(vpc) if isinstance(vpc, str) else None
        if element is None or not element.managed:
            yield Hidden(f"all ranges of VPC {short(vpc)}, which is outside of the stack")
        elif not self._graph.vpc_ranges.of(vpc):
            yield Hidden(f"the ranges of VPC {short(vpc)}")
        yield from _united(self._graph.vpc_ranges.perhaps(vpc))
        yield from self._anywhere


def _united(ranges: list[tuple[VpcRange, str]]) -> tuple[Hidden, ...]:
    """Return ranges that may be of a VPC, one space for each missing fact."""
    blocks: dict[str, list[Block]] = {}
    whole: dict[tuple[str, int | None], None] = {}
    for each, fact in ranges:
        seen, unread = read((each.cidr,))
        if unread:
            whole[fact, each.version] = None
        blocks.setdefault(fact, []).extend(seen)
    return (
        *(Hidden(fact, (), version) for fact, version in whole),
        *(Hidden(fact, merge(some)) for fact, some in blocks.items() if some),
    )
