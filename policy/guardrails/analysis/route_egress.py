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

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

from guardrails.addresses import Block, intersect, reached
from guardrails.analysis.destinations import Destination, Destinations
from guardrails.analysis.forwarding import (
    FOLLOWED,
    Hop,
    closing_entry,
    hops,
    missing_beyond,
)
from guardrails.analysis.graph import Graph
from guardrails.analysis.route_targets import MACHINES, RouteTarget
from guardrails.configuration import Exit
from guardrails.findings import Step, Verdict
from guardrails.model.anchors import Anchor, short_name
from guardrails.model.knowledge import External, Reference, Unknown
from guardrails.model.routing import Gateway, Route, TargetKind
from guardrails.model.security import Endpoint

ALWAYS_EGRESS = frozenset({TargetKind.INTERNET, TargetKind.EGRESS_ONLY, TargetKind.CARRIER})
EXITS: Final[Mapping[Exit, frozenset[TargetKind]]] = {
    Exit.NAT: frozenset({TargetKind.NAT}),
    Exit.NAT_INSTANCE: MACHINES,
    Exit.EGRESS_ONLY: frozenset({TargetKind.EGRESS_ONLY}),
    Exit.CARRIER: frozenset({TargetKind.CARRIER}),
}
"""Which route targets each kind of exit that a configuration can name consists of."""


@dataclass(frozen=True, slots=True)
class EgressPath:
    """A path that leads out (VIOLATED) or may do so (UNVERIFIED, with the missing facts).

    `kind` is that of the first target on the path. `destination` is what its route covers, None
    where no single route is known.
    """

    verdict: Verdict
    path: tuple[Step, ...]
    facts: tuple[str, ...] = ()
    kind: TargetKind = TargetKind.OTHER
    destination: Destination | None = None

    def doubted(self, fact: str) -> "EgressPath":
        """Return this path as unverified because `fact` is unknown."""
        if not fact:
            return self
        return replace(self, verdict=Verdict.UNVERIFIED, facts=(*self.facts, fact))

    def behind(self, *steps: Step) -> "EgressPath":
        """Return this path with `steps` before it."""
        return replace(self, path=(*steps, *self.path))

    def for_packets_to(self, blocks: tuple[Block, ...]) -> "EgressPath | None":
        """Return this path as packets to `blocks` take it, None if they do not."""
        if self.destination is None or intersect(self.destination.blocks, blocks):
            return self
        if self.destination.facts and self.verdict is Verdict.VIOLATED:
            return self.doubted(self.destination.facts[0])
        return self if self.destination.facts else None


