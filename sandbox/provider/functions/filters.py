"""The `filters` of look-ups, as EC2 understands them.

moto fails on filters that it does not know, so things are listed and chosen here. A value may
hold `*` and `?`: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_Filtering.html
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from sandbox.provider.cloud import refuse
from sandbox.provider.schema import Property, list_of, map_of, object_of, set_of, string
from sandbox.provider.tags import from_aws

Thing = dict[str, Any]
Names = Mapping[str, str | Callable[[Thing], Iterable[Any]]]
"""How a filter finds its values: the key of the thing that holds one, or a function."""

FILTERS: Property = list_of(
    object_of({"name": string(required=True), "values": set_of(string(), required=True)})
)


LISTING: Mapping[str, Property] = {
    "filters": FILTERS,
    "id": string(output=True),
    "ids": list_of(string(), output=True),
    "tags": map_of(string(), computed=True),
}
"""What a look-up of all things that fit is given and answers."""


def choose(
    operation: str, things: Iterable[Thing], filters: Sequence[Thing], names: Names
) -> list[Thing]:
    """Return the things that fit every filter; refuse a filter that is not modelled."""
    known: Names = {**names, "tag-key": lambda thing: from_aws(thing.get("Tags", []))}
    for each in filters:
        if each["name"] not in known and not each["name"].startswith("tag:"):
            words = f"The sandbox does not model the filter '{each['name']}'."
            refuse(operation, "InvalidParameterValue", words)
    return [
        thing
        for thing in things
        if all(_fits(_values(thing, each["name"], known), each["values"]) for each in filters)
    ]


def asked(
    arguments: Mapping[str, Any], wanted: Mapping[str, str | None] | None = None
) -> list[Thing]:
    """Return what a look-up asks for: the `wanted` values that are given, `tags`, `filters`."""
    given = [_equal(name, value) for name, value in (wanted or {}).items() if value]
    tags: Mapping[str, str] = arguments.get("tags") or {}
    tagged = [_equal(f"tag:{key}", value) for key, value in tags.items()]
    filters: list[Thing] = arguments.get("filters") or []
    return [*given, *tagged, *filters]


def listing(region: str, arguments: Mapping[str, Any], ids: list[str]) -> dict[str, Any]:
    """Return the answer of a look-up of all things that fit."""
    return {"id": region, "ids": ids, "tags": arguments.get("tags") or {}}


def _equal(name: str, value: str) -> Thing:
    return {"name": name, "values": [value]}


def only(things: Sequence[Thing], noun: str) -> Thing:
    """Return the only thing, or say in upstream's words that there is none or more than one."""
    if not things:
        raise LookupError(f"no matching {noun} found")
    if len(things) > 1:
        raise LookupError(
            f"multiple {noun}s matched; use additional constraints to reduce matches to a "
            f"single {noun}"
        )
    return things[0]


def _values(thing: Thing, name: str, names: Names) -> list[str]:
    if name.startswith("tag:"):
        tags = from_aws(thing.get("Tags", []))
        key = name.removeprefix("tag:")
        return [tags[key]] if key in tags else []
    finder = names[name]
    found = [thing.get(finder)] if isinstance(finder, str) else list(finder(thing))
    return [_text(value) for value in found if value is not None]


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _fits(values: list[str], patterns: Iterable[str]) -> bool:
    return any(
        re.fullmatch(_expression(pattern), value) for pattern in patterns for value in values
    )


def _expression(pattern: str) -> str:
    parts = re.split(r"([*?])", pattern)
    wild = {"*": ".*", "?": "."}
    return "(?s)" + "".join(wild.get(part) or re.escape(part) for part in parts)
