"""The configuration file as a JSON Schema, for editors: draft 7, which all of them know.

It is made of the catalogue, of the options and of how the settings read them. Whether a range, an
expression or a day can be used no schema tells: `validate` does.
"""

from collections.abc import Mapping
from typing import Final

from guardrails.options.reader import OptionReader
from guardrails.options.settings import ALL, Named, read_options
from guardrails.options.table import LEVEL, OPTIONS, Schema
from guardrails.pack.catalogue import CATALOGUE, GATES, Entry
from guardrails.pack.configuration_file import ENVIRONMENTS, LEVELS
from guardrails.pulumi_reader.types.service_types import SERVICE_KINDS

_DRAFT: Final = "http://json-schema.org/draft-07/schema#"
_LEVEL: Final[Schema] = {"type": "string", "enum": list(LEVELS)}


def configuration_schema() -> Schema:
    """Return the schema of the file that `--policy-pack-config` takes."""
    reader = OptionReader({})
    read_options(reader, SERVICE_KINDS)
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
            **{entry.name: _of_entry(entry, reader) for entry in (*CATALOGUE, *GATES)},
        },
        "additionalProperties": False,
    }


def _of_entry(entry: Entry, reader: OptionReader) -> Schema:
    options = {
        name: _option(
            schema, reader.checks.get((entry.name, name)), reader.key_checks.get((entry.name, name))
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


def _option(schema: Schema, members: object, keys: object) -> Schema:
    found = dict(schema)
    if isinstance(members, Named):
        found["items"] = {**schema["items"], "pattern": members.pattern}
    if isinstance(keys, Named):
        found["propertyNames"] = {"pattern": keys.pattern}
    return found
