"""Which virtual IPs there are, in which VPCs: configured, declared by a cluster, seen in routes."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from guardrails.addresses import AddressError, Block, show
from guardrails.analysis.destinations import Destinations
from guardrails.analysis.graph import Graph
from guardrails.analysis.route_targets import MACHINES, RouteTarget, targets_of
from guardrails.configuration import Configuration, read_virtual_ip, refuse_reserved
from guardrails.findings import Step
from guardrails.model.anchors import Anchor, anchors_of, key_of, short_name
from guardrails.model.knowledge import External, Unknown
from guardrails.model.machines import Instance, NetworkInterface
from guardrails.model.routing import Route, TargetKind

CONFIGURATION = "configuration"
"""The subject of findings about an address that comes from the policy's configuration."""


@dataclass(frozen=True, slots=True)
class Claim:
    """A virtual IP in a VPC. `fact` is what makes this uncertain, "" if nothing does."""

    address: Block
    vpc: Anchor
    source: Step
    fact: str = ""


@dataclass(frozen=True, slots=True)
class VirtualIpProblem:
    """Something meant to be a virtual IP that is not a valid one, or cannot be seen (`fact`)."""

    source: Step
    reason: str = ""
    fact: str = ""


@dataclass(frozen=True, slots=True)
class HostRoute:
    """A route of a single address. `vpc` None: of a table whose VPC is not known.

    `by_target`: the VPC is the machine's, because the table is outside of the stack.
    """

    route: Route
    address: Block
    vpc: Anchor | None
    fact: str
    by_target: bool = False


class VirtualIps:
    """Collects the virtual IPs of a topology (`claims`), and what cannot be one (`problems`)."""

    def __init__(
        self, graph: Graph, destinations: Destinations, configuration: Configuration
    ) -> None:
        self._graph = graph
        self._destinations = destinations
        self.problems: list[VirtualIpProblem] = []
        self.routes: list[HostRoute] = []
        """Routes of single addresses to machines."""
        self.elsewhere: list[HostRoute] = []
        """Routes of single addresses to what is not a machine: a gateway, a peering connection."""
        self.blind: dict[Anchor | None, str] = {}
        """VPCs with routes that may be of any virtual IP (None: any VPC), with the missing fact."""
        candidates = filter(may_carry_one, graph.topology.routes)
        for route in sorted(
            candidates, key=lambda each: (each.key, str(each.table), str(each.cidr))
        ):
            self._read_route(route)
        self._all = _every_vpc(graph)
        self.by_address: dict[Block, list[HostRoute]] = {}
        for each in self.routes:
            self.by_address.setdefault(each.address, []).append(each)
        self._routed: dict[Block, tuple[dict[Anchor, str], dict[Anchor, str]]] = {}
        self.claims = _unique((*self._configured(configuration), *self._declared(), *self._seen()))

    def routed(self, address: Block) -> tuple[dict[Anchor, str], dict[Anchor, str]]:
        """Return the VPCs that definitely route `address` to a machine, and those that may."""
        if address not in self._routed:
            self._routed[address] = self._find_routed(address)
        return self._routed[address]

    def _find_routed(self, address: Block) -> tuple[dict[Anchor, str], dict[Anchor, str]]:
        definite: dict[Anchor, str] = {}
        possible = {vpc: fact for vpc, fact in self.blind.items() if vpc is not None}
        if None in self.blind:
            possible = dict.fromkeys(self._all, self.blind[None]) | possible
        for each in self.by_address.get(address, ()):
            if each.vpc is None:
                possible = dict.fromkeys(self._all, each.fact) | possible
            elif each.fact:
                possible[each.vpc] = each.fact
            else:
                definite[each.vpc] = each.route.key
        return definite, {vpc: fact for vpc, fact in possible.items() if vpc not in definite}

    def _read_route(self, route: Route) -> None:
        targets = targets_of(self._graph, route)
        machines = [target.kind in MACHINES for target in targets]
        unseen = isinstance(route.via, Unknown) and targets[0].kind is TargetKind.GATEWAY
        if not any(machines) and not unseen:
            self._read_elsewhere(route)
            return
        doubt = route.doubt or ("" if all(machines) else targets[0].fact)
        tables, fact = anchors_of(self._graph.canonical(route.table))
        vpcs = [self._graph.vpc_of_table(table) for table in tables] or [Unknown(fact)]
        home = home_of(self._graph, targets)
        by_target = bool(tables) and all(isinstance(table, External) for table in tables)
        if home is not None and by_target:
            vpcs, fact = [home], ""
        destination = self._destinations.of(route)
        for vpc in vpcs:
            anchors, of_vpc = anchors_of(vpc)
            doubts = doubt or fact or of_vpc
            for anchor in anchors or (None,):
                for block in filter(_is_host, destination.blocks):
                    self.routes.append(HostRoute(route, block, anchor, doubts, by_target))
                if destination.facts:
                    self.blind.setdefault(anchor, destination.facts[0])
        if destination.facts:
            source = Step(route.key, f"route {short_name(route.key)}")
            self.problems.append(VirtualIpProblem(source, fact=destination.facts[0]))

    def _read_elsewhere(self, route: Route) -> None:
        tables, fact = anchors_of(self._graph.canonical(route.table))
        hosts = [block for block in self._destinations.of(route).blocks if block.is_host]
        for table in tables:
            vpcs, of_vpc = anchors_of(self._graph.vpc_of_table(table))
            for vpc in vpcs:
                self.elsewhere += [HostRoute(route, host, vpc, fact or of_vpc) for host in hosts]

    def _configured(self, configuration: Configuration) -> Iterator[Claim]:
        for text in configuration.virtual_ips:
            source = Step(CONFIGURATION, f"virtual IP {text} of the policy's configuration")
            yield from self._anywhere(read_virtual_ip(text), source)

    def _declared(self) -> Iterator[Claim]:
        for each in self._graph.topology.virtual_ips:
            source = Step(each.key, f"virtual IP of {short_name(each.key)}")
            if isinstance(each.address, Unknown):
                self.problems.append(VirtualIpProblem(source, fact=each.address.fact))
                continue
            try:
                address = read_virtual_ip(each.address)
            except AddressError as error:
                self.problems.append(VirtualIpProblem(source, reason=str(error)))
                continue
            if each.vpc is None:
                yield from self._anywhere(address, source)
                continue
            anchors, fact = anchors_of(each.vpc)
            if not anchors:
                self.problems.append(VirtualIpProblem(source, fact=fact))
            for vpc in anchors or self._all:
                yield Claim(address, vpc, source, fact)

    def _anywhere(self, address: Block, source: Step) -> Iterator[Claim]:
        """Yield an address for the VPCs that route it, for all of them where none is known to."""
        definite, possible = self.routed(address)
        if not definite:
            fact = next(iter(possible.values()), "")
            nowhere = replace(source, by_default=True)
            yield from (Claim(address, vpc, nowhere, fact) for vpc in self._all)
            return
        yield from (Claim(address, vpc, source) for vpc in definite)
        yield from (Claim(address, vpc, source, fact) for vpc, fact in possible.items())

    def _seen(self) -> Iterator[Claim]:
        for each in self.routes:
            text = f"route {show(each.address)} ({short_name(each.route.key)})"
            # A gate may take the machine for another one, as long as it has not seen the table.
            source = Step(each.route.key, text, by_default=each.by_target)
            try:
                refuse_reserved(each.address)
            except AddressError as error:
                self.problems.append(VirtualIpProblem(source, reason=str(error)))
                continue
            if each.vpc is None:
                self.problems.append(VirtualIpProblem(source, fact=each.fact))
            for vpc in self._all if each.vpc is None else (each.vpc,):
                yield Claim(each.address, vpc, source, each.fact)


