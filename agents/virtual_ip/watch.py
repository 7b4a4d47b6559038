"""How long an action may go on: until its time is up, or until whoever asked for it is gone."""

import socket
import time

from ops.errors import TimedOutError


class Watch:
    """The watch of one action.

    Pacemaker ends a process whose action takes too long, and starts the address elsewhere: what
    that process asked for must not go on here.
    """

    def __init__(self, seconds: float, connection: socket.socket | None = None) -> None:
        """Let the action make calls for so many seconds, and as long as `connection` is open."""
        self._ends = time.monotonic() + seconds
        self.last_error = ""
        """What the last call to AWS failed by: it is what an operator wants to know."""
        self._connection = connection
        if connection is not None:
            connection.settimeout(0)

    def require_time(self, what: str) -> None:
        """Raise TimedOutError when `what` must not begin any more."""
        if time.monotonic() > self._ends:
            after = f", after {self.last_error}" if self.last_error else ""
            raise TimedOutError(f"{what} was not begun: its time is up{after}")
        if self._connection is not None and _is_closed(self._connection):
            raise TimedOutError(f"{what} was not begun: Pacemaker has given the action up")


def _is_closed(connection: socket.socket) -> bool:
    """Tell whether the other side closed a connection; it says nothing while it waits."""
    try:
        return connection.recv(1, socket.MSG_PEEK) == b""
    except BlockingIOError:
        return False
    except OSError:
        return True
