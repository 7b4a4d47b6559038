"""What a diagram shows: subnets with what stands in them, route tables, and where they lead."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

Flaws = Mapping[str, tuple[str, ...]]
"""By the id of a thing: the ids of the findings about it."""


class Kind(StrEnum):
    """What stands in a subnet, or is led to from one."""

    NODE = "node"
    ENDPOINT = "endpoint"
    GATEWAY = "gateway"
    OTHER = "other"


@dataclass(frozen=True, kw_only=True)
class Item:
    """A thing in a subnet or outside of all. `keys` are its ids, by which routes lead to it."""

    keys: tuple[str, ...]
    kind: Kind
    label: str
    detail: str = ""


@dataclass(frozen=True, kw_only=True)
class Route:
    """A route: what it is for, and the id of its target."""

    destination: str
    target: str


@dataclass(frozen=True, kw_only=True)
class Table:
    """A route table without its `local` routes."""

    key: str
    label: str
    routes: tuple[Route, ...]


@dataclass(frozen=True, kw_only=True)
class Subnet:
    """A subnet; `table` is the id of the one that decides for it, empty where it is not known."""

    key: str
    label: str
    zone: str
    cidr: str
    table: str
    items: tuple[Item, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Picture:
    """A whole diagram; `flaws` are drawn in red. `vpc_key` is the VPC's id, `vpc` its label."""

    title: str
    vpc_key: str
    vpc: str
    virtual_ip: str
    subnets: tuple[Subnet, ...]
    tables: tuple[Table, ...]
    outside: tuple[Item, ...]
    flaws: Flaws
    with_ids: bool = True

    @property
    def zones(self) -> tuple[str, ...]:
        """The zones of the subnets, in order."""
        return tuple(sorted({each.zone for each in self.subnets}))

    @property
    def items(self) -> tuple[Item, ...]:
        """All items, those of subnets first."""
        return (*(item for each in self.subnets for item in each.items), *self.outside)

    @property
    def unplaced(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """The findings about what is not drawn, such as security groups, by the thing's id."""
        drawn = {self.vpc_key, self.virtual_ip}
        drawn |= {each.key for each in (*self.subnets, *self.tables)}
        drawn |= {key for item in self.items for key in item.keys}
        return tuple((key, self.flaws[key]) for key in sorted(self.flaws.keys() - drawn))

    def flawed(self, *keys: str) -> tuple[str, ...]:
        """Return the ids of the findings about any of these ids."""
        return tuple(sorted({flaw for key in keys for flaw in self.flaws.get(key, ())}))
