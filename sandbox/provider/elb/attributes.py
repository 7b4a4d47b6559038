"""Attributes: properties that AWS keeps as texts, `idle_timeout.timeout_seconds` for example.

Load balancers, target groups and listeners have them; each key exists for some kinds only.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sandbox.provider.schema import Kind
from sandbox.provider.wire import Properties


@dataclass(frozen=True)
class Attribute:
    """One attribute: AWS's key, what its value is, and the kinds of things that have it.

    `limits` are the lowest and the highest number that AWS takes. `value` is what AWS sets by
    itself where moto sets nothing.
    """

    key: str
    kind: Kind
    having: frozenset[str]
    limits: tuple[int, int] | None = None
    value: Any = None


Attributes = Mapping[str, Attribute]


def attribute(
    key: str,
    kind: Kind,
    having: Iterable[str],
    limits: tuple[int, int] | None = None,
    value: Any = None,
) -> Attribute:
    """Describe an attribute."""
    return Attribute(key, kind, frozenset(having), limits, value)


def to_aws(
    attributes: Attributes, of: str, inputs: Properties, names: Iterable[str]
) -> list[dict[str, str]]:
    """Return the attributes of these names that a thing of this kind has and the inputs give."""
    return [
        {"Key": each.key, "Value": _text(inputs[name])}
        for name, each in sorted(attributes.items())
        if name in names and of in each.having and inputs.get(name) is not None
    ]


def from_aws(attributes: Attributes, of: str, live: Iterable[Mapping[str, str]]) -> Properties:
    """Return the properties that AWS tells of a thing of this kind."""
    told = {each["Key"]: each["Value"] for each in live}
    return {
        name: _value(each.kind, told[each.key]) if each.key in told else each.value
        for name, each in attributes.items()
        if of in each.having and (each.key in told or each.value is not None)
    }


def out_of_limits(attributes: Attributes, of: str, inputs: Properties) -> str | None:
    """Say in AWS's words which number is too low or too high; None when none is."""
    for name, each in sorted(attributes.items()):
        value = inputs.get(name)
        if each.limits is None or of not in each.having or not isinstance(value, int | float):
            continue
        low, high = each.limits
        if not low <= value <= high:
            return f"'{each.key}' value '{_text(value)}' must be between '{low}-{high}' inclusive"
    return None


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(int(value)) if isinstance(value, float) else str(value)


def _value(kind: Kind, text: str) -> Any:
    match kind:
        case Kind.BOOLEAN:
            return text == "true"
        case Kind.NUMBER:
            return int(text)
        case _:
            return text
