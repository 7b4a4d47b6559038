"""Whether a condition holds for a request: quantifiers, absent keys and several values.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-logic-multiple-context-keys-or-values.html
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from ops.iam.answers import Answer, Unknown, all_of, any_of, negation
from ops.iam.comparisons import COMPARISONS, Comparison
from ops.iam.document import Condition
from ops.iam.patterns import Context, expand, values_of

_ALL: Final = "ForAllValues"
_ANY: Final = "ForAnyValue"
_OPERATOR: Final = re.compile(rf"(?:({_ALL}|{_ANY}):)?(\w+?)(IfExists)?")


@dataclass(frozen=True)
class _Operator:
    comparison: Comparison
    quantifier: str
    if_exists: bool


def holds(condition: Condition, context: Context, *, has_variables: bool) -> Answer:
    """Tell whether a condition holds; not known where its key or its operator is not."""
    if condition.operator == "Null":
        return _is_absent(condition, context)
    operator = _read(condition)
    if isinstance(operator, Unknown):
        return operator
    requested = values_of(context, condition.key)
    if isinstance(requested, Unknown):
        return requested
    if not requested:
        return _where_absent(operator)
    if len(requested) > 1 and not operator.quantifier:
        return Unknown(f"{condition.key} has several values, and {condition.operator} takes one")
    each = (
        _compare(operator.comparison, condition, value, context, has_variables=has_variables)
        for value in requested
    )
    return any_of(each) if operator.quantifier == _ANY else all_of(each)


def _read(condition: Condition) -> _Operator | Unknown:
    found = _OPERATOR.fullmatch(condition.operator)
    quantifier, name, if_exists = found.groups("") if found else ("", "", "")
    comparison = COMPARISONS.get(name)
    if comparison is None:
        return Unknown(f"the operator {condition.operator} is not known")
    if not condition.values:
        return Unknown(f"{condition.operator} of {condition.key} has no values")
    return _Operator(comparison, quantifier, bool(if_exists))


def _is_absent(condition: Condition, context: Context) -> Answer:
    """Tell whether a key is absent, or present, as `Null` asks."""
    requested = values_of(context, condition.key)
    if isinstance(requested, Unknown):
        return requested
    asked = {value.lower() for value in condition.values}
    if len(asked) != 1 or not asked <= {"true", "false"}:
        return Unknown(f"Null of {condition.key} is not true or false")
    return (not requested) == (asked == {"true"})


def _where_absent(operator: _Operator) -> Answer:
    """Tell whether a condition on a key holds for a request without that key."""
    if operator.quantifier == _ANY:
        # Whether IfExists then counts is not documented.
        return Unknown("IfExists stands after ForAnyValue") if operator.if_exists else False
    return operator.quantifier == _ALL or operator.if_exists or operator.comparison.is_negated


def _compare(
    comparison: Comparison,
    condition: Condition,
    requested: str,
    context: Context,
    *,
    has_variables: bool,
) -> Answer:
    """Compare one value of the request with all that are written: one is enough, or none."""

    def answers() -> Iterator[Answer]:
        for written in condition.values:
            value: str | Unknown = written
            if comparison.takes_variables:
                value = expand(written, context, has_variables=has_variables)
            yield value if isinstance(value, Unknown) else comparison.compare(value, requested)

    found = any_of(answers())
    return negation(found) if comparison.is_negated else found
