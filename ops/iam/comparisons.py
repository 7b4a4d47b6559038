"""How one value of a condition compares with one value of a request, by the operator's name.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
"""

import ipaddress
import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from ops.iam import patterns
from ops.iam.answers import Answer, Unknown


@dataclass(frozen=True)
class Comparison:
    """`compare` takes the written value, then the request's; `takes_variables` as AWS says."""

    compare: Callable[[str, str], Answer]
    is_negated: bool = False
    takes_variables: bool = False


def _equals(written: str, requested: str) -> Answer:
    return patterns.plain(written) == requested


def _equals_in_any_case(written: str, requested: str) -> Answer:
    return patterns.plain(written).lower() == requested.lower()


def _boolean(written: str, requested: str) -> Answer:
    values = (written.lower(), requested.lower())
    for value in values:
        if value not in ("true", "false"):
            return Unknown(f"{value} is not true or false")
    return values[0] == values[1]


def _in_range(written: str, requested: str) -> Answer:
    try:
        return ipaddress.ip_address(requested) in ipaddress.ip_network(written)
    except ValueError as error:
        return Unknown(str(error))


def _ordered(
    read: Callable[[str], Any], compare: Callable[[Any, Any], bool]
) -> Callable[[str, str], Answer]:
    """Return a comparison of two values that `read` understands, the request's on the left."""

    def decide(written: str, requested: str) -> Answer:
        try:
            return compare(read(requested), read(written))
        except (ValueError, InvalidOperation):
            return Unknown(f"{written} and {requested} cannot be compared")

    return decide


def _number(text: str) -> Decimal:
    number = Decimal(text)
    if not number.is_finite():
        raise ValueError(text)
    return number


def _moment(text: str) -> Decimal:
    """Read seconds since 1970, or a date of ISO 8601 with its zone, as such seconds."""
    if text.isdecimal():
        return Decimal(text)
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(text)
    return Decimal(str(moment.timestamp()))


_ORDERS: Final[Mapping[str, Callable[[Any, Any], bool]]] = {
    "Equals": operator.eq,
    "LessThan": operator.lt,
    "LessThanEquals": operator.le,
    "GreaterThan": operator.gt,
    "GreaterThanEquals": operator.ge,
}


def _comparisons() -> dict[str, Comparison]:
    texts = {"Equals": _equals, "EqualsIgnoreCase": _equals_in_any_case, "Like": patterns.matches}
    arns = {"Equals": patterns.matches_arn, "Like": patterns.matches_arn}
    found: dict[str, Comparison] = {"Bool": Comparison(_boolean)}
    for kind, ways in (("String", texts), ("Arn", arns)):
        for way, compare in ways.items():
            found[f"{kind}{way}"] = Comparison(compare, takes_variables=True)
            found[f"{kind}Not{way}"] = Comparison(compare, is_negated=True, takes_variables=True)
    for kind, read in (("Numeric", _number), ("Date", _moment)):
        for order, compare in _ORDERS.items():
            found[f"{kind}{order}"] = Comparison(_ordered(read, compare))
        found[f"{kind}NotEquals"] = Comparison(_ordered(read, operator.eq), is_negated=True)
    found["IpAddress"] = Comparison(_in_range)
    found["NotIpAddress"] = Comparison(_in_range, is_negated=True)
    return found


COMPARISONS: Final[Mapping[str, Comparison]] = _comparisons()
"""By the operator's name, without what stands before and behind it."""
