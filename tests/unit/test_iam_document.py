"""Policy documents are read in every way in which they may be written, or refused by place."""

import json
import re
from typing import Any

import pytest

from components import documents
from ops.iam.document import Condition, Effect, Principal, Statement, read_document

ALLOW = {"Effect": "Allow", "Action": "ec2:DescribeVpcs", "Resource": "*"}
READ = Statement(effect=Effect.ALLOW, actions=("ec2:DescribeVpcs",), resources=("*",))


def with_statement(**elements: Any) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": [{**ALLOW, **elements}]}


@pytest.mark.parametrize(
    "written",
    [
        {"Statement": ALLOW},
        {"Statement": [ALLOW]},
        {"Id": "x", "Statement": [{**ALLOW, "Action": ["ec2:DescribeVpcs"], "Resource": ["*"]}]},
        json.dumps({"Statement": [ALLOW]}),
    ],
)
def test_one_text_and_a_list_of_one_are_the_same(written: Any) -> None:
    assert read_document(written).statements == (READ,)


@pytest.mark.parametrize(
    ("version", "has_variables"),
    [({"Version": "2012-10-17"}, True), ({"Version": "2008-10-17"}, False), ({}, False)],
)
def test_variables_came_with_the_second_version_of_the_language(
    version: dict[str, str], has_variables: Any
) -> None:
    assert read_document({**version, "Statement": ALLOW}).has_variables is has_variables


@pytest.mark.parametrize(
    ("written", "principals"),
    [
        ("*", (Principal("AWS", "*"),)),
        ({"AWS": "*"}, (Principal("AWS", "*"),)),
        (
            {"AWS": ["123456789012", "arn:aws:iam::123456789012:root"]},
            (
                Principal("AWS", "123456789012"),
                Principal("AWS", "arn:aws:iam::123456789012:root"),
            ),
        ),
        ({"Service": "ec2.amazonaws.com"}, (Principal("Service", "ec2.amazonaws.com"),)),
    ],
)
def test_principals_have_a_kind(written: Any, principals: tuple[Principal, ...]) -> None:
    [statement] = read_document(with_statement(Principal=written)).statements
    assert statement.principals == principals


def test_conditions_are_listed_with_their_values_as_texts() -> None:
    written = {"Bool": {"aws:SecureTransport": True}, "NumericLessThan": {"s3:max-keys": [1, "2"]}}
    [statement] = read_document(with_statement(Condition=written)).statements
    assert statement.conditions == (
        Condition("Bool", "aws:SecureTransport", ("true",)),
        Condition("NumericLessThan", "s3:max-keys", ("1", "2")),
    )


def test_an_empty_list_is_not_a_missing_element() -> None:
    [statement] = read_document(with_statement(Action=[])).statements
    assert (statement.actions, statement.not_actions) == ((), None)


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ("{", "the document is not JSON: Expecting property name"),
        ("[]", "the document: [] is not an object"),
        ({}, "the document has no Statement"),
        ({"Version": "2025-01-01", "Statement": []}, "Version: '2025-01-01' is not one of"),
        ({"Statements": []}, "the document: 'Statements' is not an element"),
        ({"Statement": ["x"]}, "Statement[0]: 'x' is not an object"),
        (with_statement(Effect="allow"), "Statement[0].Effect: 'allow' is not Allow or Deny"),
        (with_statement(Effect=None), "Statement[0].Effect: None is not Allow or Deny"),
        (with_statement(Action="DescribeVpcs"), "Statement[0].Action: 'DescribeVpcs' names no"),
        (with_statement(Action=[1]), "Statement[0].Action: 1 is not a text"),
        (with_statement(NotAction="ec2:*"), "Statement[0]: it has both Action and NotAction"),
        (with_statement(NotResource="*"), "Statement[0]: it has both Resource and NotResource"),
        (with_statement(Conditions={}), "Statement[0]: 'Conditions' is not an element"),
        (with_statement(Principal="me"), "Statement[0].Principal: 'me' is not an object"),
        (with_statement(Condition=[]), "Statement[0].Condition: [] is not an object"),
        (
            with_statement(Condition={"Bool": "true"}),
            "Statement[0].Condition.Bool: 'true' is not an object",
        ),
        (
            with_statement(Condition={"Bool": {"aws:SecureTransport": {}}}),
            "Statement[0].Condition.Bool.aws:SecureTransport: {} is not a text, a number or",
        ),
        (
            {"Statement": [ALLOW, {"Effect": "Deny", "Resource": "*"}]},
            "Statement[1]: it has neither Action nor NotAction",
        ),
    ],
)
def test_what_is_not_a_policy_is_named_with_its_place(written: Any, message: str) -> None:
    with pytest.raises(ValueError, match=re.escape(message)):
        read_document(written)


def test_what_the_project_writes_can_be_read() -> None:
    trust = read_document(documents.instance_trust("eu-west-1"))
    assert trust.statements == (
        Statement(
            effect=Effect.ALLOW,
            actions=("sts:AssumeRole",),
            principals=(Principal("Service", "ec2.amazonaws.com"),),
        ),
    )
