"""The outcome of a preview as an exit code, in the taxonomy of Pulumi's command line.

The command line documents 5 for a policy violation and 7 for changes where none were expected
(github.com/pulumi/pulumi/pkg/v3/cmd/pulumi/cmd/exit_codes.go); at 3.259 it still exits 1 for a
violation.
"""

from enum import IntEnum
from typing import Final

from guardrails.report.events import Preview

# What the engine adds to any failure, a violation among them.
_LAST_WORDS: Final = frozenset({"preview failed", "update failed"})


class Outcome(IntEnum):
    """FINE, FAILED before there was a verdict, a mandatory policy VIOLATED, or it DIFFERS."""

    FINE = 0
    FAILED = 1
    VIOLATED = 5
    DIFFERS = 7


def decide(preview: Preview, exit_code: int) -> Outcome:
    """Return the outcome of a preview whose command ended with `exit_code`.

    A failure outweighs a violation, because its verdicts are not complete. What no pack has judged
    as a whole is a failure too: it must not look as if it were allowed.
    """
    if not preview.finished or failures(preview):
        return Outcome.FAILED
    if any(finding.level == "mandatory" for finding in preview.findings):
        return Outcome.VIOLATED
    if not preview.packs:
        return Outcome.FAILED
    match exit_code:
        case 0:
            return Outcome.FINE
        case 7:
            return Outcome.DIFFERS
        case _:
            return Outcome.FAILED


def failures(preview: Preview) -> tuple[str, ...]:
    """Return the errors that are more than the engine's last words."""
    return tuple(error for error in preview.errors if error not in _LAST_WORDS)
