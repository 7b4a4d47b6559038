"""What client and helper say to each other: texts between NUL characters, after their length.

This is imported before each action, so it uses `_socket`: `socket` takes as long to import as
Python takes to start.
"""

import os
import struct
import time
from _socket import SO_PEERCRED, SOL_SOCKET, socket
from collections.abc import Mapping, Sequence

_LENGTH = struct.Struct("!I")
_LONGEST = 1 << 20
_CREDENTIALS = struct.Struct("3i")
_OWN = ("OCF_RESKEY_", "AWS_", "OCF_RESOURCE_INSTANCE")
_OF_ONE_ACTION = "OCF_RESKEY_CRM_meta_"


class ProtocolError(Exception):
    """The other side said nothing, or something else."""


def key_of(archive: str, environment: Mapping[str, str]) -> str:
    """Return what a client and its helper must share: the agent's file, and the parameters."""
    status = os.stat(archive)
    lines = [f"{archive} {status.st_ino} {status.st_size} {status.st_mtime_ns}"]
    lines += [
        f"{name}={value}"
        for name, value in sorted(environment.items())
        if name.startswith(_OWN) and not name.startswith(_OF_ONE_ACTION)
    ]
    return "\n".join(lines)


def send(connection: socket, words: Sequence[str]) -> None:
    """Send a message. Raises OSError."""
    body = "\0".join(words).encode(errors="surrogateescape")
    connection.sendall(_LENGTH.pack(len(body)) + body)


def receive(connection: socket, seconds: float) -> list[str]:
    """Return the words of the next message. Raises ProtocolError and OSError."""
    ends = time.monotonic() + seconds
    (length,) = _LENGTH.unpack(_exactly(connection, _LENGTH.size, ends))
    if length > _LONGEST:
        raise ProtocolError("a message is too long")
    return _exactly(connection, length, ends).decode(errors="surrogateescape").split("\0")


def peer_is_own(connection: socket) -> bool:
    """Tell whether the process at the other end runs as the same user."""
    found = connection.getsockopt(SOL_SOCKET, SO_PEERCRED, _CREDENTIALS.size)
    return _CREDENTIALS.unpack(found)[1] == os.geteuid()


def _exactly(connection: socket, size: int, ends: float) -> bytes:
    found = b""
    while len(found) < size:
        connection.settimeout(max(ends - time.monotonic(), 0.001))
        part = connection.recv(size - len(found))
        if not part:
            raise ProtocolError("the connection ended within a message")
        found += part
    return found
