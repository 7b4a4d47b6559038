"""The processes that the language host starts, and how they end: none outlives the host."""

from __future__ import annotations

import contextlib
import os
import queue
import signal
import subprocess
import threading
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

Process = subprocess.Popen[bytes]


class Children:
    """All the processes that one host has started and that are still there."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._running: set[Process] = set()
        self._closed = False

    def start(
        self, command: Sequence[str | Path], *, directory: Path, environment: Mapping[str, str]
    ) -> Process:
        """Start a process whose output is read with `stream`.

        It leads a process group: the engine interrupts the host's, and it is the host's to decide
        what that means to a program.
        """
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
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                process_group=0,
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

    def output(self, child: Process) -> Iterator[tuple[str, bytes]]:
        """Yield what a process writes (see `stream`); who stops to listen has ended it."""
        try:
            yield from stream(child)
        finally:
            self.wait(child)

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


def stream(child: Process) -> Iterator[tuple[str, bytes]]:
    """Yield what a process writes, as it comes: "stdout" or "stderr", and the bytes.

    It ends with the process, even if one that the process left behind holds on to its output.
    """
    chunks: queue.SimpleQueue[tuple[str, bytes]] = queue.SimpleQueue()

    def pump(name: str, pipe: IO[bytes]) -> None:
        while chunk := os.read(pipe.fileno(), 65536):
            chunks.put((name, chunk))
        chunks.put((name, b""))

    pipes = {"stdout": child.stdout, "stderr": child.stderr}
    still_open = {name for name, pipe in pipes.items() if pipe}
    for name, pipe in pipes.items():
        if pipe:
            threading.Thread(target=pump, args=(name, pipe), daemon=True).start()
    while still_open:
        try:
            name, chunk = chunks.get(timeout=0.5)
        except queue.Empty:
            if child.poll() is not None:
                return
            continue
        if chunk:
            yield name, chunk
        else:
            still_open.discard(name)


def end_aside(child: Process, grace: float) -> None:
    """End a process without waiting for it: gRPC's own thread, which calls this, must go on."""
    threading.Thread(target=end, args=(child, grace)).start()


def end(child: Process, grace: float) -> None:
    """Interrupt a process and after `grace` seconds kill it, with everything that it started.

    Asking is never enough: a policy pack, for one, ignores polite signals.
    """
    if child.poll() is not None:
        return
    with contextlib.suppress(ProcessLookupError):
        if grace > 0:
            child.send_signal(signal.SIGINT)
            with contextlib.suppress(subprocess.TimeoutExpired):
                child.wait(grace)
        os.killpg(child.pid, signal.SIGKILL)
