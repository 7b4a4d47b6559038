"""A stand-in for the instance metadata service, version 2, on loopback."""

import contextlib
import json
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

_TOKEN = "token"
_ROLE = "nodes"
_CREDENTIALS = {
    "Code": "Success",
    "Type": "AWS-HMAC",
    "AccessKeyId": "sandbox",
    "SecretAccessKey": "sandbox",
    "Token": "sandbox",
    "LastUpdated": "2026-01-01T00:00:00Z",
    "Expiration": "2099-01-01T00:00:00Z",
}


@dataclass
class MetadataService:
    """`interfaces` are network interfaces' ids by MAC address; `asked` are the paths so far."""

    endpoint: str
    interfaces: dict[str, str]
    asked: list[str] = field(default_factory=list[str])

    def document(self, path: str) -> str | None:
        """Return what a path holds, None where there is nothing."""
        credentials = "/latest/meta-data/iam/security-credentials/"
        documents = {credentials: _ROLE, f"{credentials}{_ROLE}": json.dumps(_CREDENTIALS)}
        for mac, interface in self.interfaces.items():
            documents[f"/latest/meta-data/network/interfaces/macs/{mac}/interface-id"] = interface
        return documents.get(path)


@contextlib.contextmanager
def running_metadata_service(interfaces: Mapping[str, str]) -> Iterator[MetadataService]:
    """Serve the metadata of an instance with these interfaces."""

    class Handler(BaseHTTPRequestHandler):
        def do_PUT(self) -> None:
            self._answer(200, _TOKEN)

        def do_GET(self) -> None:
            service.asked.append(self.path)
            if self.headers.get("X-aws-ec2-metadata-token") != _TOKEN:
                self._answer(401, "")
                return
            found = service.document(self.path)
            self._answer(404 if found is None else 200, found or "")

        def log_message(self, *_: Any) -> None:
            pass

        def _answer(self, status: int, text: str) -> None:
            self.send_response(status)
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text.encode())

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    service = MetadataService(f"http://127.0.0.1:{server.server_port}", dict(interfaces))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield service
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
