"""The table of Pulumi types: one row per type, and every row is read by somebody."""

from collections import Counter

from guardrails.pulumi_reader import READERS
from guardrails.pulumi_reader.attachments import ATTACHERS
from guardrails.pulumi_reader.types.table import TABLES, TYPES
from guardrails.pulumi_reader.types.type_row import Role

PASSED_OVER = {Role.UNSEEN_WRITER, Role.HARMLESS}


def test_a_type_has_one_row() -> None:
    tokens = Counter(token for table in TABLES for token in table)
    assert [token for token, rows in tokens.items() if rows > 1] == []
    assert len(TYPES) == tokens.total()


def test_a_role_is_read_in_one_way() -> None:
    read = {TYPES[token].role for token in READERS}
    assert read | ATTACHERS.keys() | PASSED_OVER == set(Role)
    assert read & (ATTACHERS.keys() | PASSED_OVER) == set()


def test_a_row_without_a_role_is_there_for_references() -> None:
    rows = {token: row for token, row in TYPES.items() if row.role is None}
    assert rows
    assert [token for token, row in rows.items() if not (row.kind or row.passes_on_ids)] == []


def test_what_belongs_to_a_role_is_given_with_that_role_alone() -> None:
    for token, row in TYPES.items():
        assert (row.endpoint is not None) == (row.role is Role.SERVICE_ENDPOINT), token
        assert bool(row.writes) == (row.role is Role.UNSEEN_WRITER), token
