"""Values as the engine sends them to a policy pack, as plain Python.

The policy SDK hands out proxies that raise at the first unknown value, unwrap secrets without a
trace and drop links to resources that were only read. The message itself has all three, so this
module reads the message, and only those properties that somebody asks for.
"""

import math
from collections.abc import Iterator, Mapping
from enum import Enum
from typing import Final, TypeAlias

from google.protobuf.struct_pb2 import Struct, Value
from pulumi_policy import proxy
from pulumi_policy.deserialize import (
    SPECIAL_ARCHIVE_SIG,
    SPECIAL_ASSET_SIG,
    SPECIAL_SECRET_SIG,
    SPECIAL_SIG_KEY,
)


class Hidden(Enum):
    """A value that exists but cannot be seen: decided later, secret and redacted, or malformed."""

    HIDDEN = "hidden"


HIDDEN: Final = Hidden.HIDDEN

Plain: TypeAlias = "str | int | float | bool | Hidden | list[Plain] | dict[str, Plain] | None"
"""A decoded value. None is JSON's null: the property is not set."""

_UNKNOWNS: Final = frozenset(
    {
        proxy.UNKNOWN_BOOLEAN_VALUE,
        proxy.UNKNOWN_NUMBER_VALUE,
        proxy.UNKNOWN_STRING_VALUE,
        proxy.UNKNOWN_ARRAY_VALUE,
        proxy.UNKNOWN_ASSET_VALUE,
        proxy.UNKNOWN_ARCHIVE_VALUE,
        proxy.UNKNOWN_OBJECT_VALUE,
        "[secret]",  # what `pulumi policy analyze` writes where it cannot decrypt
    }
)
_RESOURCE_SIG: Final = "5cf8f73096256a8f31e491e813e4eb8e"
_OUTPUT_SIG: Final = "d0e6a833031e9bbcd3f4e8bde6ca49a4"


class Properties:
    """The properties of one resource, each decoded when it is asked for, and only once.

    `secrets` collects the text of every secret value that was decoded: such text must not be
    printed.
    """

    __slots__ = ("_decoded", "_fields", "_secrets")

    def __init__(self, message: Struct, secrets: set[str]) -> None:
        self._fields: Mapping[str, Value] = message.fields
        self._secrets = secrets
        self._decoded: dict[str, Plain] = {}

    def __getitem__(self, name: str) -> Plain:
        """Return the value, None where the property is absent or null."""
        try:
            return self._decoded[name]
        except KeyError:
            fields = self._fields
        # A lookup in a message's map creates what it does not find, so ask first.
        value = _plain(fields[name], self._secrets) if name in fields else None
        self._decoded[name] = value
        return value

    def __iter__(self) -> Iterator[str]:
        return iter(self._fields)

    def __len__(self) -> int:
        return len(self._fields)


def _plain(value: Value, secrets: set[str]) -> Plain:
    match value.WhichOneof("kind"):
        case "string_value":
            text = value.string_value
            return HIDDEN if text in _UNKNOWNS else text
        case "number_value":
            return _number(value.number_value)
        case "bool_value":
            return value.bool_value
        case "list_value":
            return [_plain(member, secrets) for member in value.list_value.values]
        case "struct_value":
            return _mapping(value.struct_value, secrets)
        case _:
            return None


def _number(number: float) -> Plain:
    if not math.isfinite(number):
        return HIDDEN
    return int(number) if number.is_integer() else number


def _mapping(message: Struct, secrets: set[str]) -> Plain:
    fields: Mapping[str, Value] = message.fields
    if SPECIAL_SIG_KEY not in fields:
        return {name: _plain(member, secrets) for name, member in fields.items()}
    signature = fields[SPECIAL_SIG_KEY].string_value
    if signature in {SPECIAL_ASSET_SIG, SPECIAL_ARCHIVE_SIG}:
        return HIDDEN
    wanted = "id" if signature == _RESOURCE_SIG else "value"
    inner = _plain(fields[wanted], secrets) if wanted in fields else HIDDEN
    if signature == SPECIAL_SECRET_SIG or (
        signature == _OUTPUT_SIG and "secret" in fields and fields["secret"].bool_value
    ):
        secrets.update(_texts(inner))
    return inner


def _texts(value: Plain) -> Iterator[str]:
    match value:
        case bool() | Hidden() | None:
            return
        case list():
            for member in value:
                yield from _texts(member)
        case dict():
            for member in value.values():
                yield from _texts(member)
        case _:
            if str(value):
                yield str(value)


def has_hidden(value: Plain) -> bool:
    """Tell whether any part of `value` cannot be seen."""
    match value:
        case Hidden():
            return True
        case list():
            return any(has_hidden(member) for member in value)
        case dict():
            return any(has_hidden(member) for member in value.values())
        case _:
            return False
