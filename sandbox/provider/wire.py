"""Property values on the wire (protobuf `Struct`) and in Python.

In Python a property bag is a plain `dict`; a value that is not known yet is `UNKNOWN`. Secrets are
taken off on the way in, remembered as paths, and put back on the way out.
"""

from dataclasses import dataclass
from enum import Enum
from typing import Any, Final, cast

from google.protobuf import struct_pb2

Properties = dict[str, Any]
Path = tuple[str, ...]
Secrets = frozenset[Path]

# The engine's signatures: pulumi's sdk/go/common/resource/sig and sdk/go/common/resource/plugin.
SIGNATURE: Final = "4dabf18193072939515e22adb298388d"
SECRET: Final = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105 - a signature, no secret
OUTPUT: Final = "d0e6a833031e9bbcd3f4e8bde6ca49a4"
RESOURCE: Final = "5cf8f73096256a8f31e491e813e4eb8e"
UNKNOWN_ON_THE_WIRE: Final = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
_UNKNOWN_OF_ANY_KIND: Final = frozenset(
    {
        UNKNOWN_ON_THE_WIRE,
        "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",  # boolean
        "3eeb2bf0-c639-47a8-9e75-3b44932eb421",  # number
        "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",  # list
        "030794c1-ac77-496b-92df-f27374a8bd58",  # asset
        "e48ece36-62e2-4504-bad9-02848725956a",  # archive
        "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",  # object
    }
)
_FOREIGN: Final = {
    "c44067f5952c0a294b673a41bacd8c17": "asset",
    "0def7320c3a5731c473e5ecbe6d01bc7": "archive",
    "803fd3297a5875dc03ca845dda5d2a98": "byte string",
}


class _Unknown(Enum):
    """The type of `UNKNOWN`: an enum, so that there is one member however often it is copied."""

    UNKNOWN = "unknown"

    def __repr__(self) -> str:
        return "UNKNOWN"


UNKNOWN: Final = _Unknown.UNKNOWN


@dataclass(frozen=True)
class Foreign:
    """A value of a kind that no property here takes: an asset, an archive, a byte string."""

    kind: str


def contains_unknown(value: Any) -> bool:
    """Tell whether any part of the value is not known yet."""
    if (fields := as_map(value)) is not None:
        return any(contains_unknown(part) for part in fields.values())
    if (items := as_list(value)) is not None:
        return any(contains_unknown(part) for part in items)
    return value is UNKNOWN


def as_map(value: Any) -> Properties | None:
    """Return the value if it is a map or an object."""
    return cast("Properties", value) if isinstance(value, dict) else None


def as_list(value: Any) -> list[Any] | None:
    """Return the value if it is a list."""
    return cast("list[Any]", value) if isinstance(value, list) else None


def decode(bag: struct_pb2.Struct) -> tuple[Properties, Secrets]:
    """Read a property bag: plain values, and the paths of those that were secret.

    A secret inside a list makes the whole list secret: AWS may give its elements another order.
    """
    secrets: set[Path] = set()
    values = {key: _decode(value, (key,), secrets) for key, value in bag.fields.items()}
    return values, frozenset(secrets)


def plain(bag: struct_pb2.Struct) -> Properties:
    """Read a property bag whose secrets do not matter because it is not sent back."""
    return decode(bag)[0]


def encode(values: Properties, secrets: Secrets = frozenset()) -> struct_pb2.Struct:
    """Write a property bag; what is `None` is left out."""
    return struct_pb2.Struct(
        fields={
            key: _encode(value, (key,), secrets)
            for key, value in values.items()
            if value is not None
        }
    )


def _decode(value: struct_pb2.Value, path: Path, secrets: set[Path]) -> Any:
    match value.WhichOneof("kind"):
        case "string_value":
            text = value.string_value
            return UNKNOWN if text in _UNKNOWN_OF_ANY_KIND else text
        case "number_value":
            number = value.number_value
            return int(number) if number.is_integer() else number
        case "bool_value":
            return value.bool_value
        case "list_value":
            return _decode_list(value.list_value, path, secrets)
        case "struct_value":
            return _decode_struct(value.struct_value, path, secrets)
        case _:
            return None


def _decode_list(value: struct_pb2.ListValue, path: Path, secrets: set[Path]) -> list[Any]:
    inside: set[Path] = set()
    items = [_decode(item, path, inside) for item in value.values]
    if inside:
        secrets.add(path)
    return items


def _decode_struct(value: struct_pb2.Struct, path: Path, secrets: set[Path]) -> Any:
    fields = value.fields
    signature = fields[SIGNATURE].string_value if SIGNATURE in fields else ""
    if not signature:
        return {key: _decode(part, (*path, key), secrets) for key, part in fields.items()}
    if signature == SECRET or (signature == OUTPUT and fields["secret"].bool_value):
        secrets.add(path)
    if signature in (SECRET, OUTPUT):
        return _decode(fields["value"], path, secrets) if "value" in fields else UNKNOWN
    if signature == RESOURCE:
        return _decode(fields["id"], path, secrets) if "id" in fields else UNKNOWN
    return Foreign(_FOREIGN.get(signature, "value of an unknown kind"))


def _encode(value: Any, path: Path, secrets: Secrets) -> struct_pb2.Value:
    if path not in secrets:
        return _encode_plain(value, path, secrets)
    fields = {
        SIGNATURE: struct_pb2.Value(string_value=SECRET),
        "value": _encode_plain(value, path, secrets),
    }
    return struct_pb2.Value(struct_value=struct_pb2.Struct(fields=fields))


def _encode_plain(  # noqa: PLR0911 - a table of kinds
    value: Any, path: Path, secrets: Secrets
) -> struct_pb2.Value:
    match value:
        case _Unknown.UNKNOWN:
            return struct_pb2.Value(string_value=UNKNOWN_ON_THE_WIRE)
        case bool():
            return struct_pb2.Value(bool_value=value)
        case int() | float():
            return struct_pb2.Value(number_value=value)
        case str():
            return struct_pb2.Value(string_value=value)
        case list():
            return _encode_list(cast("list[Any]", value), path, secrets)
        case dict():
            return _encode_map(cast("Properties", value), path, secrets)
        case None:
            return struct_pb2.Value(null_value=struct_pb2.NULL_VALUE)
        case _:
            raise TypeError(f"{'.'.join(path)}: {value!r} is not a property value")


def _encode_list(items: list[Any], path: Path, secrets: Secrets) -> struct_pb2.Value:
    values = [_encode_plain(item, path, secrets - {path}) for item in items]
    return struct_pb2.Value(list_value=struct_pb2.ListValue(values=values))


def _encode_map(parts: Properties, path: Path, secrets: Secrets) -> struct_pb2.Value:
    fields = {
        key: _encode(part, (*path, key), secrets) for key, part in parts.items() if part is not None
    }
    return struct_pb2.Value(struct_value=struct_pb2.Struct(fields=fields))
