"""Turns known values of a topology into unknown ones, by the types that its fields declare."""

from collections.abc import Iterable, Iterator
from dataclasses import fields, replace
from functools import cache
from typing import Any, NamedTuple, get_args, get_type_hints

from guardrails import Topology
from guardrails.model.knowledge import OneOf, Unknown
from guardrails.model.routing import Route
from guardrails.model.security import GroupRule


class Place(NamedTuple):
    """One value: a field of an element of one kind; `member` of a tuple, None for all of it."""

    kind: str
    index: int
    field: str
    member: int | None = None


@cache
def _forgettable(element_class: type) -> tuple[str, ...]:
    hints = get_type_hints(element_class)
    return tuple(each.name for each in fields(element_class) if _mentions_unknown(hints[each.name]))


def _mentions_unknown(hint: Any) -> bool:
    return hint is Unknown or any(map(_mentions_unknown, get_args(hint)))


def places(topology: Topology) -> Iterator[Place]:
    """Yield every value that a reader might not know."""
    for slot in fields(topology):
        for index, element in enumerate(getattr(topology, slot.name)):
            for name in _forgettable(type(element)):
                value = getattr(element, name)
                yield Place(slot.name, index, name)
                if isinstance(value, tuple):
                    yield from (Place(slot.name, index, name, at) for at in range(len(value)))


def forget(topology: Topology, chosen: Iterable[Place]) -> Topology:
    """Return `topology` without the values at `chosen`."""
    for place in chosen:
        elements = list(getattr(topology, place.kind))
        element = elements[place.index]
        value = _forgotten(getattr(element, place.field), place)
        elements[place.index] = replace(element, **{place.field: value})
        topology = replace(topology, **{place.kind: tuple(elements)})
    return topology


def _forgotten(value: object, place: Place) -> object:
    unknown = Unknown(f"{place.field} of {place.kind}[{place.index}]")
    if not isinstance(value, tuple):
        return unknown
    if place.member is None:
        return (unknown,)
    return tuple(unknown if at == place.member else each for at, each in enumerate(value))


def confuse(topology: Topology, place: Place, others: tuple[str, ...]) -> Topology:
    """Return `topology` with the reference at `place`, a key, as one of several candidates."""
    elements = list(getattr(topology, place.kind))
    element = elements[place.index]
    value = getattr(element, place.field)
    if not isinstance(value, str) or not _takes_candidates(type(element), place.field):
        return topology
    candidates = OneOf(tuple(dict.fromkeys((*others, value))))
    elements[place.index] = replace(element, **{place.field: candidates})
    return replace(topology, **{place.kind: tuple(elements)})


def _takes_candidates(element_class: type, name: str) -> bool:
    return OneOf in get_args(get_type_hints(element_class)[name])


def hide_routes(topology: Topology, table: str) -> Topology:
    """Return `topology` with all routes of `table` as one list that cannot be seen."""
    hidden = Unknown(f"the routes of {table}")
    kept = tuple(each for each in topology.routes if each.table != table)
    blind = Route(key=table, table=table, cidr=hidden, via=hidden, target=hidden)
    return replace(topology, routes=(*kept, blind))


def hide_rules(topology: Topology, group: str) -> Topology:
    """Return `topology` with all rules of `group` as one list that cannot be seen."""
    hidden = Unknown(f"the rules of {group}")
    kept = tuple(each for each in topology.group_rules if each.group != group)
    blind = GroupRule(key=group, group=group, protocol=hidden, from_port=hidden, to_port=hidden)
    return replace(topology, group_rules=(*kept, blind))
