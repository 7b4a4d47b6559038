"""The pack's commands, run as `python -m guardrails` or as `python path/to/policy/guardrails`.

`report` needs Python 3.11 alone, `validate` and `schema` what policy/requirements.txt installs.
"""

import argparse
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final

if not __package__:  # Python was given the folder, and looks for modules in it, not beside it.
    sys.path[0] = str(Path(__file__).resolve().parents[1])


def _report(words: Sequence[str]) -> int:
    from guardrails.report.command import report  # noqa: PLC0415 - see _validate

    return report(words)


def _validate(words: Sequence[str]) -> int:
    from guardrails.pack.command import validate  # noqa: PLC0415 - the SDK may be missing

    return validate(words)


def _schema(words: Sequence[str]) -> int:
    from guardrails.pack.command import schema  # noqa: PLC0415 - the SDK may be missing

    return schema(words)


_COMMANDS: Final[Mapping[str, Callable[[Sequence[str]], int]]] = {
    "report": _report,
    "validate": _validate,
    "schema": _schema,
}


def main(words: Sequence[str] | None = None) -> int:
    """Run a command, and return its exit code."""
    given = sys.argv[1:] if words is None else list(words)
    parser = argparse.ArgumentParser(prog="guardrails", description=__doc__)
    parser.add_argument("command", choices=_COMMANDS, help="COMMAND --help says more")
    command = parser.parse_args(given[:1]).command
    try:
        return _COMMANDS[command](given[1:])
    except ModuleNotFoundError as fault:
        pack = Path(__file__).resolve().parents[1]
        remedy = f"run it with {pack}/venv/bin/python, which {pack}/README.md says how to make"
        sys.stderr.write(f"error: {command} needs the module {fault.name}: {remedy}\n")
        return 1


if __name__ == "__main__":
    sys.exit(main())
