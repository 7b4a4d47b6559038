"""Condition operators as AWS's reference of them says, with its examples."""

from typing import Any

import pytest

from ops.iam.answers import Unknown
from ops.iam.conditions import holds
from ops.iam.document import Condition

TOPIC = "arn:aws:sns:eu-west-1:123456789012:topic"


def answer(
    operator: str,
    written: str | list[str],
    requested: tuple[str, ...] | None,
    *,
    has_variables: bool = True,
) -> Any:
    """What comes of a condition on the key k; None stands for a key that is not known."""
    values = [written] if isinstance(written, str) else written
    context = {"other:Tag": ("blue",), "other:None": ()}
    if requested is not None:
        context["K"] = requested
    condition = Condition(operator, "k", tuple(values))
    found = holds(condition, context, has_variables=has_variables)
    return "unknown" if isinstance(found, Unknown) else found


@pytest.mark.parametrize(
    ("operator", "written", "requested", "expected"),
    [
        ("StringEquals", "iamuser-admin", "iamuser-admin", True),
        ("StringEquals", "iamuser-admin", "IAMuser-admin", False),
        ("StringEquals", "iam*", "iamuser-admin", False),
        ("StringEquals", "iam*", "iam*", True),
        ("StringNotEquals", "iamuser-admin", "other", True),
        ("StringEqualsIgnoreCase", "iamuser-admin", "IAMuser-Admin", True),
        ("StringNotEqualsIgnoreCase", "iamuser-admin", "IAMuser-Admin", False),
        ("StringLike", "home/*", "home/a/b", True),
        ("StringLike", "t?.micro", "t2.micro", True),
        ("StringLike", "t?.micro", "t22.micro", False),
        ("StringLike", "a.c", "abc", False),
        ("StringNotLike", "home/*", "away", True),
        ("NumericLessThanEquals", "10", "10", True),
        ("NumericLessThan", "10", "10", False),
        ("NumericGreaterThan", "9", "10", True),
        ("NumericGreaterThanEquals", "10", "9", False),
        ("NumericEquals", "10", "10.0", True),
        ("NumericNotEquals", "10", "10.0", False),
        ("NumericEquals", "ten", "10", "unknown"),
        ("NumericEquals", "NaN", "10", "unknown"),
        ("DateGreaterThan", "2020-01-01T00:00:01Z", "2020-01-01T00:00:02Z", True),
        ("DateLessThan", "2020-01-01T00:00:01Z", "2020-01-01T02:00:00+02:00", True),
        ("DateEquals", "1577836800", "2020-01-01T00:00:00Z", True),
        ("DateNotEquals", "1577836800", "2020-01-01T00:00:00Z", False),
        ("DateEquals", "2020-01-01T00:00:00", "2020-01-01T00:00:00Z", "unknown"),
        ("Bool", "true", "True", True),
        ("Bool", "true", "false", False),
        ("Bool", "yes", "true", "unknown"),
        ("IpAddress", "203.0.113.0/24", "203.0.113.7", True),
        ("IpAddress", "203.0.113.7", "203.0.113.7", True),
        ("IpAddress", "2001:DB8:1234:5678::/64", "2001:db8:1234:5678::1", True),
        ("IpAddress", "203.0.113.0/24", "2001:db8::1", False),
        ("NotIpAddress", "203.0.113.0/24", "203.0.114.7", True),
        ("IpAddress", "203.0.113.0/33", "203.0.113.7", "unknown"),
        ("ArnEquals", TOPIC, TOPIC, True),
        ("ArnEquals", "arn:aws:sns:*:123456789012:*", TOPIC, True),
        ("ArnLike", "arn:aws:sns:*:123456789012:t?pic", TOPIC, True),
        ("ArnLike", "arn:aws:s*:topic", TOPIC, "unknown"),
        ("ArnLike", "arn:aws:*:123456789012:a:topic", TOPIC, False),
        ("ArnNotEquals", TOPIC, TOPIC, False),
        ("ArnNotLike", "arn:aws:sqs:*:*:*", TOPIC, True),
        ("ArnLike", TOPIC, "topic", "unknown"),
        ("BinaryEquals", "QmluYXJ5", "QmluYXJ5", "unknown"),
        ("StringMatches", "a", "a", "unknown"),
        ("stringequals", "a", "a", "unknown"),
    ],
)
def test_an_operator_compares_as_aws_documents_it(
    operator: str, written: str, requested: str, expected: Any
) -> None:
    assert answer(operator, written, (requested,)) == expected


