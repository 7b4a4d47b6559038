"""Check: no table sends the virtual IP to anything but the active node.

Between VPCs a transit gateway carries such an address, for it can be given any route; a peering
connection cannot, for it knows the ranges of the peer's VPC only (SAP on AWS, "High Availability
with Overlay IP Address Routing").
"""

from collections.abc import Iterator

from guardrails.analysis.labels import step
from guardrails.analysis.network_analysis import NetworkAnalysis
from guardrails.analysis.route_targets import RouteTarget, targets_of
from guardrails.analysis.virtual_ips import HostRoute
from guardrails.findings import Finding
from guardrails.model.anchors import Anchor, anchors_of
from guardrails.model.routing import TargetKind
from guardrails.rules.vip_check import RULE, RoutedVirtualIp

_BETWEEN_VPCS = frozenset({TargetKind.TRANSIT, TargetKind.CORE_NETWORK, TargetKind.LOCAL})
"""What carries the address from a VPC without the cluster; `local` carries nothing."""
_TO_THE_NODE = "route the address to the active node's interface in this table too"
_NOT_BY_PEERING = (
    "reach the address through a transit gateway or a Network Load Balancer: a peering connection "
    "carries the ranges of the peer's VPC only"
)


class SentElsewhere:
    """Finds tables with a route of the address to a gateway or a peering connection."""

    def __init__(self, network: NetworkAnalysis) -> None:
        self._graph = network.graph

    def findings(self, vip: RoutedVirtualIp) -> Iterator[Finding]:
        """Yield the routes that lead the address away; from other VPCs they may have to."""
        for each in vip.elsewhere:
            target = targets_of(self._graph, each.route)[0]
            if target.kind is TargetKind.PEERING:
                yield self._finding(vip, each, target, vip.doubt, _NOT_BY_PEERING)
            elif vip.routes:
                yield self._finding(vip, each, target, "", _TO_THE_NODE)
            elif target.kind not in _BETWEEN_VPCS:
                fact = vip.doubt or f"whether the nodes of {vip} are behind {target.step.text}"
                yield self._finding(vip, each, target, fact, _TO_THE_NODE)

    def _finding(
        self, vip: RoutedVirtualIp, sent: HostRoute, target: RouteTarget, fact: str, remedy: str
    ) -> Finding:
        tables, _ = anchors_of(self._graph.canonical(sent.route.table))
        at = step("route table", tables[0])
        sends = "may send" if fact else "sends"
        message = f"{at.text} {sends} the virtual IP {vip} to {target.step.text}, not to a node"
        path = (at, step("route", sent.route.key), target.step)
        return RULE.finding(sent.route.key, message, path, *filter(None, (fact,)), remedy=remedy)


def tables_of(vip: RoutedVirtualIp, network: NetworkAnalysis) -> set[Anchor]:
    """Return the tables that send the address elsewhere."""
    references = (network.graph.canonical(each.route.table) for each in vip.elsewhere)
    return {anchor for each in references for anchor in anchors_of(each)[0]}
