"""Which registered resource an id may belong to: a guess, as a gate sees no resource's own id.

An id is taken for that of a resource registered before the id was first seen. Where several come
into question, it is decided only if it makes no difference which one is meant. Ids that the stack's
or the pack's configuration mentions belong to no resource of the stack; what a program spells out
or looks up is taken for its own all the same, so no gate that guesses is on by default.
"""

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable

from guardrails.analysis.subnet_tiers import SubnetTiers, Tier
from guardrails.model.network import Subnet
from guardrails.options.settings import Settings
from guardrails.pulumi_reader.read_vpc import read_subnet
from guardrails.pulumi_reader.resource import Resource
from guardrails.pulumi_reader.stack import Stack
from guardrails.pulumi_reader.types.kinds import ID_PREFIXES, Kind
from guardrails.pulumi_reader.types.table import kind_of


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


class Guesses:
    """The registered resources by kind, and when each id was first seen.

    `foreign` are ids of what existed before, which no registered resource can have.
    """

    def __init__(self, foreign: frozenset[str] = frozenset()) -> None:
        self._foreign = foreign
        self._count = 0
        self._by_kind: dict[Kind, _Alike] = defaultdict(_Alike)
        self._first_seen: dict[str, int] = {}
        self._rank: dict[str, int] = {}
        self._ids: Counter[str] = Counter()

    def add(self, resource: Resource, ids: Iterable[str], settings: Settings) -> None:
        """Register `resource`, which mentions `ids`."""
        for value in ids:
            prefix = value.partition("-")[0]
            foreign = value in self._foreign or value in settings.ids
            if value not in self._first_seen and not foreign:
                self._first_seen[value] = self._count
                self._rank[value] = self._ids[prefix]
                self._ids[prefix] += 1
        kind = kind_of(resource.type)
        if kind is not None:
            alike = self._is_alike(resource, kind, settings)
            self._by_kind[kind].add(resource, self._count, alike=alike)
        self._count += 1

    def remove(self, resource: Resource) -> None:
        """Forget a resource that was blocked; ids that it mentioned stay known."""
        kind = kind_of(resource.type)
        if kind is not None:
            self._by_kind[kind].remove(resource)

    def _is_alike(self, resource: Resource, kind: Kind, settings: Settings) -> bool:
        """Tell whether the resource is like the first of its kind, as far as a rule may care."""
        if kind is Kind.SUBNET:
            elements = read_subnet(resource, Stack([resource]))
            tier = SubnetTiers(settings.judge).tier
            return any(tier(each) is Tier.PRIVATE for each in elements if isinstance(each, Subnet))
        before = self._by_kind[kind].resources
        return not before or (
            kind is Kind.ROUTE_TABLE and resource.text("vpcId") == before[0].text("vpcId")
        )

    def meaning(self, value: str) -> Resource | None:
        """Return the resource that `value` is taken for, or one that is like all others."""
        kind = ID_PREFIXES.get(value.partition("-")[0])
        if kind is None:
            return None
        if kind is Kind.ENDPOINT and self._by_kind[Kind.FIREWALL].resources:
            return None  # firewalls have endpoints too, and their inputs do not show the ids
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