@dataclass(frozen=True, slots=True)
class TableContext:
    """What judging a route needs to know of its table.

    `source` is the table's VPC. `broad` are the kinds of target, among those that the destination
    decides, whose routes together cover more public addresses than one network owns; None if this
    is unknown. `egress_paths` finds the egress paths of a subnet behind a target; None where
    following ends.
    """

    source: Reference
    broad: frozenset[TargetKind] | None
    egress_paths: Callable[[Anchor], Iterable[EgressPath]] | None


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
        blocks = _of_others(self._destinations.of(route).blocks, targets[0])
        return self._destinations.public(blocks)

    def judge(
        self, route: Route, targets: tuple[RouteTarget, ...], context: TableContext
    ) -> EgressPath:
        """Return where `route` leads; KEPT if it does not lead out."""
        destination = self._destinations.of(route)
        first = Step(route.key, f"route {destination.text}")
        found = (self._through(target, route, destination, context) for target in targets)
        egress_paths = [replace(egress.behind(first), destination=destination) for egress in found]
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

    def _through(
        self, target: RouteTarget, route: Route, destination: Destination, context: TableContext
    ) -> EgressPath:
        egress = EgressPath(Verdict.KEPT, (target.step,), (), target.kind)
        if target.kind in self._harmless or self._stays_inside(target, destination):
            return egress
        if target.kind in ALWAYS_EGRESS:
            return replace(egress, verdict=Verdict.VIOLATED)
        if target.kind is TargetKind.GATEWAY:
            return egress.doubted(target.fact)
        if target.kind is TargetKind.NAT:
            return self._through_nat(egress, target, destination, context)
        if _is_gateway_endpoint(target, route):
            return egress
        return self._by_destination(egress, target, destination, context)

    def _stays_inside(self, target: RouteTarget, destination: Destination) -> bool:
        """Tell whether a NAT gateway gets packets for private addresses only."""
        if target.kind is not TargetKind.NAT or destination.facts:
            return False
        return not self._destinations.public(destination.blocks)

    def _through_nat(
        self,
        egress: EgressPath,
        target: RouteTarget,
        destination: Destination,
        context: TableContext,
    ) -> EgressPath:
        if not isinstance(target.element, Gateway):
            name = short_name(target.anchor) if target.anchor is not None else "that is meant"
            return egress.doubted(target.fact or f"whether NAT gateway {name} is public or private")
        private = target.element.private
        if isinstance(private, Unknown):
            return egress.doubted(private.fact)
        if not private:
            leads_out = bool(self._destinations.public(destination.blocks))
            facts = () if leads_out else destination.facts
            return replace(egress, verdict=_verdict(facts), facts=facts)
        if not destination.facts and not self._destinations.foreign(destination.blocks):
            return egress
        return self._behind_private_nat(egress, target, destination, context)

    def _behind_private_nat(
        self,
        egress: EgressPath,
        target: RouteTarget,
        destination: Destination,
        context: TableContext,
    ) -> EgressPath:
        """Follow a private NAT gateway: AWS drops what it sends to an internet gateway."""
        if context.egress_paths is None:
            return egress.doubted(missing_beyond(self._graph, target))
        every = self._onward(target, destination, context)
        onward = [each for each in every if each.kind not in ALWAYS_EGRESS]
        return _farthest(egress, onward) if onward else egress

    def _by_destination(
        self,
        egress: EgressPath,
        target: RouteTarget,
        destination: Destination,
        context: TableContext,
    ) -> EgressPath:
        if destination.facts:
            return EgressPath(Verdict.UNVERIFIED, egress.path, destination.facts, target.kind)
        if not self._destinations.foreign(_of_others(destination.blocks, target)):
            return egress
        if target.kind is TargetKind.PEERING and context.broad is not None:
            broad = target.kind in context.broad and not self._is_closed(target)
            return egress.doubted(missing_beyond(self._graph, target)) if broad else egress
        if target.kind in FOLLOWED and context.broad and target.kind in context.broad:
            return self._followed(egress, target, destination, context)
        return self._unless_closed(egress, target)

    def _unless_closed(self, egress: EgressPath, target: RouteTarget) -> EgressPath:
        """Return `egress` in doubt, unless the configuration says that it leads nowhere."""
        if self._is_closed(target):
            return egress
        return egress.doubted(target.fact or missing_beyond(self._graph, target))

    def _is_closed(self, target: RouteTarget) -> bool:
        """Tell whether the configuration says so of a target of which nothing else does."""
        return closing_entry(self._graph, target) in self._closed

    def _followed(
        self,
        egress: EgressPath,
        target: RouteTarget,
        destination: Destination,
        context: TableContext,
    ) -> EgressPath:
        onward = list(self._onward(target, destination, context))
        if onward:
            return _farthest(egress, onward)
        is_firewall = target.kind is TargetKind.FIREWALL
        if is_firewall and context.egress_paths and self._hops(target, context):
            return egress
        return self._unless_closed(egress, target)

    def _hops(self, target: RouteTarget, context: TableContext) -> list[Hop]:
        return list(hops(self._graph, self._destinations, target, context.source))

    def _onward(
        self, target: RouteTarget, destination: Destination, context: TableContext
    ) -> Iterator[EgressPath]:
        """Yield the egress paths of the subnets to which `target` hands packets on.

        A path that comes back to such a subnet leads nowhere else from there.
        """
        if context.egress_paths is None:
            return
        arriving = _behind(target, destination.blocks)
        for hop in self._hops(target, context):
            if hop.subnet is None:
                yield EgressPath(Verdict.UNVERIFIED, hop.path, (hop.fact,), target.kind)
                continue
            for found in context.egress_paths(hop.subnet):
                egress = found if destination.facts else found.for_packets_to(arriving)
                if egress is not None and hop.path[-1] not in egress.path:
                    yield egress.behind(*hop.path)


def _farthest(egress: EgressPath, onward: list[EgressPath]) -> EgressPath:
    """Return `egress` with the worst of the paths behind it, and what that one lacks."""
    worst = min(onward, key=lambda each: (each.verdict is not Verdict.VIOLATED, each.path))
    return replace(
        egress, verdict=worst.verdict, path=(*egress.path, *worst.path), facts=worst.facts
    )


def _verdict(facts: tuple[str, ...]) -> Verdict:
    return Verdict.UNVERIFIED if facts else Verdict.VIOLATED


def _decides_by_destination(target: RouteTarget) -> bool:
    return target.kind not in ALWAYS_EGRESS | {TargetKind.LOCAL, TargetKind.GATEWAY, TargetKind.NAT}


def _of_others(blocks: tuple[Block, ...], target: RouteTarget) -> tuple[Block, ...]:
    if target.kind not in MACHINES:
        return blocks
    return tuple(block for block in blocks if not block.is_host)


def _behind(target: RouteTarget, blocks: tuple[Block, ...]) -> tuple[Block, ...]:
    """Return where packets to `blocks` go on to: what translates addresses does NAT64 too."""
    if target.kind not in MACHINES | {TargetKind.NAT}:
        return blocks
    return tuple(piece for block in blocks for piece in reached(block))


def _is_gateway_endpoint(target: RouteTarget, route: Route) -> bool:
    if isinstance(target.element, Endpoint):
        return target.element.kind == "Gateway"
    if route.via is TargetKind.ENDPOINT:
        return False  # `vpcEndpointId` names firewalls and load balancers, `gatewayId` the others
    return isinstance(target.anchor, External) and (
        target.kind is TargetKind.ENDPOINT and isinstance(route.prefix_list, External)
    )
