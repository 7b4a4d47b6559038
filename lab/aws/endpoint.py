"""The interface endpoint for the EC2 API: HTTPS in front of the sandbox's AWS.

It answers nobody but the nodes' role, decides each call by the policies in force, keeps a record of
the calls, and can answer some of them with an error, as AWS does on a bad day.
"""

import contextlib
import http.client
import re
import socket
import ssl
import threading
import time
import urllib.parse
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

from lab.aws.permissions import Permissions
from lab.aws.server import ListeningServer
from ops.cluster import Node
from ops.iam.evaluator import Verdict

PORT = 443
_KEY = re.compile(r"Credential=([^/,\s]+)/")
_CODE = re.compile(rb"<Code>([^<]+)</Code>")
_CHANGES = ("Replace", "Create", "Delete", "Modify", "Stop", "Start", "Reboot", "Terminate")
_FORWARDED = ("Host", "Authorization", "Content-Type", "X-Amz-Date", "X-Amz-Security-Token")


@dataclass(frozen=True)
class Call:
    """A call that reached the endpoint; times are of `time.monotonic`, `code` AWS's error code."""

    came: float
    answered: float
    node: str
    operation: str
    table: str
    code: str
    instance: str = ""


@dataclass
class Fault:
    """Answers of an operation that are replaced by an error, for a number of calls."""

    operation: str
    code: str
    times: int
    node: str = ""


@dataclass
class Desk:
    """What all connections to the endpoint share."""

    permissions: Permissions
    caller: Callable[[str], Node | None]
    """Whose access key it is."""
    changed: Callable[[str, Mapping[str, str]], None]
    """Told of each operation that may have changed routes or instances, with its parameters."""
    calls: list[Call] = field(default_factory=list[Call])
    faults: list[Fault] = field(default_factory=list[Fault])
    lock: threading.Lock = field(default_factory=threading.Lock)

    def inject(self, operation: str, code: str, *, times: int, node: str = "") -> None:
        """Answer the next calls of an operation with an error of AWS's."""
        with self.lock:
            self.faults.append(Fault(operation, code, times, node))

    def fault_for(self, operation: str, node: str) -> str | None:
        """Return the code of an error that waits for this call, and count it."""
        with self.lock:
            for fault in self.faults:
                if fault.operation == operation and fault.node in ("", node) and fault.times > 0:
                    fault.times -= 1
                    return fault.code
        return None


class Endpoint:
    """Serves the endpoint's addresses; each of `listeners` is a socket in an endpoint's host."""

    def __init__(
        self, listeners: list[socket.socket], context: ssl.SSLContext, upstream: Path, desk: Desk
    ) -> None:
        self.desk = desk
        self._servers = [_Server(listener, context, upstream, desk) for listener in listeners]
        for server in self._servers:
            server.start()

    def hang_up(self) -> None:
        """End all connections."""
        for server in self._servers:
            server.hang_up()


class _Server(ListeningServer):
    def __init__(
        self, listener: socket.socket, context: ssl.SSLContext, upstream: Path, desk: Desk
    ) -> None:
        super().__init__(listener, _Handler)
        self.context = context
        self.upstream = upstream
        self.desk = desk
        self._connections: set[socket.socket] = set()

    def hang_up(self) -> None:
        """End all connections."""
        for connection in self._connections.copy():
            with contextlib.suppress(OSError):  # TLS has its own shutdown, which waits for the peer
                socket.socket.shutdown(connection, socket.SHUT_RDWR)

    def finish_request(self, request: Any, client_address: Any) -> None:
        """Shake hands in the connection's own thread: a slow client delays nobody else."""
        request.settimeout(30)
        self._connections.add(request)
        try:
            wrapped = self.context.wrap_socket(request, server_side=True)
        except OSError:
            return
        finally:
            self._connections.discard(request)
        self._connections.add(wrapped)
        try:
            super().finish_request(wrapped, client_address)
        finally:
            self._connections.discard(wrapped)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server  # pyright: ignore[reportIncompatibleVariableOverride]
    disable_nagle_algorithm = True
    wbufsize = -1

    def do_POST(self) -> None:
        """Decide, carry out and answer one call."""
        came = time.monotonic()
        desk = self.server.desk
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        given = dict(urllib.parse.parse_qsl(body.decode()))
        operation = given.get("Action", "")
        key = _KEY.search(self.headers.get("Authorization", ""))
        node = desk.caller(key[1]) if key else None
        code, status, answer = self._carry_out(node, operation, given, body)
        if not code and operation.startswith(_CHANGES):
            desk.changed(operation, given)
        name = node.name if node else ""
        table, instance = given.get("RouteTableId", ""), given.get("InstanceId.1", "")
        call = Call(came, time.monotonic(), name, operation, table, code, instance)
        with desk.lock:
            desk.calls.append(call)
        self.send_response(status)
        self.send_header("Content-Type", "text/xml;charset=UTF-8")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)
        self.wfile.flush()

    def _carry_out(
        self, node: Node | None, operation: str, given: dict[str, str], body: bytes
    ) -> tuple[str, int, bytes]:
        """Return an error code or "", the HTTP status and the body of the answer."""
        desk = self.server.desk
        if node is None:
            return _refused("AuthFailure", "AWS was not able to validate the provided credentials")
        fault = desk.fault_for(operation, node.name)
        if fault == "RequestLimitExceeded":
            return _refused(fault, "Request limit exceeded.", 503)
        if fault:
            return _refused(fault, "The service is unavailable.", 503)
        decision = desk.permissions.decide(node, f"ec2:{operation}", given)
        if decision.verdict is not Verdict.ALLOWED:
            text = f"You are not authorized to perform this operation. {decision.reason}"
            return _refused("UnauthorizedOperation", text, 403)
        status, answer = _forward(self.server.upstream, dict(self.headers), body)
        found = _CODE.search(answer) if status >= HTTPStatus.BAD_REQUEST else None
        return (found[1].decode() if found else ""), status, answer

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name
        """Write nothing: `calls` is the record."""


class _Upstream(http.client.HTTPConnection):
    """A connection to the sandbox's AWS by the relay's socket."""

    def __init__(self, path: Path) -> None:
        super().__init__("127.0.0.1", timeout=30)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(str(self._path))


_kept = threading.local()


def _forward(path: Path, headers: dict[str, str], body: bytes) -> tuple[int, bytes]:
    """Ask the sandbox's AWS; each thread keeps its connection."""
    sent = {name: headers[name] for name in _FORWARDED if name in headers}
    for _ in range(2):  # a kept connection may have been closed
        connection: _Upstream | None = getattr(_kept, "connection", None)
        if connection is None:
            connection = _kept.connection = _Upstream(path)
        try:
            connection.request("POST", "/", body, sent)
            answer = connection.getresponse()
            return answer.status, answer.read()
        except (OSError, http.client.HTTPException):
            connection.close()
            _kept.connection = None
    return 503, _refused("Unavailable", "The sandbox does not answer.", 503)[2]


def _refused(code: str, message: str, status: int = 401) -> tuple[str, int, bytes]:
    """Return an error as EC2's query protocol writes it."""
    text = (
        '<?xml version="1.0" encoding="UTF-8"?>\n<Response><Errors><Error>'
        f"<Code>{code}</Code><Message>{message}</Message>"
        f"</Error></Errors><RequestID>{uuid.uuid4()}</RequestID></Response>"
    )
    return code, status, text.encode()
