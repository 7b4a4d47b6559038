"""A stack as its readers see it: resources, what they refer to, and what is attached to them."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from guardrails.model.knowledge import Many, Reference, Sure, Unknown
from guardrails.pulumi_reader.references import References
from guardrails.pulumi_reader.resource import Resource
from guardrails.pulumi_reader.types.kinds import Kind


def _lists() -> "defaultdict[str, list[Reference]]":
    return defaultdict(list)


@dataclass(slots=True)
class Attached:
    """What stand-alone resources attach to others, by the URN of what they attach it to."""

    tags: dict[str, list[tuple[str, Sure[str]]]] = field(default_factory=lambda: defaultdict(list))
    subnets: dict[str, list[Reference]] = field(default_factory=_lists)
    """By an endpoint: subnets."""
    pool_ranges: dict[str, list[Sure[str]]] = field(default_factory=lambda: defaultdict(list))
    """By an IPAM pool: its ranges."""
    instance_of: dict[str, Reference] = field(default_factory=dict[str, Reference])
    """By a network interface: the instance that it is attached to."""
    transit_table_of: dict[str, Reference] = field(default_factory=dict[str, Reference])
    """By a transit gateway's attachment: the transit table that it looks up."""
    new_transit_defaults: list[Reference] = field(default_factory=list[Reference])
    """Transit gateways of which only attachments made earlier look up the first default."""


class Stack(References):
    """All resources of a stack. Readers ask it what a property refers to."""

    def __init__(
        self, resources: Iterable[Resource], others: Iterable[str] = (), *, preview: bool = False
    ) -> None:
        self.stand_ins: dict[str, object] = {}
        """Elements that take the place of resources whose identity makes no difference."""
        self.attached = Attached()
        super().__init__(resources, others, preview=preview)

    def pool_ranges(self, resource: Resource, name: str) -> Many[str]:
        """Return the ranges of the IPAM pool that the property names, as far as they are seen.

        A pool has no ranges but those of its source pool (IPAM user guide, "Create IPv4 pools").
        """
        named, seen = resource, set[str]()
        while True:
            pool = self.refer(named, name, Kind.POOL)
            if not isinstance(pool, str) or pool in seen:
                return ()
            seen.add(pool)
            ranges = tuple(self.attached.pool_ranges.get(pool, ()))
            complete = bool(ranges) and not any(isinstance(each, Unknown) for each in ranges)
            if complete or pool not in self.resources:
                return ranges
            named, name = self.resources[pool], "sourceIpamPoolId"
