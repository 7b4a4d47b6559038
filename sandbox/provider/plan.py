"""What a change would do, before it is done: previews of outputs, and the diff."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from sandbox.provider.compare import Difference, differences, is_zero
from sandbox.provider.schema import Kind, Property, Schema
from sandbox.provider.wire import UNKNOWN, Properties


@dataclass(frozen=True)
class Comparison:
    """The differences of a whole resource, and which of them rest on old inputs, not on state."""

    differences: tuple[Difference, ...]
    from_inputs: frozenset[str]

    @property
    def changed(self) -> list[str]:
        """The names of the properties that change."""
        return sorted({top_level(each.path) for each in self.differences})

    @property
    def replaces(self) -> list[str]:
        """The names of the properties whose change needs another resource."""
        return sorted({top_level(each.path) for each in self.differences if each.replaces})

    def rests_on_inputs(self, difference: Difference) -> bool:
        """Tell whether the old value came from the old inputs because the state had none."""
        return top_level(difference.path) in self.from_inputs

    def ignoring(self, paths: Iterable[str]) -> "Comparison":
        """Leave out the differences at these paths and below them."""
        ignored = tuple(paths)
        return replace(
            self,
            differences=tuple(
                each
                for each in self.differences
                if not any(_covers(path, each.path) for path in ignored)
            ),
        )


def top_level(path: str) -> str:
    """Return the property to which a path belongs: `routes[0].gatewayId` to `routes`."""
    return path.split(".", 1)[0].split("[", 1)[0]


def _covers(ignored: str, path: str) -> bool:
    pattern = re.escape(ignored).replace(r"\[\*\]", r"\[\d+\]")
    return re.match(rf"{pattern}($|[.\[])", path) is not None


def compare(
    schema: Schema, state: Properties, old_inputs: Properties, inputs: Properties
) -> Comparison:
    """Compare the last known state with what the program wants now.

    What the program omits changes nothing when AWS decides it or when it was as good as absent. A
    default is wanted even where the inputs lack it because it conflicts with something given: the
    bridge fills in none there, Terraform's plan does.
    """
    found: list[Difference] = []
    from_inputs: set[str] = set()
    for name, declared in schema.properties.items():
        if not declared.compared:
            continue
        old = state.get(name)
        if old is None and old_inputs.get(name) is not None:
            old = old_inputs[name]
            from_inputs.add(name)
        new = inputs.get(name, declared.default)
        if new is None and (declared.computed or is_zero(old)):
            continue
        if declared.suppressed and declared.suppressed(old, new, inputs):
            continue
        found += differences(name, declared, old, new)
    return Comparison(tuple(found), frozenset(from_inputs))


def preview_create(schema: Schema, inputs: Properties) -> Properties:
    """Echo what is given; what AWS will decide is unknown.

    A default that the inputs lack, because it conflicts with something given, is planned all the
    same: only the bridge leaves it out of the inputs, Terraform's plan does not.
    """
    return {
        name: value
        for name, declared in schema.properties.items()
        if (value := _foresee(declared, inputs.get(name))) is not None
    }


def preview_update(
    schema: Schema, state: Properties, inputs: Properties, changed: Iterable[str]
) -> Properties:
    """Keep the state, put the new inputs over it; what the change makes AWS decide is unknown."""
    changes = set(changed)
    outputs = dict(state)
    for name, declared in schema.properties.items():
        if inputs.get(name) is not None and (name in changes or name not in state):
            outputs[name] = _foresee(declared, inputs[name])
        elif declared.decided_by_aws and changes.intersection(declared.unknown_after):
            outputs[name] = UNKNOWN
        elif name in changes:
            outputs.pop(name, None)
    return outputs


def _foresee(declared: Property, value: Any) -> Any:
    if value is None:
        return UNKNOWN if declared.decided_by_aws else declared.default
    if value is UNKNOWN:
        return UNKNOWN
    if declared.kind is Kind.OBJECT:
        return _foresee_fields(declared.fields, value)
    if declared.element and declared.kind is not Kind.MAP:
        return [_foresee(declared.element, part) for part in value]
    return declared.stored(value) if declared.stored else value


def _foresee_fields(fields: Mapping[str, Property], value: Properties) -> Properties:
    return {
        name: part
        for name, each in fields.items()
        if (part := _foresee(each, value.get(name))) is not None
    }