@pytest.mark.parametrize(
    ("operator", "requested", "expected"),
    [
        ("StringEquals", "b", True),
        ("StringEquals", "c", False),
        ("StringNotEquals", "b", False),
        ("StringNotEquals", "c", True),
    ],
)
def test_one_of_several_values_is_enough_and_none_may_match_where_it_is_negated(
    operator: str, requested: str, expected: Any
) -> None:
    assert answer(operator, ["a", "b"], (requested,)) is expected


@pytest.mark.parametrize(
    ("operator", "absent", "unknown"),
    [
        ("StringEquals", False, "unknown"),
        ("StringNotEquals", True, "unknown"),
        ("StringEqualsIfExists", True, "unknown"),
        ("StringNotEqualsIfExists", True, "unknown"),
        ("ForAllValues:StringEquals", True, "unknown"),
        ("ForAnyValue:StringEquals", False, "unknown"),
        ("ForAnyValue:StringNotEquals", False, "unknown"),
        ("ForAnyValue:StringEqualsIfExists", "unknown", "unknown"),
        ("NotIpAddress", True, "unknown"),
    ],
)
def test_a_key_that_is_absent_differs_from_one_that_is_not_known(
    operator: str, absent: Any, unknown: str
) -> None:
    assert answer(operator, "a", ()) == absent
    assert answer(operator, "a", None) == unknown


@pytest.mark.parametrize(
    ("written", "requested", "expected"),
    [
        ("true", (), True),
        ("true", ("a",), False),
        ("false", (), False),
        ("false", ("a",), True),
        ("false", None, "unknown"),
        ("maybe", (), "unknown"),
    ],
)
def test_null_asks_whether_a_key_is_absent(
    written: str, requested: tuple[str, ...] | None, expected: Any
) -> None:
    assert answer("Null", written, requested) == expected


@pytest.mark.parametrize(
    ("operator", "requested", "expected"),
    [
        ("ForAllValues:StringEquals", ("a", "b"), True),
        ("ForAllValues:StringEquals", ("a", "c"), False),
        ("ForAnyValue:StringEquals", ("a", "c"), True),
        ("ForAnyValue:StringEquals", ("c", "d"), False),
        ("ForAllValues:StringNotEquals", ("c", "d"), True),
        ("ForAllValues:StringNotEquals", ("a", "c"), False),
        ("ForAnyValue:StringNotEquals", ("a", "c"), True),
        ("StringEquals", ("a", "b"), "unknown"),
    ],
)
def test_several_values_of_a_request_take_a_quantifier(
    operator: str, requested: tuple[str, ...], expected: Any
) -> None:
    assert answer(operator, ["a", "b"], requested) == expected


@pytest.mark.parametrize(
    ("operator", "written", "requested", "expected"),
    [
        ("StringEquals", "${OTHER:tag}", "blue", True),
        ("StringLike", "${other:Tag}*", "blue*", True),
        ("StringLike", "${other:Tag}${*}", "bluest", False),
        ("StringLike", "${other:Tag}${*}", "blue*", True),
        ("StringEquals", "${?}${$}", "?$", True),
        ("StringEquals", "${other:None, 'red'}", "red", True),
        ("StringEquals", "${other:None}", "red", "unknown"),
        ("StringEquals", "${no:key}", "red", "unknown"),
        ("StringEquals", "${no:key, 'red'}", "red", "unknown"),
        ("StringEquals", "${other:Tag", "red", "unknown"),
        ("ArnLike", "arn:aws:sns:*:*:${other:Tag}", "arn:aws:sns:a:1:blue", True),
        ("NumericEquals", "${other:Tag}", "1", "unknown"),
    ],
)
def test_a_variable_takes_the_request_s_value_as_plain_text(
    operator: str, written: str, requested: str, expected: Any
) -> None:
    assert answer(operator, written, (requested,)) == expected


def test_before_variables_came_their_text_meant_itself() -> None:
    assert answer("StringEquals", "${other:Tag}", ("${other:Tag}",), has_variables=False) is True


def test_a_condition_without_values_cannot_be_decided() -> None:
    assert answer("StringEquals", [], ("a",)) == "unknown"


def test_the_missing_key_is_named() -> None:
    condition = Condition("StringEquals", "aws:SourceVpc", ("vpc-1",))
    found = holds(condition, {}, has_variables=True)
    assert found == Unknown("aws:SourceVpc is not known")
