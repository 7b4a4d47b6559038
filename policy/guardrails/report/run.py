"""Runs a preview with the engine's event log switched on.

The log is a file of its own in a temporary folder, and is removed: it has debug messages with the
values of properties, which may be secret.
"""

import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

# The command line hides `--event-log` without this.
_SWITCH = {"PULUMI_DEBUG_COMMANDS": "true"}


def run_preview(command: Sequence[str]) -> tuple[int, list[str]]:
    """Run `pulumi preview ...`; return its exit code and the lines of its event log.

    What it prints goes to standard error. Raises OSError when it cannot be started.
    """
    with tempfile.TemporaryDirectory(prefix="guardrails-") as folder:
        log = Path(folder) / "events.json"
        done = subprocess.run(  # noqa: S603 - the caller typed this very command
            [*command, "--event-log", str(log)],
            env={**os.environ, **_SWITCH},
            stdout=sys.stderr,
            check=False,
        )
        return done.returncode, log.read_text().splitlines() if log.exists() else []