def home_of(graph: Graph, targets: tuple[RouteTarget, ...]) -> Anchor | None:
    """Return the VPC of the one machine that a route leads to: AWS takes no other VPC's."""
    (target, *others) = targets
    element = target.element
    if others or target.fact or not isinstance(element, (NetworkInterface, Instance)):
        return None
    subnets, fact = anchors_of(element.subnet)
    subnet = graph.subnets.get(subnets[0]) if subnets and not fact else None
    vpc = None if subnet is None else graph.home(subnet)
    return vpc if isinstance(vpc, (str, External)) else None


def may_carry_one(route: Route) -> bool:
    """Tell whether the destination of `route` may be a single address."""
    return not isinstance(route.cidr, str) or route.cidr.endswith(("/32", "/128"))


def _is_host(block: Block) -> bool:
    return block.is_host


def _every_vpc(graph: Graph) -> tuple[Anchor, ...]:
    topology = graph.topology
    references = (
        *(vpc.key for vpc in topology.vpcs),
        *(subnet.vpc for subnet in graph.subnets.values()),
        *(table.vpc for table in topology.route_tables),
    )
    return tuple(dict.fromkeys(each for each in references if isinstance(each, (str, External))))


def _unique(claims: Iterable[Claim]) -> list[Claim]:
    """Keep one claim of each address in each VPC: a sure one if there is one."""
    best: dict[tuple[Block, Anchor], Claim] = {}
    for claim in sorted(claims, key=lambda claim: (claim.fact, claim.source)):
        best.setdefault((claim.address, claim.vpc), claim)
    return sorted(best.values(), key=lambda claim: (claim.address, key_of(claim.vpc)))
