"""Check: all routes of a virtual IP lead to one and the same machine, and to which is known."""

from collections.abc import Iterator

from guardrails.analysis.labels import step
from guardrails.analysis.network_analysis import NetworkAnalysis
from guardrails.findings import Finding, Step
from guardrails.model.anchors import Anchor
from guardrails.rules.vip_check import RULE, RoutedVirtualIp


class TargetAgreed:
    """Finds routes whose target is unknown, and tables that disagree."""

    def __init__(self, network: NetworkAnalysis) -> None:
        """Ask nothing of `network`: the targets of a virtual IP say it all."""

    def findings(self, vip: RoutedVirtualIp) -> Iterator[Finding]:
        """Yield each unknown target, and the disagreement of the known ones."""
        agreed = dict[Anchor, Step]()
        for each in vip.targets:
            route, target = each.route, each.target
            if target.anchor is None:
                message = f"the virtual IP {vip} may not lead to its active node"
                path = (step("route", route.key), target.step)
                yield RULE.unverified(route.key, message, path, (target.fact,))
            elif each.sole:
                agreed[target.anchor] = Step(route.key, f"{vip} to {target.step.text}")
        if len(agreed) > 1:
            steps = tuple(sorted(agreed.values()))
            message = f"tables send the virtual IP {vip} to different machines"
            yield RULE.violated(steps[0].key, message, steps)
