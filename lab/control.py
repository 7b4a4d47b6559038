"""The lab's socket: a command sends one request, and gets lines of text and an exit code.

Requests and answers are JSON, a line each. Only the lab's own user can open the socket.
"""

import json
import os
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from socketserver import StreamRequestHandler, ThreadingMixIn, UnixStreamServer
from typing import Any

from lab.errors import LabError

NAME = "control"
"""The socket's name in the lab's directory."""
Tell = Callable[[str], None]
Answer = Callable[[dict[str, Any], Tell], int]


def listen(path: Path, answer: Answer) -> UnixStreamServer:
    """Return a server that answers commands, several at once; it listens already."""
    path.unlink(missing_ok=True)
    before = os.umask(0o177)
    try:
        return _Server(str(path), answer)
    finally:
        os.umask(before)


def ask(directory: Path, request: dict[str, Any]) -> Iterator[str | int]:
    """Send a request; yield the text as it comes, and at last the exit code.

    Raises LabError when no lab answers. A socket's path may be too long, so it is opened through
    its directory.
    """
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        with socket.socket(socket.AF_UNIX) as way:
            way.connect(f"/proc/self/fd/{descriptor}/{NAME}")
            way.sendall(json.dumps(request).encode() + b"\n")
            with way.makefile("r", encoding="utf-8") as lines:
                for line in lines:
                    answer = json.loads(line)
                    yield answer["text"] if "text" in answer else int(answer["exit"])
    except OSError as fault:
        raise LabError(f"the lab does not answer ({fault}). Remedy: python -m lab up") from None
    finally:
        os.close(descriptor)


class _Server(ThreadingMixIn, UnixStreamServer):
    daemon_threads = True

    def __init__(self, path: str, answer: Answer) -> None:
        super().__init__(path, _Handler)
        self.answer = answer

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of a command that went away."""


class _Handler(StreamRequestHandler):
    server: _Server  # pyright: ignore[reportIncompatibleVariableOverride]

    def handle(self) -> None:
        """Answer one request."""
        request = json.loads(self.rfile.readline())

        def tell(text: str) -> None:
            self._send({"text": text})

        self._send({"exit": self.server.answer(request, tell)})

    def _send(self, answer: dict[str, Any]) -> None:
        self.wfile.write(json.dumps(answer).encode() + b"\n")
        self.wfile.flush()
