"""Entries of the configuration that do nothing in the stack at hand: mistakes, or another stack's.

An entry names nothing, or something that the stack makes itself and that is judged as it is. Tags,
names, exits and ranges are a vocabulary for many stacks; they may well describe nothing in one.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields
from functools import cached_property
from typing import Any, Final, cast

from guardrails.addresses import parse_host, show
from guardrails.analysis.forwarding import FOLLOWED
from guardrails.analysis.route_egress import ALWAYS_EGRESS
from guardrails.findings import Judgement
from guardrails.model.knowledge import External, OneOf, Unknown
from guardrails.model.routing import TargetKind
from guardrails.model.topology import Topology
from guardrails.options.settings import Settings
from guardrails.options.table import ENDPOINTS, ROUTES, VIRTUAL_IP
from guardrails.patterns import Patterns
from guardrails.pulumi_reader import Reading
from guardrails.pulumi_reader.types.kinds import Kind
from guardrails.pulumi_reader.types.table import kind_of

_REFERENCES: Final = frozenset(
    {"vpc", "table", "subnet", "subnets", "target", "group", "groups", "gateway", "instance"}
)
"""Properties of elements by which they refer to others."""
_IN_SIGHT: Final = ALWAYS_EGRESS | FOLLOWED | {TargetKind.NAT}
"""Kinds of gateway that a stack shows as a whole when it makes them."""
_UNUSED: Final = "names nothing in the stack"
_SHOWN: Final = "is made by the stack, so it is judged as it is"


class IdleEntries:
    """Looks for what a configuration names in one stack."""

    def __init__(self, reading: Reading, judgement: Judgement, settings: Settings) -> None:
        self._reading = reading
        self._judgement = judgement
        self._judge = settings.judge

    @cached_property
    def _named(self) -> set[str] | None:
        """What elements are called and refer to; None if a reference may be to anything."""
        named: set[str] = set()
        for element in _elements(self._reading.topology):
            for each in fields(element):
                value = getattr(element, each.name)
                if each.name in _REFERENCES and _is_unknown(value):
                    return None
                named.update(_names_in(value))
        return named

    def _is_unused(self, keys: Iterable[str]) -> bool:
        return self._named is not None and self._named.isdisjoint(keys)

    def of(self, disabled: Iterable[str] = ()) -> Iterator[str]:
        """Yield what is idle, unless its rule is disabled: the option, the entry, and why."""
        found: Mapping[str, Iterable[tuple[str, str, str]]] = {
            ROUTES: (*self._subnets(), *self._tables(), *self._targets()),
            ENDPOINTS: (*self._groups(), *self._kinds()),
            VIRTUAL_IP: (*self._vpcs(), *self._addresses()),
        }
        for rule in found.keys() - set(disabled):
            for option, entry, why in found[rule]:
                yield f"{rule}.{option}: {entry!r} {why}"

    def _subnets(self) -> Iterator[tuple[str, str, str]]:
        topology = self._reading.topology
        subnets = {each.key for each in topology.subnets}
        for association in topology.associations:
            subnets.update(_names_in(association.subnet))
        if self._may_have_another_id(Kind.SUBNET):
            return
        for option, entries in (
            ("privateSubnets", self._judge.private_subnets),
            ("publicSubnets", self._judge.public_subnets),
        ):
            patterns = Patterns((key, entry) for entry in entries for key in self._keys(entry))
            used = {entry for key in subnets for entry in patterns.of(key)}
            for entry in entries:
                if entry not in used:
                    yield option, entry, _UNUSED

    def _tables(self) -> Iterator[tuple[str, str, str]]:
        topology = self._reading.topology
        made = {each.key for each in topology.route_tables}
        yield from self._out_of_sight("closedTables", self._judge.closed_tables, made)

    def _targets(self) -> Iterator[tuple[str, str, str]]:
        topology = self._reading.topology
        followed = (topology.network_interfaces, topology.instances, topology.endpoints)
        made = {each.key for elements in followed for each in elements}
        made |= {each.key for each in topology.gateways if each.kind in _IN_SIGHT}
        yield from self._out_of_sight("closedTargets", self._judge.closed_targets, made)

    def _groups(self) -> Iterator[tuple[str, str, str]]:
        made = {each.key for each in self._reading.topology.security_groups}
        yield from self._out_of_sight("httpsOnlyGroups", self._judge.https_only_groups, made)

    def _vpcs(self) -> Iterator[tuple[str, str, str]]:
        for entry in sorted(self._judge.vpc_ranges):
            if self._is_unused(self._keys(entry)):
                yield "vpcRanges", entry, _UNUSED

    def _kinds(self) -> Iterator[tuple[str, str, str]]:
        kinds = {each.kind for each in self._reading.topology.endpoints}
        for entry in sorted(self._judge.endpoint_like - kinds):
            yield "endpointLike", entry, _UNUSED

    def _addresses(self) -> Iterator[tuple[str, str, str]]:
        covered = self._judgement.coverage.get(VIRTUAL_IP)
        judged = [] if covered is None else list(covered.verdicts)
        for entry in self._judge.virtual_ips:
            if not any(key.startswith(f"{show(parse_host(entry))} in ") for key in judged):
                yield "virtualIps", entry, "is in no VPC of the stack"

    def _out_of_sight(
        self, option: str, entries: Iterable[str], made: set[str]
    ) -> Iterator[tuple[str, str, str]]:
        """Yield entries that name nothing, or what is in sight: what is `made`, or a VPC's own."""
        vpcs = {
            each.key
            for each in self._reading.topology.vpcs
            if each.managed and not each.may_be_default
        }
        for entry in sorted(entries):
            keys = self._keys(entry)
            if any(key in made | vpcs and self._is_managed(key) for key in keys):
                yield option, entry, _SHOWN
            elif self._is_unused(keys):
                yield option, entry, _UNUSED

    def _keys(self, entry: str) -> list[str]:
        return [entry, *self._reading.stack.keys_of(entry)]

    def _is_managed(self, key: str) -> bool:
        resource = self._reading.stack.resources.get(key)
        return resource is not None and not resource.only_read

    def _may_have_another_id(self, kind: Kind) -> bool:
        """Tell whether a resource of the kind does not show its id yet."""
        resources = self._reading.stack.resources.values()
        return any(each.unnamed for each in resources if kind_of(each.type) is kind)


def _elements(topology: Topology) -> Iterator[Any]:
    for slot in fields(topology):
        yield from getattr(topology, slot.name)


def _names_in(value: object) -> Iterator[str]:
    """Yield every text that may name something; what AWS made with a VPC stands for the VPC too."""
    match value:
        case str():
            yield from {value, value.partition("#")[0]}
        case External(name):
            yield from _names_in(name)
        case OneOf(keys):
            for key in keys:
                yield from _names_in(key)
        case tuple():
            for member in cast("tuple[object, ...]", value):
                yield from _names_in(member)
        case _:
            return


def _is_unknown(value: object) -> bool:
    if isinstance(value, tuple):
        return any(map(_is_unknown, cast("tuple[object, ...]", value)))
    return isinstance(value, Unknown)
