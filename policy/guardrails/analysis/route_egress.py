"""Whether one route leads to the internet: it does, it may, or it does not.

A route to an internet gateway, egress-only or carrier gateway leads out whatever its destination.
For every other target the destination decides first: no public address, no egress. A public NAT
gateway leads public addresses out; others go on by the table of its own subnet (AWS VPC guide,
"NAT gateways"). A single address routed to an interface or instance is that machine's own (a
virtual IP), not the internet. A peering connection carries nothing beyond the peer's VPC:
AWS does no edge-to-edge routing (AWS VPC peering guide, "VPC peering limitations"), so a default
route to one does not prove an egress path. What is left is followed as far as the topology shows
(an appliance, a firewall endpoint, a transit gateway), hop by hop; a hop that cannot be followed
is the missing fact, the farthest one if there are several. A network firewall hands every packet
back to its endpoint, so nothing leads out where that endpoint's subnet does not. Neither network
ACLs nor VPC Block Public Access count: both can be lifted without touching a route.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Final

from guardrails.addresses import Block
from guardrails.analysis.destinations import Destinations
from guardrails.analysis.egress_path import EgressPath
from guardrails.analysis.forwarding import (
    FOLLOWED,
    Hop,
    closing_entry,
    hops,
    missing_beyond,
    shows_static_routes,
)
from guardrails.analysis.graph import Graph
from guardrails.analysis.passage import Passage, TableContext, of_others
from guardrails.analysis.route_targets import MACHINES, RouteTarget
from guardrails.configuration import Exit
from guardrails.findings import Step, Verdict
from guardrails.model.anchors import short_name
from guardrails.model.knowledge import Unknown
from guardrails.model.routing import Gateway, Route, TargetKind

ALWAYS_EGRESS = frozenset({TargetKind.INTERNET, TargetKind.EGRESS_ONLY, TargetKind.CARRIER})
EXITS: Final[Mapping[Exit, frozenset[TargetKind]]] = {
    Exit.NAT: frozenset({TargetKind.NAT}),
    Exit.NAT_INSTANCE: MACHINES,
    Exit.EGRESS_ONLY: frozenset({TargetKind.EGRESS_ONLY}),
    Exit.CARRIER: frozenset({TargetKind.CARRIER}),
}
"""Which route targets each kind of exit that a configuration can name consists of."""


class RouteEgress:
    """Judges single routes. What lies behind a target of an allowed exit does not matter.

    `closed` are targets that lead nowhere, where the topology does not show what is behind them.
    """

    def __init__(
        self,
        graph: Graph,
        destinations: Destinations,
        closed: frozenset[str] = frozenset(),
        allowed: frozenset[Exit] = frozenset(),
    ) -> None:
        self._closed = closed
        self._graph = graph
        self._destinations = destinations
        self._harmless = frozenset({TargetKind.LOCAL}).union(*(EXITS[each] for each in allowed))

    def ambiguous(self, route: Route, targets: tuple[RouteTarget, ...]) -> tuple[Block, ...]:
        """Return the public part of `route` if its destination matters for what it leads to."""
        if not all(_decides_by_destination(target) for target in targets):
            return ()
        blocks = of_others(self._destinations.of(route).blocks, targets[0])
        return self._destinations.public(blocks)

    def judge(
        self, route: Route, targets: tuple[RouteTarget, ...], context: TableContext
    ) -> EgressPath:
        """Return where `route` leads; KEPT if it does not lead out."""
        destination = self._destinations.of(route)
        first = Step(route.key, f"route {destination.text}")
        passages = (Passage(route, each, destination, context) for each in targets)
        egress_paths = [
            replace(self._through(each).behind(first), destination=destination) for each in passages
        ]
        if len(egress_paths) == 1:
            return egress_paths[0]
        worst = next(
            (egress for egress in egress_paths if egress.verdict is not Verdict.KEPT),
            egress_paths[0],
        )
        kind = (
            worst.kind if len({egress.kind for egress in egress_paths}) == 1 else TargetKind.OTHER
        )
        agreed = len({egress.verdict for egress in egress_paths}) == 1
        return replace(worst if agreed else worst.doubted(targets[0].fact), kind=kind)

    def _through(self, passage: Passage) -> EgressPath:
        kind = passage.target.kind
        if kind in self._harmless or passage.is_to_gateway_endpoint:
            return passage.kept
        if kind in ALWAYS_EGRESS:
            return replace(passage.kept, verdict=Verdict.VIOLATED)
        if kind is TargetKind.GATEWAY:
            return passage.kept.doubted(passage.target.fact)
        if kind is TargetKind.NAT:
            return self._through_nat(passage)
        return self._by_destination(passage)

    def _through_nat(self, passage: Passage) -> EgressPath:
        target, destination = passage.target, passage.destination
        public = bool(self._destinations.public(destination.blocks))
        if not public and not destination.facts:
            return passage.kept
        if not isinstance(target.element, Gateway):
            name = short_name(target.anchor) if target.anchor is not None else "that is meant"
            fact = target.fact or f"whether NAT gateway {name} is public or private"
            return passage.kept.doubted(fact)
        private = target.element.private
        if isinstance(private, Unknown):
            return passage.kept.doubted(private.fact)
        if not private:
            facts = () if public else destination.facts
            verdict = Verdict.UNVERIFIED if facts else Verdict.VIOLATED
            return replace(passage.kept, verdict=verdict, facts=facts)
        if not destination.facts and not self._destinations.foreign(destination.blocks):
            return passage.kept
        return self._behind_private_nat(passage)

    def _behind_private_nat(self, passage: Passage) -> EgressPath:
        """Follow a private NAT gateway: AWS drops what it sends to an internet gateway."""
        if passage.context.egress_paths is None:
            return passage.kept.doubted(missing_beyond(self._graph, passage.target))
        onward = [each for each in self._onward(passage) if each.kind not in ALWAYS_EGRESS]
        return passage.kept.through(onward) if onward else passage.kept

    def _by_destination(self, passage: Passage) -> EgressPath:
        target, destination = passage.target, passage.destination
        if destination.facts:
            return replace(passage.kept, verdict=Verdict.UNVERIFIED, facts=destination.facts)
        if not self._destinations.foreign(of_others(destination.blocks, target)):
            return passage.kept
        if target.kind is TargetKind.PEERING and passage.context.broad is not None:
            if not passage.is_broad or self._is_closed(target):
                return passage.kept
            return passage.kept.doubted(missing_beyond(self._graph, target))
        if target.kind in FOLLOWED and passage.is_broad:
            return self._followed(passage)
        return self._unless_closed(passage)

    def _unless_closed(self, passage: Passage) -> EgressPath:
        """Return the path in doubt, unless the configuration says that its target leads nowhere."""
        target = passage.target
        if self._is_closed(target):
            return passage.kept
        return passage.kept.doubted(target.fact or missing_beyond(self._graph, target))

    def _is_closed(self, target: RouteTarget) -> bool:
        """Tell whether the configuration closes a target behind which nothing can be seen."""
        return closing_entry(self._graph, target) in self._closed

    def _followed(self, passage: Passage) -> EgressPath:
        onward = list(self._onward(passage))
        if onward:
            return passage.kept.through(onward)
        is_firewall = passage.target.kind is TargetKind.FIREWALL
        if is_firewall and passage.context.egress_paths and self._hops(passage):
            return passage.kept
        if self._leads_to_allowed_exits(passage):
            return passage.kept
        return self._unless_closed(passage)

    def _leads_to_allowed_exits(self, passage: Passage) -> bool:
        """Tell whether the static routes of a hub lead out, by exits that are all allowed.

        These explain why public addresses are routed to the hub, which otherwise is unverified.
        """
        every = passage.context.every_egress_path
        source = passage.context.source
        if every is None or not shows_static_routes(
            self._graph, self._destinations, passage.target, source
        ):
            return False
        found = (
            egress for hop in self._hops(passage) if hop.subnet for egress in every(hop.subnet)
        )
        return any(egress.verdict is Verdict.VIOLATED for egress in found)

    def _hops(self, passage: Passage) -> list[Hop]:
        source = passage.context.source
        return list(hops(self._graph, self._destinations, passage.target, source))

    def _onward(self, passage: Passage) -> Iterator[EgressPath]:
        """Yield the egress paths of the subnets to which a target hands packets on.

        A path that comes back to such a subnet leads nowhere else from there.
        """
        if passage.context.egress_paths is None:
            return
        beyond = passage.beyond
        for hop in self._hops(passage):
            if hop.subnet is None:
                kind = passage.target.kind
                yield EgressPath(Verdict.UNVERIFIED, hop.path, (hop.fact,), kind)
                continue
            for found in passage.context.egress_paths(hop.subnet):
                egress = found if passage.destination.facts else found.for_packets_to(beyond)
                if egress is not None and hop.path[-1] not in egress.path:
                    yield egress.behind(*hop.path)


def _decides_by_destination(target: RouteTarget) -> bool:
    return target.kind not in ALWAYS_EGRESS | {TargetKind.LOCAL, TargetKind.GATEWAY, TargetKind.NAT}
