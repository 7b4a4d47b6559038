"""Egress paths: through which tables and routes a subnet leads to the internet."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import partial

from guardrails.addresses import Block, is_broad, merge, parse_range
from guardrails.analysis.destinations import Destination, Destinations
from guardrails.analysis.effective_tables import EffectiveTable, EffectiveTables
from guardrails.analysis.egress_path import EgressPath
from guardrails.analysis.graph import Candidates, Graph, Links
from guardrails.analysis.labels import step
from guardrails.analysis.passage import TableContext
from guardrails.analysis.route_egress import RouteEgress
from guardrails.analysis.route_targets import RouteTarget, targets_of
from guardrails.analysis.united_paths import first_of_each_kind, one_of_each_kind, united
from guardrails.configuration import Configuration, Exit
from guardrails.findings import Fact, Step, Verdict
from guardrails.model.anchors import Anchor, anchors_of, key_of, short_name
from guardrails.model.knowledge import External, Reference
from guardrails.model.network import Subnet
from guardrails.model.routing import (
    MAIN_TABLE,
    Association,
    Propagation,
    Route,
    TargetKind,
    main_table_of,
)

DEPTH = 6
"""How many targets that forward packets are followed, one behind the other.

Central egress has up to four: a transit gateway, a firewall, the transit gateway again, and a load
balancer's endpoint before the NAT gateway (AWS, "Deployment models for AWS Network Firewall").
"""


class EgressPaths:
    """Finds the egress paths of tables and subnets; each is worked out once.

    `unrestricted` finds those through `allowed` exits too.
    """

    def __init__(
        self,
        graph: Graph,
        destinations: Destinations,
        effective: EffectiveTables,
        configuration: Configuration,
        allowed: frozenset[Exit] = frozenset(),
        unrestricted: "EgressPaths | None" = None,
    ) -> None:
        self._graph = graph
        self._unrestricted = unrestricted
        self._closed = configuration.closed_tables
        self._route_egress = RouteEgress(graph, destinations, configuration.closed_targets, allowed)
        self._effective = effective
        self._tables: dict[tuple[Anchor, int], tuple[EgressPath, ...]] = {}
        self._loose: dict[tuple[object, int], tuple[EgressPath, ...]] = {}
        self._named: dict[tuple[object, ...], tuple[EgressPath, ...]] = {}
        self._loose_routes: tuple[EgressPath, ...] | None = None
        self._propagations = _open_propagations(graph, configuration.closed_targets)
        self._loose_propagations = sorted(
            self._propagations.anywhere, key=lambda pair: (pair[0].key, pair[1])
        )[:1]

    def of_subnet(self, anchor: Anchor, subnet: Subnet, depth: int = DEPTH) -> Iterator[EgressPath]:
        """Yield the egress paths of `subnet`, through each of its effective tables."""
        for effective in self._effective.bound_or_main(anchor, subnet):
            yield from self._behind(effective, depth)
        for candidates in self._graph.associations.candidates(anchor):
            yield from self._of_associations(candidates, depth)
        key = (subnet.vpc, depth)
        if key not in self._loose:
            loose = self._effective.loose(subnet.vpc)
            egress_paths = (egress for each in loose for egress in self._behind(each, depth))
            self._loose[key] = tuple(first_of_each_kind(egress_paths))
        yield from self._loose[key]

    def onward(self, anchor: Anchor, depth: int) -> Iterator[EgressPath]:
        """Yield the egress paths of a subnet to which a target hands packets on."""
        subnet = self._graph.subnets.get(anchor)
        if subnet:
            yield from self.of_subnet(anchor, subnet, depth)
        else:
            fact = f"the route table of subnet {short_name(anchor)}, which is not in the stack"
            yield EgressPath(Verdict.UNVERIFIED, (), (fact,))

    def _of_associations(
        self, candidates: Candidates[Association], depth: int
    ) -> tuple[EgressPath, ...]:
        """Return the egress paths of each subnet that these associations name among others."""
        key = (candidates, depth)
        if key not in self._named:
            tables = self._effective.named(candidates)
            egress_paths = (egress for each in tables for egress in self._behind(each, depth))
            self._named[key] = tuple(one_of_each_kind(egress_paths))
        return self._named[key]

    def _of_routes(
        self, candidates: Candidates[Route], context: TableContext, depth: int
    ) -> tuple[EgressPath, ...]:
        """Return the egress paths of each table that these routes name among others."""
        key = (candidates, context.source, depth)
        if key not in self._named:
            pairs = ((route, candidates.fact) for route in candidates.elements)
            self._named[key] = tuple(one_of_each_kind(self._doubtful(pairs, context)))
        return self._named[key]

    def _doubtful(
        self, routes: Iterable[tuple[Route, str]], context: TableContext
    ) -> Iterator[EgressPath]:
        for route, fact in routes:
            egress = self._route_egress.judge(route, targets_of(self._graph, route), context)
            if egress.verdict is not Verdict.KEPT:
                yield egress.doubted(fact)

    def _behind(self, effective: EffectiveTable, depth: int) -> Iterator[EgressPath]:
        if effective.anchor is None:
            yield EgressPath(Verdict.UNVERIFIED, effective.path, (effective.fact,))
            return
        for egress in self.of_table(effective.anchor, depth):
            yield egress.behind(*effective.path).doubted(effective.fact)

    def of_table(self, anchor: Anchor, depth: int = DEPTH) -> tuple[EgressPath, ...]:
        """Return the egress paths of a table, one for each target and verdict."""
        key = (anchor, depth)
        if key not in self._tables:
            self._tables[key] = tuple(self._look_into(anchor, depth))
        return self._tables[key]

    def _look_into(self, anchor: Anchor, depth: int) -> Iterator[EgressPath]:
        yield from self._out_of_sight(anchor)
        routes, propagations = self._graph.routes, self._propagations
        definite = [(route, targets_of(self._graph, route)) for route in routes.of(anchor)]
        context = self._context(anchor, definite, depth)
        judged = [self._route_egress.judge(route, targets, context) for route, targets in definite]
        yield from united(egress for egress in judged if egress.verdict is not Verdict.KEPT)
        doubtful = replace(context, broad=None)
        yield from self._doubtful(routes.doubtful(anchor), doubtful)
        for candidates in routes.candidates(anchor):
            yield from self._of_routes(candidates, doubtful, depth)
        for each in propagations.of(anchor):
            yield _propagated(each, "")
        for each, fact in (*propagations.possible(anchor), *self._loose_propagations):
            yield _propagated(each, fact)
        yield from self._of_unknown_tables()
        yield from self._of_a_name_it_may_have(anchor, depth)

    def _of_a_name_it_may_have(self, anchor: Anchor, depth: int) -> Iterator[EgressPath]:
        """Yield the egress paths of a VPC's main table, because this table may be that one.

        If it is, routes written to the main table apply to it.
        """
        table = self._graph.tables.get(anchor) if isinstance(anchor, str) else None
        if table is None or table.main_of is None or isinstance(table.main_of, (str, External)):
            return
        vpcs, fact = anchors_of(table.main_of)
        for vpc in vpcs or anchors_of(table.vpc)[0] or tuple(self._graph.vpcs):
            if isinstance(vpc, str):
                for egress in self.of_table(main_table_of(vpc), depth):
                    yield egress.doubted(fact)

    def _context(
        self, anchor: Anchor, routes: list[tuple[Route, tuple[RouteTarget, ...]]], depth: int
    ) -> TableContext:
        by_kind: dict[TargetKind, list[Block]] = {}
        for route, targets in routes:
            for block in self._route_egress.ambiguous(route, targets):
                by_kind.setdefault(targets[0].kind, []).append(block)
        return TableContext(
            source=self._graph.vpc_of_table(anchor),
            broad=frozenset(kind for kind, some in by_kind.items() if is_broad(merge(some))),
            egress_paths=partial(self.onward, depth=depth - 1) if depth else None,
            every_egress_path=(
                partial(self._unrestricted.onward, depth=depth - 1)
                if depth and self._unrestricted
                else None
            ),
        )

    def _out_of_sight(self, anchor: Anchor) -> Iterator[EgressPath]:
        """Yield the paths that no resource declares: AWS's own routes, and tables out of sight."""
        if anchor in self._graph.tables:
            return
        vpc = None
        if isinstance(anchor, str) and anchor.endswith(MAIN_TABLE):
            vpc = self._graph.vpcs.get(anchor.removesuffix(MAIN_TABLE))
        if vpc is None or not (vpc.managed or vpc.default):
            name = step("route table", anchor).text
            yield from self._unless_closed(
                anchor, f"the routes of {name}, which is outside of the stack"
            )
        elif vpc.default:
            route = Step(vpc.key, "route 0.0.0.0/0 made by AWS", by_default=True)
            path = (route, _DEFAULT_GATEWAY)
            yield EgressPath(Verdict.VIOLATED, path, (), TargetKind.INTERNET, _DEFAULT_DESTINATION)
        elif vpc.may_be_default:
            yield from self._unless_closed(
                anchor,
                f"whether VPC {short_name(vpc.key)} is AWS's default VPC, whose main table leads to"
                " the internet: it looks like it",
            )

    def _unless_closed(self, anchor: Anchor, text: str) -> Iterator[EgressPath]:
        """Yield that a fact about a table is missing, unless the configuration closes the table."""
        closed = key_of(anchor).removesuffix(MAIN_TABLE)
        if self._closed.isdisjoint((key_of(anchor), closed)):
            yield EgressPath(Verdict.UNVERIFIED, (), (Fact(text, "closedTables", [closed]),))

    def _of_unknown_tables(self) -> tuple[EgressPath, ...]:
        if self._loose_routes is None:
            context = TableContext(source=None, broad=None, egress_paths=None)
            egress_paths = self._doubtful(self._graph.routes.anywhere, context)
            self._loose_routes = tuple(first_of_each_kind(egress_paths))
        return self._loose_routes


_DEFAULT_DESTINATION = Destination("0.0.0.0/0", (parse_range("0.0.0.0/0"),))
_DEFAULT_GATEWAY = Step("", "internet gateway of the default VPC")


def _open_propagations(graph: Graph, closed: frozenset[str]) -> Links[Propagation]:
    """Return the propagations by table, except those from gateways that lead nowhere."""
    gateways: frozenset[Reference] = closed | frozenset(map(External, closed))
    found = (each for each in graph.topology.propagations if each.gateway not in gateways)
    return graph.link(found, lambda each: each.table)


def _propagated(propagation: Propagation, doubt: str) -> EgressPath:
    anchors, fact = anchors_of(propagation.gateway)
    gateway = step(propagation.via, anchors[0]) if anchors and not fact else None
    name = gateway.text if gateway else f"a {propagation.via}"
    path = (Step(propagation.key, f"route propagation {short_name(propagation.key)}"),)
    text = f"which routes {name} propagates"
    known = [key_of(anchors[0])] if gateway else []
    facts = (Fact(text, "closedTargets", known) if known else text, *filter(None, (doubt,)))
    return EgressPath(
        Verdict.UNVERIFIED, (*path, *filter(None, (gateway,))), facts, propagation.via
    )
