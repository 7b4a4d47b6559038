"""The commands `validate` and `schema`, about the pack's configuration without a stack."""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from guardrails.pack.configuration_file import mistakes_in
from guardrails.pack.configuration_schema import configuration_schema

_FINE: Final = 0
_FAILED: Final = 1
# What a preview with this configuration ends with: `pack-is-sound` is mandatory.
_VIOLATED: Final = 5


def validate(words: Sequence[str]) -> int:
    """Say every mistake in a configuration, and return the exit code."""
    parser = argparse.ArgumentParser(
        prog="guardrails validate",
        description="Check a file for --policy-pack-config without a stack. The exit code is 0"
        " when the pack takes it, 1 when it cannot be read, 2 for a mistake in the words, and 5"
        " when the pack would refuse it.",
    )
    parser.add_argument("file", type=Path, help="the configuration, in JSON")
    file: Path = parser.parse_args(words).file
    try:
        mistakes = mistakes_in(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as fault:
        sys.stderr.write(f"error: {file}: {fault}\n")
        return _FAILED
    for mistake in mistakes:
        sys.stdout.write(f"{file}: {mistake}\n")
    if mistakes:
        return _VIOLATED
    sys.stdout.write(f"{file}: no mistake\n")
    return _FINE


def schema(words: Sequence[str]) -> int:
    """Print the JSON Schema of the configuration."""
    argparse.ArgumentParser(
        prog="guardrails schema",
        description="Print a JSON Schema of the configuration, for editors.",
    ).parse_args(words)
    sys.stdout.write(json.dumps(configuration_schema(), indent=2) + "\n")
    return _FINE
