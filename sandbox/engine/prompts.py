"""The questions that `pulumi new` asks about the runtime options of a Python project."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pulumi.runtime.proto import language_pb2

if TYPE_CHECKING:
    from collections.abc import Mapping

STRING = language_pb2.RuntimeOptionPrompt.STRING


def option_prompts(options: Mapping[str, Any]) -> list[Any]:
    """Return the next questions, given the options that are answered already."""
    if "toolchain" not in options:
        return [_prompt("toolchain", "The toolchain to use for installing dependencies", "pip")]
    if options["toolchain"] == "pip" and "virtualenv" not in options:
        return [_prompt("virtualenv", "The virtual environment to use", "venv")]
    return []


def _prompt(key: str, description: str, only: str) -> Any:
    value = language_pb2.RuntimeOptionPrompt.RuntimeOptionValue(
        promptType=STRING, stringValue=only, displayName=only
    )
    return language_pb2.RuntimeOptionPrompt(
        key=key, description=description, promptType=STRING, choices=[value], default=value
    )
