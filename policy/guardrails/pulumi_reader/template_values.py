"""Values inside of a template: what is known, and to what the rest is linked.

A reference to another resource of the template is a value that cannot be seen, with a link to that
resource, as it is in a preview. Parameters have the values that the stack was given, or their
defaults. What a condition or a mapping decides, and what other stacks export, is not known.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, cast

from guardrails.pulumi_reader.protobuf import HIDDEN, Hidden, Plain

_EXTRACTS: Final = frozenset({"Fn::Select", "Fn::Split", "Fn::Join", "Fn::Sub"})
"""Functions whose result is a part, or made of, what they are given and nothing else."""
_VARIABLE: Final = re.compile(r"\$\{([^!}][^}]*)\}")


@dataclass(frozen=True, slots=True)
class Names:
    """What a template's references can mean.

    `resources` are the URNs of its resources by logical id; `parameters` their values, HIDDEN where
    one cannot be seen, and `parameter_links` what hidden ones are made from.
    """

    resources: Mapping[str, str] = field(default_factory=dict[str, str])
    parameters: Mapping[str, Plain] = field(default_factory=dict[str, Plain])
    parameter_links: tuple[str, ...] = ()


def resolved(value: Any, names: Names, links: list[str]) -> Plain:
    """Return a value as readers take it, and add to `links` what it refers to."""
    if isinstance(value, dict):
        mapping = cast("dict[str, Any]", value)
        if len(mapping) == 1 and (intrinsic := _intrinsic_in(mapping)):
            return _called(intrinsic, mapping[intrinsic], names, links)
        return {
            spelled_natively(key): resolved(each, names, links) for key, each in mapping.items()
        }
    if isinstance(value, list):
        members = (resolved(each, names, links) for each in cast("list[Any]", value))
        return [each for each in members if each is not None]
    if isinstance(value, (str, int, float, bool, Hidden)) or value is None:
        return value
    return HIDDEN


def _intrinsic_in(mapping: Mapping[str, Any]) -> str:
    [name] = mapping
    return name if name == "Ref" or str(name).startswith("Fn::") else ""


def spelled_natively(key: object) -> str:
    """Return how the `aws-native` provider spells a property of CloudFormation."""
    text = str(key)
    return text[:1].lower() + text[1:]


def _called(function: str, given: Any, names: Names, links: list[str]) -> Plain:
    match function, given:
        case "Ref", _:
            return _meant(str(given), names, links)
        case "Fn::GetAtt", _:
            return _meant(_resource_in(given), names, links)
        case "Fn::Sub", str(text):
            return _substituted(text, names, links)
        case "Fn::Select", [index, [*members]] if str(index).isdecimal():
            at = int(index)
            return resolved(members[at], names, links) if at < len(members) else HIDDEN
        case _:
            if function in _EXTRACTS and not _decided_elsewhere(given):
                resolved(given, names, links)
            return HIDDEN


def _resource_in(given: Any) -> str:
    path = cast("list[Any]", given) if isinstance(given, list) else [given]
    return str(path[0]).partition(".")[0] if path else ""


def _meant(name: str, names: Names, links: list[str]) -> Plain:
    if name == "AWS::NoValue":
        return None
    if name in names.resources:
        links.append(names.resources[name])
        return HIDDEN
    value = names.parameters.get(name, HIDDEN)
    if value is HIDDEN and name in names.parameters:
        links.extend(names.parameter_links)
    return value


def _substituted(text: str, names: Names, links: list[str]) -> Plain:
    variables = _VARIABLE.findall(text)
    values = [_meant(each.partition(".")[0], names, links) for each in variables]
    if not variables:
        return text.replace("${!", "${")
    alone = len(values) == 1 and text == f"${{{variables[0]}}}"
    return values[0] if alone else HIDDEN


def _decided_elsewhere(value: Any) -> bool:
    """Tell whether a part of `value` depends on more than references."""
    if isinstance(value, dict):
        parts: Iterable[Any] = cast("dict[str, Any]", value).values()
        called = {str(each) for each in cast("dict[str, Any]", value)}
        unknown = any(
            each.startswith("Fn::") and each not in _EXTRACTS | {"Fn::GetAtt"} for each in called
        )
        return unknown or any(map(_decided_elsewhere, parts))
    if isinstance(value, list):
        return any(map(_decided_elsewhere, cast("list[Any]", value)))
    return False
