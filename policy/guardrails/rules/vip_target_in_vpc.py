"""Check: the machine that a virtual IP leads to is in the VPC of the route's table.

AWS rejects other routes (CreateRoute, InvalidParameterValue: "belong to different networks").
"""

from collections.abc import Iterator

from guardrails.analysis.labels import step
from guardrails.analysis.network_analysis import NetworkAnalysis
from guardrails.analysis.virtual_ips import home_of
from guardrails.findings import Finding
from guardrails.model.anchors import Anchor, anchors_of, key_of, short_name
from guardrails.rules.vip_check import RULE, RoutedVirtualIp

_REMEDY = (
    "route the address to an interface in the table's own VPC; reach it from other VPCs through a "
    "transit gateway"
)


class TargetInVpc:
    """Finds routes to machines of another VPC, as far as both VPCs are known."""

    def __init__(self, network: NetworkAnalysis) -> None:
        self._graph = network.graph

    def findings(self, vip: RoutedVirtualIp) -> Iterator[Finding]:
        """Yield the routes whose machine is in another VPC than their table."""
        for each in vip.targets:
            home = home_of(self._graph, (each.target,)) if each.sole else None
            if home is None or not _differ(home, vip.vpc):
                continue
            tables, _ = anchors_of(self._graph.canonical(each.route.table))
            at = step("route table", tables[0])
            message = (
                f"{at.text} of VPC {short_name(vip.vpc)} sends the virtual IP {vip} to "
                f"{each.target.step.text}, which is in VPC {short_name(home)}"
            )
            path = (at, step("route", each.route.key), each.target.step, step("VPC", home))
            yield RULE.violated(each.route.key, message, path, remedy=_REMEDY)


def _differ(one: Anchor, other: Anchor) -> bool:
    """Tell whether two VPCs are known to be two.

    One by its id and one by its URN may be the same, for an id of what is only read is not shown.
    """
    return one != other and _by_urn(one) == _by_urn(other) and type(one) is type(other)


def _by_urn(vpc: Anchor) -> bool:
    return key_of(vpc).startswith("urn:")
