"""A passage: packets to the destination of a route, at one of the targets that it may have."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from guardrails.addresses import Block, reached
from guardrails.analysis.destinations import Destination
from guardrails.analysis.egress_path import EgressPath
from guardrails.analysis.route_targets import MACHINES, RouteTarget
from guardrails.findings import Verdict
from guardrails.model.anchors import Anchor
from guardrails.model.knowledge import External, Reference
from guardrails.model.routing import Route, TargetKind
from guardrails.model.security import Endpoint


@dataclass(frozen=True, slots=True)
class TableContext:
    """What judging a route needs to know of its table.

    `source` is the table's VPC. `broad` are the kinds of target, among those that the destination
    decides, whose routes together cover more public addresses than one network owns; None if this
    is unknown. `egress_paths` finds the egress paths of a subnet behind a target; None where
    following ends. `every_egress_path` finds those through allowed exits too; None where no exit
    is allowed, or following ends.
    """

    source: Reference
    broad: frozenset[TargetKind] | None
    egress_paths: Callable[[Anchor], Iterable[EgressPath]] | None
    every_egress_path: Callable[[Anchor], Iterable[EgressPath]] | None = None


@dataclass(frozen=True, slots=True)
class Passage:
    """What decides whether packets of a route get out through `target`."""

    route: Route
    target: RouteTarget
    destination: Destination
    context: TableContext

    @property
    def kept(self) -> EgressPath:
        """The path to the target, if it leads no further."""
        return EgressPath(Verdict.KEPT, (self.target.step,), (), self.target.kind)

    @property
    def is_to_gateway_endpoint(self) -> bool:
        """Tell whether the target is a gateway endpoint, which leads to an AWS service only."""
        if isinstance(self.target.element, Endpoint):
            return self.target.element.kind == "Gateway"
        if self.route.via is TargetKind.ENDPOINT:
            return False  # `vpcEndpointId` names firewalls and load balancers, `gatewayId` others
        return isinstance(self.target.anchor, External) and (
            self.target.kind is TargetKind.ENDPOINT and isinstance(self.route.prefix_list, External)
        )

    @property
    def is_broad(self) -> bool:
        """Tell whether routes to such targets cover more of the internet than one network owns."""
        return self.target.kind in (self.context.broad or frozenset())

    @property
    def beyond(self) -> tuple[Block, ...]:
        """Where packets go behind the target: one that translates addresses may do NAT64 too."""
        blocks = self.destination.blocks
        if self.target.kind not in MACHINES | {TargetKind.NAT}:
            return blocks
        return tuple(piece for block in blocks for piece in reached(block))


def of_others(blocks: tuple[Block, ...], target: RouteTarget) -> tuple[Block, ...]:
    """Return the blocks of a destination, less single addresses that a machine has as its own."""
    if target.kind not in MACHINES:
        return blocks
    return tuple(block for block in blocks if not block.is_host)
