"""What a route's destination covers: addresses, what of them is public, and what cannot be seen."""

from collections.abc import Iterable
from dataclasses import dataclass

from guardrails.addresses import NOT_PUBLIC, AddressError, Block, merge, parse_range, public_part
from guardrails.analysis.graph import Graph
from guardrails.configuration import Configuration
from guardrails.model.anchors import Anchor, anchors_of, key_of, short_name
from guardrails.model.knowledge import Reference, Unknown
from guardrails.model.routing import Route, TransitRoute

_LARGEST_VPC_RANGE = {4: 1 << 16, 6: 1 << 84}


@dataclass(frozen=True, slots=True)
class Destination:
    """The addresses of a destination as far as they are known, and the facts that are missing."""

    text: str
    blocks: tuple[Block, ...]
    facts: tuple[str, ...] = ()


class Destinations:
    """Reads the destinations of routes, prefix lists included."""

    def __init__(self, graph: Graph, configuration: Configuration) -> None:
        self._graph = graph
        internal = [parse_range(text) for text in configuration.internal_ranges]
        self._outside = merge((*NOT_PUBLIC, *internal))
        self._outside_or_vpc = merge((*self._outside, *_vpc_blocks(graph)))
        self._lists: dict[Anchor, Destination] = {}

    def of(self, route: Route | TransitRoute) -> Destination:
        """Return the destination of `route`."""
        if isinstance(route.cidr, str):
            blocks, facts = read((route.cidr,))
            return Destination(route.cidr, blocks, facts)
        if isinstance(route.cidr, Unknown) or route.prefix_list is None:
            fact = route.cidr.fact if route.cidr else f"the destination of {short_name(route.key)}"
            return Destination("to where is not known", (), (fact,))
        return self.of_list(route.prefix_list)

    def of_list(self, reference: Reference) -> Destination:
        """Return what a prefix list holds."""
        anchors, fact = anchors_of(reference)
        if len(anchors) == 1 and not fact:
            return self._list(anchors[0])
        return Destination("a prefix list", (), (fact,))

    def public(self, blocks: Iterable[Block]) -> tuple[Block, ...]:
        """Return what of `blocks` is public, less ranges that configuration calls internal."""
        return public_part(blocks, self._outside)

    def foreign(self, blocks: Iterable[Block]) -> tuple[Block, ...]:
        """Return what of `blocks` is public and no VPC of the topology has it as its range."""
        return public_part(blocks, self._outside_or_vpc)

    def _list(self, anchor: Anchor) -> Destination:
        if anchor not in self._lists:
            self._lists[anchor] = self._read_list(anchor)
        return self._lists[anchor]

    def _read_list(self, anchor: Anchor) -> Destination:
        own = self._graph.prefix_lists.get(key_of(anchor))
        entries = (
            own.entries if own else (Unknown(f"the entries of prefix list {short_name(anchor)}"),)
        )
        links = self._graph.entries
        loose = (*links.possible(anchor), *links.anywhere)
        blocks, facts = read(
            (
                *entries,
                *(entry.cidr for entry in links.of(anchor)),
                *(Unknown(fact) for _, fact in loose),
            )
        )
        return Destination(f"prefix list {short_name(anchor)}", blocks, facts)


def read(texts: Iterable[str | Unknown]) -> tuple[tuple[Block, ...], tuple[str, ...]]:
    """Read ranges; what is not known or not readable becomes a missing fact."""
    blocks: list[Block] = []
    facts: list[str] = []
    for text in texts:
        if isinstance(text, Unknown):
            facts.append(text.fact)
            continue
        try:
            blocks.append(parse_range(text))
        except AddressError as error:
            facts.append(f"a readable range: {error}")
    return tuple(blocks), tuple(sorted(set(facts)))


def _vpc_blocks(graph: Graph) -> Iterable[Block]:
    blocks, _ = read(each.cidr for each in graph.topology.vpc_ranges)
    return (block for block in blocks if block.size <= _LARGEST_VPC_RANGE[block.version])
