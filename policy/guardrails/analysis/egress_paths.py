"""Ways out: through which tables and routes a subnet leads to the internet."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import partial

from guardrails.addresses import Block, is_broad, merge
from guardrails.analysis.destinations import Destinations
from guardrails.analysis.effective_tables import Effective, EffectiveTables
from guardrails.analysis.graph import Graph
from guardrails.analysis.labels import step
from guardrails.analysis.route_egress import Context, Exits, Way
from guardrails.analysis.route_targets import Hop, hops_of
from guardrails.findings import Step, Verdict
from guardrails.model.knowledge import External
from guardrails.model.network import Subnet
from guardrails.model.references import Anchor, anchors_of, key_of, short
from guardrails.model.routing import MAIN_TABLE, Propagation, Route, TargetKind, main_table_of

DEPTH = 3
"""How many appliances or transit gateways are followed, one behind the other."""


class Ways:
    """Finds the ways out of tables and subnets; each is looked into once."""

    def __init__(
        self,
        graph: Graph,
        destinations: Destinations,
        effective: EffectiveTables,
        closed: frozenset[str],
    ) -> None:
        self._graph = graph
        self._closed = closed
        self._exits = Exits(graph, destinations)
        self._effective = effective
        self._tables: dict[tuple[Anchor, int], tuple[Way, ...]] = {}
        self._loose: dict[tuple[object, int], tuple[Way, ...]] = {}
        self._loose_routes: tuple[Way, ...] | None = None
        self._loose_propagations = sorted(
            graph.propagations.anywhere, key=lambda pair: (pair[0].key, pair[1])
        )[:1]

    def of_subnet(self, anchor: Anchor, subnet: Subnet, depth: int = DEPTH) -> Iterator[Way]:
        """Yield the ways out of `subnet`: its effective tables, then theirs."""
        for effective in self._effective.of(anchor, subnet):
            yield from self._behind(effective, depth)
        key = (subnet.vpc, depth)
        if key not in self._loose:
            loose = self._effective.loose(subnet.vpc)
            ways = (way for each in loose for way in self._behind(each, depth))
            self._loose[key] = _first(ways)
        yield from self._loose[key]

    def _behind(self, effective: Effective, depth: int) -> Iterator[Way]:
        if effective.anchor is None:
            yield Way(Verdict.UNVERIFIED, effective.path, (effective.fact,))
            return
        for way in self.of_table(effective.anchor, depth):
            yield way.behind(*effective.path).doubted(effective.fact)

    def of_table(self, anchor: Anchor, depth: int = DEPTH) -> tuple[Way, ...]:
        """Return the ways out of a table, one for each target and verdict."""
        key = (anchor, depth)
        if key not in self._tables:
            self._tables[key] = tuple(self._look_into(anchor, depth))
        return self._tables[key]

    def _look_into(self, anchor: Anchor, depth: int) -> Iterator[Way]:
        yield from self._out_of_sight(anchor)
        routes, propagations = self._graph.routes, self._graph.propagations
        sure = [(route, hops_of(self._graph, route)) for route in routes.of(anchor)]
        context = self._context(anchor, sure, depth)
        judged = [self._exits.judge(route, hops, context) for route, hops in sure]
        yield from _united(way for way in judged if way.verdict is not Verdict.KEPT)
        doubtful = replace(context, broad=None)
        for route, fact in routes.perhaps(anchor):
            way = self._exits.judge(route, hops_of(self._graph, route), doubtful)
            if way.verdict is not Verdict.KEPT:
                yield way.doubted(fact)
        for each in propagations.of(anchor):
            yield _propagated(each, "")
        for each, fact in (*propagations.perhaps(anchor), *self._loose_propagations):
            yield _propagated(each, fact)
        yield from self._of_unknown_tables()
        yield from self._of_a_name_it_may_have(anchor, depth)

    def _of_a_name_it_may_have(self, anchor: Anchor, depth: int) -> Iterator[Way]:
        """Yield the routes written to a VPC's main table if this may be the one that adopted it."""
        table = self._graph.tables.get(anchor) if isinstance(anchor, str) else None
        if table is None or table.main_of is None or isinstance(table.main_of, (str, External)):
            return
        vpcs, fact = anchors_of(table.main_of)
        for vpc in vpcs or anchors_of(table.vpc)[0] or tuple(self._graph.vpcs):
            if isinstance(vpc, str):
                for way in self.of_table(main_table_of(vpc), depth):
                    yield way.doubted(fact)

    def _context(
        self, anchor: Anchor, routes: list[tuple[Route, tuple[Hop, ...]]], depth: int
    ) -> Context:
        by_kind: dict[TargetKind, list[Block]] = {}
        for route, hops in routes:
            for block in self._exits.ambiguous(route, hops):
                by_kind.setdefault(hops[0].kind, []).append(block)
        return Context(
            source=self._graph.vpc_of_table(anchor),
            broad=frozenset(kind for kind, some in by_kind.items() if is_broad(merge(some))),
            ways=partial(self._onward, depth=depth - 1) if depth else None,
        )

    def _onward(self, anchor: Anchor, depth: int) -> Iterator[Way]:
        subnet = self._graph.subnets.get(anchor)
        if subnet:
            yield from self.of_subnet(anchor, subnet, depth)

    def _out_of_sight(self, anchor: Anchor) -> Iterator[Way]:
        """Yield the ways that nobody declares: AWS's own routes, and those of tables elsewhere."""
        names = {key_of(anchor), key_of(anchor).removesuffix(MAIN_TABLE)}
        if names & self._closed or anchor in self._graph.tables:
            return
        vpc = None
        if isinstance(anchor, str) and anchor.endswith(MAIN_TABLE):
            vpc = self._graph.vpcs.get(anchor.removesuffix(MAIN_TABLE))
        if vpc is None or (not vpc.managed and not vpc.default):
            fact = (
                f"the routes of {step('route table', anchor).text}, which is outside of the stack"
            )
            yield Way(Verdict.UNVERIFIED, (), (fact,))
        elif vpc.default:
            route = Step(vpc.key, "route 0.0.0.0/0 made by AWS", by_default=True)
            path = (route, _DEFAULT_GATEWAY)
            yield Way(Verdict.VIOLATED, path, (), TargetKind.INTERNET)

    def _of_unknown_tables(self) -> tuple[Way, ...]:
        if self._loose_routes is None:
            self._loose_routes = _first(self._judge_loose_routes())
        return self._loose_routes

    def _judge_loose_routes(self) -> Iterator[Way]:
        context = Context(source=None, broad=None, ways=None)
        for route, fact in self._graph.routes.anywhere:
            way = self._exits.judge(route, hops_of(self._graph, route), context)
            if way.verdict is not Verdict.KEPT:
                yield way.doubted(fact)


