"""What a resource declares of a list, and what its outputs merely show of other resources.

A table without `routes` in its inputs shows the stand-alone routes that it had at the last refresh.
Such a route may be gone: the very route that an update removes is still shown. So what only outputs
show is doubted, unless something in the stack declares it (`settle_seen`).
"""

from collections.abc import Iterator

from guardrails.model.knowledge import Reference
from guardrails.pulumi_reader.protobuf import Hidden, Plain, has_hidden
from guardrails.pulumi_reader.resource import Resource, Row
from guardrails.pulumi_reader.stack import Stack
from guardrails.pulumi_reader.types.kinds import Kind


def declares(resource: Resource, name: str) -> bool:
    """Tell whether the value of a list is the author's, or all that there is to know of it.

    What the stack only reads declares nothing, and is what AWS said when it was read.
    """
    if resource.inputs is None or resource.only_read:
        return True
    return resource.written(name) is not None or not isinstance(_shown(resource, name), list)


def _shown(resource: Resource, name: str) -> Plain:
    return resource.outputs[resource.spelling(name)]


def _written_plainly(resource: Resource, name: str) -> bool:
    """Tell whether the author's list is all visible, so that outputs add nothing to it."""
    written = resource.written(name)
    return isinstance(written, list) and not resource.only_read and not has_hidden(written)


def declared_rows(resource: Resource, name: str) -> Iterator[Row | Hidden]:
    """Yield the members of an inline list that the resource declares."""
    if _written_plainly(resource, name):
        yield from resource.rows_of(name, resource.written(name))
    else:
        declared = declares(resource, name)
        yield from (row for row in resource.rows(name) if declared or isinstance(row, Hidden))


def seen_rows(resource: Resource, name: str) -> Iterator[Row]:
    """Yield the members of an inline list that outputs show; some of them may be declared."""
    shown = _shown(resource, name)
    besides = _written_plainly(resource, name) and shown != resource.written(name)
    if besides or not declares(resource, name):
        rows = resource.rows_of(name, shown if isinstance(shown, list) else None)
        yield from (row for row in rows if isinstance(row, Row))


def declared_and_seen(
    resource: Resource, stack: Stack, name: str, kind: Kind
) -> tuple[tuple[Reference, ...], tuple[Reference, ...]]:
    """Return what a list of ids declares, and what besides only outputs show in it."""
    shown = _shown(resource, name)
    listed = isinstance(shown, list) and not has_hidden(shown)
    if _written_plainly(resource, name):
        declared = stack.refer_list(resource, name, resource.written(name), kind)
        seen = stack.refer_list(resource, name, shown, kind) if listed else ()
        return declared, tuple(each for each in seen if each not in declared)
    every = stack.refer_many(resource, name, kind)
    return ((), every) if listed and not declares(resource, name) else (every, ())
