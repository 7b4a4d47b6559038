"""Advice on what the rules leave open: endpoints usable by those who need them, and nobody else.

It says what is proven only: a fact that is missing never makes a finding here.
"""

from collections.abc import Callable, Iterator
from itertools import chain

from guardrails.addresses import is_broad
from guardrails.analysis.destinations import Destinations, read
from guardrails.analysis.labels import step
from guardrails.analysis.network_analysis import NetworkAnalysis
from guardrails.analysis.subnet_tiers import Tier
from guardrails.findings import Finding, Severity, Step, Verdict
from guardrails.model.anchors import Anchor, short_name
from guardrails.model.knowledge import External, Reference, Unknown
from guardrails.model.network import IgnoredChanges, Subnet
from guardrails.model.routing import Route
from guardrails.model.security import Endpoint, GroupRule
from guardrails.rules.endpoints import why_skipped
from guardrails.rules.result import Result
from guardrails.rules.rule import Rule

RULE = Rule(
    name="endpoints-are-usable-and-narrow",
    severity=Severity.MEDIUM,
    remedy="admit tcp/443 from the VPC's own ranges or from the security groups of the clients",
)


def judge(network: NetworkAnalysis) -> Result:
    """Report every endpoint, subnet and resource on which there is advice to give."""
    result = Result()
    for advice in ADVICE:
        for finding in advice(network):
            result.findings.append(finding)
            result.decide(finding.subject, finding.verdict)
    return result


def _endpoints(network: NetworkAnalysis) -> Iterator[Endpoint]:
    for endpoint in network.graph.topology.endpoints:
        known = not isinstance(endpoint.kind, Unknown)
        if known and not why_skipped(endpoint, network.configuration):
            yield endpoint


def open_to_the_world(network: NetworkAnalysis) -> Iterator[Finding]:
    """Yield endpoints that admit HTTPS from more of the internet than one network owns."""
    for endpoint in _endpoints(network):
        for ingress in network.endpoint_ingress.of(endpoint):
            rule = ingress.rule
            if ingress.verdict is Verdict.KEPT and rule and _is_open(rule, network.destinations):
                message = f"endpoint {endpoint.name} admits HTTPS from the whole internet"
                path = (step("endpoint", endpoint.key), *ingress.path)
                yield RULE.violated(endpoint.key, message, path)


def _is_open(rule: GroupRule, destinations: Destinations) -> bool:
    ranges, _ = read(rule.sources)  # what cannot be read as a range is a group
    lists = (destinations.of_list(each).blocks for each in rule.prefix_lists)
    return is_broad(destinations.public(chain(ranges, *lists)))


def closed_to_all(network: NetworkAnalysis) -> Iterator[Finding]:
    """Yield endpoints whose groups let nobody in."""
    for endpoint in _endpoints(network):
        if network.endpoint_ingress.admits_nobody(endpoint):
            message = (
                f"endpoint {endpoint.name} admits nobody: its security groups have no ingress rule"
            )
            yield RULE.violated(endpoint.key, message, (step("endpoint", endpoint.key),))


def private_with_public_addresses(network: NetworkAnalysis) -> Iterator[Finding]:
    """Yield private subnets whose machines get public addresses."""
    for anchor, subnet in _private_subnets(network):
        if subnet.hands_out_public_addresses is True:
            yield RULE.violated(
                subnet.key,
                f"private subnet {subnet.name} hands out public addresses",
                (step("subnet", anchor),),
                remedy="set mapPublicIpOnLaunch of the subnet to false",
            )


def _private_subnets(network: NetworkAnalysis) -> Iterator[tuple[Anchor, Subnet]]:
    for anchor, subnet in network.graph.subnets.items():
        if network.tier_of(anchor, subnet) is Tier.PRIVATE:
            yield anchor, subnet


def let_through_the_block(network: NetworkAnalysis) -> Iterator[Finding]:
    """Yield exclusions from VPC Block Public Access that private subnets have.

    Such an exclusion counts even while the account blocks nothing (AWS VPC guide, "Block public
    access to VPCs and subnets").
    """
    exclusions = network.graph.topology.public_access_exclusions
    private = list(_private_subnets(network)) if exclusions else []
    for exclusion in exclusions:
        excluded = [
            (anchor, subnet)
            for anchor, subnet in private
            if anchor == exclusion.subnet or _is_in(subnet, exclusion.vpc)
        ]
        if excluded:
            anchor, subnet = min(excluded, key=lambda each: each[1].key)
            whole = exclusion.vpc is not None
            text = f"exclusion {short_name(exclusion.key)}"
            yield RULE.violated(
                exclusion.key,
                f"{text} exempts private subnet {subnet.name} from VPC Block Public Access",
                (Step(exclusion.key, text), step("subnet", anchor)),
                remedy="exclude the public subnets instead of their VPC" if whole else "remove it",
            )


def _is_in(subnet: Subnet, vpc: Reference) -> bool:
    return isinstance(vpc, (str, External)) and subnet.vpc == vpc


def left_to_others(network: NetworkAnalysis) -> Iterator[Finding]:
    """Yield resources whose `ignoreChanges` leave to others what a rule judges."""
    topology = network.graph.topology
    routing = {route.key for route in topology.routes}
    to_networks = {route.key for route in topology.routes if _leads_to_a_network(route, network)}
    for each in topology.ignored_changes:
        if each.key in to_networks or each.key not in routing:
            yield _left_to_others(each)


def _leads_to_a_network(route: Route, network: NetworkAnalysis) -> bool:
    """Tell whether a route is not a virtual IP's; a program may leave those to the cluster."""
    return any(not block.is_host for block in network.destinations.of(route).blocks)


def _left_to_others(ignored: IgnoredChanges) -> Finding:
    names = ", ".join(ignored.properties)
    text = f"{short_name(ignored.key)} ignores changes of {names}"
    return RULE.violated(
        ignored.key,
        f"{text}: what others change there stays, and a fix in the program does not reach AWS",
        (Step(ignored.key, text),),
        remedy=f"take {names} out of the resource's ignoreChanges",
    )


ADVICE: tuple[Callable[[NetworkAnalysis], Iterator[Finding]], ...] = (
    open_to_the_world,
    closed_to_all,
    private_with_public_addresses,
    let_through_the_block,
    left_to_others,
)
