"""Small translations between the provider's own terms and those of the protocol."""

from collections.abc import Iterable
from typing import Any

from pulumi.runtime.proto import provider_pb2

from sandbox.provider.check import Fault
from sandbox.provider.compare import Difference
from sandbox.provider.schema import Schema
from sandbox.provider.wire import Secrets


def failures(faults: Iterable[Fault]) -> list[Any]:
    """Return check failures."""
    return [provider_pb2.CheckFailure(property=fault.path, reason=fault.reason) for fault in faults]


def changes(changed: list[str]) -> Any:
    """Return a diff that names the properties that changed."""
    some = provider_pb2.DiffResponse.DIFF_SOME
    none = provider_pb2.DiffResponse.DIFF_NONE
    return provider_pb2.DiffResponse(changes=some if changed else none, diffs=changed)


def kind_of(difference: Difference) -> Any:
    """Return the protocol's kind of a difference."""
    name = difference.change.value + ("_REPLACE" if difference.replaces else "")
    return provider_pb2.PropertyDiff.Kind.Value(name)


def secrets_of(schema: Schema, secrets: Secrets) -> Secrets:
    """Add what is secret by declaration, and tagsAll, which repeats the tags."""
    declared = {(name,) for name, each in schema.properties.items() if each.secret}
    repeated = {("tagsAll", *path[1:]) for path in secrets if path[0] == "tags"}
    return secrets | declared | repeated
