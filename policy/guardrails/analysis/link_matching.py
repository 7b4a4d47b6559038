"""Resolves ambiguous links: N identical routes over N tables means one route in each.

A preview links a member of a list (`subnetIds[0]`) to every member of that list. AWS binds a subnet
to one table only, and a table holds one route per destination. So where a program makes as many
identical elements as the list has members, each member has one of them.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import TypeVar

from guardrails.model.knowledge import OneOf
from guardrails.model.routing import Association, Route

_Element = TypeVar("_Element", Association, Route)


def matched_associations(associations: Iterable[Association]) -> Iterator[Association]:
    """Yield the associations; N of one table over N subnets bind one subnet each."""
    pairs = ((each, each.subnet) for each in associations)
    for each, key in _one_each(pairs):
        yield replace(each, subnet=key) if key else each


def matched_routes(routes: Iterable[Route]) -> Iterator[Route]:
    """Yield the routes; N of one destination over N tables are in one table each."""
    pairs = ((each, each.table if isinstance(each.cidr, str) else None) for each in routes)
    for each, key in _one_each(pairs):
        yield replace(each, table=key) if key else each


def _one_each(pairs: Iterable[tuple[_Element, object]]) -> Iterator[tuple[_Element, str]]:
    """Yield each element with the key of its place, "" where that stays ambiguous."""
    alike: dict[_Element, list[_Element]] = defaultdict(list)
    places: dict[_Element, tuple[str, ...]] = {}
    for element, reference in pairs:
        if isinstance(reference, OneOf):
            kind = replace(element, key="")
            alike[kind].append(element)
            places[kind] = reference.keys
        else:
            yield element, ""
    for kind, elements in alike.items():
        keys = places[kind]
        matched = keys if len(keys) == len(elements) else [""] * len(elements)
        yield from zip(elements, matched, strict=True)
