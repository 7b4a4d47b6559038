"""Check: every route table that clients of the VPC use carries the virtual IP.

One that sends it elsewhere is named by `vip_sent_elsewhere` instead.
"""

from collections.abc import Iterator

from guardrails.analysis.graph import Graph
from guardrails.analysis.labels import step
from guardrails.analysis.network_analysis import NetworkAnalysis
from guardrails.findings import Finding
from guardrails.model.anchors import Anchor, anchors_of, key_of
from guardrails.model.knowledge import Reference
from guardrails.model.routing import main_table_of
from guardrails.rules.vip_check import RULE, RoutedVirtualIp
from guardrails.rules.vip_sent_elsewhere import tables_of


class RoutedEverywhere:
    """Finds the tables that lack the route."""

    def __init__(self, network: NetworkAnalysis) -> None:
        self._network = network
        self._edge_tables = _edge_tables(network.graph)
        self._used_by_vpc: dict[Anchor, dict[Anchor, str]] = {}

    def findings(self, vip: RoutedVirtualIp) -> Iterator[Finding]:
        """Yield the tables that clients use and that do not carry the address."""
        graph, virtual_ips = self._network.graph, self._network.virtual_ips
        elsewhere = tables_of(vip, self._network)
        carrying = elsewhere | {graph.canonical(each.route.table) for each in vip.routes}
        others = virtual_ips.by_address[vip.address]
        unsure = sorted({each.fact for each in others if each.fact and each.vpc in {None, vip.vpc}})
        blind = virtual_ips.blind.get(vip.vpc) or virtual_ips.blind.get(None)
        for table, fact in self._used(vip.vpc).items():
            if table not in carrying and table not in self._edge_tables:
                at = step("route table", table)
                missing = tuple(filter(None, (fact, blind, *unsure)))
                lacks = "may not carry" if missing else "does not carry"
                message = f"{at.text} {lacks} the virtual IP {vip}"
                yield RULE.finding(key_of(table), message, (at, step("VPC", vip.vpc)), *missing)

    def _used(self, vpc: Anchor) -> dict[Anchor, str]:
        """Return the tables that clients in the VPC use, each with what makes that uncertain."""
        if vpc not in self._used_by_vpc:
            self._used_by_vpc[vpc] = self._find_used(vpc)
        return self._used_by_vpc[vpc]

    def _find_used(self, vpc: Anchor) -> dict[Anchor, str]:
        graph = self._network.graph
        loose = (*graph.tables_of_vpc.possible(vpc), *graph.tables_of_vpc.anywhere)
        tables: dict[Anchor, str] = {each.key: fact for each, fact in loose}
        if isinstance(vpc, str) and vpc in graph.vpcs:
            mains, doubt = anchors_of(graph.canonical(main_table_of(vpc)))
            for main in mains:
                fact = self._use_of_main(vpc, main)
                if fact is not None:
                    tables[main] = doubt or fact
        return tables | dict.fromkeys((each.key for each in graph.tables_of_vpc.of(vpc)), "")

    def _use_of_main(self, vpc: Anchor, main: Anchor) -> str | None:
        """Return what makes it uncertain that a subnet uses the main table, "" if nothing does.

        None: no subnet uses it. Subnets may be elsewhere if none is seen.
        """
        links = self._network.graph.subnets_of_vpc
        definite = ((each, "") for each in links.of(vpc))
        subnets = (*definite, *links.possible(vpc), *links.anywhere)
        if not subnets:
            return ""
        return min(
            (
                fact or table.fact
                for subnet, fact in subnets
                for table in self._network.effective_tables.of(subnet.key, subnet)
                if table.anchor is None or table.anchor == main
            ),
            default=None,
        )


def _edge_tables(graph: Graph) -> set[Reference]:
    """Return the tables that gateways use and no subnet: no client sends packets by them."""
    users = graph.topology.associations
    of_gateways = {graph.canonical(each.table) for each in users if each.subnet is None}
    return of_gateways - {graph.canonical(each.table) for each in users if each.subnet is not None}
