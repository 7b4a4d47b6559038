"""Check: the machine that a virtual IP leads to accepts packets for a foreign address."""

from collections.abc import Iterator

from guardrails.analysis.network_analysis import NetworkAnalysis
from guardrails.findings import Finding
from guardrails.rules.vip_check import RULE, RoutedVirtualIp
from guardrails.rules.vip_target_exists import TargetExists


class TargetAccepts:
    """Finds source/destination checks that are on."""

    def __init__(self, network: NetworkAnalysis) -> None:
        self._source_checks = network.source_checks
        self._exists = TargetExists(network)

    def findings(self, vip: RoutedVirtualIp) -> Iterator[Finding]:
        """Yield why a machine drops the packets that it gets; one that is gone gets none."""
        for machine in vip.machines():
            if self._exists.is_gone(machine):
                continue
            shown = min(machine, key=lambda each: each.target.fact)
            for each in self._source_checks.obstacles(shown.target):
                drops = "may drop" if each.facts else "drops"
                name = shown.target.step.text
                message = f"{name} {drops} packets to the virtual IP {vip}: {each.why}"
                subject = each.key or shown.route.key
                yield RULE.finding(subject, message, each.path, *each.facts, remedy=each.remedy)
