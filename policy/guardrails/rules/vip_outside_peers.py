"""Check: no peered VPC has the virtual IP in a range of its own."""

from collections.abc import Iterator

from guardrails.analysis.labels import step
from guardrails.analysis.network_analysis import NetworkAnalysis
from guardrails.findings import Finding
from guardrails.model.anchors import Anchor, anchors_of
from guardrails.model.knowledge import External
from guardrails.model.routing import Gateway, TargetKind
from guardrails.rules.vip_check import RULE, RoutedVirtualIp


class OutsidePeers:
    """Finds peered VPCs that own the address."""

    def __init__(self, network: NetworkAnalysis) -> None:
        self._vpc_ranges = network.vpc_ranges
        self._peerings: dict[Anchor, list[Gateway]] = {}
        for gateway in network.graph.topology.gateways:
            if gateway.kind is TargetKind.PEERING:
                for side in (gateway.vpc, gateway.peer):
                    if isinstance(side, (str, External)):
                        self._peerings.setdefault(side, []).append(gateway)

    def findings(self, vip: RoutedVirtualIp) -> Iterator[Finding]:
        """Yield peered VPCs that have the address in a range of theirs."""
        for gateway in self._peerings.get(vip.vpc, []):
            other = gateway.peer if gateway.vpc == vip.vpc else gateway.vpc
            anchors, fact = anchors_of(other)
            for peer in anchors:
                holder = self._vpc_ranges.of(peer).holder(vip.address)
                if holder:
                    path = (step(gateway.kind, gateway.key), step("VPC", peer), holder)
                    message = f"virtual IP {vip} lies inside a range of a peered VPC"
                    yield RULE.finding(gateway.key, message, path, *filter(None, (fact,)))
