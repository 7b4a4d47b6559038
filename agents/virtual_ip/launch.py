"""Starts the helper: one, also when two actions want it at the same time."""

import _socket
import fcntl
import os
import socket
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from agents.virtual_ip.asking import connect, is_private


def launch(archive: str, path: str) -> _socket.socket:
    """Return a connection to the helper at `path`, started if nobody listens. Raises OSError.

    The socket listens before the helper runs, so nobody has to wait for it: who connects is
    answered as soon as it is ready, and learns at once when it ends before that.
    """
    prepare(Path(path).parent)
    with _locked(path):
        found = connect(path)
        if found is not None:
            return found
        Path(path).unlink(missing_ok=True)
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(path)
            listener.listen()
            _start(archive, listener.fileno())
    made = connect(path)
    if made is None:
        raise ConnectionRefusedError(f"the helper of {path} ended at once")
    return made


def prepare(folder: Path) -> None:
    """Make the folder of sockets and state files, open to this user alone. Raises OSError."""
    folder.mkdir(mode=0o700, exist_ok=True)
    if not is_private(str(folder)):
        raise PermissionError(f"{folder} must belong to the agent's user, with mode 0700")


@contextmanager
def _locked(path: str) -> Generator[None]:
    """Keep other processes from starting the helper of a socket."""
    descriptor = os.open(f"{path}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _start(archive: str, listener: int) -> None:
    """Start the helper apart from this process: Pacemaker waits until its pipes are closed."""
    subprocess.Popen(  # noqa: S603 - this interpreter, and the file that it runs
        [sys.executable, archive, "serve", str(listener)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        pass_fds=(listener,),
        start_new_session=True,
        cwd="/",
    )
