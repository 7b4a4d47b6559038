"""Policies for any tables and any role."""

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from components import documents

SEVERAL_TABLES = st.lists(
    st.from_regex(r"arn:aws:ec2:us-east-1:[0-9]{12}:route-table/rtb-[0-9a-f]{17}", fullmatch=True),
    min_size=1,
    unique=True,
)
ROLES = st.from_regex(r"arn:aws:iam::[0-9]{12}:role/[A-Za-z0-9+=,.@_-]{1,64}", fullmatch=True)


def writing(document: Any) -> list[Any]:
    """The statements that allow more than a look."""
    return [
        entry
        for entry in document["Statement"]
        if any(":Describe" not in action for action in actions(entry))
    ]


def both(role: str, tables: list[str]) -> list[Any]:
    """The role's document and the endpoint's."""
    permissions = documents.document(documents.virtual_ip_statements(tables))
    return [permissions, documents.endpoint_policy(role, permissions)]


def actions(entry: Any) -> list[str]:
    return [entry["Action"]] if isinstance(entry["Action"], str) else entry["Action"]


@given(ROLES, SEVERAL_TABLES)
def test_nothing_is_written_but_routes_of_the_named_tables(role: str, tables: list[str]) -> None:
    for document in both(role, tables):
        assert [(actions(entry), entry["Resource"]) for entry in writing(document)] == [
            (["ec2:ReplaceRoute"], sorted(tables))
        ]


@given(ROLES, SEVERAL_TABLES)
def test_every_statement_of_the_endpoint_is_bound_to_the_role(role: str, tables: list[str]) -> None:
    for entry in both(role, tables)[1]["Statement"]:
        assert entry["Condition"] == {"ArnEquals": {"aws:PrincipalArn": role}}


@given(ROLES, SEVERAL_TABLES, st.randoms())
def test_the_order_of_the_tables_changes_no_document(
    role: str, tables: list[str], random: Any
) -> None:
    shuffled = random.sample(tables, len(tables))
    assert both(role, shuffled) == both(role, tables)


@given(ROLES, SEVERAL_TABLES)
def test_a_document_uses_no_wildcard_but_for_looking(role: str, tables: list[str]) -> None:
    for document in both(role, tables):
        assert "*" not in json.dumps([entry["Action"] for entry in document["Statement"]])
        assert "*" not in json.dumps([entry["Resource"] for entry in writing(document)])
