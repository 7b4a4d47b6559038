"""The configuration file as a JSON Schema, for editors: draft 7, which all of them know.

It is made of the catalogue, of the options and of how the settings read them. Whether a range, an
expression or a day can be used no schema tells: `validate` does.
"""

from collections.abc import Callable, Mapping
from typing import Final

from guardrails.pack.catalogue import CATALOGUE, GATES, NAMES, Entry
from guardrails.pack.configuration_file import ENVIRONMENTS, LEVEL, LEVELS
from guardrails.pack.option_reader import OptionReader
from guardrails.pack.options import OPTIONS, Schema
from guardrails.pack.settings import ALL, Named, read_options

_DRAFT: Final = "http://json-schema.org/draft-07/schema#"
_LEVEL: Final[Schema] = {"type": "string", "enum": list(LEVELS)}


class _Names(OptionReader):
    """Reads no configuration, and notes in which options a text names a resource."""

    def __init__(self) -> None:
        super().__init__({})
        self.members: dict[tuple[str, str], Named] = {}
        self.keys: dict[tuple[str, str], Named] = {}

    def texts(
        self, policy: str, option: str, check: Callable[[str], object] = str
    ) -> tuple[str, ...]:
        if isinstance(check, Named):
            self.members[policy, option] = check
        return super().texts(policy, option, check)

    def lists(
        self,
        policy: str,
        option: str,
        check: Callable[[str], object] = str,
        check_key: Callable[[str], object] = str,
    ) -> dict[str, tuple[str, ...]]:
        if isinstance(check_key, Named):
            self.keys[policy, option] = check_key
        return super().lists(policy, option, check, check_key)


def configuration_schema() -> Schema:
    """Return the schema of the file that `--policy-pack-config` takes."""
    names = _Names()
    read_options(names)
    entries = {entry.name: entry for entry in (*CATALOGUE, *GATES)}
    return {
        "$schema": _DRAFT,
        "title": "Configuration of the policy pack closed-network",
        "type": "object",
        "properties": {
            ENVIRONMENTS: {
                "type": "array",
                "items": {"type": "string"},
                "description": "Environments of Pulumi ESC that the pack sees.",
            },
            ALL: _policy({}, "All policies: their level, where they have none of their own."),
            **{name: _of_entry(entries[name], names) for name in NAMES},
        },
        "additionalProperties": False,
    }


def _of_entry(entry: Entry, names: _Names) -> Schema:
    options = {
        name: _option(
            schema, names.members.get((entry.name, name)), names.keys.get((entry.name, name))
        )
        for name, schema in OPTIONS.get(entry.name, {}).items()
    }
    return {**_policy(options, entry.description), "default": entry.level.value}


def _policy(options: Mapping[str, Schema], description: str) -> Schema:
    mapping: Schema = {
        "type": "object",
        "properties": {LEVEL: _LEVEL, **options},
        "additionalProperties": False,
    }
    return {"description": description, "anyOf": [_LEVEL, mapping]}


def _option(schema: Schema, members: Named | None, keys: Named | None) -> Schema:
    found = dict(schema)
    if members is not None:
        found["items"] = {**schema["items"], "pattern": members.pattern}
    if keys is not None:
        found["propertyNames"] = {"pattern": keys.pattern}
    return found
