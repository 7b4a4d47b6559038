"""The instance metadata service of a node: IMDSv2, with the role's credentials.

https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instancedata-data-categories.html
"""

import datetime as dt
import json
import secrets
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import Any

from lab.aws.server import ListeningServer
from lab.vpc.plan import Host
from ops.aws import Aws
from ops.cluster import Cluster, Node

PORT = 80
_PREFIX = "/latest/"
_RENEW_BEFORE = dt.timedelta(minutes=15)


@dataclass
class Credentials:
    """Access keys of the nodes' role, one session for each node, kept until they expire."""

    aws: Aws
    role_arn: str
    _sessions: dict[str, dict[str, Any]] = field(default_factory=dict[str, dict[str, Any]])
    _owners: dict[str, Node] = field(default_factory=dict[str, Node])
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def of(self, node: Node) -> dict[str, Any]:
        """Return a node's credentials as AWS STS writes them. Raises OpsError."""
        with self._lock:
            session = self._sessions.get(node.name)
            now = dt.datetime.now(dt.UTC)
            if session is None or session["Expiration"] - now < _RENEW_BEFORE:
                session = self.aws.call(
                    "sts",
                    "assume_role",
                    RoleArn=self.role_arn,
                    RoleSessionName=node.instance_id,
                )["Credentials"]
                self._sessions[node.name] = session
                self._owners[session["AccessKeyId"]] = node
            return session

    def owner(self, key: str) -> Node | None:
        """Return the node that was given an access key."""
        return self._owners.get(key)


def serve_metadata(
    listener: socket.socket, cluster: Cluster, node: Node, host: Host, credentials: Credentials
) -> None:
    """Answer a node's questions about itself, in threads that end with the lab."""
    _Server(listener, _answers(cluster, node, host, credentials)).start()


def _answers(
    cluster: Cluster, node: Node, host: Host, credentials: Credentials
) -> Callable[[str], str | None]:
    role = cluster.node_role_arn.rpartition("/")[2]
    zone = f"{cluster.region}{node.zone}"
    mac = f"meta-data/network/interfaces/macs/{host.mac}/"
    fixed = {
        "meta-data/instance-id": node.instance_id,
        "meta-data/local-ipv4": str(host.address),
        "meta-data/mac": host.mac,
        "meta-data/network/interfaces/macs/": f"{host.mac}/",
        f"{mac}interface-id": node.network_interface_id,
        f"{mac}device-number": "0",
        f"{mac}subnet-id": host.subnet_id,
        f"{mac}vpc-id": cluster.vpc_id,
        "meta-data/placement/availability-zone": zone,
        "meta-data/placement/region": cluster.region,
        "meta-data/iam/security-credentials/": role,
        "dynamic/instance-identity/document": json.dumps(
            {
                "accountId": cluster.node_role_arn.split(":")[4],
                "availabilityZone": zone,
                "instanceId": node.instance_id,
                "privateIp": str(host.address),
                "region": cluster.region,
            }
        ),
    }

    def answer(path: str) -> str | None:
        if path == f"meta-data/iam/security-credentials/{role}":
            return json.dumps(_written(credentials.of(node)))
        return fixed.get(path) or fixed.get(f"{path}/")

    return answer


def _written(session: dict[str, Any]) -> dict[str, str]:
    now = dt.datetime.now(dt.UTC)
    return {
        "Code": "Success",
        "Type": "AWS-HMAC",
        "LastUpdated": f"{now:%Y-%m-%dT%H:%M:%SZ}",
        "AccessKeyId": session["AccessKeyId"],
        "SecretAccessKey": session["SecretAccessKey"],
        "Token": session["SessionToken"],
        "Expiration": f"{session['Expiration']:%Y-%m-%dT%H:%M:%SZ}",
    }


class _Server(ListeningServer):
    def __init__(self, listener: socket.socket, answer: Callable[[str], str | None]) -> None:
        super().__init__(listener, _Handler)
        self.answer = answer
        self.token = secrets.token_urlsafe(32)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server  # pyright: ignore[reportIncompatibleVariableOverride]

    def do_PUT(self) -> None:
        """Give the token without which nothing is told: the nodes require it, as IMDSv2 does."""
        if self.path == f"{_PREFIX}api/token":
            wanted = self.headers.get("X-aws-ec2-metadata-token-ttl-seconds", "60")
            self._send(200, self.server.token, {"X-aws-ec2-metadata-token-ttl-seconds": wanted})
        else:
            self._send(404, "")

    def do_GET(self) -> None:
        """Tell one fact."""
        if self.headers.get("X-aws-ec2-metadata-token") != self.server.token:
            self._send(401, "")
            return
        found = self.server.answer(self.path.removeprefix(_PREFIX))
        self._send(404 if found is None else 200, found or "")

    def _send(self, status: int, text: str, headers: dict[str, str] | None = None) -> None:
        body = text.encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name
        """Write nothing."""
