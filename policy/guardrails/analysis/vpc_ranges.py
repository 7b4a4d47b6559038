"""The CIDR ranges of a VPC: those that are known, and those that cannot be seen."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from guardrails.addresses import Block, contains, merge
from guardrails.analysis.destinations import read
from guardrails.analysis.graph import Graph
from guardrails.analysis.labels import step
from guardrails.configuration import Configuration
from guardrails.findings import Fact, Step
from guardrails.model.anchors import Anchor, key_of, short_name
from guardrails.model.network import VpcRange


@dataclass(frozen=True, slots=True)
class UnseenRanges:
    """Ranges that cannot be seen: within `bounds` if there are any, of IP `version` if known."""

    fact: str
    bounds: tuple[Block, ...] = ()
    version: int | None = None

    def may_hold(self, address: Block) -> bool:
        """Tell whether `address` may be in these ranges."""
        if self.version not in {None, address.version}:
            return False
        return not self.bounds or contains(self.bounds, address)


@dataclass(slots=True)
class CidrRanges:
    """The ranges of one VPC: known blocks, each with the step that shows it, and unseen ones."""

    known: list[tuple[Block, Step]] = field(default_factory=list[tuple[Block, Step]])
    unseen: list[UnseenRanges] = field(default_factory=list[UnseenRanges])

    def holder(self, address: Block) -> Step | None:
        """Return the step that shows that `address` is in a range, None if no step does."""
        return min((at for block, at in self.known if block.holds(address)), default=None)

    def doubts(self, address: Block) -> tuple[str, ...]:
        """Return the facts without which `address` cannot be said to be outside."""
        return tuple(dict.fromkeys(e.fact for e in self.unseen if e.may_hold(address)))


class VpcRanges:
    """Finds the CIDR ranges of VPCs; each VPC is looked into once."""

    def __init__(self, graph: Graph, configuration: Configuration) -> None:
        self._graph = graph
        self._configured = configuration.vpc_ranges
        self._by_vpc: dict[Anchor, CidrRanges] = {}
        self._anywhere = _united(graph.vpc_ranges.anywhere)

    def of(self, vpc: Anchor) -> CidrRanges:
        """Return the CIDR ranges of `vpc`."""
        if vpc not in self._by_vpc:
            self._by_vpc[vpc] = self._look_into(vpc)
        return self._by_vpc[vpc]

    def _look_into(self, vpc: Anchor) -> CidrRanges:
        ranges = CidrRanges()
        for each in self._graph.vpc_ranges.of(vpc):
            self._add(ranges, each)
        for subnet in self._graph.subnets_of_vpc.of(vpc):
            blocks, _ = read(subnet.cidrs)
            at = step("subnet", subnet.key)
            ranges.known += [(block, at) for block in blocks]
        configured = self._configured.get(key_of(vpc))
        if configured is not None:
            blocks, facts = read(configured)
            at = Step(key_of(vpc), "range configured for the policy")
            ranges.known += [(block, at) for block in blocks]
            ranges.unseen = [UnseenRanges(fact) for fact in facts]
        else:
            ranges.unseen += self._unseen(vpc)
        return ranges

    def _add(self, ranges: CidrRanges, each: VpcRange) -> None:
        blocks, facts = read((each.cidr,))
        ranges.known += [(block, Step(each.key, f"range {each.cidr}")) for block in blocks]
        bounds, unbounded = read(each.within)
        for fact in facts:
            ranges.unseen.append(UnseenRanges(fact, () if unbounded else bounds, each.version))

    def _unseen(self, vpc: Anchor) -> Iterator[UnseenRanges]:
        element = self._graph.vpcs.get(vpc) if isinstance(vpc, str) else None
        if element is None or not element.managed:
            fact = f"all ranges of VPC {short_name(vpc)}, which is outside of the stack"
            yield UnseenRanges(_supplied(fact, vpc))
        elif not self._graph.vpc_ranges.of(vpc):
            yield UnseenRanges(_supplied(f"the ranges of VPC {short_name(vpc)}", vpc))
        yield from _united(self._graph.vpc_ranges.possible(vpc))
        yield from self._anywhere


def _supplied(fact: str, vpc: Anchor) -> Fact:
    return Fact(fact, "vpcRanges", {key_of(vpc): ["..."]})


def _united(ranges: list[tuple[VpcRange, str]]) -> tuple[UnseenRanges, ...]:
    """Return ranges that a VPC may have, united by missing fact."""
    blocks: dict[str, list[Block]] = {}
    whole: dict[tuple[str, int | None], None] = {}
    for each, fact in ranges:
        seen, unread = read((each.cidr,))
        if unread:
            whole[fact, each.version] = None
        blocks.setdefault(fact, []).extend(seen)
    return (
        *(UnseenRanges(fact, (), version) for fact, version in whole),
        *(UnseenRanges(fact, merge(some)) for fact, some in blocks.items() if some),
    )
