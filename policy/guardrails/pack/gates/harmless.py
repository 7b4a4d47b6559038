"""Which routes and rules of security groups can break nothing, whatever else is registered.

A gate skips them. Otherwise each of many rules of a group would be judged together with each
of the many endpoints that have it, and each of many routes of a table with each of its subnets.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Final

from guardrails.analysis.ingress import ingress_rule_of
from guardrails.analysis.network_analysis import NetworkAnalysis
from guardrails.analysis.route_egress import ALWAYS_EGRESS
from guardrails.analysis.route_targets import targets_of
from guardrails.analysis.virtual_ips import may_carry_one
from guardrails.configuration import Configuration
from guardrails.findings import Verdict
from guardrails.model.routing import Route, TargetKind
from guardrails.options.table import ENDPOINTS, ROUTES, VIRTUAL_IP
from guardrails.pulumi_reader import read_stack
from guardrails.pulumi_reader.resource import Resource
from guardrails.pulumi_reader.stack import Stack
from guardrails.pulumi_reader.types.table import row_of
from guardrails.pulumi_reader.types.type_row import Role

ONE_OF_MANY: Final = frozenset({Role.ROUTE, Role.GROUP_RULE, Role.INGRESS_RULE})
"""Roles of which one resource suffices to break a rule, whatever else the table or group has."""


def is_harmless(resource: Resource, rules: Iterable[str], configuration: Configuration) -> bool:
    """Tell whether a route or a rule breaks none of `rules`, as far as it shows by itself."""
    if row_of(resource.type).role not in ONE_OF_MANY:
        return False
    reading = read_stack(Stack([resource]))
    network = NetworkAnalysis(reading.topology, configuration)
    return not reading.faults and all(_KEEPS[rule](network) for rule in rules)


def _all_stay_inside(network: NetworkAnalysis) -> bool:
    return all(_stays_inside(network, route) for route in network.graph.topology.routes)


def _stays_inside(network: NetworkAnalysis, route: Route) -> bool:
    destination = network.destinations.of(route)
    if destination.facts or network.destinations.public(destination.blocks):
        return False
    kinds = {target.kind for target in targets_of(network.graph, route)}
    return kinds.isdisjoint(ALWAYS_EGRESS | {TargetKind.GATEWAY})


def _all_admit_https_only(network: NetworkAnalysis) -> bool:
    rules = network.graph.topology.group_rules
    return all(ingress_rule_of(rule).verdict is Verdict.KEPT for rule in rules)


def _none_is_of_a_virtual_ip(network: NetworkAnalysis) -> bool:
    return not any(map(may_carry_one, network.graph.topology.routes))


_KEEPS: Final[Mapping[str, Callable[[NetworkAnalysis], bool]]] = {
    ROUTES: _all_stay_inside,
    ENDPOINTS: _all_admit_https_only,
    VIRTUAL_IP: _none_is_of_a_virtual_ip,
}
"""By rule of a gate: whether what was read keeps it in any surroundings."""
