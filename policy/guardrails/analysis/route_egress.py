"""Where one route leads: out to the internet, perhaps out, or nowhere that matters.

A route to an internet gateway, public NAT gateway, egress-only or carrier gateway leads out
whatever its destination. For every other target the destination decides first: no public address,
no way out. A single address routed to an interface or instance is that machine's own (a virtual
IP), not the internet. What is left is followed where the topology shows on (an appliance, a
firewall endpoint, a transit gateway), else it is unverified. Neither network ACLs nor VPC Block
Public Access count: both can be lifted without touching a route.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

from guardrails.addresses import Block
from guardrails.analysis.destinations import Destination, Destinations
from guardrails.analysis.forwarding import missing_beyond, sites_of
from guardrails.analysis.graph import Graph
from guardrails.analysis.route_targets import Hop
from guardrails.findings import Step, Verdict
from guardrails.model.knowledge import External, Reference, Unknown
from guardrails.model.references import Anchor, short
from guardrails.model.routing import Gateway, Route, TargetKind
from guardrails.model.security import Endpoint

ALWAYS_OUT = frozenset({TargetKind.INTERNET, TargetKind.EGRESS_ONLY, TargetKind.CARRIER})
MACHINES = frozenset({TargetKind.INTERFACE, TargetKind.INSTANCE})
_FOLLOWED = MACHINES | {TargetKind.ENDPOINT, TargetKind.TRANSIT}


@dataclass(frozen=True, slots=True)
class Way:
    """A path that leads out (VIOLATED) or may do so (UNVERIFIED, with the missing facts).

    `kind` is that of the first target on the path.
    """

    verdict: Verdict
    path: tuple[Step, ...]
    facts: tuple[str, ...] = ()
    kind: TargetKind = TargetKind.OTHER

    def doubted(self, fact: str) -> "Way":
        """Return this way for where it is not known, for want of `fact`, whether it is one."""
        if not fact:
            return self
        return Way(Verdict.UNVERIFIED, self.path, (*self.facts, fact), self.kind)

    def behind(self, *steps: Step) -> "Way":
        """Return this way with `steps` put before its path."""
        return Way(self.verdict, (*steps, *self.path), self.facts, self.kind)


@dataclass(frozen=True, slots=True)
class Context:
    """What judging a route needs to know of its table.

    `source` is the table's VPC. `broad`: the kinds of target, of those that decide by destination,
    to which its routes cover together more public space than one network owns; None if that cannot
    be told. `ways` finds the ways out of a subnet further on, None where following ends.
    """

    source: Reference
    broad: frozenset[TargetKind] | None
    ways: Callable[[Anchor], Iterable[Way]] | None


class Exits:
    """Judges single routes."""

    def __init__(self, graph: Graph, destinations: Destinations) -> None:
        self._graph = graph
        self._destinations = destinations

    def ambiguous(self, route: Route, hops: tuple[Hop, ...]) -> tuple[Block, ...]:
        """Return the public part of `route` if its destination matters for what it leads to."""
        if not all(_decides_by_destination(hop) for hop in hops):
            return ()
        blocks = _of_others(self._destinations.of(route).blocks, hops[0])
        return self._destinations.public(blocks)

    def judge(self, route: Route, hops: tuple[Hop, ...], context: Context) -> Way:
        """Return where `route` leads; KEPT if it does not lead out."""
        destination = self._destinations.of(route)
        first = Step(route.key, f"route {destination.text}")
        ways = [self._through(hop, route, destination, context).behind(first) for hop in hops]
        if len(ways) == 1:
            return ways[0]
        worst = next((way for way in ways if way.verdict is not Verdict.KEPT), ways[0])
        kind = worst.kind if len({way.kind for way in ways}) == 1 else TargetKind.OTHER
        agreed = len({way.verdict for way in ways}) == 1
        return replace(worst if agreed else worst.doubted(hops[0].fact), kind=kind)

    def _through(self, hop: Hop, route: Route, destination: Destination, context: Context) -> Way:
        way = Way(Verdict.KEPT, (hop.step,), (), hop.kind)
        if hop.kind in ALWAYS_OUT:
            return replace(way, verdict=Verdict.VIOLATED)
        if hop.kind is TargetKind.LOCAL:
            return way
        if hop.kind is TargetKind.GATEWAY:
            return way.doubted(hop.fact)
        if hop.kind is TargetKind.NAT:
            return self._through_nat(way, hop, destination, context)
        if _is_gateway_endpoint(hop, route):
            return way
        return self._by_destination(way, hop, destination, context)

    def _through_nat(self, way: Way, hop: Hop, destination: Destination, context: Context) -> Way:
        if not isinstance(hop.element, Gateway):
            name = short(hop.anchor) if hop.anchor is not None else "that is meant"
            return way.doubted(hop.fact or f"whether NAT gateway {name} is public or private")
        private = hop.element.private
        if isinstance(private, Unknown):
            return way.doubted(private.fact)
        if not private:
            return replace(way, verdict=Verdict.VIOLATED)
        if not destination.facts and not self._destinations.foreign(destination.blocks):
            return way
        return self._behind_private_nat(way, hop, hop.element, context)

    def _behind_private_nat(self, way: Way, hop: Hop, nat: Gateway, context: Context) -> Way:
        """Follow a private NAT gateway: AWS drops what it sends to an internet gateway."""
        facts = [each.fact for each in nat.subnets if isinstance(each, Unknown)]
        if context.ways is None or facts:
            return way.doubted(facts[0] if facts else missing_beyond(hop))
        onward = [each for each in self._onward(hop, context) if each.kind not in ALWAYS_OUT]
        if not onward:
            return way
        worst = min(onward, key=lambda each: (each.verdict is not Verdict.VIOLATED, each.path))
        return Way(worst.verdict, (*way.path, *worst.path), worst.facts, hop.kind)

    def _by_destination(
        self, way: Way, hop: Hop, destination: Destination, context: Context
    ) -> Way:
        if destination.facts:
            return Way(Verdict.UNVERIFIED, way.path, destination.facts, hop.kind)
        if not self._destinations.foreign(_of_others(destination.blocks, hop)):
            return way
        if hop.kind is TargetKind.PEERING and context.broad is not None:
            broad = hop.kind in context.broad
            return replace(way, verdict=Verdict.VIOLATED) if broad else way
        if hop.kind in _FOLLOWED and context.broad and hop.kind in context.broad:
            onward = self._onward(hop, context)
            out = [each.path for each in onward if each.verdict is Verdict.VIOLATED]
            if out:
                return Way(Verdict.VIOLATED, (*way.path, *min(out)), (), hop.kind)
        return way.doubted(hop.fact or missing_beyond(hop))

    def _onward(self, hop: Hop, context: Context) -> Iterator[Way]:
        """Yield the ways out of the subnets from which `hop` sends packets on."""
        if context.ways is not None:
            for site in sites_of(self._graph, self._destinations, hop, context.source):
                yield from (way.behind(*site.path) for way in context.ways(site.subnet))


def _decides_by_destination(hop: Hop) -> bool:
    return hop.kind not in ALWAYS_OUT | {TargetKind.LOCAL, TargetKind.GATEWAY, TargetKind.NAT}


def _of_others(blocks: tuple[Block, ...], hop: Hop) -> tuple[Block, ...]:
    if hop.kind not in MACHINES:
        return blocks
    return tuple(block for block in blocks if not block.is_host)


def _is_gateway_endpoint(hop: Hop, route: Route) -> bool:
    if isinstance(hop.element, Endpoint):
        return hop.element.kind == "Gateway"
    if route.via is TargetKind.ENDPOINT:
        return False  # `vpcEndpointId` names firewalls and load balancers, `gatewayId` the others
    return isinstance(hop.anchor, External) and (
        hop.kind is TargetKind.ENDPOINT and isinstance(route.prefix_list, External)
    )
