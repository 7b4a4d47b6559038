"""Servers that outlive the command that started them, and are never mistaken for others."""

import contextlib
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

from sandbox.errors import SandboxError

PATIENCE_TO_END_S = 5.0
PATIENCE_TO_CANCEL_S = 20.0
SAME_START_S = 1.0
_LOG_LINES_TOLD = 15

# Handles of processes that this very process started: Python reaps a child only through them.
_children: dict[int, subprocess.Popen[bytes]] = {}


@dataclass(frozen=True)
class ServerProcess:
    """A process by its id and its time of creation (seconds since 1970): ids are used again."""

    pid: int
    created: float

    def find(self) -> psutil.Process | None:
        """Find the process if it lives; another one may have inherited its id."""
        try:
            process = psutil.Process(self.pid)
            same = abs(process.create_time() - self.created) < SAME_START_S
            alive = same and process.status() != psutil.STATUS_ZOMBIE
        except psutil.Error:
            return None
        return process if alive else None

    def listens_on(self, port: int) -> bool:
        """Whether the process itself accepts connections on this TCP port."""
        process = self.find()
        if process is None:
            return False
        try:
            connections = process.net_connections(kind="tcp")
        except psutil.NoSuchProcess:
            return False
        return any(
            connection.status == psutil.CONN_LISTEN and connection.laddr.port == port
            for connection in connections
        )

    def end(self) -> bool:
        """End the process and wait for it; False when it had already gone."""
        process = self.find()
        if process is not None:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.terminate()
                if not self._gone_within(PATIENCE_TO_END_S):
                    process.kill()
                    self._gone_within(PATIENCE_TO_END_S)
        child = _children.pop(self.pid, None)
        if child is not None:
            child.wait()
        return process is not None

    def _gone_within(self, seconds: float) -> bool:
        """Wait for the end: a zombie that init has not reaped yet is gone too."""
        deadline = time.monotonic() + seconds
        while self.find() is not None:
            if time.monotonic() > deadline:
                return False
            time.sleep(0.02)
        return True


def start_server(
    command: Sequence[str],
    *,
    environment: Mapping[str, str],
    cwd: Path,
    log: Path,
    output: Path | None = None,
) -> ServerProcess:
    """Start a server in a session of its own; it writes to the log, its stdout to `output`."""
    with contextlib.ExitStack() as files:
        stderr = files.enter_context(log.open("wb"))
        stdout = stderr if output is None else files.enter_context(output.open("wb"))
        child = subprocess.Popen(  # noqa: S603 - our own interpreter running our own modules
            list(command),
            env=dict(environment),
            cwd=cwd,
            stdin=subprocess.DEVNULL,
            stdout=stdout,
            stderr=stderr,
            start_new_session=True,
        )
    _children[child.pid] = child
    try:
        created = psutil.Process(child.pid).create_time()
    except psutil.Error:
        created = time.time()
    return ServerProcess(child.pid, created)


def run_interruptibly(
    command: Sequence[str], *, cwd: Path, environment: Mapping[str, str]
) -> subprocess.CompletedProcess[str]:
    """Run a command to its end; an interruption is passed on once and the end awaited.

    It has a session of its own: from a terminal it would get the interruption twice, which makes
    `pulumi` give up at once and leave its own children behind.
    """
    with subprocess.Popen(  # noqa: S603 - the callers run the engine that the sandbox provides
        list(command),
        cwd=cwd,
        env=dict(environment),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as child:
        try:
            stdout, stderr = child.communicate()
        except KeyboardInterrupt:
            child.send_signal(signal.SIGINT)
            with contextlib.suppress(subprocess.TimeoutExpired):
                child.communicate(timeout=PATIENCE_TO_CANCEL_S)
            child.kill()
            raise
    return subprocess.CompletedProcess(child.args, child.returncode, stdout, stderr)


def tail(log: Path) -> str:
    """Return the last lines of a server's log, to be shown when it failed."""
    try:
        lines = log.read_text(errors="replace").splitlines()
    except OSError:
        return f"(no log at {log})"
    return "\n".join(lines[-_LOG_LINES_TOLD:]) or f"(nothing in {log})"


def ensure_alive(process: ServerProcess, name: str, log: Path) -> None:
    """Raise with the end of its log when the server has died."""
    if process.find() is None:
        raise SandboxError(f"{name} ended while it was starting; its log says:\n{tail(log)}")
