"""What one update has registered so far, and what the ids in inputs must mean.

An id belongs to a resource that was registered before the id was first seen, unless the stack's
configuration has it. Where several come into question, it is decided only if it makes no difference
which one is meant.
"""

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Final

from guardrails.analysis.subnet_tiers import SubnetTiers, Tier
from guardrails.configuration import Configuration
from guardrails.model.network import Subnet
from guardrails.pack.gates.id_mentions import mentions_of
from guardrails.pulumi_reader.read_vpc import read_subnet
from guardrails.pulumi_reader.resource import Resource
from guardrails.pulumi_reader.stack import Stack
from guardrails.pulumi_reader.types.kinds import ID_PREFIXES, Kind
from guardrails.pulumi_reader.types.table import kind_of, row_of
from guardrails.pulumi_reader.types.type_row import Role

_EVERY_KIND: Final = frozenset(Kind)


def replaces_default(token: str) -> bool:
    """Tell whether a type takes the place of a table or group that AWS made with a VPC."""
    return row_of(token).adopts or row_of(token).role is Role.MAIN_ASSOCIATION


def is_wide(token: str) -> bool:
    """Tell whether a type concerns everything in its VPC.

    Resources of other types meet what shares a smaller id with them.
    """
    return replaces_default(token) or row_of(token).role is Role.VPC_RANGE


class _Alike:
    """Resources of one kind, in order, and up to where all of them are alike."""

    def __init__(self) -> None:
        self.resources: list[Resource] = []
        self.orders: list[int] = []
        self.alike = 0

    def add(self, resource: Resource, order: int, *, alike: bool) -> None:
        if alike and self.alike == len(self.resources):
            self.alike += 1
        self.resources.append(resource)
        self.orders.append(order)

    def remove(self, resource: Resource) -> None:
        at = self.resources.index(resource)
        del self.resources[at], self.orders[at]
        self.alike = min(self.alike, at) + (self.alike - at - 1 if self.alike > at else 0)

    def before(self, order: int) -> int:
        """Return how many were registered before."""
        return bisect_left(self.orders, order)


class Registrations:
    """The registered resources, by kind and by the ids that they mention.

    `foreign` are ids of what existed before, which no registered resource can have.
    """

    def __init__(self, foreign: frozenset[str] = frozenset()) -> None:
        self._foreign = foreign
        self._count = 0
        self._by_kind: dict[Kind, _Alike] = defaultdict(_Alike)
        self._parts: dict[str, dict[str, Resource]] = defaultdict(dict)
        self._users: dict[str, dict[str, Resource]] = defaultdict(dict)
        self._wide: dict[str, dict[str, Resource]] = defaultdict(dict)
        self._resources: dict[str, Resource] = {}
        self._mentioned: dict[str, dict[str, bool]] = {}
        self._first_seen: dict[str, int] = {}
        self._rank: dict[str, int] = {}
        self._ids: Counter[str] = Counter()

    def add(self, resource: Resource, configuration: Configuration) -> None:
        """Register `resource`."""
        ids = mentions_of(resource)
        foreign = self._foreign | configuration.closed_tables
        self._resources[resource.urn] = resource
        self._mentioned[resource.urn] = ids
        for value, used in ids.items():
            prefix = value.partition("-")[0]
            if value not in self._first_seen and value not in foreign:
                self._first_seen[value] = self._count
                self._rank[value] = self._ids[prefix]
                self._ids[prefix] += 1
            (self._users if used else self._parts)[value][resource.urn] = resource
            if is_wide(resource.type):
                self._wide[value][resource.urn] = resource
        kind = kind_of(resource.type)
        if kind is not None:
            alike = self._is_alike(resource, kind, configuration)
            self._by_kind[kind].add(resource, self._count, alike=alike)
        self._count += 1

    def remove(self, resource: Resource) -> None:
        """Forget a resource that was refused; ids that it mentioned stay known."""
        del self._resources[resource.urn]
        for value in self._mentioned.pop(resource.urn):
            for mentioning in (self._parts, self._users, self._wide):
                mentioning[value].pop(resource.urn, None)
        kind = kind_of(resource.type)
        if kind is not None:
            self._by_kind[kind].remove(resource)

    def _is_alike(self, resource: Resource, kind: Kind, configuration: Configuration) -> bool:
        """Tell whether the resource is like the first of its kind, as far as a rule may care."""
        if kind is Kind.SUBNET:
            elements = read_subnet(resource, Stack([resource]))
            tier = SubnetTiers(configuration).tier
            return any(tier(each) is Tier.PRIVATE for each in elements if isinstance(each, Subnet))
        before = self._by_kind[kind].resources
        return not before or (
            kind is Kind.ROUTE_TABLE and resource.text("vpcId") == before[0].text("vpcId")
        )

    def meaning(self, value: str, kinds: frozenset[Kind]) -> Resource | None:
        """Return the resource that `value` must be the id of, or one that is like all others."""
        kind = ID_PREFIXES.get(value.partition("-")[0])
        if kind is None or kind not in kinds:
            return None
        possible = self._possible(value, kind)
        if possible == 1:
            return self._by_kind[kind].resources[0]
        if kind is Kind.SUBNET and 0 < possible <= self._by_kind[kind].alike:
            return self._by_kind[kind].resources[self._rank[value] % possible]
        return None

    def table_like_all(self, value: str) -> Resource | None:
        """Return some table if all that `value` can be are of one VPC."""
        if not value.startswith("rtb-"):
            return None
        possible = self._possible(value, Kind.ROUTE_TABLE)
        tables = self._by_kind[Kind.ROUTE_TABLE]
        return tables.resources[0] if 0 < possible <= tables.alike else None

    def _possible(self, value: str, kind: Kind) -> int:
        """Return how many resources `value` can be the id of; none if one id must be foreign."""
        possible = self._by_kind[kind].before(self._first_seen.get(value, 0))
        return possible if self._ids[value.partition("-")[0]] <= possible else 0

    def around(self, resource: Resource) -> list[Resource]:
        """Return what may decide about `resource` and about what uses it, itself included.

        From a route the way leads up to the subnets that use its table, and down to its target;
        never up again from there, to the other routes with that target.
        """
        if is_wide(resource.type):
            return list(self._resources.values())
        found: dict[str, tuple[Resource, bool]] = {resource.urn: (resource, True)}
        waiting = [(resource, True)]
        while waiting:
            at, upwards = waiting.pop()
            for each, up in self._next_to(at, up=upwards):
                _, was_up = found.get(each.urn, (each, None))
                if was_up is None or (up and not was_up):
                    found[each.urn] = (each, up)
                    waiting.append((each, up))
        return [each for each, _ in found.values()]

    def _next_to(self, resource: Resource, *, up: bool) -> Iterator[tuple[Resource, bool]]:
        """Yield what the resource's ids mean, and what mentions them too: users only on the way up.

        Each comes with the direction in which the way goes on from it.
        """
        for value, used in self._mentioned[resource.urn].items():
            on = up and not used
            meant = self.meaning(value, _EVERY_KIND) or self.table_like_all(value)
            if meant is not None:
                yield meant, on
            if value.startswith("vpc-") and not replaces_default(resource.type):
                nearby = [self._wide]
            else:
                nearby = [self._parts, self._users] if on else [self._parts]
            for mentioning in nearby:
                for each in mentioning[value].values():
                    yield each, on
