"""Where a forwarding target hands packets on: to subnets whose tables decide where they go next.

What comes out of a firewall endpoint or a Gateway Load Balancer endpoint is routed by the table of
the endpoint's subnet (AWS Network Firewall guide, "VPC route table configuration"; AWS PrivateLink
guide, "Gateway Load Balancer endpoints"). A transit gateway looks up the table that is associated
with the attachment through which a packet came, and what leaves through another attachment is
routed by the tables of that one's subnets (AWS Transit Gateways guide, "How transit gateways
work"). An attachment of a VPC propagates that VPC's ranges only, so a default route is a static
one, unless it comes from a VPN, Direct Connect or peer that the stack does not show. A segment of a
Cloud WAN core network is such a table; static routes are not shared between segments (AWS Cloud WAN
guide, "Static route propagation in segment sharing").
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from guardrails.addresses import is_broad
from guardrails.analysis.destinations import Destinations
from guardrails.analysis.graph import Graph
from guardrails.analysis.labels import step
from guardrails.analysis.route_targets import MACHINES, RouteTarget
from guardrails.findings import Fact, Step
from guardrails.model.anchors import Anchor, anchors_of, key_of, short_name
from guardrails.model.knowledge import External, Reference, Unknown
from guardrails.model.machines import Instance, NetworkInterface
from guardrails.model.routing import Gateway, TargetKind, TransitRoute
from guardrails.model.security import Endpoint

_LOOKS_UP = frozenset({TargetKind.TRANSIT, TargetKind.CORE_NETWORK})
"""Targets that look up a table of their own."""
FOLLOWED = MACHINES | {
    TargetKind.ENDPOINT,
    TargetKind.FIREWALL,
    TargetKind.TRANSIT,
    TargetKind.CORE_NETWORK,
}


@dataclass(frozen=True, slots=True)
class Hop:
    """Where a target hands packets on, and the steps to there.

    `subnet` is None where sight of them is lost; then `fact` is what is missing.
    """

    path: tuple[Step, ...]
    subnet: Anchor | None
    fact: str = ""


def hops(
    graph: Graph, destinations: Destinations, target: RouteTarget, source: Reference
) -> Iterator[Hop]:
    """Yield where `target` hands packets of the VPC `source` on, as far as that is visible."""
    if target.kind in _LOOKS_UP and target.anchor is not None:
        yield from _behind_transit(graph, destinations, target, source)
        return
    match target.element:
        case NetworkInterface() as interface:
            yield from _subnets((interface.subnet,))
            yield from _of_instance(graph, interface.instance)
        case Instance() as instance:
            yield from _of_instance(graph, instance.key)
        case Endpoint() as endpoint:
            yield from _of_endpoint(endpoint)
        case Gateway() as gateway:
            yield from _subnets(gateway.subnets)
        case None:
            return


def _subnets(subnets: tuple[Reference, ...], path: tuple[Step, ...] = ()) -> Iterator[Hop]:
    for reference in subnets:
        if isinstance(reference, (str, External)):
            yield Hop((*path, step("subnet", reference)), reference)
        elif reference is not None:
            yield Hop(path, None, anchors_of(reference)[1])


def _of_endpoint(endpoint: Endpoint) -> Iterator[Hop]:
    """Yield the subnet of a Gateway Load Balancer endpoint: no other type takes routed packets."""
    if isinstance(endpoint.kind, Unknown):
        yield Hop((), None, endpoint.kind.fact)
    elif endpoint.kind.lower() == "gatewayloadbalancer":
        yield from _subnets(endpoint.subnets)


def _of_instance(graph: Graph, reference: Reference) -> Iterator[Hop]:
    anchors, fact = anchors_of(reference)
    if fact or not anchors:
        return
    path = (step("instance", anchors[0]),)
    instance = graph.target_elements.get(anchors[0]) if isinstance(anchors[0], str) else None
    interfaces = [each.key for each in graph.interfaces_of_instance.of(anchors[0])]
    if isinstance(instance, Instance):
        yield from _subnets((instance.subnet,), path)
        interfaces += [each for each in instance.interfaces if isinstance(each, str)]
    for key in dict.fromkeys(interfaces):
        interface = graph.target_elements.get(key)
        if isinstance(interface, NetworkInterface):
            yield from _subnets((interface.subnet,), (*path, step("network interface", key)))


def _behind_transit(
    graph: Graph, destinations: Destinations, target: RouteTarget, source: Reference
) -> Iterator[Hop]:
    by_attachment: dict[Reference, list[TransitRoute]] = defaultdict(list)
    for table in _tables_looked_up(graph, target, source):
        if not isinstance(table, (str, External)):
            continue
        for route in graph.transit_routes.of(table):
            if route.blackhole is False:
                by_attachment[route.attachment].append(route)
    for attachment, routes in by_attachment.items():
        blocks = [block for route in routes for block in destinations.of(route).blocks]
        if is_broad(destinations.public(blocks)):
            first = step(f"{target.kind} route", min(route.key for route in routes))
            yield from _through_attachment(graph, attachment, first, source)


def _tables_looked_up(graph: Graph, target: RouteTarget, source: Reference) -> set[Reference]:
    """Return the tables that packets of the VPC `source` are looked up in, known or not."""
    if target.anchor is None or not isinstance(source, (str, External)):
        return set()
    attachments = graph.transit_attachments.of(target.anchor)
    return {each.table for each in attachments if each.vpc == source}


def shows_static_routes(
    graph: Graph, destinations: Destinations, target: RouteTarget, source: Reference
) -> bool:
    """Tell whether the topology shows all static routes of the tables of a hub that are looked up.

    Those of a table that is not in the stack may be written elsewhere too.
    """
    tables = _tables_looked_up(graph, target, source)
    links = graph.transit_routes
    return bool(tables and target.kind in _LOOKS_UP) and all(
        isinstance(table, str)
        and not (links.anywhere or links.possible(table))
        and not any(
            isinstance(route.blackhole, Unknown) or destinations.of(route).facts
            for route in links.of(table)
        )
        for table in tables
    )


def _through_attachment(
    graph: Graph, reference: Reference, first: Step, source: Reference
) -> Iterator[Hop]:
    anchors, fact = anchors_of(reference)
    if fact or not anchors:
        yield Hop((first,), None, fact)
        return
    path = (first, step("attachment", anchors[0]))
    attachment = graph.attachments.get(anchors[0]) if isinstance(anchors[0], str) else None
    if attachment is None:
        yield Hop(path, None, f"where the attachment {short_name(anchors[0])} leads")
    elif not isinstance(attachment.vpc, (str, External)):
        yield Hop(path, None, anchors_of(attachment.vpc)[1])
    elif attachment.vpc != source:
        yield from _subnets(attachment.subnets, path)


def closing_entry(graph: Graph, target: RouteTarget) -> str:
    """Return the entry of `closedTargets` that closes a target, "" if no entry can.

    An entry closes only a target that is certain, and only if the topology does not show where the
    target leads.
    """
    if target.anchor is None or target.fact or target.kind is TargetKind.NAT:
        return ""
    if target.kind in _LOOKS_UP and graph.topology.transit_routes:
        return ""
    in_sight = target.element is not None and target.kind in FOLLOWED
    return "" if in_sight else key_of(target.anchor)


def missing_beyond(graph: Graph, target: RouteTarget) -> str:
    """Return the missing fact: whether packets reach the internet behind `target`."""
    text = _missing_beyond(target)
    entry = closing_entry(graph, target)
    return Fact(text, "closedTargets", [entry]) if entry else text


def _missing_beyond(target: RouteTarget) -> str:
    name = (
        f"the {target.kind} {short_name(target.anchor)}"
        if target.anchor is not None
        else f"that {target.kind}"
    )
    if target.kind in {TargetKind.INTERFACE, TargetKind.INSTANCE, TargetKind.ENDPOINT}:
        return f"whether {name} forwards packets to the internet"
    if target.kind is TargetKind.PEERING:
        return (
            f"why public addresses are routed to {name}, which carries nothing beyond the peer's "
            "VPC (AWS has no edge-to-edge routing)"
        )
    return f"where {name} leads"
