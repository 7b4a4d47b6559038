"""A configuration file without a stack: read as the engine does, and every mistake in it.

The engine reads JSON and nothing else, takes an empty file for no configuration, and `environments`
for the names of Pulumi ESC (pkg/v3/resource/analyzer/config.go in github.com/pulumi/pulumi).
"""

import json
from collections import Counter
from collections.abc import Callable
from typing import Any, Final, cast

from pulumi_policy import EnforcementLevel

from guardrails.options.reader import typo
from guardrails.options.settings import read_settings
from guardrails.options.table import LEVEL
from guardrails.pack.catalogue import NAMES
from guardrails.pulumi_reader.types.service_types import SERVICE_KINDS

LEVELS: Final = tuple(each.value for each in EnforcementLevel)
ENVIRONMENTS: Final = "environments"


def mistakes_in(text: str) -> list[str]:
    """Return every mistake that the engine or the pack finds in the text of a configuration."""
    if not text.strip():
        return []
    mistakes: list[str] = []
    try:
        document = json.loads(
            text, object_pairs_hook=_collector(mistakes), parse_constant=_refuse_constant
        )
    except (ValueError, RecursionError) as fault:
        return [f"the file is not valid JSON, which is all that the engine reads: {fault}"]
    if not isinstance(document, dict):
        return ["the file holds no mapping; write {POLICY: {OPTION: VALUE, ...}, ...}"]
    given = cast("dict[str, Any]", document)
    mistakes += _of_environments(given.pop(ENVIRONMENTS, []))
    options: dict[str, dict[str, Any]] = {}
    for policy, value in given.items():
        mistakes += _of_level(policy, value)
        options[policy] = value if isinstance(value, dict) else {}
    return sorted({*mistakes, *read_settings(options, NAMES, SERVICE_KINDS).mistakes})


def _collector(mistakes: list[str]) -> Callable[[list[tuple[str, Any]]], dict[str, Any]]:
    """Return what makes a mapping of its members, and notes the keys that are written twice."""

    def collect(members: list[tuple[str, Any]]) -> dict[str, Any]:
        counts = Counter(key for key, _ in members)
        mistakes.extend(
            f"{key!r} is written {count} times in one mapping; only the last one counts"
            for key, count in counts.items()
            if count > 1
        )
        return dict(members)

    return collect


def _refuse_constant(word: str) -> None:
    raise ValueError(f"{word} is not a JSON number")


def _of_environments(value: Any) -> list[str]:
    names = cast("list[Any]", value) if isinstance(value, list) else [None]
    if all(isinstance(name, str) for name in names):
        return []
    return [f"{ENVIRONMENTS}: is not a list of texts; write [...]"]


def _of_level(policy: str, value: Any) -> list[str]:
    """Return what is wrong with a policy's level, which may stand in place of its options."""
    if not isinstance(value, str | dict):
        return [f"{policy}: write a level ({', '.join(LEVELS)}) or a mapping of options"]
    level = value if isinstance(value, str) else cast("Any", value).get(LEVEL, LEVELS[0])
    if level in LEVELS:
        return []
    word = typo(level, LEVELS) if isinstance(level, str) else f"{level!r} is not a text"
    return [f"{policy}.{LEVEL}: {word}"]
