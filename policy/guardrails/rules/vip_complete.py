"""A virtual IP works: every table carries it, to a machine that may accept it, and can be moved.

Advice only. A cluster moves its address by replacing the route in every table through the EC2 API
(EXPRESSCLUSTER "AWS Virtual IP resource"), so a table without the route, an interface that drops
packets for foreign addresses, or an endpoint that cannot be used shows up at failover only.
"""

from collections.abc import Iterator

from guardrails.addresses import Block, show
from guardrails.analysis.graph import Graph, Links
from guardrails.analysis.labels import step
from guardrails.analysis.network_analysis import NetworkAnalysis
from guardrails.analysis.route_targets import MACHINES, RouteTarget, targets_of
from guardrails.analysis.virtual_ips import HostRoute
from guardrails.analysis.vpc_ranges import VpcRanges
from guardrails.findings import Finding, Severity, Step, Verdict
from guardrails.model.knowledge import External, Reference, Unknown
from guardrails.model.references import Anchor, anchors_of, key_of
from guardrails.model.routing import Gateway, Route, TargetKind, main_table_of
from guardrails.model.security import Endpoint
from guardrails.rules.result import Result

NAME = "virtual-ip-is-complete"
SEVERITY = Severity.MEDIUM
REMEDY = (
    "route the virtual IP in every table of the VPC to the active node's interface, switch its "
    "source/destination check off, and keep the EC2 endpoint usable by name and on port 443"
)


_LEAD_BACK = (
    "lead the route in every table to the interface of the node that is active, attached to a "
    "running instance, then refresh"
)


def judge(network: NetworkAnalysis) -> Result:
    """Judge every virtual IP that is surely routed in a VPC."""
    result = Result()
    groups: dict[tuple[Block, Anchor], list[HostRoute]] = {}
    for each in network.virtual_ips.routes:
        if each.vpc is not None and not each.fact:
            groups.setdefault((each.address, each.vpc), []).append(each)
    endpoints, peerings = _ec2_endpoints(network.graph), _peerings(network.graph)
    edges = _edge_tables(network.graph)
    for (address, vpc), routes in sorted(groups.items(), key=lambda item: key_of(item[0][1])):
        found = [
            *_tables(network, address, vpc, routes, edges),
            *_targets(network, address, routes),
            *_peers(network.vpc_ranges, address, vpc, peerings.get(vpc, [])),
            *_endpoints(network, vpc, endpoints),
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
    network: NetworkAnalysis,
    address: Block,
    vpc: Anchor,
    routes: list[HostRoute],
    edges: set[Reference],
) -> Iterator[Finding]:
    """Yield the tables of the VPC that clients use and that do not carry the address."""
    graph, virtual_ips = network.graph, network.virtual_ips
    carrying = {graph.canonical(each.route.table) for each in routes}
    others = virtual_ips.by_address[address]
    unsure = sorted({each.fact for each in others if each.fact and each.vpc in {None, vpc}})
    blind = virtual_ips.blind.get(vpc) or virtual_ips.blind.get(None)
    missing = (blind, *unsure)
    for table, fact in _used(network, vpc).items():
        if table not in carrying and table not in edges:
            at = step("route table", table)
            lacks = "may not carry" if any((fact, *missing)) else "does not carry"
            message = f"{at.text} {lacks} the virtual IP {show(address)}"
            facts = filter(None, (fact, *missing))
            yield _finding(key_of(table), message, (at, step("VPC", vpc)), *facts)


def _used(network: NetworkAnalysis, vpc: Anchor) -> dict[Anchor, str]:
    """Return the tables that clients in the VPC use, each with what makes that uncertain."""
    graph = network.graph
    loose = (*graph.tables_of_vpc.possible(vpc), *graph.tables_of_vpc.anywhere)
    tables: dict[Anchor, str] = {each.key: fact for each, fact in loose}
    if isinstance(vpc, str) and vpc in graph.vpcs:
        mains, doubt = anchors_of(graph.canonical(main_table_of(vpc)))
        for main in mains:
            fact = _use_of_main(network, vpc, main)
            if fact is not None:
                tables[main] = doubt or fact
    return tables | dict.fromkeys((each.key for each in graph.tables_of_vpc.of(vpc)), "")


def _use_of_main(network: NetworkAnalysis, vpc: Anchor, main: Anchor) -> str | None:
    """Return what makes it uncertain that a subnet uses the main table, "" if nothing does.

    None: no subnet uses it. Subnets may be elsewhere if none is seen.
    """
    links = network.graph.subnets_of_vpc
    definite = ((each, "") for each in links.of(vpc))
    subnets = (*definite, *links.possible(vpc), *links.anywhere)
    if not subnets:
        return ""
    return min(
        (
            fact or table.fact
            for subnet, fact in subnets
            for table in network.effective_tables.of(subnet.key, subnet)
            if table.anchor is None or table.anchor == main
        ),
        default=None,
    )


