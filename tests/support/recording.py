"""What the sandbox's cloud was asked, as the actions of IAM policies."""

import base64
import json
import urllib.parse
import urllib.request
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from sandbox.runtime import Sandbox

# Services whose signing name is not the one of their actions.
_SERVICES = {"monitoring": "cloudwatch"}
_DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))


@dataclass
class Recording:
    """The actions of all calls that reach a sandbox's cloud in the blocks of `part`.

    moto's own recorder keeps them: https://docs.getmoto.org/en/latest/docs/configuration/recorder/
    """

    sandbox: Sandbox
    parts: dict[str, frozenset[str]] = field(default_factory=dict)

    @contextmanager
    def part(self, name: str) -> Generator[None]:
        """Record what is called inside the block."""
        self._tell("reset-recording")
        self._tell("start-recording")
        try:
            yield
        finally:
            self._tell("stop-recording")
        entries = map(json.loads, self._tell("download-recording", "GET").splitlines())
        self.parts[name] = frozenset(map(action, entries))

    def actions(self, *names: str) -> frozenset[str]:
        """Return the actions of these parts, or of all."""
        return frozenset().union(*(self.parts[name] for name in names or self.parts))

    def _tell(self, word: str, method: str = "POST") -> str:
        url = f"{self.sandbox.running().endpoint}/moto-api/recorder/{word}"
        with _DIRECT.open(urllib.request.Request(url, method=method), timeout=10) as answer:
            return answer.read().decode()


def action(entry: Mapping[str, Any]) -> str:
    """Return the action of a recorded request, such as `ec2:RunInstances`.

    For the services here an action has the name of the API's operation. The service is the one
    for which the request was signed. Raises KeyError for a protocol without names of operations.
    """
    headers = {name.lower(): value for name, value in entry["headers"].items()}
    service = headers["authorization"].split("/")[3]
    service = _SERVICES.get(service, service)
    if "/operation/" in entry["url"]:  # the protocol rpc-v2-cbor
        return f"{service}:{entry['url'].rpartition('/')[2]}"
    if "x-amz-target" in headers:
        return f"{service}:{headers['x-amz-target'].rpartition('.')[2]}"
    body = base64.b64decode(entry["body"]).decode() if entry["body_encoded"] else entry["body"]
    return f"{service}:{urllib.parse.parse_qs(body)['Action'][0]}"
