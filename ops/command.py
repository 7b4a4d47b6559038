"""The command line: which command, with which arguments, and how it ends."""

import argparse
from collections.abc import Sequence

from ops.audit import command as audit
from ops.diagram import command as diagram
from ops.drill import command as drill
from ops.errors import ExitCode, OpsError
from ops.move import command as move
from ops.output import told
from ops.verify import command as verify

_INTERRUPTED = 130
"""What shells say of a command that Ctrl-C ended."""


def parser() -> argparse.ArgumentParser:
    """Return the parser of the whole command line."""
    made = argparse.ArgumentParser(
        prog="python -m ops", description="Operations on a running cluster."
    )
    commands = made.add_subparsers(metavar="COMMAND", required=True)
    for each in (verify, audit, drill, move, diagram):
        each.add_to(commands)
    return made


def main(words: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code (`ops.errors.ExitCode`)."""
    arguments = parser().parse_args(words)
    try:
        code: ExitCode = arguments.run(arguments)
    except OpsError as error:
        told(f"error: {error}")
        return error.exit_code
    except KeyboardInterrupt:
        told("interrupted")
        return _INTERRUPTED
    return code
