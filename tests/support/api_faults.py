"""Faults of the EC2 API as a client meets them: answered before anything is sent.

The answers pass through botocore's own parsing and its retries.
"""

import itertools
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import parse_qs

from botocore.awsrequest import AWSResponse

from ops.aws import Aws

_ERROR = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<Response><Errors><Error><Code>{}</Code>'
    "<Message>{}</Message></Error></Errors><RequestID>1</RequestID></Response>"
)


class ApiFaults:
    """Faults of one Aws, until they are cleared."""

    def __init__(self, aws: Aws) -> None:
        self._events: Any = aws.client("ec2").meta.events
        self._registered: list[tuple[str, Callable[..., object]]] = []

    def clear(self) -> None:
        """Forget all faults."""
        while self._registered:
            self._events.unregister(*self._registered.pop())

    def throttle(self, operation: str, times: int, table: str | None = None) -> None:
        """Throttle the first calls, of one table or of all together."""
        calls = itertools.count(1)
        self._answer(operation, table, "RequestLimitExceeded", 503, lambda: next(calls) <= times)

    def deny(self, operation: str, table: str | None = None) -> None:
        """Refuse all calls, of one table or of all."""
        self._answer(operation, table, "UnauthorizedOperation", 403, lambda: True)

    def before(self, operation: str, act: Callable[[], object]) -> None:
        """Act before each call, for example by waiting; the call then goes on."""

        def handler(**_: Any) -> None:
            act()

        self._register(operation, handler)

    def _register(self, operation: str, handler: Callable[..., object]) -> None:
        self._registered.append((f"before-send.ec2.{operation}", handler))
        self._events.register(*self._registered[-1])

    def _answer(
        self, operation: str, table: str | None, code: str, status: int, hits: Callable[[], bool]
    ) -> None:
        def handler(request: Any, **_: Any) -> AWSResponse | None:
            asked = parse_qs(_text(request.body)).get("RouteTableId", [None])[0]
            if (table is not None and asked != table) or not hits():
                return None
            return refusal(request, code, status)

        self._register(operation, handler)


def refusal(request: Any, code: str, status: int) -> AWSResponse:
    """Return the answer with which EC2 refuses a request."""
    return response(request, _ERROR.format(code, "by a test"), status)


def response(request: Any, text: str, status: int = 200) -> AWSResponse:
    """Return an answer to a request, which is then not sent."""
    return AWSResponse(request.url, status, {}, _Body(text))


class _Body:
    def __init__(self, text: str) -> None:
        self._text = text

    def stream(self, **_: Any) -> Iterator[bytes]:
        yield self._text.encode()


def _text(body: Any) -> str:
    return body.decode() if isinstance(body, bytes) else str(body)
