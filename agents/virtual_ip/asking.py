"""Asks the helper, and starts one where there is none."""

import os
import zlib
from _socket import AF_UNIX, SOCK_STREAM, socket
from collections.abc import Mapping

from agents.virtual_ip import protocol

FOLDER = "/run/ha-cluster"
FOLDER_VARIABLE = "HA_CLUSTER_RUN"
"""Names another folder, for tests and for several nodes on one machine."""
_CONNECT_SECONDS = 2.0


class Answer:
    """What the helper said, or the fault that kept it from answering."""

    def __init__(self, words: list[str], fault: str = "") -> None:
        self.words = words
        self.fault = fault


def folder_of(environment: Mapping[str, str]) -> str:
    """Return the folder of sockets and state files."""
    return environment.get(FOLDER_VARIABLE) or FOLDER


def path_of(key: str, environment: Mapping[str, str]) -> str:
    """Return where the helper with a key listens; a helper looks at the whole key."""
    return f"{folder_of(environment)}/virtual-ip-{zlib.crc32(os.fsencode(key)):08x}.sock"


def ask(
    archive: str, action: str, environment: Mapping[str, str], *, budget: float, patience: float
) -> Answer:
    """Let the helper do an action within `budget` seconds, and wait for `patience` seconds."""
    try:
        key = protocol.key_of(archive, environment)
        path = path_of(key, environment)
        connection = connect(path)
        if connection is None:
            from agents.virtual_ip.launch import launch

            connection = launch(archive, path)
    except OSError as error:
        return Answer([], f"no helper can be started, so this takes longer: {error}")
    try:
        protocol.send(connection, [key, action, str(budget)])
        return Answer(protocol.receive(connection, patience))
    except (OSError, protocol.ProtocolError) as error:
        if isinstance(error, TimeoutError):
            _abandon(path)
        reason = str(error) or type(error).__name__
        return Answer([], f"the helper did not answer, so this is done without it: {reason}")
    finally:
        connection.close()


def _abandon(path: str) -> None:
    """Let the next action start another helper: this one hangs."""
    try:
        os.unlink(path)
    except OSError:
        return


def connect(path: str) -> socket | None:
    """Connect to a helper's socket; None where nobody listens. Raises OSError."""
    connection = socket(AF_UNIX, SOCK_STREAM)
    connection.settimeout(_CONNECT_SECONDS)
    try:
        connection.connect(path)
    except (FileNotFoundError, ConnectionRefusedError):
        connection.close()
        return None
    if not protocol.peer_is_own(connection) or not is_private(os.path.dirname(path)):
        connection.close()
        raise PermissionError(f"{path} belongs to another user")
    return connection


def is_private(folder: str) -> bool:
    """Tell whether a folder is open to this user alone."""
    status = os.stat(folder)
    return status.st_uid == os.geteuid() and status.st_mode & 0o077 == 0
