"""A virtual IP works: every table carries it, to a machine that may accept it, and can be moved.

Advice only. A cluster moves its address by replacing the route in every table through the EC2 API
(EXPRESSCLUSTER "AWS Virtual IP resource"), so a table without the route, an interface that drops
packets for foreign addresses, or an endpoint that cannot be used shows up at failover only.
"""

from collections.abc import Iterator

from guardrails.addresses import Block, show
from guardrails.case import Case
from guardrails.findings import Finding, Severity, Step, Verdict
from guardrails.graph import Anchor, Graph, anchors_of, key_of, step
from guardrails.hops import hops_of
from guardrails.rules.endpoints import inlets_of
from guardrails.rules.result import Result
from guardrails.spaces import Spaces
from guardrails.topology import Endpoint, Gateway, TargetKind, main_table_of
from guardrails.values import External, Reference, Unknown
from guardrails.virtual_ips import HostRoute

NAME = "virtual-ip-is-complete"
SEVERITY = Severity.MEDIUM
REMEDY = (
    "route the virtual IP in every table of the VPC to the active node's interface, switch its "
    "source/destination check off, and keep the EC2 endpoint usable by name and on port 443"
)


def judge(case: Case) -> Result:
    """Judge every virtual IP that is surely routed in a VPC."""
    result = Result()
    groups: dict[tuple[Block, Anchor], list[HostRoute]] = {}
    for each in case.virtual_ips.routes:
        if each.vpc is not None and not each.fact:
            groups.setdefault((each.address, each.vpc), []).append(each)
    endpoints, peerings = _ec2_endpoints(case), _peerings(case.graph)
    edges = _edge_tables(case.graph)
    for (address, vpc), routes in sorted(groups.items(), key=lambda item: key_of(item[0][1])):
        found = [
            *_tables(case, address, vpc, routes, edges),
            *_targets(case.graph, address, routes),
            *_peers(case.spaces, address, vpc, peerings.get(vpc, [])),
            *_endpoints(case, endpoints.get(vpc, [])),
        ]
        result.findings += found
        for finding in found:
            result.decide(f"{show(address)} in {key_of(vpc)}", finding.verdict)
        result.decide(f"{show(address)} in {key_of(vpc)}", Verdict.KEPT)
    return result


def _edge_tables(graph: Graph) -> set[Reference]:
    """Return the tables that gateways use and no subnet: no client sends packets by them."""
    users = graph.topology.associations
    of_gateways = {graph.canonical(each.table) for each in users if each.subnet is None}
    return of_gateways - {graph.canonical(each.table) for each in users if each.subnet is not None}


def _tables(
    case: Case, address: Block, vpc: Anchor, routes: list[HostRoute], edges: set[Reference]
) -> Iterator[Finding]:
    """Yield the tables of the VPC that clients use and that do not carry the address."""
    graph, virtual_ips = case.graph, case.virtual_ips
    tables: dict[Anchor, None] = dict.fromkeys(each.key for each in graph.tables_of_vpc.of(vpc))
    if isinstance(vpc, str) and vpc in graph.vpcs:
        main = graph.canonical(main_table_of(vpc))
        if isinstance(main, str) and _is_used(case, vpc, main):
            tables[main] = None
    carrying = {graph.canonical(each.route.table) for each in routes}
    others = virtual_ips.by_address[address]
    unsure = sorted({each.fact for each in others if each.fact and each.vpc in {None, vpc}})
    blind = virtual_ips.blind.get(vpc) or virtual_ips.blind.get(None)
    missing = tuple(filter(None, (blind, *unsure)))
    for table in tables:
        if table not in carrying and table not in edges:
            at = step("route table", table)
            message = f"{at.text} does not carry the virtual IP {show(address)}"
            yield _finding(key_of(table), message, (at, step("VPC", vpc)), *missing)


def _is_used(case: Case, vpc: Anchor, main: str) -> bool:
    """Tell whether a subnet uses the VPC's main table. Subnets may be elsewhere if none is seen."""
    if case.graph.main_tables.anywhere:
        return False
    subnets = case.graph.subnets_of_vpc.of(vpc)
    used = (case.effective_tables.of(each.key, each) for each in subnets)
    return not subnets or any(each.anchor == main for tables in used for each in tables)


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


def _peerings(graph: Graph) -> dict[Anchor, list[Gateway]]:
    found: dict[Anchor, list[Gateway]] = {}
    for gateway in graph.topology.gateways:
        if gateway.kind is TargetKind.PEERING:
            for side in (gateway.vpc, gateway.peer):
                if isinstance(side, (str, External)):
                    found.setdefault(side, []).append(gateway)
    return found


def _peers(
    spaces: Spaces, address: Block, vpc: Anchor, peerings: list[Gateway]
) -> Iterator[Finding]:
    """Yield peered VPCs that have the address in a range of theirs."""
    for gateway in peerings:
        other = gateway.peer if gateway.vpc == vpc else gateway.vpc
        anchors, fact = anchors_of(other)
        for peer in anchors:
            holder = spaces.of(peer).holder(address)
            if holder:
                path = (step(gateway.kind, gateway.key), step("VPC", peer), holder)
                message = f"virtual IP {show(address)} lies inside a range of a peered VPC"
                yield _finding(gateway.key, message, path, *filter(None, (fact,)))


def _ec2_endpoints(case: Case) -> dict[Anchor, list[Endpoint]]:
    found: dict[Anchor, list[Endpoint]] = {}
    for each in case.graph.topology.endpoints:
        is_ec2 = isinstance(each.service, str) and each.service.endswith(".ec2")
        if is_ec2 and isinstance(each.vpc, (str, External)):
            found.setdefault(each.vpc, []).append(each)
    return found


def _endpoints(case: Case, endpoints: list[Endpoint]) -> Iterator[Finding]:
    """Yield what keeps nodes from calling the EC2 API, and so from moving the address."""
    for endpoint in endpoints:
        here = (step("endpoint", endpoint.key),)
        if endpoint.private_dns is False:
            message = f"nodes do not find endpoint {endpoint.name}: its private DNS is off"
            yield _finding(endpoint.key, message, here)
        if not any(True for _ in inlets_of(case, endpoint)):
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
