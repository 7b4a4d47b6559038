"""What each command of the lab does; each returns the exit code."""

import argparse
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from lab import control, lifecycle
from lab.errors import LabError
from lab.files import TIMEOUT_VARIABLE
from lab.programs import missing_packages
from ops.sources import read_outputs


def tell(text: str) -> None:
    """Write to the person at the terminal."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def up(arguments: argparse.Namespace) -> int:
    """Start the lab."""
    outputs, _ = read_outputs(arguments)
    environment = dict(os.environ)
    if arguments.token:
        environment[TIMEOUT_VARIABLE] = str(arguments.token)
    lifecycle.start(arguments.directory, outputs, environment, tell)
    return _ask(arguments.directory, {"command": "status"})


def down(arguments: argparse.Namespace) -> int:
    """End the lab."""
    lifecycle.end(arguments.directory, tell)
    return 0


def status(arguments: argparse.Namespace) -> int:
    """Say what runs."""
    return _ask(arguments.directory, {"command": "status"})


def run(arguments: argparse.Namespace) -> int:
    """Run a command on a host of the lab."""
    words = arguments.words[1:] if arguments.words[:1] == ["--"] else arguments.words
    if not words:
        arguments.usage_error("which command? For example: run node-a -- crm_mon --one-shot")
    return _ask(arguments.directory, {"command": "run", "host": arguments.host, "words": words})


def accept(arguments: argparse.Namespace) -> int:
    """Check what a person would check."""
    return _ask(arguments.directory, {"command": "accept"})


def drill(arguments: argparse.Namespace) -> int:
    """Play scenarios."""
    names = [name.upper() for name in arguments.scenarios]
    return _ask(arguments.directory, {"command": "drill", "scenarios": names})


def bench(arguments: argparse.Namespace) -> int:
    """Measure our agent beside the distributions' own one."""
    files = {
        name: str(path.resolve()) if path else ""
        for name, path in (("data", arguments.data), ("picture", arguments.picture))
    }
    return _ask(arguments.directory, {"command": "bench", "runs": arguments.runs, **files})


def packages(_arguments: argparse.Namespace) -> int:
    """Name the Debian packages of which a program is missing."""
    tell(" ".join(missing_packages()))
    return 0


def demo(arguments: argparse.Namespace) -> int:
    """Show everything with a stack of its own."""
    from lab.demo import play  # noqa: PLC0415 - the other commands start faster without it

    return play(arguments.directory, tell)


def _ask(directory: Path, request: Mapping[str, Any]) -> int:
    if not directory.exists():
        raise LabError("no lab runs. Remedy: python -m lab up")
    code = 1
    for answer in control.ask(directory, dict(request)):
        if isinstance(answer, int):
            code = answer
        else:
            tell(answer)
    return code
