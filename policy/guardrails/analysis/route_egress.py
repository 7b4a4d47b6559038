"""Whether one route leads to the internet: it does, it may, or it does not.

A route to an internet gateway, egress-only or carrier gateway leads out whatever its destination.
For every other target the destination decides first: no public address, no egress. A public NAT
gateway leads public addresses out; others go on by the table of its own subnet (AWS VPC guide,
"NAT gateways"). A single address routed to an interface or instance is that machine's own (a
virtual IP), not the internet. A peering connection carries nothing beyond the peer's VPC:
AWS does no edge-to-edge routing (AWS VPC peering guide, "VPC peering limitations"), so a default
route to one does not prove an egress path. What is left is followed as far as the topology shows
(an appliance, a firewall endpoint, a transit gateway), else it is unverified. Neither
network ACLs nor VPC Block Public Access count: both can be lifted without touching a route.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

from guardrails.addresses import Block
from guardrails.analysis.destinations import Destination, Destinations
from guardrails.analysis.forwarding import forwarding_subnets, missing_beyond
from guardrails.analysis.graph import Graph
from guardrails.analysis.route_targets import MACHINES, RouteTarget
from guardrails.findings import Step, Verdict
from guardrails.model.anchors import Anchor, short_name
from guardrails.model.knowledge import External, Reference, Unknown
from guardrails.model.routing import Gateway, Route, TargetKind
from guardrails.model.security import Endpoint

ALWAYS_EGRESS = frozenset({TargetKind.INTERNET, TargetKind.EGRESS_ONLY, TargetKind.CARRIER})
_FOLLOWED = MACHINES | {TargetKind.ENDPOINT, TargetKind.TRANSIT}


@dataclass(frozen=True, slots=True)
class EgressPath:
    """A path that leads out (VIOLATED) or may do so (UNVERIFIED, with the missing facts).

    `kind` is that of the first target on the path.
    """

    verdict: Verdict
    path: tuple[Step, ...]
    facts: tuple[str, ...] = ()
    kind: TargetKind = TargetKind.OTHER

    def doubted(self, fact: str) -> "EgressPath":
        """Return this path as unverified because `fact` is unknown."""
        if not fact:
            return self
        return EgressPath(Verdict.UNVERIFIED, self.path, (*self.facts, fact), self.kind)

    def behind(self, *steps: Step) -> "EgressPath":
        """Return this path with `steps` before it."""
        return EgressPath(self.verdict, (*steps, *self.path), self.facts, self.kind)


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
    """Judges single routes."""

    def __init__(self, graph: Graph, destinations: Destinations) -> None:
        self._graph = graph
        self._destinations = destinations

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
        egress_paths = [
            self._through(target, route, destination, context).behind(first) for target in targets
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

    def _through(
        self, target: RouteTarget, route: Route, destination: Destination, context: TableContext
    ) -> EgressPath:
        egress = EgressPath(Verdict.KEPT, (target.step,), (), target.kind)
        if target.kind in ALWAYS_EGRESS:
            return replace(egress, verdict=Verdict.VIOLATED)
        if target.kind is TargetKind.LOCAL or self._stays_inside(target, destination):
            return egress
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
        return self._behind_private_nat(egress, target, target.element, context)

    def _behind_private_nat(
        self, egress: EgressPath, target: RouteTarget, nat: Gateway, context: TableContext
    ) -> EgressPath:
        """Follow a private NAT gateway: AWS drops what it sends to an internet gateway."""
        facts = [each.fact for each in nat.subnets if isinstance(each, Unknown)]
        if context.egress_paths is None or facts:
            return egress.doubted(facts[0] if facts else missing_beyond(target))
        onward = [each for each in self._onward(target, context) if each.kind not in ALWAYS_EGRESS]
        if not onward:
            return egress
        worst = min(onward, key=lambda each: (each.verdict is not Verdict.VIOLATED, each.path))
        return EgressPath(worst.verdict, (*egress.path, *worst.path), worst.facts, target.kind)

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
            broad = target.kind in context.broad
            return egress.doubted(missing_beyond(target)) if broad else egress
        if target.kind in _FOLLOWED and context.broad and target.kind in context.broad:
            onward = self._onward(target, context)
            out = [each.path for each in onward if each.verdict is Verdict.VIOLATED]
            if out:
                return EgressPath(Verdict.VIOLATED, (*egress.path, *min(out)), (), target.kind)
        return egress.doubted(target.fact or missing_beyond(target))

    def _onward(self, target: RouteTarget, context: TableContext) -> Iterator[EgressPath]:
        """Yield the egress paths of the subnets from which `target` forwards packets."""
        if context.egress_paths is not None:
            for each in forwarding_subnets(self._graph, self._destinations, target, context.source):
                yield from (
                    egress.behind(*each.path) for egress in context.egress_paths(each.subnet)
                )


def _verdict(facts: tuple[str, ...]) -> Verdict:
    return Verdict.UNVERIFIED if facts else Verdict.VIOLATED


def _decides_by_destination(target: RouteTarget) -> bool:
    return target.kind not in ALWAYS_EGRESS | {TargetKind.LOCAL, TargetKind.GATEWAY, TargetKind.NAT}


def _of_others(blocks: tuple[Block, ...], target: RouteTarget) -> tuple[Block, ...]:
    if target.kind not in MACHINES:
        return blocks
    return tuple(block for block in blocks if not block.is_host)


def _is_gateway_endpoint(target: RouteTarget, route: Route) -> bool:
    if isinstance(target.element, Endpoint):
        return target.element.kind == "Gateway"
    if route.via is TargetKind.ENDPOINT:
        return False  # `vpcEndpointId` names firewalls and load balancers, `gatewayId` the others
    return isinstance(target.anchor, External) and (
        target.kind is TargetKind.ENDPOINT and isinstance(route.prefix_list, External)
    )
