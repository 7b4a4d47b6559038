"""What a provider's configuration says of the resources it manages: place and default tags."""

import json
from dataclasses import dataclass

from google.protobuf.struct_pb2 import Struct

from guardrails.pulumi_reader.protobuf import HIDDEN, Hidden, Plain, Properties, has_hidden


@dataclass(frozen=True, slots=True)
class Place:
    """Where a resource lives, as far as its provider tells: ids are unique within a region."""

    region: str
    account: str

    @property
    def scope(self) -> str:
        """Return one text for both."""
        return f"{self.account}/{self.region}" if self.account else self.region


class Provider:
    """What a provider's configuration says of all resources that it manages."""

    def __init__(self, name: str, properties: Properties) -> None:
        self.name = name
        region = properties["region"]
        self.region = region if isinstance(region, str) else ""
        self.account = _account(properties)
        self.default_tags = _default_tags(properties)


def _nested(value: Plain) -> Plain:
    """Decode a provider's nested setting, which the engine stores as JSON text."""
    if isinstance(value, str) and value[:1] in {"{", "["}:
        message = Struct()
        try:
            message.update({"decoded": json.loads(value)})
        except (ValueError, OverflowError, RecursionError):
            return HIDDEN
        # Unknown and secret values are written inside of the text as they are outside.
        return Properties(message, set())["decoded"]
    return value


def _account(properties: Properties) -> str:
    """Return a text that is equal for providers that work in one account, as far as they say."""
    for name in ("assumeRoles", "assumeRole", "allowedAccountIds", "profile"):
        value = _nested(properties[name])
        if value is not None and not has_hidden(value):
            return json.dumps(value, sort_keys=True)
    return ""


def _default_tags(properties: Properties) -> dict[str, Plain] | Hidden:
    match _nested(properties["defaultTags"]):
        case None | "":
            return {}
        case {"tags": dict(tags)}:
            return tags
        case dict():
            return {}
        case _:
            return HIDDEN
