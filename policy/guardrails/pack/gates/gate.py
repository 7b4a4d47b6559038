"""Decides during an update whether the resource at hand would complete a violation.

A gate sees inputs only: no resource's own id, outputs or dependencies. What ids mean is
worked out in `registered`. What stays open the stack policy reports after the update.
"""

from threading import Lock

from guardrails.configuration import Configuration
from guardrails.findings import Finding, Verdict
from guardrails.judge import judge
from guardrails.model.knowledge import External, Reference
from guardrails.model.routing import RouteTable
from guardrails.pack.gates.registered import Registrations, is_wide
from guardrails.pack.options import RULES
from guardrails.pulumi_reader import READERS, read_stack
from guardrails.pulumi_reader.fields import Fields
from guardrails.pulumi_reader.resource import Resource
from guardrails.pulumi_reader.stack import Stack
from guardrails.pulumi_reader.types.kinds import Kind


class Gate:
    """Judges every resource of one update once, among its neighbours, before it is created.

    `foreign` are ids that the stack was given, of resources that it does not make.
    """

    def __init__(self, foreign: frozenset[str] = frozenset()) -> None:
        self._registrations = Registrations(foreign)
        self._completed: dict[str, list[Finding]] = {}
        self._lock = Lock()

    def completed_by(self, resource: Resource, configuration: Configuration) -> list[Finding]:
        """Return the violations that `resource` would complete; such a resource does not count.

        The engine registers resources at the same time, and every gate asks for the same one.
        """
        with self._lock:
            if resource.urn not in self._completed:
                self._completed[resource.urn] = self._judge(resource, configuration)
            return self._completed[resource.urn]

    def _judge(self, resource: Resource, configuration: Configuration) -> list[Finding]:
        if resource.type not in READERS:
            return []
        registrations = self._registrations
        registrations.add(resource, configuration)
        topology = read_stack(_Neighbours(registrations, resource)).topology
        found = [
            finding
            for finding in judge(topology, configuration).findings
            if finding.verdict is Verdict.VIOLATED
            and finding.rule in RULES
            and _blames(finding, resource)
            and not _may_be_taken_away(finding)
        ]
        if found:
            registrations.remove(resource)
        return found


def _blames(finding: Finding, resource: Resource) -> bool:
    """Tell whether the resource is part of what the finding shows, and not a mere onlooker."""
    keys = {finding.subject, *(step.key for step in finding.path)}
    return is_wide(resource.type) or resource.urn in keys


def _may_be_taken_away(finding: Finding) -> bool:
    """Tell whether it rests on a default of AWS's, which a later registration may replace."""
    return any(step.by_default for step in finding.path)


class _Neighbours(Stack):
    """The registered resources around one; an id is taken for what it must mean."""

    def __init__(self, registrations: Registrations, resource: Resource) -> None:
        # Before the stack finds what was adopted: that resolves references already.
        self._registrations = registrations
        super().__init__(registrations.around(resource))

    def unresolved(
        self,
        fields: Fields,  # noqa: ARG002 - the signature of `References`
        name: str,  # noqa: ARG002 - the signature of `References`
        value: str,
        kinds: frozenset[Kind],
    ) -> Reference:
        """Take `value` for a resource of the stack if it makes no difference which one it is."""
        meant = self._registrations.meaning(value, kinds)
        if meant is not None:
            return meant.urn
        table = self._registrations.table_like_all(value) if Kind.ROUTE_TABLE in kinds else None
        if table is None:
            return External(value)
        # The id itself stands for the table: all that matters is the VPC it belongs to.
        vpc = self.refer(table, "vpcId", Kind.VPC)
        self.stand_ins[value] = RouteTable(key=value, scope="", name=value, vpc=vpc)
        return value
