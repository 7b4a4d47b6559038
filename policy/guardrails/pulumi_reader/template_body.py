"""CloudFormation templates as text: JSON, or YAML with the short forms of intrinsic functions.

CloudFormation takes YAML 1.1 without aliases (CloudFormation user guide, "Template formats").
PyYAML is a dependency of Pulumi itself.
"""

import json
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final, cast

import yaml

_AS_WRITTEN: Final = frozenset({"Ref", "Condition"})
"""Short forms whose long form has no `Fn::` before it."""


class _Loader(yaml.SafeLoader):
    """Reads templates: plain values, and intrinsic functions in their long form."""

    def compose_node(self, parent: Any, index: Any) -> Any:
        """Refuse aliases, as CloudFormation does: a short text could grow without bound."""
        if self.check_event(yaml.AliasEvent):
            raise yaml.YAMLError("templates have no aliases")
        return cast("Any", super()).compose_node(parent, index)


def _intrinsic(loader: _Loader, tag: str, node: yaml.Node) -> dict[str, Any]:
    name = tag if tag in _AS_WRITTEN else f"Fn::{tag}"
    value: Any
    if isinstance(node, yaml.ScalarNode):
        value = loader.construct_scalar(node)
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    else:
        value = loader.construct_mapping(cast("yaml.MappingNode", node), deep=True)
    return {name: value}


cast("Any", _Loader).add_multi_constructor("!", _intrinsic)


@dataclass(frozen=True, slots=True)
class Entry:
    """A resource of a template. `conditional`: a condition decides whether it is made."""

    kind: str
    properties: dict[str, Any]
    conditional: bool


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of a template; `default` is None where it has none."""

    kind: str
    default: Any


@dataclass(frozen=True, slots=True)
class Template:
    """What is read of a template. `complete`: no macro and nothing malformed is in it.

    `outputs` are those that show an entry's id, each with the entry's name.
    """

    entries: dict[str, Entry]
    parameters: dict[str, Parameter]
    outputs: dict[str, str]
    complete: bool


@lru_cache(maxsize=256)
def parsed(body: str) -> dict[str, Any] | None:
    """Return the mapping that a text holds, JSON or YAML; None if it holds none."""
    try:
        value: object = json.loads(body)
    except (ValueError, RecursionError):
        value = _from_yaml(body)
    return _mapping(value)


def _from_yaml(body: str) -> object:
    loader = _Loader(body)
    try:
        return loader.get_single_data()
    except (yaml.YAMLError, ValueError, RecursionError):
        return None
    finally:
        loader.dispose()


def _mapping(value: object) -> dict[str, Any] | None:
    return cast("dict[str, Any]", value) if isinstance(value, dict) else None


def template_in(mapping: dict[str, Any]) -> Template | None:
    """Return the template that a mapping is, None if it is not one."""
    written = _mapping(mapping.get("Resources"))
    if written is None:
        return None
    found = {name: _entry(_mapping(each)) for name, each in written.items()}
    entries = {name: entry for name, entry in found.items() if entry is not None}
    whole = "Transform" not in mapping and "Fn::Transform" not in str(written)
    parameters = _mapping(mapping.get("Parameters")) or {}
    outputs = _mapping(mapping.get("Outputs")) or {}
    return Template(
        entries,
        {name: _parameter(_mapping(each) or {}) for name, each in parameters.items()},
        {name: _shown_by(_mapping(each) or {}) for name, each in outputs.items()},
        complete=whole and len(entries) == len(found),
    )


def _entry(written: dict[str, Any] | None) -> Entry | None:
    kind = None if written is None else written.get("Type")
    if written is None or not isinstance(kind, str):
        return None
    return Entry(kind, _mapping(written.get("Properties")) or {}, "Condition" in written)


def _shown_by(output: dict[str, Any]) -> str:
    """Return the name of the entry whose id an output shows, "" for anything else."""
    match output.get("Value"):
        case {"Ref": str(name)} | {"Fn::GetAtt": [str(name), "GroupId"]}:
            return name
        case {"Fn::GetAtt": str(path)} if path.endswith(".GroupId"):
            return path.removesuffix(".GroupId")
        case _:
            return ""


def _parameter(written: dict[str, Any]) -> Parameter:
    return Parameter(str(written.get("Type")), written.get("Default"))
