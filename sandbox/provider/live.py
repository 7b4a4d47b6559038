"""Turns what AWS says into a resource's state, and state back into inputs."""

from collections.abc import Mapping
from typing import Any

from sandbox.provider.compare import is_zero, normal, same
from sandbox.provider.schema import Kind, Property, Schema
from sandbox.provider.wire import Properties


def state_from(schema: Schema, live: Properties, known: Properties) -> Properties:
    """Lay what AWS says over what was known: a property that AWS does not tell keeps its value.

    A property that `live` names with None is one that AWS does not have any more.
    """
    kept = {name: known[name] for name in schema.properties if known.get(name) is not None}
    state = {**kept, **live}
    return {name: value for name, value in state.items() if value is not None}


def inputs_from(schema: Schema, state: Properties, old_inputs: Properties | None) -> Properties:
    """Reconstruct a program's inputs from live state.

    With old inputs: the same properties with their live values, in the old spelling and order
    where these mean the same. Without (an import): every settable property that says something.
    """
    if old_inputs is None:
        return _imported(schema, state)
    return {
        name: _reshape(declared, old_inputs[name], state.get(name))
        for name, declared in schema.inputs.items()
        if old_inputs.get(name) is not None
    }


def _imported(schema: Schema, state: Properties) -> Properties:
    """Return every settable property that says something; of two that conflict the first."""
    inputs: Properties = {}
    for name, declared in schema.inputs.items():
        value = state.get(name)
        if _is_told(declared, value) and not inputs.keys() & declared.conflicts_with:
            inputs[name] = _settable(declared, value)
    return inputs


def _is_told(declared: Property, value: Any) -> bool:
    """Tell whether an import names a value: a needed one, or one that its absence does not mean."""
    if declared.required:
        return value is not None
    if declared.default is not None:
        return value is not None and value != declared.default
    return not is_zero(value)


def _settable(declared: Property, value: Any) -> Any:
    if declared.kind is Kind.OBJECT:
        return {
            name: _settable(each, value.get(name))
            for name, each in declared.fields.items()
            if each.settable and _is_told(each, value.get(name))
        }
    if declared.element and declared.kind is not Kind.MAP:
        return [_settable(declared.element, part) for part in value]
    return value


def _reshape(declared: Property, old: Any, live: Any) -> Any:
    if same(declared, old, live):
        return old
    if live is None:
        return None
    if declared.kind is Kind.OBJECT and old is not None:
        return _reshape_fields(declared.fields, old, live)
    if declared.element and declared.kind in (Kind.LIST, Kind.SET):
        return _reshape_items(declared, declared.element, old or [], live)
    return live


def _reshape_fields(
    fields: Mapping[str, Property], old: Properties, live: Properties
) -> Properties:
    inputs: Properties = {}
    for name, each in fields.items():
        shaped = _reshape(each, old.get(name), live.get(name))
        if each.settable and (name in old or not (each.computed or is_zero(shaped))):
            inputs[name] = shaped
    return inputs


def _reshape_items(
    declared: Property, element: Property, old: list[Any], live: list[Any]
) -> list[Any]:
    """Keep the old items that still live, in their old order; then what is new."""
    if declared.kind is Kind.LIST:
        return [
            _reshape(element, old[index] if index < len(old) else None, part)
            for index, part in enumerate(live)
        ]
    left = list(live)
    items: list[Any] = []
    for item in old:
        partner = next(
            (part for part in left if normal(element, part) == normal(element, item)), None
        )
        if partner is not None:
            left.remove(partner)
            items.append(item)
    return items + [_settable(element, part) for part in left]
