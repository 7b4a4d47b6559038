"""The local AWS as a whole: where it answers, and one `Cloud` per region."""

import ipaddress
import threading
from urllib.parse import urlsplit

from sandbox.provider.cloud import Cloud
from sandbox.provider.injected_faults import InjectedFaults


def require_loopback(endpoint: str | None) -> str:
    """Return the endpoint if it is on this machine; raise ValueError otherwise."""
    if not endpoint:
        raise ValueError(
            "AWS_ENDPOINT_URL is not set; the sandbox's provider serves a local AWS only"
        )
    parts = urlsplit(endpoint)
    host = parts.hostname or ""
    try:
        local = host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        local = False
    if parts.scheme != "http" or not local:
        raise ValueError(
            f"AWS_ENDPOINT_URL is {endpoint!r}; the sandbox's provider serves a local AWS only, "
            "such as http://127.0.0.1:5000"
        )
    return endpoint


class Clouds:
    """Hands out the regions of the AWS at one endpoint; threads share them."""

    def __init__(self, endpoint: str | None, faults: InjectedFaults | None = None) -> None:
        self.endpoint = require_loopback(endpoint)
        self._faults = faults
        self._regions: dict[str, Cloud] = {}
        self._lock = threading.Lock()

    def region(self, name: str) -> Cloud:
        """Return a region by its name."""
        with self._lock:
            if name not in self._regions:
                self._regions[name] = Cloud(self.endpoint, name, self._faults)
            return self._regions[name]
