"""What the rules ask of one topology under one configuration: each analysis is made once."""

from functools import cached_property, partial

from guardrails.analysis.destinations import Destinations
from guardrails.analysis.effective_tables import EffectiveTables
from guardrails.analysis.egress_paths import EgressPaths
from guardrails.analysis.endpoint_ingress import EndpointIngress
from guardrails.analysis.graph import Graph
from guardrails.analysis.ingress import GroupIngress
from guardrails.analysis.public_behaviour import PublicBehaviour
from guardrails.analysis.source_checks import SourceChecks
from guardrails.analysis.subnet_tiers import SubnetTiers, Tier
from guardrails.analysis.virtual_ips import VirtualIps
from guardrails.analysis.vpc_ranges import VpcRanges
from guardrails.configuration import Configuration, Exit
from guardrails.model.anchors import Anchor
from guardrails.model.knowledge import Unknown
from guardrails.model.network import Subnet
from guardrails.model.topology import Topology


class NetworkAnalysis:
    """A topology's graph and every analysis that rules ask for."""

    def __init__(self, topology: Topology, configuration: Configuration) -> None:
        self.configuration = configuration
        self.graph = Graph(topology)
        self._egress_paths: dict[frozenset[Exit], EgressPaths] = {}
        self._tiers: dict[Anchor, Tier | Unknown] = {}

    @cached_property
    def destinations(self) -> Destinations:
        """Which addresses routes cover."""
        return Destinations(self.graph, self.configuration)

    @cached_property
    def effective_tables(self) -> EffectiveTables:
        """Which route tables subnets use."""
        return EffectiveTables(self.graph)

    def egress_paths(self, allowed: frozenset[Exit]) -> EgressPaths:
        """Return the egress paths of subnets, less those that use an allowed kind of exit."""
        if allowed not in self._egress_paths:
            self._egress_paths[allowed] = EgressPaths(
                self.graph,
                self.destinations,
                self.effective_tables,
                self.configuration,
                allowed,
                self.egress_paths(frozenset()) if allowed else None,
            )
        return self._egress_paths[allowed]

    @cached_property
    def public_behaviour(self) -> PublicBehaviour:
        """Which subnets behave as public ones."""
        return PublicBehaviour(self.graph, self.destinations, self.effective_tables)

    @cached_property
    def _subnet_tiers(self) -> SubnetTiers:
        return SubnetTiers(self.configuration)

    def tier_of(self, anchor: Anchor, subnet: Subnet) -> Tier | Unknown:
        """Return what a subnet is meant to be, or what is missing to tell."""
        if anchor not in self._tiers:
            vpc = self.graph.name_of_vpc(subnet)
            behaves_publicly = partial(self.public_behaviour.shows, anchor, subnet)
            self._tiers[anchor] = self._subnet_tiers.tier(subnet, vpc, behaves_publicly)
        return self._tiers[anchor]

    @cached_property
    def endpoint_ingress(self) -> EndpointIngress:
        """What endpoints let in."""
        return EndpointIngress(self.graph, GroupIngress(self.graph, self.configuration))

    @cached_property
    def virtual_ips(self) -> VirtualIps:
        """Which virtual IPs there are."""
        return VirtualIps(self.graph, self.destinations, self.configuration)

    @cached_property
    def source_checks(self) -> SourceChecks:
        """Which machines drop packets for addresses other than their own."""
        return SourceChecks(self.graph)

    @cached_property
    def vpc_ranges(self) -> VpcRanges:
        """The CIDR ranges of VPCs."""
        return VpcRanges(self.graph, self.configuration)
