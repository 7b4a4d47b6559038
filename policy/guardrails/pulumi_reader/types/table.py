"""The one table of Pulumi types, joined from those of each noun, and look-ups in it."""

from collections.abc import Mapping
from typing import Final

from guardrails.pulumi_reader.types.kinds import Kind
from guardrails.pulumi_reader.types.network_types import NETWORK_TYPES
from guardrails.pulumi_reader.types.routing_types import ROUTING_TYPES
from guardrails.pulumi_reader.types.security_types import SECURITY_TYPES
from guardrails.pulumi_reader.types.service_types import SERVICE_TYPES
from guardrails.pulumi_reader.types.type_row import TypeRow
from guardrails.pulumi_reader.types.writer_types import WRITER_TYPES

TABLES: Final = (NETWORK_TYPES, ROUTING_TYPES, SECURITY_TYPES, SERVICE_TYPES, WRITER_TYPES)
TYPES: Final[Mapping[str, TypeRow]] = {
    token: row for table in TABLES for token, row in table.items()
}
"""Every type that the reader knows, by its token."""

_UNKNOWN_TYPE: Final = TypeRow()


def row_of(token: str) -> TypeRow:
    """Return what is known of a type: nothing of one that has no row."""
    return TYPES.get(token, _UNKNOWN_TYPE)


def kind_of(token: str) -> Kind | None:
    """Return what a type is to a property that refers to it."""
    return row_of(token).kind


def spelling_of(token: str) -> Mapping[str, str]:
    """Return, for a type, its spelling of each property that it spells in a way of its own."""
    return row_of(token).spelling
