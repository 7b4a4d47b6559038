"""Where a target that forwards packets sits: the subnets whose tables decide how they go on."""

from collections.abc import Iterator
from dataclasses import dataclass

from guardrails.addresses import is_broad
from guardrails.analysis.destinations import Destinations
from guardrails.analysis.graph import Graph
from guardrails.analysis.labels import step
from guardrails.analysis.route_targets import Hop
from guardrails.findings import Step
from guardrails.model.knowledge import External, Reference
from guardrails.model.machines import Instance, NetworkInterface
from guardrails.model.references import Anchor, anchors_of, short
from guardrails.model.routing import Gateway, TargetKind
from guardrails.model.security import Endpoint


@dataclass(frozen=True, slots=True)
class Site:
    """A subnet from which a target surely sends on what it gets, and the steps to there."""

    subnet: Anchor
    path: tuple[Step, ...] = ()


def sites_of(
    graph: Graph, destinations: Destinations, hop: Hop, source: Reference
) -> Iterator[Site]:
    """Yield where packets of the VPC `source` surely go on behind `hop`, as far as it is seen."""
    if hop.kind is TargetKind.TRANSIT and hop.anchor is not None:
        yield from _behind_transit(graph, destinations, hop.anchor, source)
        return
    match hop.element:
        case NetworkInterface() as interface:
            yield from _sites((interface.subnet,))
            yield from _of_instance(graph, interface.instance)
        case Instance() as instance:
            yield from _of_instance(graph, instance.key)
        case Endpoint() | Gateway() as element:
            yield from _sites(element.subnets)
        case None:
            return


def _sites(subnets: tuple[Reference, ...], path: tuple[Step, ...] = ()) -> Iterator[Site]:
    for reference in subnets:
        if isinstance(reference, (str, External)):
            yield Site(reference, path)


def _of_instance(graph: Graph, reference: Reference) -> Iterator[Site]:
    anchors, fact = anchors_of(reference)
    if fact or not anchors:
        return
    path = (step("instance", anchors[0]),)
    instance = graph.targets.get(anchors[0]) if isinstance(anchors[0], str) else None
    interfaces = [each.key for each in graph.interfaces_of_instance.of(anchors[0])]
    if isinstance(instance, Instance):
        yield from _sites((instance.subnet,), path)
        interfaces += [each for each in instance.interfaces if isinstance(each, str)]
    for key in dict.fromkeys(interfaces):
        interface = graph.targets.get(key)
        if isinstance(interface, NetworkInterface):
            yield from _sites((interface.subnet,), (*path, step("network interface", key)))


def _behind_transit(
    graph: Graph, destinations: Destinations, transit: Anchor, source: Reference
) -> Iterator[Site]:
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
            yield from _sites(attachment.subnets, path)


def missing_beyond(hop: Hop) -> str:
    """Return the fact that is missing when `hop` is not known to lead out."""
    name = f"the {hop.kind} {short(hop.anchor)}" if hop.anchor is not None else f"that {hop.kind}"
    if hop.kind in {TargetKind.INTERFACE, TargetKind.INSTANCE, TargetKind.ENDPOINT}:
        return f"whether {name} forwards packets to the internet"
    return f"where {name} leads"
