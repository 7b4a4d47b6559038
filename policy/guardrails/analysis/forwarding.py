"""Where a forwarding target sits: the subnets whose tables decide where its packets go next."""

from collections.abc import Iterator
from dataclasses import dataclass

from guardrails.addresses import is_broad
from guardrails.analysis.destinations import Destinations
from guardrails.analysis.graph import Graph
from guardrails.analysis.labels import step
from guardrails.analysis.route_targets import RouteTarget
from guardrails.findings import Step
from guardrails.model.anchors import Anchor, anchors_of, short_name
from guardrails.model.knowledge import External, Reference
from guardrails.model.machines import Instance, NetworkInterface
from guardrails.model.routing import Gateway, TargetKind
from guardrails.model.security import Endpoint


@dataclass(frozen=True, slots=True)
class ForwardingSubnet:
    """A subnet from which a target forwards what it gets, and the steps to there."""

    subnet: Anchor
    path: tuple[Step, ...] = ()


def forwarding_subnets(
    graph: Graph, destinations: Destinations, target: RouteTarget, source: Reference
) -> Iterator[ForwardingSubnet]:
    """Yield the visible subnets from which `target` forwards packets of the VPC `source`."""
    if target.kind is TargetKind.TRANSIT and target.anchor is not None:
        yield from _behind_transit(graph, destinations, target.anchor, source)
        return
    match target.element:
        case NetworkInterface() as interface:
            yield from _known_subnets((interface.subnet,))
            yield from _of_instance(graph, interface.instance)
        case Instance() as instance:
            yield from _of_instance(graph, instance.key)
        case Endpoint() | Gateway() as element:
            yield from _known_subnets(element.subnets)
        case None:
            return


def _known_subnets(
    subnets: tuple[Reference, ...], path: tuple[Step, ...] = ()
) -> Iterator[ForwardingSubnet]:
    for reference in subnets:
        if isinstance(reference, (str, External)):
            yield ForwardingSubnet(reference, path)


def _of_instance(graph: Graph, reference: Reference) -> Iterator[ForwardingSubnet]:
    anchors, fact = anchors_of(reference)
    if fact or not anchors:
        return
    path = (step("instance", anchors[0]),)
    instance = graph.target_elements.get(anchors[0]) if isinstance(anchors[0], str) else None
    interfaces = [each.key for each in graph.interfaces_of_instance.of(anchors[0])]
    if isinstance(instance, Instance):
        yield from _known_subnets((instance.subnet,), path)
        interfaces += [each for each in instance.interfaces if isinstance(each, str)]
    for key in dict.fromkeys(interfaces):
        interface = graph.target_elements.get(key)
        if isinstance(interface, NetworkInterface):
            yield from _known_subnets((interface.subnet,), (*path, step("network interface", key)))


def _behind_transit(
    graph: Graph, destinations: Destinations, transit: Anchor, source: Reference
) -> Iterator[ForwardingSubnet]:
    if not isinstance(source, (str, External)):
        return
    attachments = graph.transit_attachments.of(transit)
    tables = [
        each.table
        for each in attachments
        if each.vpc == source and isinstance(each.table, (str, External))
    ]
    for attachment in attachments:
        if attachment.vpc == source or not isinstance(attachment.vpc, (str, External)):
            continue
        routes = [
            route
            for route in graph.transit_routes.of(attachment.key)
            if route.table in tables and route.blackhole is False
        ]
        blocks = [block for route in routes for block in destinations.of(route).blocks]
        if is_broad(destinations.public(blocks)):
            path = (
                step("transit gateway route", routes[0].key),
                step("attachment", attachment.key),
            )
            yield from _known_subnets(attachment.subnets, path)


def missing_beyond(target: RouteTarget) -> str:
    """Return the missing fact: whether packets reach the internet behind `target`."""
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
