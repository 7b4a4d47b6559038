"""Settles which element is in which place where as many are alike as there are places.

A preview links what is taken out of a list (`subnetIds[0]`) to every member of the list. AWS binds
a subnet to one table only, and a table takes one route of a destination only: where a program makes
as many alike as the list has members, each member has got one, whichever it is.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import TypeVar

from guardrails.model.knowledge import OneOf
from guardrails.model.routing import Association, Route

_Element = TypeVar("_Element", Association, Route)


def settled_associations(associations: Iterable[Association]) -> Iterator[Association]:
    """Yield the associations; as many to one table as there are subnets bind one subnet each."""
    pairs = ((each, each.subnet) for each in associations)
    for each, key in _one_each(pairs):
        yield replace(each, subnet=key) if key else each


def settled_routes(routes: Iterable[Route]) -> Iterator[Route]:
    """Yield the routes; as many of one destination as there are tables go into one table each."""
    pairs = ((each, each.table if isinstance(each.cidr, str) else None) for each in routes)
    for each, key in _one_each(pairs):
        yield replace(each, table=key) if key else each


def _one_each(pairs: Iterable[tuple[_Element, object]]) -> Iterator[tuple[_Element, str]]:
    """Yield each element with the place that it is surely in, "" where that is not settled."""
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
        settled = keys if len(keys) == len(elements) else [""] * len(elements)
        yield from zip(elements, settled, strict=True)
