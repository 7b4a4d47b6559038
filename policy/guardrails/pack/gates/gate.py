"""Decides during an update whether the resource at hand would complete a violation.

A gate sees inputs only: no resource's own id, outputs or dependencies. Two inputs with the same id
mean the same thing, whoever made it; that is all that is certain. What stays open the stack policy
reports after the update.
"""

from collections.abc import Collection
from threading import Lock

from guardrails.findings import Finding, Verdict
from guardrails.judge import judge
from guardrails.model.knowledge import External, Reference
from guardrails.model.routing import RouteTable
from guardrails.model.topology import Topology
from guardrails.options.settings import Settings
from guardrails.options.table import ROUTES
from guardrails.pack.gates.guesses import Guesses
from guardrails.pack.gates.harmless import is_harmless
from guardrails.pack.gates.own_table import may_open_its_table
from guardrails.pack.gates.registered import Registrations
from guardrails.pulumi_reader import READERS, read_stack
from guardrails.pulumi_reader.fields import Fields
from guardrails.pulumi_reader.resource import Resource
from guardrails.pulumi_reader.stack import Stack
from guardrails.pulumi_reader.types.kinds import Kind
from guardrails.pulumi_reader.types.table import kind_of, row_of
from guardrails.pulumi_reader.types.type_row import Role


class Gate:
    """Judges every resource of one update once, among its neighbours, before it is created.

    `rules` are those that it judges by. Without `guesses` it blocks only what the stack policy
    would find violated.
    """

    def __init__(self, rules: Collection[str], guesses: Guesses | None = None) -> None:
        self._rules = rules
        self._registrations = Registrations(guesses)
        self._completed: dict[str, list[Finding]] = {}
        self._lock = Lock()

    def completed_by(self, resource: Resource, settings: Settings) -> list[Finding]:
        """Return the violations that `resource` would complete; such a resource does not count.

        The engine registers resources at the same time, and several policies ask for the same one.
        """
        with self._lock:
            if resource.urn not in self._completed:
                self._completed[resource.urn] = self._judge(resource, settings)
            return self._completed[resource.urn]

    def _judge(self, resource: Resource, settings: Settings) -> list[Finding]:
        if resource.type not in READERS:
            return []
        registrations = self._registrations
        if is_harmless(resource, self._rules, settings.judge):
            registrations.note(resource, settings)
            return []
        registrations.add(resource, settings)
        if not self._can_matter_to_subnets(resource, settings):
            return []
        topology = self._topology_of(registrations.around(resource))
        found = [
            finding
            for finding in judge(topology, settings.judge, rules=self._rules).findings
            if finding.verdict is Verdict.VIOLATED
            and not finding.advisory
            and _blames(finding, resource)
            and not _may_be_taken_away(finding)
        ]
        if found:
            registrations.remove(resource)
        return found

    def _can_matter_to_subnets(self, resource: Resource, settings: Settings) -> bool:
        """Tell False of a route that opens not even its own table, where no other rule asks."""
        if set(self._rules) != {ROUTES} or row_of(resource.type).role is not Role.ROUTE:
            return True
        below = self._registrations.around(resource, up=False)
        return may_open_its_table(resource.urn, self._topology_of(below), settings.judge)

    def _topology_of(self, resources: list[Resource]) -> Topology:
        return read_stack(_Neighbours(self._registrations.guesses, resources)).topology


def _blames(finding: Finding, resource: Resource) -> bool:
    """Tell whether the resource is part of what the finding shows, and not a mere onlooker."""
    return resource.urn in {finding.subject, *(step.key for step in finding.path)}


def _may_be_taken_away(finding: Finding) -> bool:
    """Tell whether it rests on a default of AWS's, which a later registration may replace."""
    return any(step.by_default for step in finding.path)


class _Neighbours(Stack):
    """Registered resources around one; an id is that of a resource only by a guess."""

    def __init__(self, guesses: Guesses | None, resources: list[Resource]) -> None:
        # Before the stack finds what was adopted: that resolves references already.
        self._guesses = guesses
        super().__init__(resources)

    def unresolved(
        self,
        fields: Fields,
        name: str,
        value: str,
        kinds: frozenset[Kind],
    ) -> Reference:
        """Take `value` for a resource of the stack if it makes no difference which one it is.

        An endpoint of which only the id is known may be a gateway endpoint, which has no groups.
        """
        if self._guesses is None:
            return fields.missing(name) if Kind.ENDPOINT in kinds else External(value)
        meant = self._guesses.meaning(value)
        if meant is not None and kind_of(meant.type) in kinds:
            return meant.urn
        table = self._guesses.table_like_all(value) if Kind.ROUTE_TABLE in kinds else None
        if table is None:
            return External(value)
        # The id itself stands for the table: all that matters is the VPC it belongs to.
        vpc = self.refer(table, "vpcId", Kind.VPC)
        self.stand_ins[value] = RouteTable(key=value, scope="", name=value, vpc=vpc)
        return value
