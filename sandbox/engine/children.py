"""The processes that the language host starts, and how they end: none outlives the host."""

from __future__ import annotations

import contextlib
import signal
import subprocess
import threading
from typing import TYPE_CHECKING

import psutil

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

Process = subprocess.Popen[bytes]


class Children:
    """All the processes that one host has started and that are still there."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._running: set[Process] = set()
        self._closed = False

    def start(
        self,
        command: Sequence[str | Path],
        *,
        directory: Path,
        environment: Mapping[str, str],
        piped: bool = False,
    ) -> Process:
        """Start a process that shares the host's output, or has pipes of its own if `piped`.

        It stays in the host's process group, which the engine kills as a whole when it must.
        """
        output = subprocess.PIPE if piped else None
        with self._lock:
            if self._closed:
                raise ChildProcessError(
                    "the language host is shutting down and starts nothing more"
                )
            child = subprocess.Popen(  # noqa: S603 - to start the user's own program is the purpose
                command,
                cwd=directory,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
            )
            self._running.add(child)
        return child

    def wait(self, child: Process) -> int:
        """Wait until a process of this family has ended; negative exit codes are signals."""
        try:
            return child.wait()
        finally:
            with self._lock:
                self._running.discard(child)

    def close(self, grace: float) -> None:
        """End every process that is left within about `grace` seconds, and start no other."""
        with self._lock:
            self._closed = True
            running = list(self._running)
        enders = [threading.Thread(target=end, args=(child, grace)) for child in running]
        for ender in enders:
            ender.start()
        for ender in enders:
            ender.join()


def end(child: Process, grace: float) -> None:
    """Interrupt a process and after `grace` seconds kill it, with everything that it started.

    Asking is never enough: a policy pack, for one, ignores polite signals.
    """
    family = _family(child)
    if grace > 0:
        child.send_signal(signal.SIGINT)
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.wait(grace)
    for process in family | _family(child):
        with contextlib.suppress(psutil.NoSuchProcess):
            process.kill()


def _family(child: Process) -> set[psutil.Process]:
    try:
        process = psutil.Process(child.pid)
        return {process, *process.children(recursive=True)}
    except psutil.NoSuchProcess:
        return set()
