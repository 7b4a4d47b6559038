"""Which table a `DefaultRouteTable` manages: a VPC's main one, or the plain one that it names.

The provider takes the routes of the table that is named, whether or not it is a main one
(terraform-provider-aws, vpc_default_route_table.go, resourceDefaultRouteTableCreate).
"""

from collections.abc import Iterator

from guardrails.model.knowledge import Maybe
from guardrails.pulumi_reader.identities import ids_made_with
from guardrails.pulumi_reader.index import ResourceIndex
from guardrails.pulumi_reader.resource import Resource, type_and_name
from guardrails.pulumi_reader.types.kinds import Kind
from guardrails.pulumi_reader.types.table import kind_of, row_of

_TABLES = frozenset({Kind.ROUTE_TABLE})


def same_tables(index: ResourceIndex) -> Iterator[tuple[str, str]]:
    """Yield each `DefaultRouteTable` over a plain table of the stack, with that table."""
    for resource in index.resources.values():
        if row_of(resource.type).adopts and kind_of(resource.type) in _TABLES:
            named = [urn for urn in _named_by(resource, index) if not _adopts(urn)]
            if len(named) == 1 and named[0] in index.resources:
                yield resource.urn, named[0]


def _named_by(resource: Resource, index: ResourceIndex) -> list[str]:
    value = resource.text("defaultRouteTableId", computed=True)
    if isinstance(value, str):
        return index.find(value, _TABLES, resource)
    return index.links_of(resource, "defaultRouteTableId", _TABLES)


def _adopts(urn: str) -> bool:
    return row_of(type_and_name(urn)[0]).adopts


def has_another_main_table(index: ResourceIndex, vpc: Resource, table: Maybe[str]) -> bool:
    """Tell whether a VPC shows the table that AWS made with it, and it is not that of this id."""
    shown = ids_made_with(vpc, Kind.ROUTE_TABLE)
    made = bool(shown) and not any(map(index.makes_table, shown))
    return made and isinstance(table, str) and table not in shown
