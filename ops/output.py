"""Where words go: results to standard output, everything else to standard error."""

import sys


def section_of(identity: str) -> str:
    """Return where the runbook says more about a finding."""
    return f"docs/runbook.md#{identity}"


def printed(text: str) -> None:
    """Print a result."""
    sys.stdout.write(text + "\n")


def told(text: str) -> None:
    """Tell the operator something beside the result."""
    sys.stderr.write(text + "\n")
