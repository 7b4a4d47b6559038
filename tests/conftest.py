"""For all tests: rows of tables have names that never change, and an interrupt can arrive."""

import os
import signal
from typing import Any

# A shell without job control starts what runs in the background with interrupts ignored, and every
# process that a test starts and interrupts would inherit that.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# Containers often forbid it, and then each of the hundreds of processes compiles the program anew.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)


def pytest_make_parametrize_id(val: Any) -> str | None:
    """Name a value; the processes that share a run must give the same name to a set."""
    if isinstance(val, (set, frozenset)):
        return "{" + ", ".join(sorted(map(repr, val))) + "}"
    return str(val) if isinstance(val, (dict, list, tuple)) else None
