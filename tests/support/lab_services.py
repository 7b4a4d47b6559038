"""A fake of the sandbox's AWS behind the lab's relay, and clients of the lab's own services."""

import contextlib
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from socketserver import ThreadingMixIn, UnixStreamServer
from typing import Any
from urllib.parse import parse_qs

ANSWER = '<?xml version="1.0" encoding="UTF-8"?><{0}Response><return>true</return></{0}Response>'
MISSING = (
    "<Response><Errors><Error><Code>InvalidRouteTableID.NotFound</Code><Message>No</Message>"
    "</Error></Errors></Response>"
)


@dataclass
class Upstream:
    """An AWS that knows every operation; `asked` are their names, `headers` those of the last."""

    path: Path
    asked: list[str] = field(default_factory=list[str])
    headers: dict[str, str] = field(default_factory=dict[str, str])


class _Server(ThreadingMixIn, UnixStreamServer):
    daemon_threads = True


@contextlib.contextmanager
def running_upstream(path: Path) -> Iterator[Upstream]:
    """Serve at a Unix socket; a call on table `rtb-gone` is an error."""
    upstream = Upstream(path)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            given = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
            upstream.asked.append(given["Action"][0])
            upstream.headers = dict(self.headers)
            gone = given.get("RouteTableId") == ["rtb-gone"]
            body = (MISSING if gone else ANSWER.format(given["Action"][0])).encode()
            self.send_response(400 if gone else 200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """Write nothing."""

    with _Server(str(path), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield upstream
        finally:
            server.shutdown()
            thread.join()


def listening() -> socket.socket:
    """Listen at a free port of loopback."""
    return socket.create_server(("127.0.0.1", 0))


def port_of(listener: socket.socket) -> int:
    """The port at which a socket listens."""
    return listener.getsockname()[1]
