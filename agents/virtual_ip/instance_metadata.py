"""The instance metadata service, version 2: which network interface of AWS a device is.

https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-instance-metadata-service.html
"""

import http.client
import os
import time
from collections.abc import Mapping
from urllib.parse import urlsplit

from agents.virtual_ip.errors import AgentError

_ENDPOINT = "http://169.254.169.254"
_VARIABLE = "AWS_EC2_METADATA_SERVICE_ENDPOINT"
"""The variable of the AWS SDKs for another address."""
_SECONDS = 2
_WAITS = (0.2, 0.5)


def interface_of(mac: str) -> str:
    """Return the id of the network interface with a MAC address. Raises AgentError."""
    path = f"/latest/meta-data/network/interfaces/macs/{mac}/interface-id"
    for wait in _WAITS:
        try:
            return _get(path)
        except (OSError, http.client.HTTPException):
            time.sleep(wait)
    try:
        return _get(path)
    except (OSError, http.client.HTTPException) as error:
        raise AgentError(
            f"the instance metadata service does not say which network interface has {mac}: "
            f"{error or type(error).__name__}. Is it on, and is this an EC2 instance?"
        ) from None


def _get(path: str) -> str:
    headers = {"X-aws-ec2-metadata-token-ttl-seconds": "60"}
    token = _ask("PUT", "/latest/api/token", headers)
    return _ask("GET", path, {"X-aws-ec2-metadata-token": token})


def _ask(method: str, path: str, headers: Mapping[str, str]) -> str:
    place = urlsplit(os.environ.get(_VARIABLE) or _ENDPOINT)
    connection = http.client.HTTPConnection(place.hostname or "", place.port, timeout=_SECONDS)
    try:
        connection.request(method, f"{place.path.rstrip('/')}{path}", headers=dict(headers))
        answer = connection.getresponse()
        body = answer.read().decode()
        if answer.status != http.client.OK:
            raise http.client.HTTPException(f"{method} {path} was answered {answer.status}")
        return body.strip()
    finally:
        connection.close()