def _targets(
    network: NetworkAnalysis, address: Block, routes: list[HostRoute]
) -> Iterator[Finding]:
    """Yield targets that are gone or drop the address, and tables that disagree about it."""
    leading: dict[Anchor, list[tuple[RouteTarget, Route]]] = {}
    agreed: dict[Anchor, Step] = {}
    for each in routes:
        targets = [
            network.source_checks.interface_of(target)
            for target in targets_of(network.graph, each.route)
        ]
        for target in targets:
            if target.anchor is None:
                message = f"the virtual IP {show(address)} may not lead to its active node"
                path = (step("route", each.route.key), target.step)
                yield _finding(each.route.key, message, path, target.fact)
                continue
            leading.setdefault(target.anchor, []).append((target, each.route))
            if len(targets) == 1:
                agreed[target.anchor] = Step(
                    each.route.key, f"{show(address)} to {target.step.text}"
                )
    for ways in leading.values():
        if ways[0][0].kind in MACHINES:
            dead_ends = list(_dead_ends(network, address, ways))
            yield from dead_ends
            if not any(each.verdict is Verdict.VIOLATED for each in dead_ends):
                yield from _obstacles(network, address, ways)
    if len(agreed) > 1:
        steps = tuple(sorted(agreed.values()))
        message = f"tables send the virtual IP {show(address)} to different machines"
        yield _finding(steps[0].key, message, steps)


def _dead_ends(
    network: NetworkAnalysis, address: Block, ways: list[tuple[RouteTarget, Route]]
) -> Iterator[Finding]:
    """Yield that the machine is gone, or may not get the packets, as far as AWS has said so.

    A route is a black hole at first where it is made before its interface is attached, and the
    state keeps that until a refresh: so nothing is said where an instance of the stack has it.
    """
    dead = [(target, route) for target, route in ways if route.blackhole is not False]
    if not dead:
        return
    target, first = dead[0]
    path = (*(step("route", route.key) for _, route in dead), target.step)
    if not network.source_checks.is_nowhere(target):
        if not network.source_checks.is_attached(target):
            message = f"the virtual IP {show(address)} may lead nowhere: its route was a black hole"
            fact = f"whether {target.step.text} is attached to a running instance"
            yield _finding(first.key, message, path, fact, remedy=_LEAD_BACK)
    elif any(route.blackhole is True and not each.fact for each, route in dead):
        message = (
            f"the virtual IP {show(address)} leads nowhere: AWS calls the route a black hole, "
        )
        message += f"and no resource of the stack is {target.step.text}"
        yield _finding(first.key, message, path, remedy=_LEAD_BACK)


def _obstacles(
    network: NetworkAnalysis, address: Block, ways: list[tuple[RouteTarget, Route]]
) -> Iterator[Finding]:
    """Yield why the machine drops the packets that it gets."""
    target, route = min(ways, key=lambda way: way[0].fact)
    for each in network.source_checks.obstacles(target):
        drops = "may drop" if each.facts else "drops"
        message = (
            f"{target.step.text} {drops} packets to the virtual IP {show(address)}: {each.why}"
        )
        subject = each.key or route.key
        yield _finding(subject, message, each.path, *each.facts, remedy=each.remedy)


def _peerings(graph: Graph) -> dict[Anchor, list[Gateway]]:
    found: dict[Anchor, list[Gateway]] = {}
    for gateway in graph.topology.gateways:
        if gateway.kind is TargetKind.PEERING:
            for side in (gateway.vpc, gateway.peer):
                if isinstance(side, (str, External)):
                    found.setdefault(side, []).append(gateway)
    return found


def _peers(
    vpc_ranges: VpcRanges, address: Block, vpc: Anchor, peerings: list[Gateway]
) -> Iterator[Finding]:
    """Yield peered VPCs that have the address in a range of theirs."""
    for gateway in peerings:
        other = gateway.peer if gateway.vpc == vpc else gateway.vpc
        anchors, fact = anchors_of(other)
        for peer in anchors:
            holder = vpc_ranges.of(peer).holder(address)
            if holder:
                path = (step(gateway.kind, gateway.key), step("VPC", peer), holder)
                message = f"virtual IP {show(address)} lies inside a range of a peered VPC"
                yield _finding(gateway.key, message, path, *filter(None, (fact,)))


def _ec2_endpoints(graph: Graph) -> Links[Endpoint]:
    """Return the endpoints by VPC that are, or may be, ways to the EC2 API."""
    return Links(
        (each, each.vpc)
        for each in graph.topology.endpoints
        if isinstance(each.service, Unknown) or (each.service or "").endswith(".ec2")
    )


def _endpoints(
    network: NetworkAnalysis, vpc: Anchor, endpoints: Links[Endpoint]
) -> Iterator[Finding]:
    """Yield what keeps nodes from calling the EC2 API, and so from moving the address."""
    definite = ((each, "") for each in endpoints.of(vpc))
    for endpoint, fact in (*definite, *endpoints.possible(vpc), *endpoints.anywhere):
        here = (step("endpoint", endpoint.key),)
        doubts = (*filter(None, (fact,)), *_facts(endpoint.service))
        dns = endpoint.private_dns
        if dns is False or isinstance(dns, Unknown):
            message = f"nodes do not find endpoint {endpoint.name}: its private DNS is off"
            yield _finding(endpoint.key, message, here, *doubts, *_facts(dns))
        ingress_rules = list(network.endpoint_ingress.of(endpoint))
        if all(each.verdict is Verdict.UNVERIFIED for each in ingress_rules):
            message = f"endpoint {endpoint.name} admits no HTTPS: a failover cannot use it"
            facts = sorted({fact for each in ingress_rules for fact in each.facts})
            yield _finding(endpoint.key, message, here, *doubts, *facts)


def _facts(value: object) -> tuple[str, ...]:
    return (value.fact,) if isinstance(value, Unknown) else ()


def _finding(
    subject: str, message: str, path: tuple[Step, ...], *missing: str, remedy: str = REMEDY
) -> Finding:
    return Finding(
        rule=NAME,
        verdict=Verdict.UNVERIFIED if missing else Verdict.VIOLATED,
        severity=SEVERITY,
        subject=subject,
        message=message,
        path=path,
        missing=missing,
        remedy=remedy,
    )
