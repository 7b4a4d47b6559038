"""Reads managed prefix lists and their entries."""

from collections.abc import Iterator

from guardrails.model.knowledge import whether_still_there
from guardrails.model.routing import PrefixList, PrefixListEntry
from guardrails.pulumi_reader.declared import declared_rows, seen_rows
from guardrails.pulumi_reader.resource import Resource, Row
from guardrails.pulumi_reader.stack import Stack
from guardrails.pulumi_reader.types.kinds import Kind


def read_prefix_list(resource: Resource, stack: Stack) -> Iterator[object]:  # noqa: ARG001 - every reader gets the stack
    """Read a managed prefix list with the entries written inside of it."""
    entries = (
        row.sure_text("cidr") if isinstance(row, Row) else resource.missing("entries")
        for row in declared_rows(resource, "entries")
    )
    yield PrefixList(key=resource.urn, scope=resource.place.scope, entries=tuple(entries))
    for row in seen_rows(resource, "entries"):
        cidr = row.sure_text("cidr")
        shown = cidr if isinstance(cidr, str) else "out of sight"
        yield PrefixListEntry(
            key=resource.urn,
            prefix_list=resource.urn,
            cidr=cidr,
            doubt=whether_still_there(f"entry {shown} of {resource.label}"),
        )


def read_prefix_list_entry(resource: Resource, stack: Stack) -> Iterator[object]:
    """Read an entry that is written apart from its prefix list."""
    yield PrefixListEntry(
        key=resource.urn,
        prefix_list=stack.required(resource, "prefixListId", Kind.PREFIX_LIST),
        cidr=resource.sure_text("cidr"),
    )
