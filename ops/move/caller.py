"""EC2 calls that are repeated after short waits: a takeover cannot wait for botocore's.

botocore's standard mode takes 5 s for three throttled attempts, this takes 0.7 s. Every operation
here may be repeated: a describe call, or the replacement of a route by the same one.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from ops.aws import Aws, Place, pages_by_token
from ops.errors import AwsError, OpsError

Clock = Callable[[], float]
Sleep = Callable[[float], None]
READ_SECONDS: Final = 5
_WAITS: Final = (0.1, 0.2, 0.4, 0.8, 1.6)
"""Seconds before each further attempt; after the last one the call has failed."""
TRANSIENT: Final = frozenset(
    {
        "ConnectTimeoutError",
        "ConnectionClosedError",
        "EndpointConnectionError",
        "InternalError",
        "InternalFailure",
        "ReadTimeoutError",
        "ServiceUnavailable",
        "Unavailable",
    }
)


@dataclass(frozen=True)
class Reply:
    """How a call went; times are the clock's. Exactly one of `answer` and `error` is set."""

    sent: float
    answered: float
    attempts: int
    throttled: int
    slowest: float
    """Seconds of the attempt that took longest."""
    answer: dict[str, Any] | None = None
    error: OpsError | None = None

    def require(self) -> dict[str, Any]:
        """Return the answer, or raise the error."""
        if self.error is not None:
            raise self.error
        return self.answer or {}


class Caller:
    """Calls EC2 with up to six attempts; usable from several threads."""

    def __init__(self, aws: Aws, clock: Clock = time.monotonic, sleep: Sleep = time.sleep) -> None:
        """Take an Aws that repeats nothing by itself: see `quick_aws`."""
        self.aws = aws
        self.clock = clock
        self.sleep = sleep

    def call(self, operation: str, **arguments: Any) -> Reply:
        """Call an operation by boto3's name; an error is part of the reply."""
        sent = self.clock()
        throttled, slowest = 0, 0.0
        for attempt, wait in enumerate((*_WAITS, None), start=1):
            began = self.clock()
            answer, error = self._attempt(operation, arguments)
            ended = self.clock()
            slowest = max(slowest, ended - began)
            throttled += error is not None and error.is_throttled
            if error is None or wait is None or not _may_pass(error):
                return Reply(sent, ended, attempt, throttled, slowest, answer, error)
            self.sleep(wait)
        raise AssertionError("the last attempt has no wait")

    def pages(self, operation: str, key: str, **arguments: Any) -> list[dict[str, Any]]:
        """Return what all pages hold under `key`. Raises OpsError when a page cannot be had."""

        def ask(**more: Any) -> dict[str, Any]:
            return self.call(operation, **arguments, **more).require()

        return pages_by_token(ask, key)

    def _attempt(
        self, operation: str, arguments: dict[str, Any]
    ) -> tuple[dict[str, Any] | None, OpsError | None]:
        try:
            return self.aws.call("ec2", operation, **arguments), None
        except OpsError as error:
            return None, error


def quick_aws(place: Place) -> Aws:
    """Return an Aws for a Caller: one attempt, and a short wait for its answer."""
    return Aws(place, attempts=1, read_seconds=READ_SECONDS)


def _may_pass(error: OpsError) -> bool:
    return error.is_throttled or (isinstance(error, AwsError) and error.code in TRANSIENT)
