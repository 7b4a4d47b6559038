"""What the rules judge: one topology under one configuration, each question worked out once."""

from functools import cached_property

from guardrails.analysis.destinations import Destinations
from guardrails.analysis.effective_tables import EffectiveTables
from guardrails.analysis.egress_paths import Ways
from guardrails.analysis.graph import Graph
from guardrails.analysis.ingress import EndpointGroups, Groups
from guardrails.analysis.source_checks import SourceChecks
from guardrails.analysis.virtual_ips import VirtualIps
from guardrails.analysis.vpc_ranges import Spaces
from guardrails.configuration import Configuration
from guardrails.model.topology import Topology


class Case:
    """A topology's graph and everything that more than one rule asks of it."""

    def __init__(self, topology: Topology, configuration: Configuration) -> None:
        self.configuration = configuration
        self.graph = Graph(topology)

    @cached_property
    def destinations(self) -> Destinations:
        """Which addresses routes are for."""
        return Destinations(self.graph, self.configuration)

    @cached_property
    def effective_tables(self) -> EffectiveTables:
        """Which route tables subnets use."""
        return EffectiveTables(self.graph)

    @cached_property
    def ways(self) -> Ways:
        """The ways out of subnets."""
        closed = self.configuration.closed_tables
        return Ways(self.graph, self.destinations, self.effective_tables, closed)

    @cached_property
    def groups(self) -> Groups:
        """What security groups let in."""
        return Groups(self.graph, self.configuration)

    @cached_property
    def endpoint_groups(self) -> EndpointGroups:
        """Which security groups are on an endpoint."""
        return EndpointGroups(self.graph)

    @cached_property
    def virtual_ips(self) -> VirtualIps:
        """Which virtual IPs there are."""
        return VirtualIps(self.graph, self.destinations, self.configuration)

    @cached_property
    def source_checks(self) -> SourceChecks:
        """Which machines drop packets for addresses other than their own."""
        return SourceChecks(self.graph)

    @cached_property
    def spaces(self) -> Spaces:
        """The address space of VPCs."""
        return Spaces(self.graph, self.configuration)
