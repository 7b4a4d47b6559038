"""What kind of target a route has: told by its element, its id, or the property that names it."""

from dataclasses import dataclass

from guardrails.analysis.graph import Graph, TargetElement
from guardrails.analysis.labels import step
from guardrails.findings import Step
from guardrails.model.anchors import Anchor, anchors_of, key_of, short_name
from guardrails.model.knowledge import External, Unknown
from guardrails.model.machines import NetworkInterface
from guardrails.model.routing import Gateway, Route, TargetKind
from guardrails.model.security import Endpoint

MACHINES = frozenset({TargetKind.INTERFACE, TargetKind.INSTANCE})
_BY_PREFIX = {
    "igw-": TargetKind.INTERNET,
    "eigw-": TargetKind.EGRESS_ONLY,
    "cagw-": TargetKind.CARRIER,
    "nat-": TargetKind.NAT,
    "vgw-": TargetKind.VIRTUAL_PRIVATE,
    "vpce-": TargetKind.ENDPOINT,
    "tgw-": TargetKind.TRANSIT,
    "pcx-": TargetKind.PEERING,
    "eni-": TargetKind.INTERFACE,
    "i-": TargetKind.INSTANCE,
    "lgw-": TargetKind.LOCAL_GATEWAY,
}


@dataclass(frozen=True, slots=True)
class RouteTarget:
    """One target that a route may have. `fact` is missing if that is uncertain, "" if it is not.

    The kind GATEWAY stands for all that `gatewayId` may name, internet gateways included.
    """

    kind: TargetKind
    step: Step
    anchor: Anchor | None = None
    element: TargetElement | None = None
    fact: str = ""


def targets_of(graph: Graph, route: Route) -> tuple[RouteTarget, ...]:
    """Return the targets that `route` may have: one, or several candidates."""
    if route.target == External("local"):
        return (RouteTarget(TargetKind.LOCAL, Step("local", "local")),)
    anchors, fact = anchors_of(route.target)
    if anchors:
        return tuple(_target(graph, route, anchor, fact) for anchor in anchors)
    if isinstance(route.via, Unknown):
        return (_unseen(TargetKind.GATEWAY, route, route.via.fact),)
    return (_unseen(route.via, route, fact),)


def _unseen(kind: TargetKind, route: Route, fact: str) -> RouteTarget:
    return RouteTarget(kind, Step(route.key, f"some {kind}"), fact=fact)


def _target(graph: Graph, route: Route, anchor: Anchor, fact: str) -> RouteTarget:
    element = graph.target_elements.get(key_of(anchor))
    kind = kind_of(element) if element else _kind_by_id(key_of(anchor))
    if kind is None:
        kind = TargetKind.GATEWAY if isinstance(route.via, Unknown) else route.via
        if kind is TargetKind.GATEWAY:
            fact = fact or f"what kind of gateway {short_name(anchor)} is"
    return RouteTarget(kind, step(kind, anchor), anchor, element, fact)


def kind_of(element: TargetElement) -> TargetKind:
    """Return what an element is to a route."""
    if isinstance(element, Gateway):
        return element.kind
    if isinstance(element, Endpoint):
        return TargetKind.ENDPOINT
    is_interface = isinstance(element, NetworkInterface)
    return TargetKind.INTERFACE if is_interface else TargetKind.INSTANCE


def _kind_by_id(key: str) -> TargetKind | None:
    if key.startswith("urn:"):
        return None
    if "core-network/" in key:
        return TargetKind.CORE_NETWORK
    return _BY_PREFIX.get(key.partition("-")[0] + "-")
