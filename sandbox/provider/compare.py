"""Compares values as a schema understands them: normal forms, and sets without order."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import partial
from typing import Any

from sandbox.provider.check import join_path
from sandbox.provider.schema import Kind, Property
from sandbox.provider.wire import UNKNOWN, as_map

_OF_PARTS = (Kind.OBJECT, Kind.LIST, Kind.SET)


class Change(StrEnum):
    """What happens to the value at a path."""

    ADD = "ADD"
    DELETE = "DELETE"
    UPDATE = "UPDATE"


@dataclass(frozen=True)
class Difference:
    """One change, at a path such as `routes[0].gatewayId`."""

    path: str
    change: Change
    replaces: bool = False


def is_zero(value: Any) -> bool:
    """Tell whether a value says no more than an absent one."""
    return value in (None, "", 0, False, [], {})


def normal(declared: Property, value: Any) -> Any:
    """Give a value the form in which it is compared."""
    if value is UNKNOWN or value is None:
        return value
    if declared.kind is Kind.OBJECT:
        parts = {
            name: normal(each, value.get(name))
            for name, each in declared.fields.items()
            if not each.output and not is_zero(value.get(name))
        }
        return declared.normal(parts) if declared.normal else parts
    if declared.element and declared.kind is Kind.MAP:
        return {key: normal(declared.element, part) for key, part in value.items()}
    if declared.element:
        items = [normal(declared.element, part) for part in value]
        value = sorted(items, key=_order) if declared.kind is Kind.SET else items
    return declared.normal(value) if declared.normal else value


def same(declared: Property, old: Any, new: Any) -> bool:
    """Tell whether two values mean the same; an unknown one equals nothing."""
    if UNKNOWN in (old, new):
        return False
    if is_zero(old) and is_zero(new):
        return True
    return old is not None and new is not None and normal(declared, old) == normal(declared, new)


def differences(path: str, declared: Property, old: Any, new: Any) -> Iterator[Difference]:
    """Yield what changes from `old` to `new`, at the paths where it changes.

    An object's field that the program omits changes nothing when AWS decides it.
    """
    if same(declared, old, new):
        return
    below = tuple(_below(path, declared, old, new))
    if (
        not below
        and declared.kind in _OF_PARTS
        and None not in (old, new)
        and UNKNOWN not in (old, new)
    ):
        return
    for each in below or (
        Difference(path, _change(old, new), _replaces_within(declared, old, new)),
    ):
        yield replace(each, replaces=each.replaces or declared.replaces)


def _replaces_within(declared: Property, old: Any, new: Any) -> bool:
    """Tell whether an object that comes, goes or turns unknown says something that replaces.

    In the bridge an unknown block says nothing: what it said goes, unless AWS decides it then.
    A replacement before which something is deleted makes what depends on it unknown as a whole.
    """
    fields = as_map(new if old is None else old) or {}
    return any(
        each.replaces
        and not is_zero(fields.get(name))
        and not (new is UNKNOWN and each.decided_by_aws)
        for name, each in declared.fields.items()
    )


def _change(old: Any, new: Any) -> Change:
    if old is None:
        return Change.ADD
    return Change.DELETE if new is None else Change.UPDATE


def _below(path: str, declared: Property, old: Any, new: Any) -> Iterator[Difference]:
    if UNKNOWN in (old, new) or old is None or new is None:
        return
    if declared.kind is Kind.OBJECT:
        for name, each in declared.fields.items():
            if name in new or not each.decided_by_aws:
                here = join_path(path, name)
                yield from differences(here, each, old.get(name), new.get(name))
    elif declared.kind is Kind.MAP and declared.element:
        for key in sorted(old.keys() | new.keys()):
            here = join_path(path, key)
            yield from differences(here, declared.element, old.get(key), new.get(key))
    elif declared.kind in (Kind.LIST, Kind.SET) and declared.element:
        yield from _items(path, declared, declared.element, old, new)


def _items(
    path: str, declared: Property, element: Property, old: list[Any], new: list[Any]
) -> Iterator[Difference]:
    """Compare lists by position; of sets only the items without a partner."""
    gone, come = dict(enumerate(old)), dict(enumerate(new))
    if declared.kind is Kind.SET:
        gone, come = _without_partners(element, old, new)
    for index in sorted(gone.keys() | come.keys()):
        here = join_path(path, index)
        yield from differences(here, element, gone.get(index), come.get(index))


def _without_partners(
    element: Property, old: list[Any], new: list[Any]
) -> tuple[dict[int, Any], dict[int, Any]]:
    """Return the old and the new items that have no partner, by index.

    Those of the same required fields share an index: one item changed rather than two.
    """
    gone: dict[int, Any] = dict(enumerate(old))
    come: dict[int, Any] = {}
    for index, item in enumerate(new):
        partner = _find(gone, partial(_means, element, item))
        if partner is None:
            come[index] = item
        else:
            del gone[partner]
    for index, item in come.items():
        changed = _find(gone, partial(_same_key, element, item))
        if changed is not None and changed != index:
            gone[changed], gone[index] = gone.get(index), gone[changed]
    return {index: item for index, item in gone.items() if item is not None}, come


def _find(items: dict[int, Any], fits: Callable[[Any], bool]) -> int | None:
    return next((index for index, item in items.items() if item is not None and fits(item)), None)


def _means(element: Property, new: Any, old: Any) -> bool:
    return not any(differences("", element, old, new))


def _same_key(element: Property, new: Any, old: Any) -> bool:
    names = [name for name, each in element.fields.items() if each.required]
    return (
        bool(names)
        and UNKNOWN not in (old, new)
        and all(same(element.fields[name], old.get(name), new.get(name)) for name in names)
    )


def _order(value: Any) -> str:
    return json.dumps(value, sort_keys=True, default=str)
