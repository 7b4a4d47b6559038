"""The process that stays between actions, with boto3 loaded and the EC2 client open."""

import socket
from collections.abc import Mapping
from contextlib import suppress
from typing import Protocol

from agents.virtual_ip import protocol
from agents.virtual_ip.actions import Resource
from agents.virtual_ip.report import Outcome
from agents.virtual_ip.watch import Watch

IDLE_SECONDS = 600.0
"""How long a helper waits for the next action before it ends."""
_REQUEST_SECONDS = 2.0


class Actor(Protocol):
    """What a helper does, and how it gets ready for the next action."""

    def act(self, action: str, watch: Watch) -> Outcome:
        """Do an action."""
        ...

    def warm(self) -> None:
        """Load what the next action may need."""
        ...


def serve_archive(archive: str, listener: int, environment: Mapping[str, str]) -> int:
    """Answer those who connect to a listening socket, by the number that this process inherited."""
    resource = Resource(environment)
    with socket.socket(fileno=listener) as opened:
        serve(opened, protocol.key_of(archive, environment), resource)
    return 0


def serve(listener: socket.socket, key: str, actor: Actor, idle: float = IDLE_SECONDS) -> None:
    """Do one action after another until none was asked for during `idle` seconds.

    The socket's file stays: who finds nobody behind it replaces it.
    """
    while True:
        listener.settimeout(idle)
        try:
            connection, _ = listener.accept()
        except TimeoutError:
            return
        with connection, suppress(OSError, protocol.ProtocolError):
            _answer(connection, key, actor)
        actor.warm()


def _answer(connection: socket.socket, key: str, actor: Actor) -> None:
    """Do what a client asks for. It gets no answer if it is not for this helper to give."""
    if not protocol.peer_is_own(connection):
        return
    asked = protocol.receive(connection, _REQUEST_SECONDS)
    if asked[0] != key:
        return
    _, action, budget = asked
    done = actor.act(action, Watch(float(budget), connection))
    connection.settimeout(_REQUEST_SECONDS)
    protocol.send(connection, [str(done.code), *done.lines])
