"""A virtual IP works: every table carries it, to a machine that may accept it, and can be moved.

Advice only. A cluster moves its address by replacing the route in every table through the EC2 API
(EXPRESSCLUSTER "AWS Virtual IP resource"), so a table without the route, an interface that drops
packets for foreign addresses, or an endpoint that cannot be used shows up at failover only.
"""

from collections.abc import Iterator

from guardrails.addresses import Block, show
from guardrails.admission import EndpointGroups, Groups
from guardrails.configuration import Configuration
from guardrails.findings import Finding, Severity, Step, Verdict
from guardrails.graph import Anchor, Graph, anchors_of, key_of, step
from guardrails.hops import hops_of
from guardrails.rules.endpoints import inlets_of
from guardrails.rules.rule import Result, Rule
from guardrails.spaces import Spaces
from guardrails.topology import Endpoint, Gateway, TargetKind, main_table_of
from guardrails.values import Unknown
from guardrails.virtual_ips import HostRoute, VirtualIps

NAME = "virtual-ip-is-complete"
SEVERITY = Severity.MEDIUM
REMEDY = (
    "route the virtual IP in every table of the VPC to the active node's interface, switch its "
    "source/destination check off, and keep the EC2 endpoint usable by name and on port 443"
)


def judge(graph: Graph, configuration: Configuration) -> Result:
    """Judge every virtual IP that is surely routed in a VPC."""
    virtual_ips = VirtualIps(graph, configuration)
    result = Result()
    groups: dict[tuple[Block, Anchor], list[HostRoute]] = {}
    for each in virtual_ips.routes:
        if each.vpc is not None and not each.fact:
            groups.setdefault((each.address, each.vpc), []).append(each)
    endpoints = _EndpointAdvice(graph, configuration) if groups else None
    spaces = Spaces(graph, configuration)
    for (address, vpc), routes in sorted(groups.items(), key=lambda item: key_of(item[0][1])):
        found = [
            *_tables(graph, virtual_ips, address, vpc, routes),
            *_targets(graph, address, routes),
            *_peers(graph, spaces, address, vpc),
            *(endpoints.of(vpc) if endpoints else ()),
        ]
        result.findings += found
        for finding in found:
            result.decide(f"{show(address)} in {key_of(vpc)}", finding.verdict)
        result.decide(f"{show(address)} in {key_of(vpc)}", Verdict.KEPT)
    return result


def _tables(
    graph: Graph, virtual_ips: VirtualIps, address: Block, vpc: Anchor, routes: list[HostRoute]
) -> Iterator[Finding]:
    """Yield the tables of the VPC that do not carry the address."""
    tables: dict[Anchor, None] = dict.fromkeys(each.key for each in graph.tables_of_vpc.of(vpc))
    if isinstance(vpc, str) and vpc in graph.vpcs:
        main = graph.canonical(main_table_of(vpc))
        if isinstance(main, str) and not graph.main_tables.anywhere:
            tables[main] = None
    carrying = {graph.canonical(each.route.table) for each in routes}
    _, perhaps = virtual_ips.routed(address)
    blind = virtual_ips.blind.get(vpc) or virtual_ips.blind.get(None)
    missing = tuple(filter(None, (blind, perhaps.get(vpc))))
    for table in tables:
        if table not in carrying:
            at = step("route table", table)
            message = f"{at.text} does not carry the virtual IP {show(address)}"
            yield _finding(key_of(table), message, (at, step("VPC", vpc)), *missing)


def _targets(graph: Graph, address: Block, routes: list[HostRoute]) -> Iterator[Finding]:
    """Yield targets that drop the address, and tables that disagree about the target."""
    targets: dict[Anchor, Step] = {}
    for each in routes:
        hops = hops_of(graph, each.route)
        if len(hops) != 1 or hops[0].anchor is None or hops[0].anchor in targets:
            continue
        hop = hops[0]
        targets[hops[0].anchor] = Step(each.route.key, f"{show(address)} to {hop.step.text}")
        if hop.element is None or isinstance(hop.element, (Gateway, Endpoint)):
            continue
        check = hop.element.source_dest_check
        if check is not False:
            message = f"{hop.step.text} drops packets to the virtual IP {show(address)}: its "
            message += "source/destination check is on"
            facts = (check.fact,) if isinstance(check, Unknown) else ()
            yield _finding(hop.element.key, message, (hop.step,), *facts)
    if len(targets) > 1:
        steps = tuple(sorted(targets.values()))
        message = f"tables send the virtual IP {show(address)} to different machines"
        yield _finding(steps[0].key, message, steps)


def _peers(graph: Graph, spaces: Spaces, address: Block, vpc: Anchor) -> Iterator[Finding]:
    """Yield peered VPCs that have the address in a range of theirs."""
    for gateway in graph.topology.gateways:
        if gateway.kind is not TargetKind.PEERING or vpc not in {gateway.vpc, gateway.peer}:
            continue
        other = gateway.peer if gateway.vpc == vpc else gateway.vpc
        anchors, fact = anchors_of(other)
        for peer in anchors:
            holder = spaces.of(peer).holder(address)
            if holder:
                path = (step(gateway.kind, gateway.key), step("VPC", peer), holder)
                message = f"virtual IP {show(address)} lies inside a range of a peered VPC"
                yield _finding(gateway.key, message, path, *filter(None, (fact,)))


class _EndpointAdvice:
    """Looks whether nodes can reach the EC2 API through the VPC's endpoint for it."""

    def __init__(self, graph: Graph, configuration: Configuration) -> None:
        self._groups = Groups(graph, configuration)
        self._on_endpoint = EndpointGroups(graph)
        self._endpoints: dict[Anchor, list[Endpoint]] = {}
        for each in graph.topology.endpoints:
            vpcs, fact = anchors_of(each.vpc)
            is_ec2 = isinstance(each.service, str) and each.service.endswith(".ec2")
            if is_ec2 and vpcs and not fact:
                self._endpoints.setdefault(vpcs[0], []).append(each)

    def of(self, vpc: Anchor) -> Iterator[Finding]:
        """Yield what keeps nodes in `vpc` from moving the address."""
        for endpoint in self._endpoints.get(vpc, ()):
            here = (step("endpoint", endpoint.key),)
            if endpoint.private_dns is False:
                message = f"nodes do not find endpoint {endpoint.name}: its private DNS is off"
                yield _finding(endpoint.key, message, here)
            inlets = inlets_of(endpoint, self._groups, self._on_endpoint)
            if not any(True for _ in inlets):
                message = f"endpoint {endpoint.name} admits no HTTPS: a failover cannot use it"
                yield _finding(endpoint.key, message, here)


def _finding(subject: str, message: str, path: tuple[Step, ...], *missing: str) -> Finding:
    return Finding(
        rule=NAME,
        verdict=Verdict.UNVERIFIED if missing else Verdict.VIOLATED,
        severity=SEVERITY,
        subject=subject,
        message=message,
        path=path,
        missing=missing,
        remedy=REMEDY,
    )


RULE = Rule(
    name=NAME,
    title="Virtual IPs are complete",
    description="Every table of the VPC routes the virtual IP to a machine that accepts it.",
    severity=SEVERITY,
    remedy=REMEDY,
    judge=judge,
    advisory=True,
)
