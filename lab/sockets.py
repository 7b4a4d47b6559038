"""Listening sockets in another network namespace: bound there, used by the lab's own process."""

import socket
import subprocess
import sys

from lab.errors import LabError
from lab.shell import inside

_PROGRAM = """
import socket, sys
server = socket.create_server((sys.argv[1], int(sys.argv[2])), backlog=128)
with socket.socket(fileno=int(sys.argv[3])) as way:
    socket.send_fds(way, [b"."], [server.fileno()])
"""


def listen_in(namespace: str, address: str, port: int) -> socket.socket:
    """Return a TCP socket that listens in a namespace. Raises LabError."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        words = [
            sys.executable,
            "-I",
            "-S",
            "-c",
            _PROGRAM,
            address,
            str(port),
            str(theirs.fileno()),
        ]
        done = subprocess.run(  # noqa: S603 - our own interpreter and program
            inside(namespace, words),
            pass_fds=[theirs.fileno()],
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise LabError(f"nothing can listen at {address}:{port} of {namespace}: {done.stderr}")
        _, descriptors, _, _ = socket.recv_fds(ours, 1, 1)
    return socket.socket(fileno=descriptors[0])
