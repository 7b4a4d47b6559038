"""Whether a subnet behaves as a public one: it hands out public addresses and leads out.

AWS calls a subnet public whose table has a route to an internet gateway (AWS VPC guide, "Subnet
types"); to tell it from a private one that was given such a route, machines must get public
addresses too. A NAT gateway never makes a subnet public. The default subnets of AWS's default VPC
are public as AWS makes them (AWS VPC guide, "Default VPCs").
"""

from guardrails.addresses import V4, is_broad, merge
from guardrails.analysis.destinations import Destinations
from guardrails.analysis.effective_tables import EffectiveTable, EffectiveTables
from guardrails.analysis.graph import Graph
from guardrails.analysis.route_targets import targets_of
from guardrails.model.anchors import Anchor
from guardrails.model.knowledge import External
from guardrails.model.network import Subnet
from guardrails.model.routing import MAIN_TABLE, Route, TargetKind


class PublicBehaviour:
    """Tells which subnets behave as public ones; what is not known never speaks for it."""

    def __init__(
        self, graph: Graph, destinations: Destinations, effective: EffectiveTables
    ) -> None:
        self._graph = graph
        self._destinations = destinations
        self._effective = effective
        self._open: dict[Anchor, bool] = {}

    def shows(self, anchor: Anchor, subnet: Subnet) -> bool:
        """Tell whether `subnet` hands out public addresses and all its tables lead out."""
        if subnet.hands_out_public_addresses is not True:
            return False
        if not self._graph.associations.of(anchor) and self._effective.loose(subnet.vpc):
            return False
        tables = self._effective.of(anchor, subnet)
        return bool(tables) and all(self._leads_out(subnet, table) for table in tables)

    def _leads_out(self, subnet: Subnet, table: EffectiveTable) -> bool:
        if isinstance(table.anchor, str):
            return not table.fact and self._is_open(table.anchor)
        return subnet.default and self._is_main_as_made(table)

    def _is_main_as_made(self, table: EffectiveTable) -> bool:
        """Tell whether a table outside of the stack is the main one that AWS made, left alone."""
        topology = self._graph.topology
        changed = any(each.main_of is not None for each in topology.route_tables)
        if changed or topology.main_associations:
            return False
        if isinstance(table.anchor, External):
            return not table.fact and table.anchor.id.endswith(MAIN_TABLE)
        return all(each.by_default for each in table.path)

    def _is_open(self, table: str) -> bool:
        if table not in self._open:
            vpc = self._graph.vpcs.get(table.removesuffix(MAIN_TABLE))
            by_aws = vpc is not None and vpc.default and table not in self._graph.tables
            self._open[table] = by_aws or self._has_default_route(table)
        return self._open[table]

    def _has_default_route(self, table: str) -> bool:
        routes = [each for each in self._graph.routes.of(table) if self._is_to_internet(each)]
        blocks = (block for each in routes for block in self._destinations.of(each).blocks)
        public = self._destinations.public(block for block in blocks if block.version == V4)
        return is_broad(merge(public))

    def _is_to_internet(self, route: Route) -> bool:
        targets = targets_of(self._graph, route)
        return all(each.kind is TargetKind.INTERNET and not each.fact for each in targets)
