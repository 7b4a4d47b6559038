"""Check: the machine that a virtual IP leads to exists and gets its packets."""

from collections.abc import Iterator

from guardrails.analysis.labels import step
from guardrails.analysis.network_analysis import NetworkAnalysis
from guardrails.findings import Finding
from guardrails.rules.vip_check import RULE, RoutedTarget, RoutedVirtualIp

_ROUTE_TO_ACTIVE_NODE = (
    "route the address in every table to the interface of the active node, attached to a "
    "running instance, then refresh"
)


class TargetExists:
    """Finds routes that AWS calls black holes.

    A route is a black hole at first if it is made before its interface is attached, and the state
    keeps that until a refresh: so nothing is said where an instance of the stack has the interface.
    """

    def __init__(self, network: NetworkAnalysis) -> None:
        self._source_checks = network.source_checks

    def findings(self, vip: RoutedVirtualIp) -> Iterator[Finding]:
        """Yield the machines that are gone or may not get the packets, as far as AWS says so."""
        for machine in vip.machines():
            dead = _black_holes(machine)
            if not dead:
                continue
            target, first = dead[0].target, dead[0].route
            path = (*(step("route", each.route.key) for each in dead), target.step)
            if self.is_gone(machine):
                message = (
                    f"the virtual IP {vip} leads nowhere: AWS calls the route a black hole, "
                    f"and no resource of the stack is {target.step.text}"
                )
                yield RULE.violated(first.key, message, path, remedy=_ROUTE_TO_ACTIVE_NODE)
            elif not self._source_checks.is_nowhere(target) and not self._source_checks.is_attached(
                target
            ):
                message = f"the virtual IP {vip} may lead nowhere: its route was a black hole"
                fact = f"whether {target.step.text} is attached to a running instance"
                yield RULE.unverified(
                    first.key, message, path, (fact,), remedy=_ROUTE_TO_ACTIVE_NODE
                )

    def is_gone(self, machine: list[RoutedTarget]) -> bool:
        """Tell whether no resource has the machine's id and AWS says that a route is dead."""
        dead = _black_holes(machine)
        return (
            bool(dead)
            and self._source_checks.is_nowhere(dead[0].target)
            and any(each.route.blackhole is True and not each.target.fact for each in dead)
        )


def _black_holes(machine: list[RoutedTarget]) -> list[RoutedTarget]:
    return [each for each in machine if each.route.blackhole is not False]
