"""Run a preview and report it: `guardrails report --name dev -- pulumi preview ...`.

The report goes to standard output, what the command prints to standard error. The exit code is 0
when nothing is wrong, 1 when the preview failed or no pack judged it, 2 for a mistake in the words,
5 when a mandatory policy is violated, and 7 when `--expect-no-changes` found changes.
"""

import argparse
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final

from guardrails.report.comment import write_comment
from guardrails.report.events import read_events
from guardrails.report.judged_preview import JudgedPreview
from guardrails.report.outcome import decide
from guardrails.report.run import run_preview
from guardrails.report.sarif import write_sarif
from guardrails.report.web_page import write_web_page

_WRITERS: Final[Mapping[str, Callable[[JudgedPreview], str]]] = {
    "comment": write_comment,
    "html": write_web_page,
    "sarif": write_sarif,
}
_TO_OUTPUT: Final = "comment"


def report(words: Sequence[str]) -> int:
    """Report a preview, and return the exit code."""
    parser = _parser()
    told = parser.parse_args(words)
    if bool(told.command) == bool(told.events):
        parser.error("give either -- and a command, or --events and a file")
    formats: list[tuple[str, Path | None]] = told.format or [(_TO_OUTPUT, None)]
    if sum(file is None for _, file in formats) > 1:
        parser.error("two formats cannot share standard output: write FORMAT=FILE")
    try:
        if told.events:
            code, lines = told.exit_code, told.events.read_text().splitlines()
        else:
            code, lines = run_preview(told.command)
        preview = read_events(lines)
        outcome = decide(preview, code)
        judged = JudgedPreview(preview, outcome, told.name, told.location)
        for name, file in formats:
            _write(_WRITERS[name](judged), file)
    except OSError as fault:
        sys.stderr.write(f"error: {fault}\n")
        return 1
    return outcome


def _write(text: str, file: Path | None) -> None:
    if file is None:
        sys.stdout.write(text)
    else:
        file.write_text(text)


def _format(text: str) -> tuple[str, Path | None]:
    name, has_file, file = text.partition("=")
    if name not in _WRITERS:
        raise argparse.ArgumentTypeError(f"{name!r} is none of {', '.join(_WRITERS)}")
    if has_file and not file:
        raise argparse.ArgumentTypeError(f"{text!r} names no file")
    return name, Path(file) if has_file else None


def _location(text: str) -> str:
    path = Path(text)
    if path.is_absolute() or ".." in path.parts:
        raise argparse.ArgumentTypeError(f"{text!r} is not a path from the repository's root")
    return path.as_posix()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="guardrails report", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--name", default="preview", help="the stack, as the report calls it")
    parser.add_argument(
        "--format",
        action="append",
        type=_format,
        metavar="FORMAT[=FILE]",
        help=f"{', '.join(_WRITERS)}, to standard output or a file; may be repeated",
    )
    parser.add_argument(
        "--location",
        default="Pulumi.yaml",
        type=_location,
        help="the file, from the repository's root, at which sarif reports findings",
    )
    parser.add_argument("--events", type=Path, help="the log of a preview that has been run")
    parser.add_argument("--exit-code", type=int, default=0, help="how that preview ended")
    parser.add_argument("command", nargs="*", help="pulumi preview, with its options")
    return parser
