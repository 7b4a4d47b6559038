"""Run a preview and report it: `policy/report --name dev -- pulumi preview ...`.

The comment goes to standard output, what the command prints to standard error. The exit code is 0
when nothing is wrong, 1 when the preview failed or no pack judged it, 2 for a mistake in the words,
5 when a mandatory policy is violated, and 7 when `--expect-no-changes` found changes.
"""

import argparse
import sys
from pathlib import Path

from guardrails.report.comment import write_comment
from guardrails.report.events import read_events
from guardrails.report.outcome import decide
from guardrails.report.run import run_preview


def main(words: list[str] | None = None) -> int:
    """Report a preview, and return the exit code."""
    parser = _parser()
    told = parser.parse_args(words)
    if bool(told.command) == bool(told.events):
        parser.error("give either -- and a command, or --events and a file")
    try:
        if told.events:
            code, lines = told.exit_code, told.events.read_text().splitlines()
        else:
            code, lines = run_preview(told.command)
    except OSError as fault:
        sys.stderr.write(f"error: {fault}\n")
        return 1
    preview = read_events(lines)
    outcome = decide(preview, code)
    sys.stdout.write(write_comment(preview, outcome, told.name))
    return outcome


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="report", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--name", default="preview", help="the stack, as the comment calls it")
    parser.add_argument("--events", type=Path, help="the log of a preview that has been run")
    parser.add_argument("--exit-code", type=int, default=0, help="how that preview ended")
    parser.add_argument("command", nargs="*", help="pulumi preview, with its options")
    return parser


if __name__ == "__main__":
    sys.exit(main())
