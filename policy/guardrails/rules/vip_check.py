"""What the checks of `virtual-ip-is-complete` share: the rule, and the virtual IPs they check.

Advice only. A cluster moves its address by replacing the route in every table through the EC2 API
(EXPRESSCLUSTER "AWS Virtual IP resource"), so a table without the route, an interface that drops
packets for foreign addresses, or an endpoint that cannot be used shows up at failover only.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol

from guardrails.addresses import Block, show
from guardrails.analysis.network_analysis import NetworkAnalysis
from guardrails.analysis.route_targets import MACHINES, RouteTarget, targets_of
from guardrails.analysis.virtual_ips import HostRoute
from guardrails.findings import Finding, Severity
from guardrails.model.anchors import Anchor, key_of
from guardrails.model.routing import Route
from guardrails.rules.rule import Rule

RULE = Rule(
    name="virtual-ip-is-complete",
    severity=Severity.MEDIUM,
    remedy="route the virtual IP in every table of the VPC to the active node's interface, switch "
    "its source/destination check off and let no instance switch it on again (`ignoreChanges: "
    '["sourceDestCheck"]`), and keep the EC2 endpoint usable by name and on port 443',
)


@dataclass(frozen=True, slots=True)
class RoutedTarget:
    """A target of one route of the virtual IP. `sole`: the route can have no other target."""

    route: Route
    target: RouteTarget
    sole: bool


@dataclass(frozen=True, slots=True)
class RoutedVirtualIp:
    """A virtual IP in a VPC that definitely routes it.

    `routes` and `targets` are those that lead to machines; `elsewhere` are routes that do not. Only
    those may be there: then `doubt` is what makes it uncertain that this is a virtual IP at all.
    """

    address: Block
    vpc: Anchor
    routes: tuple[HostRoute, ...]
    targets: tuple[RoutedTarget, ...]
    elsewhere: tuple[HostRoute, ...] = ()
    doubt: str = ""

    @property
    def subject(self) -> str:
        """The name under which verdicts are noted."""
        return f"{self} in {key_of(self.vpc)}"

    def __str__(self) -> str:
        return show(self.address)

    def machines(self) -> list[list[RoutedTarget]]:
        """Return the routed targets of each machine that the address may lead to."""
        by_anchor: dict[Anchor, list[RoutedTarget]] = {}
        for each in self.targets:
            if each.target.anchor is not None:
                by_anchor.setdefault(each.target.anchor, []).append(each)
        return [some for some in by_anchor.values() if some[0].target.kind in MACHINES]


class Check(Protocol):
    """One check, made for a network: yields what keeps a virtual IP from working."""

    def __init__(self, network: NetworkAnalysis) -> None: ...

    def findings(self, vip: RoutedVirtualIp) -> Iterator[Finding]:
        """Yield the findings about `vip`."""
        ...


def routed_virtual_ips(network: NetworkAnalysis) -> Iterator[RoutedVirtualIp]:
    """Yield every virtual IP in every VPC that definitely routes it, be it to a machine or not."""
    virtual_ips = network.virtual_ips
    doubts: dict[Block, str] = {}
    for claim in virtual_ips.claims:
        doubts[claim.address] = min(claim.fact, doubts.get(claim.address, claim.fact))
    routes = _grouped(virtual_ips.routes)
    elsewhere = _grouped(each for each in virtual_ips.elsewhere if each.address in doubts)
    # By identity: a route of a prefix list carries hundreds of addresses, and hashes slowly.
    routed = {id(each.route): each.route for each in virtual_ips.routes}
    targets_of_route = {key: tuple(_targets(network, each)) for key, each in routed.items()}
    for place in sorted({**routes, **elsewhere}, key=lambda each: (key_of(each[1]), each[0])):
        here = tuple(routes.get(place, ()))
        targets = (each for route in here for each in targets_of_route[id(route.route)])
        doubt = "" if here else doubts[place[0]]
        yield RoutedVirtualIp(*place, here, tuple(targets), tuple(elsewhere.get(place, ())), doubt)


def _grouped(routes: Iterable[HostRoute]) -> dict[tuple[Block, Anchor], list[HostRoute]]:
    """Return the routes of which it is certain where they are, by address and VPC."""
    groups: dict[tuple[Block, Anchor], list[HostRoute]] = {}
    for each in routes:
        if each.vpc is not None and not each.fact:
            groups.setdefault((each.address, each.vpc), []).append(each)
    return groups


def _targets(network: NetworkAnalysis, route: Route) -> Iterator[RoutedTarget]:
    """Yield the targets of a route; instead of an instance, the interface that it was given."""
    targets = targets_of(network.graph, route)
    for each in targets:
        yield RoutedTarget(route, network.source_checks.interface_of(each), len(targets) == 1)
