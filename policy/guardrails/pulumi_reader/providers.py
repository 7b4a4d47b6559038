"""What a provider's configuration says of the resources it manages: place and default tags."""

import json
import re
from dataclasses import dataclass
from typing import Final

from google.protobuf.struct_pb2 import Struct

from guardrails.pulumi_reader.protobuf import HIDDEN, Hidden, Plain, Properties, has_hidden

_ACCOUNT: Final = re.compile("[0-9]{12}")
_ACCOUNT_IN_ARN: Final = 4


@dataclass(frozen=True, slots=True)
class Place:
    """Where a resource lives, as far as its provider tells: ids are unique within a region.

    `account` is an account's number, or what else tells its provider's credentials from others'.
    """

    region: str
    account: str

    def is_apart_from(self, other: "Place") -> bool:
        """Tell whether the two are certainly in different regions or accounts."""
        regions, accounts = (self.region, other.region), (self.account, other.account)
        return (all(regions) and self.region != other.region) or (
            all(map(_ACCOUNT.fullmatch, accounts)) and self.account != other.account
        )

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
        self.account = _account(name, properties)
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


_ROLES: Final = ("assumeRoles", "assumeRole", "assumeRoleWithWebIdentity")
_CREDENTIALS: Final = ("profile", "accessKey", "sharedCredentialsFiles", "sharedConfigFiles")


def _account(name: str, properties: Properties) -> str:
    """Return a text that is equal for providers that work in one account, as far as they say.

    It is the account's number where one is allowed, or where the last role that is assumed has it
    in its ARN (`arn:aws:iam::123456789012:role/name`). It is "" without any setting: all such
    providers take their credentials from the environment. What cannot be seen is nobody else's.
    """
    for setting in ("allowedAccountIds", *_ROLES, *_CREDENTIALS):
        value = _nested(properties[setting])
        if value in (None, "", [], {}):
            continue
        if has_hidden(value):
            return f"of provider {name}"
        number = _number(setting, value)
        if number or setting != "allowedAccountIds":
            return number or json.dumps({setting: value}, sort_keys=True)
    return ""


def _number(setting: str, value: Plain) -> str:
    """Return the account's number as far as a setting tells it, else ""."""
    if setting == "allowedAccountIds" and isinstance(value, list) and len(value) > 1:
        return ""
    last = value[-1] if isinstance(value, list) else value
    text = last.get("roleArn") if isinstance(last, dict) else last
    parts = str(text).split(":")
    number = parts[_ACCOUNT_IN_ARN] if setting in _ROLES and len(parts) > _ACCOUNT_IN_ARN else text
    return number if isinstance(number, str) and _ACCOUNT.fullmatch(number) else ""


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
