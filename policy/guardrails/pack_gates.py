"""Decides during an update whether the resource at hand would complete a violation.

A gate sees inputs only: no resource's own id, outputs or dependencies. An id in somebody's inputs
belongs to a resource that was registered before the id was first seen; where several are possible,
the gate decides only if it makes no difference which one is meant. What stays open is the stack
policy's to report, after the update.
"""

import re
from collections.abc import Iterator, Mapping
from threading import Lock
from typing import Final

from guardrails.classification import Classifier, Tier
from guardrails.configuration import Configuration
from guardrails.findings import Finding, Verdict
from guardrails.judgement import judge
from guardrails.pack_options import RULES
from guardrails.pulumi_reader import READERS, read_estate
from guardrails.pulumi_reader_estate import Estate
from guardrails.pulumi_reader_fields import Fields
from guardrails.pulumi_reader_kinds import KINDS, Kind
from guardrails.pulumi_reader_network import read_subnet
from guardrails.pulumi_reader_resources import Resource
from guardrails.topology import RouteTable, Subnet
from guardrails.values import External, Reference

_AN_ID: Final = re.compile(r"[a-z]+-[0-9a-z]+")
_SUBNET: Final = frozenset({Kind.SUBNET})
_TABLE: Final = frozenset({Kind.ROUTE_TABLE})
_PREFIXES: Final = {
    Kind.VPC: "vpc-",
    Kind.SUBNET: "subnet-",
    Kind.ROUTE_TABLE: "rtb-",
    Kind.INTERNET_GATEWAY: "igw-",
    Kind.VIRTUAL_PRIVATE_GATEWAY: "vgw-",
    Kind.NAT_GATEWAY: "nat-",
    Kind.EGRESS_ONLY_GATEWAY: "eigw-",
    Kind.INTERFACE: "eni-",
    Kind.INSTANCE: "i-",
    Kind.ENDPOINT: "vpce-",
    Kind.PREFIX_LIST: "pl-",
    Kind.GROUP: "sg-",
}


class Registrations:
    """What one update has registered so far, and in which order ids came to light."""

    def __init__(self) -> None:
        self.resources: dict[str, Resource] = {}
        self.order: dict[str, int] = {}
        self.first_seen: dict[str, int] = {}
        self._known: set[Finding] = set()
        self._completed: dict[str, list[Finding]] = {}
        self._lock = Lock()

    def completes(self, resource: Resource, configuration: Configuration) -> list[Finding]:
        """Return the violations that `resource` would complete; such a resource does not count.

        The engine registers resources at the same time, and every gate asks for the same one.
        """
        with self._lock:
            if resource.urn not in self._completed:
                self._completed[resource.urn] = self._register(resource, configuration)
            return self._completed[resource.urn]

    def _register(self, resource: Resource, configuration: Configuration) -> list[Finding]:
        if resource.type not in READERS:
            return []
        for text in _ids_in(resource):
            self.first_seen.setdefault(text, len(self.order))
        self.order[resource.urn] = len(self.order)
        self.resources[resource.urn] = resource
        found = self._violations(configuration)
        new = sorted(found - self._known, key=lambda finding: finding.order)
        if new:
            del self.resources[resource.urn]
        else:
            self._known = found
        return new

    def _violations(self, configuration: Configuration) -> set[Finding]:
        estate = _Registered(self, Classifier(configuration))
        topology = read_estate(estate).topology
        findings = judge(topology, configuration).findings
        return {
            finding
            for finding in findings
            if finding.verdict is Verdict.VIOLATED and finding.rule in RULES
        }


class _Registered(Estate):
    """The registered resources; an id is taken for the one resource that it can belong to."""

    def __init__(self, registrations: Registrations, classifier: Classifier) -> None:
        super().__init__(registrations.resources.values())
        self._order: Mapping[str, int] = registrations.order
        self._first_seen: Mapping[str, int] = registrations.first_seen
        self._classifier = classifier

    def unresolved(
        self,
        fields: Fields,  # noqa: ARG002 - the estate's signature
        name: str,  # noqa: ARG002 - the estate's signature
        value: str,
        kinds: frozenset[Kind],
    ) -> Reference:
        """Take `value` for a resource of the stack if it makes no difference which one it is."""
        possible = self._possible(value, kinds)
        if len(possible) == 1:
            return possible[0].urn
        if possible and kinds == _SUBNET:
            subnets = [each for each in possible if self._private(each)]
            if len(subnets) == len(possible):
                return subnets[self._place_among(value, "subnet-") % len(subnets)].urn
        if possible and kinds == _TABLE:
            return self._table_of_the_only_vpc(value, possible)
        return External(value)

    def _possible(self, value: str, kinds: frozenset[Kind]) -> list[Resource]:
        """Return the resources that `value` can be the id of; none if one id must be foreign."""
        wanted = {kind for kind in kinds if value.startswith(_PREFIXES.get(kind, ""))}
        seen = self._first_seen.get(value, 0)
        possible = [
            resource
            for urn, resource in self.resources.items()
            if KINDS.get(resource.type) in wanted and self._order[urn] < seen
        ]
        prefix = value.partition("-")[0] + "-"
        ids = sum(each.startswith(prefix) for each in self._first_seen)
        return possible if ids <= len(possible) or len(wanted) > 1 else []

    def _place_among(self, value: str, prefix: str) -> int:
        return [each for each in self._first_seen if each.startswith(prefix)].index(value)

    def _private(self, resource: Resource) -> bool:
        return any(
            isinstance(element, Subnet) and self._classifier.tier(element) is Tier.PRIVATE
            for element in read_subnet(resource, self)
        )

    def _table_of_the_only_vpc(self, value: str, possible: list[Resource]) -> Reference:
        """Let the id itself stand for the table: all that matters is the VPC it belongs to."""
        vpcs = {self.refer(each, "vpcId", Kind.VPC) for each in possible}
        if len(vpcs) != 1:
            return External(value)
        self.stand_ins[value] = RouteTable(key=value, scope="", name=value, vpc=vpcs.pop())
        return value


def _ids_in(resource: Resource) -> Iterator[str]:
    """Return every text in the inputs that looks like an AWS id."""
    waiting = [resource.value(name) for name in sorted(resource.properties)]
    while waiting:
        match waiting.pop():
            case str(text) if _AN_ID.fullmatch(text):
                yield text
            case list(members):
                waiting.extend(members)
            case dict(members):
                waiting.extend(members.values())
            case _:
                pass