_DEFAULT_GATEWAY = Step("", "internet gateway of the default VPC")


def _propagated(propagation: Propagation, doubt: str) -> Way:
    anchors, fact = anchors_of(propagation.gateway)
    gateway = step(propagation.via, anchors[0]) if anchors and not fact else None
    name = gateway.text if gateway else f"a {propagation.via}"
    path = (Step(propagation.key, f"route propagation {short(propagation.key)}"),)
    facts = (f"which routes {name} propagates", *filter(None, (doubt,)))
    return Way(Verdict.UNVERIFIED, (*path, *filter(None, (gateway,))), facts, propagation.via)


def _first(ways: Iterable[Way]) -> tuple[Way, ...]:
    """Return one way for all that are in doubt alike, always the same one."""
    return tuple(sorted(ways, key=lambda way: (way.path, way.facts))[:1])


def _united(ways: Iterable[Way]) -> Iterator[Way]:
    """Unite ways that differ in their first step, the route, only."""
    same: dict[tuple[Verdict, tuple[Step, ...]], list[Way]] = {}
    for way in ways:
        same.setdefault((way.verdict, way.path[1:]), []).append(way)
    for alike in same.values():
        steps = sorted({way.path[0] for way in alike})
        texts = sorted({each.text.removeprefix("route ") for each in steps})
        first = Step(steps[0].key, "route " + ", ".join(texts))
        facts = tuple(sorted({fact for way in alike for fact in way.facts}))
        yield replace(alike[0], path=(first, *alike[0].path[1:]), facts=facts)
