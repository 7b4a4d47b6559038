"""Runs the Pulumi command line where a cluster comes from a project; nothing else needs it."""

import shutil
import subprocess

from ops.errors import UsageError


def pulumi_command(*words: str, stack: str | None) -> list[str]:
    """Return the words of a command about a stack; None is the selected one."""
    return ["pulumi", *words, "--non-interactive", *(["--stack", stack] if stack else [])]


def run_pulumi(command: list[str]) -> str:
    """Run a command and return what it prints. Raises UsageError with what Pulumi says."""
    shown = " ".join(command)
    if shutil.which("pulumi") is None:
        raise UsageError(
            f"`{shown}` cannot run: there is no pulumi on PATH. Give --outputs or --cluster"
        )
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        raise UsageError(f"`{shown}` failed: {' '.join(done.stderr.split())}")
    return done.stdout
