"""Checks what a program gives against a schema: every fault at once, each with its property."""

import difflib
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sandbox.provider.schema import Kind, Property, Schema
from sandbox.provider.wire import UNKNOWN, Foreign, Properties, as_list, as_map, contains_unknown

TABLE = "docs/sandbox-provider.md"
_IDENTIFIER = re.compile(r"^[A-Za-z_][A-Za-z0-9_-]*$")


@dataclass(frozen=True)
class Fault:
    """What is wrong with one property; `path` is written as the engine writes paths."""

    path: str
    reason: str


def join_path(path: str, key: str | int) -> str:
    """Extend a property path: `tags` and `a.b` give `tags["a.b"]`."""
    if isinstance(key, int):
        return f"{path}[{key}]"
    if not _IDENTIFIER.match(key):
        return f'{path}["{key}"]'
    return f"{path}.{key}" if path else key


def check(schema: Schema, given: Properties) -> tuple[Properties, list[Fault]]:
    """Return the inputs, their values turned into the declared kinds, and the faults.

    Unknown values count as given and skip the checks of values.
    """
    faults: list[Fault] = []
    inputs = _check_fields("", schema.inputs, given, faults, schema)
    present = {name for name, value in inputs.items() if value is not None}
    faults += _missing(schema, present)
    faults += _clashing(schema, inputs)
    return {name: value for name, value in inputs.items() if value is not None}, faults


def fill_defaults(properties: Mapping[str, Property], inputs: Properties) -> list[str]:
    """Fill in the declared defaults; return the names of those that were filled in.

    As in upstream's bridge, a property gets no default beside one that it conflicts with.
    """
    filled = [
        name
        for name, declared in properties.items()
        if declared.default is not None
        and inputs.get(name) is None
        and all(inputs.get(rival) is None for rival in declared.conflicts_with)
    ]
    inputs.update({name: properties[name].default for name in filled})
    return filled


def _check_fields(
    path: str,
    declared: Mapping[str, Property],
    given: Properties,
    faults: list[Fault],
    schema: Schema,
) -> Properties:
    inputs: Properties = {}
    for name, value in given.items():
        if value is None:
            continue
        here = join_path(path, name)
        if name in declared:
            inputs[name] = _check_value(here, declared[name], value, faults, schema)
        else:
            faults.append(Fault(here, _explain_foreign(path, name, declared, schema)))
    return inputs


def _explain_foreign(path: str, name: str, declared: Mapping[str, Property], schema: Schema) -> str:
    here = join_path(path, name)
    if re.sub(r"\[[^]]*\]", "", here) in schema.unmodelled:
        return (
            f"{here!r} of {schema.name} exists on AWS but is not modelled by the sandbox; "
            f"{TABLE} lists what is"
        )
    if not path and name in schema.properties:
        return f"{here!r} of {schema.name} is decided by AWS and cannot be set; leave it out"
    nearest = difflib.get_close_matches(name, declared, n=3, cutoff=0.5)
    known = nearest or sorted(declared)
    return f"{schema.name} has no property {here!r}; did you mean {', '.join(known)}?"


def _check_value(
    path: str, declared: Property, value: Any, faults: list[Fault], schema: Schema
) -> Any:
    if declared.document and as_map(value) is not None:
        value = UNKNOWN if contains_unknown(value) else json.dumps(value, sort_keys=True)
    if value is UNKNOWN:
        return UNKNOWN
    converted = _convert(declared.kind, value)
    if converted is None:
        kind = f"a {value.kind}" if isinstance(value, Foreign) else repr(value)
        faults.append(Fault(path, f"{path} must be a {_NAMES[declared.kind]}, not {kind}"))
        return None
    converted = _check_parts(path, declared, converted, faults, schema)
    if not contains_unknown(converted):
        faults += (
            Fault(path, f"{path} must {fault}; it is {converted!r}")
            for fault in (valid(converted) for valid in declared.valid)
            if fault
        )
    return converted


