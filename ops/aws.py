"""AWS as the commands see it: clients of one region, errors as messages, calls counted."""

import os
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

import boto3
import botocore.exceptions
import botocore.parsers
from botocore.config import Config

from ops.errors import DENIED, THROTTLED, AwsError, TimedOutError, UsageError

_CONNECT_SECONDS: Final = 3
_READ_SECONDS: Final = 15
_ATTEMPTS: Final = 4
"""The first call and three more, with botocore's own backoff between them."""
_CONNECTIONS: Final = 32
"""Connections that a client keeps open; more threads than that wait for nothing but a handshake."""
_PREFIXES: Final = {"service-quotas": "servicequotas"}
"""What IAM calls a service, where boto3 has another name for it."""
_REMEDIES: Final = {
    **dict.fromkeys(DENIED, "Allow {operation} to whoever runs this (docs/operations.md)"),
    **dict.fromkeys(THROTTLED, "Wait a minute: others of this account call AWS as well"),
    "AuthFailure": "Check the credentials, and this machine's clock",
    "RequestExpired": "Set this machine's clock, or sign in again",
    "ExpiredToken": "Sign in again",
    "ExpiredTokenException": "Sign in again",
    "InvalidClientTokenId": "Check the credentials, and that the account has this region enabled",
}


@dataclass(frozen=True)
class Place:
    """Which AWS: each may be left out, and is then what boto3 finds in its usual places."""

    region: str | None = None
    profile: str | None = None
    endpoint_url: str | None = None
    timeout: float | None = None
    """Seconds after which no further call begins."""


class Aws:
    """Clients for one region of one account, kept and shared between threads.

    `calls` counts what was asked, by names such as `ec2:DescribeVpcs`; a call that botocore
    retries counts once.
    """

    def __init__(
        self, place: Place, *, attempts: int = _ATTEMPTS, read_seconds: int = _READ_SECONDS
    ) -> None:
        """Open a session. Raises UsageError for a profile that is not there, or no region.

        boto3 reads AWS_DEFAULT_REGION alone; AWS_REGION is what other SDKs and the sandbox use.
        With one of `attempts`, botocore repeats nothing: the caller has a backoff of its own.
        """
        try:
            self._session: Any = boto3.Session(
                profile_name=place.profile, region_name=place.region or os.environ.get("AWS_REGION")
            )
        except botocore.exceptions.ProfileNotFound as error:
            raise UsageError(f"{error}: see --profile and AWS_PROFILE") from None
        region: str | None = self._session.region_name
        if not region:
            raise UsageError("no region: give --region, set AWS_REGION, or set it in the profile")
        self.region = region
        self.calls: Counter[str] = Counter()
        self._place = place
        self._attempts = attempts
        self._read_seconds = read_seconds
        self._ends = None if place.timeout is None else time.monotonic() + place.timeout
        self._clients: dict[str, Any] = {}
        self._lock = threading.Lock()

    def lift_timeout(self) -> None:
        """End no further call by `--timeout`: what restores a service must not stop halfway."""
        self._ends = None

    def client(self, service: str) -> Any:
        """Return the one boto3 client of a service; making it takes about 0.2 s."""
        with self._lock:
            if service not in self._clients:
                self._clients[service] = self._open(service)
            return self._clients[service]

    def call(self, service: str, operation: str, **arguments: Any) -> dict[str, Any]:
        """Call `operation`, by boto3's name (`describe_vpcs`).

        Raises AwsError, and TimedOutError when the time is up.
        """
        client = self.client(service)
        name = _action(service, client, operation)
        self.require_time(name)
        with self._lock:
            self.calls[name] += 1
        return asking(name, lambda: getattr(client, operation)(**arguments))

    def pages(self, service: str, operation: str, key: str, **arguments: Any) -> list[Any]:
        """Return what all pages of `operation` hold under `key`; errors as of `call`."""
        client = self.client(service)
        if not client.can_paginate(operation):
            return pages_by_token(partial(self.call, service, operation, **arguments), key)
        name = _action(service, client, operation)
        found: list[Any] = []
        pages = iter(client.get_paginator(operation).paginate(**arguments))
        while True:
            self.require_time(name)
            page = asking(name, lambda: next(pages, None))
            if page is None:
                return found
            with self._lock:
                self.calls[name] += 1
            found += page.get(key, [])

    def require_time(self, what: str) -> None:
        """Raise TimedOutError when `--timeout` has passed; `what` would come next."""
        if self._ends is not None and time.monotonic() > self._ends:
            raise TimedOutError(f"--timeout {self._place.timeout:g}: the time is up before {what}")

    def _open(self, service: str) -> Any:
        read: float = self._read_seconds
        if self._place.timeout is not None:
            read = max(1, min(read, self._place.timeout))
        config = Config(
            connect_timeout=_CONNECT_SECONDS,
            read_timeout=read,
            max_pool_connections=_CONNECTIONS,
            retries={"mode": "standard", "total_max_attempts": self._attempts},
        )
        try:
            return self._session.client(
                service, endpoint_url=self._place.endpoint_url, config=config
            )
        except (botocore.exceptions.InvalidRegionError, ValueError) as error:
            raise UsageError(f"{error}: see --region and --endpoint-url") from None


def pages_by_token(ask: Callable[..., Mapping[str, Any]], key: str) -> list[Any]:
    """Return what all pages hold under `key`; `ask` takes the NextToken of each further page."""
    answer = ask()
    found: list[Any] = [*answer.get(key, [])]
    while token := answer.get("NextToken"):
        answer = ask(NextToken=token)
        found += answer.get(key, [])
    return found


def asking(operation: str, ask: Callable[[], Any]) -> Any:
    """Call `ask` and turn what botocore raises into an AwsError or UsageError."""
    try:
        return ask()
    except botocore.exceptions.ClientError as error:
        code, text = _refusal(error.response)
        remedy = _REMEDIES.get(code, "See AWS's reference of the operation")
        raise AwsError(operation, code, text, remedy.format(operation=operation)) from None
    except (
        botocore.exceptions.NoCredentialsError,
        botocore.exceptions.PartialCredentialsError,
        botocore.exceptions.TokenRetrievalError,
        botocore.exceptions.SSOError,
    ) as error:
        raise UsageError(f"{operation}: {error}. Sign in, or give --profile") from None
    except (
        botocore.exceptions.HTTPClientError,
        botocore.exceptions.BotoCoreError,
        botocore.parsers.ResponseParserError,
    ) as error:
        remedy = "Is there a way to that address from here? See --endpoint-url and --region"
        raise AwsError(operation, type(error).__name__, str(error), remedy) from None


def _action(service: str, client: Any, operation: str) -> str:
    """Return the name of an operation as IAM's policies write it."""
    return f"{_PREFIXES.get(service, service)}:{client.meta.method_to_api_mapping[operation]}"


def _refusal(response: Mapping[str, Any]) -> tuple[str, str]:
    error = response.get("Error", {})
    return str(error.get("Code", "Unknown")), str(error.get("Message", "")).rstrip(".")
