"""The go-between of the engine and a policy pack, which makes the stack known to the pack.

The Python SDK reads stack, project and configuration from its environment when it starts, while the
engine tells them in the call `ConfigureStack` to a pack that runs. So this serves first, waits for
that call, and passes every other call on to the pack once that is up.
"""

from __future__ import annotations

import json
from concurrent.futures import Future, InvalidStateError, ThreadPoolExecutor
from contextlib import suppress
from typing import TYPE_CHECKING, Any, cast

import grpc
from pulumi.runtime.proto import analyzer_pb2

if TYPE_CHECKING:
    from collections.abc import Iterator

SERVICE = "/pulumirpc.Analyzer/"


class PolicyProxy(grpc.GenericRpcHandler):
    """Serves as the pack of one `RunPlugin` call, at `port`, until it is closed."""

    def __init__(self, limits: list[tuple[str, int]]) -> None:
        """Start to serve; `limits` are the gRPC options for the sizes of messages."""
        self._limits = limits
        self._configuration: Future[bytes | None] = Future()
        self._pack: Future[grpc.Channel] = Future()
        self._server = grpc.server(ThreadPoolExecutor(max_workers=32), [self], options=limits)
        self.port = self._server.add_insecure_port("127.0.0.1:0")
        self._server.start()

    def service(self, handler_call_details: grpc.HandlerCallDetails) -> Any:
        """Answer what the pack is started with, and forward everything else as it is."""
        method = handler_call_details.method or ""

        def answer(request: bytes, context: grpc.ServicerContext) -> bytes:
            if method == SERVICE + "Handshake":
                return b""
            if method == SERVICE + "ConfigureStack":
                return self._configure(request)
            return self._forward(method, request, context)

        return cast("Any", grpc.unary_unary_rpc_method_handler(answer))

    def environment(self) -> dict[str, str]:
        """Wait for the engine's first call and return what it makes known to the pack.

        Empty if the engine asks something before it configures, as without a stack. Raises
        CancelledError if the proxy was closed meanwhile.
        """
        content = self._configuration.result()
        if content is None:
            return {}
        stack = analyzer_pb2.AnalyzerStackConfigureRequest.FromString(content)
        known = {
            "PULUMI_ORGANIZATION": stack.organization,
            "PULUMI_PROJECT": stack.project,
            "PULUMI_STACK": stack.stack,
            "PULUMI_DRY_RUN": "true" if stack.dry_run else "false",
            "PULUMI_CONFIG": json.dumps(dict(stack.config)),
        }
        return {name: value for name, value in known.items() if value}

    def attached(self, output: Iterator[tuple[str, bytes]]) -> Iterator[tuple[str, bytes]]:
        """Pass on a pack's output, but take from it the first line: the port that it serves at."""
        line, complete = b"", False
        for name, chunk in output:
            if name == "stderr" or complete:
                yield name, chunk
                continue
            line, end_of_line, rest = (line + chunk).partition(b"\n")
            if end_of_line:
                complete = True
                self._attach(line)
                if rest:
                    yield name, rest
        self._fail("the policy pack ended before it was ready; its output says why")

    def close(self) -> None:
        """Stop serving and let go of everybody who waits."""
        self._configuration.cancel()
        self._fail("the policy pack is no longer needed")
        self._server.stop(grace=1.0)  # the last answers are on their way

    def _configure(self, request: bytes) -> bytes:
        with suppress(InvalidStateError):
            self._configuration.set_result(request)
        return b""

    def _attach(self, line: bytes) -> None:
        try:
            port = int(line)
        except ValueError:
            self._fail(f"the policy pack wrote {line!r} before its port; only stderr is for text")
            return
        channel = grpc.insecure_channel(f"127.0.0.1:{port}", options=self._limits)
        configuration = self._configuration.result()
        if configuration is not None:
            # A pack may be too old to know this call, and then it does without the stack's tags.
            with suppress(grpc.RpcError):
                channel.unary_unary(SERVICE + "ConfigureStack")(configuration)
        self._pack.set_result(channel)

    def _fail(self, reason: str) -> None:
        with suppress(InvalidStateError):
            self._pack.set_exception(ConnectionError(reason))

    def _forward(self, method: str, request: bytes, context: grpc.ServicerContext) -> bytes:
        with suppress(InvalidStateError):
            self._configuration.set_result(None)
        try:
            return cast("Any", self._pack.result()).unary_unary(method)(request)
        except ConnectionError as error:
            context.abort(grpc.StatusCode.UNAVAILABLE, str(error))
        except grpc.RpcError as error:
            context.abort(error.code(), error.details() or "")