def _check_parts(
    path: str, declared: Property, value: Any, faults: list[Fault], schema: Schema
) -> Any:
    if declared.kind is Kind.OBJECT:
        inside = _check_fields(path, declared.fields, value, faults, schema)
        faults += _required(path, declared.fields, inside)
        fill_defaults(declared.fields, inside)
        return inside
    if declared.element is None:
        return value
    if declared.kind is Kind.MAP:
        parts = {
            key: _check_value(join_path(path, key), declared.element, part, faults, schema)
            for key, part in value.items()
            if part is not None
        }
        return {key: part for key, part in parts.items() if part is not None}
    faults += _count(path, declared, value)
    return [
        _check_value(join_path(path, index), declared.element, part, faults, schema)
        for index, part in enumerate(value)
    ]


def _count(path: str, declared: Property, value: list[Any]) -> Iterator[Fault]:
    if len(value) < declared.min_items:
        yield Fault(path, f"{path} must have at least {declared.min_items} items")
    if declared.max_items is not None and len(value) > declared.max_items:
        yield Fault(path, f"{path} must have at most {declared.max_items} items")


_NAMES = {
    Kind.STRING: "string",
    Kind.NUMBER: "number",
    Kind.BOOLEAN: "boolean",
    Kind.LIST: "list",
    Kind.SET: "list",
    Kind.MAP: "map",
    Kind.OBJECT: "map with named fields",
}


def _convert(kind: Kind, value: Any) -> Any:  # noqa: PLR0911 - a table of conversions
    """Turn a value into its kind, texts into numbers and booleans and back as upstream does."""
    match kind:
        case Kind.STRING if isinstance(value, bool):
            return "true" if value else "false"
        case Kind.STRING if isinstance(value, int | float | str):
            return str(value)
        case Kind.NUMBER if isinstance(value, int | float) and not isinstance(value, bool):
            return value
        case Kind.NUMBER if isinstance(value, str) and re.fullmatch(r"-?\d+", value):
            return int(value)
        case Kind.BOOLEAN if isinstance(value, bool):
            return value
        case Kind.BOOLEAN if value in ("true", "false"):
            return value == "true"
        case Kind.LIST | Kind.SET:
            return as_list(value)
        case Kind.MAP | Kind.OBJECT:
            return as_map(value)
        case _:
            return None


def _required(
    path: str, declared: Mapping[str, Property], present: Iterable[str]
) -> Iterator[Fault]:
    for name, each in declared.items():
        if each.required and name not in present:
            here = join_path(path, name)
            yield Fault(here, f"{here} is required but was not given")


def _missing(schema: Schema, present: set[str]) -> Iterator[Fault]:
    named = {name for name, each in schema.properties.items() if each.named}
    yield from _required("", schema.properties, present | named)
    for name in sorted(present & schema.properties.keys()):
        lacking = [each for each in schema.properties[name].required_with if each not in present]
        if lacking:
            yield Fault(name, f"{name} needs {' and '.join(lacking)} to be given too")
    for group in schema.at_least_one_of:
        if not present & set(group):
            yield Fault(group[0], f"at least one of {', '.join(group)} must be given")


def _clashing(schema: Schema, inputs: Properties) -> Iterator[Fault]:
    present = {name for name, value in inputs.items() if value is not None}
    known = {name for name in present if inputs[name] is not UNKNOWN}
    for name in sorted(present & schema.properties.keys()):
        rivals = [each for each in schema.properties[name].conflicts_with if each in known]
        if rivals:
            yield Fault(name, f"{name} conflicts with {', '.join(rivals)}; give only one of them")
    for group in schema.exactly_one_of:
        chosen = [name for name in group if name in known]
        if len(chosen) > 1:
            yield Fault(
                chosen[0],
                f"only one of {', '.join(group)} may be given, but {', '.join(chosen)} were",
            )
        elif not present & set(group):
            yield Fault(group[0], f"one of {', '.join(group)} must be given")
