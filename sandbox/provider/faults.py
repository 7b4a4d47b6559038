"""Turns what went wrong into the errors of gRPC that the engine understands."""

import traceback
from collections.abc import Callable, Generator
from contextlib import contextmanager
from functools import wraps
from typing import Any, TypeVar, cast

import grpc
from google.protobuf import any_pb2
from pulumi.runtime.proto import provider_pb2, status_pb2

from sandbox.provider.connections import NotConfiguredError
from sandbox.provider.lifecycle import RefusedError, UnfinishedError
from sandbox.provider.registry import UnmodelledError
from sandbox.provider.wire import Secrets, encode


class NotOfferedError(Exception):
    """The protocol has a method for it, the sandbox's provider does not offer it."""


# The engine takes Unknown and Internal for "nobody knows what became of it"; these say it is known.
_CODES: dict[type[Exception], grpc.StatusCode] = {
    RefusedError: grpc.StatusCode.FAILED_PRECONDITION,
    UnmodelledError: grpc.StatusCode.INVALID_ARGUMENT,
    NotConfiguredError: grpc.StatusCode.FAILED_PRECONDITION,
    NotOfferedError: grpc.StatusCode.UNIMPLEMENTED,
}

Handler = TypeVar("Handler", bound=Callable[..., Any])


def answering(handler: Handler) -> Handler:
    """Let a handler's exceptions reach the engine as errors with a message, never as tracebacks."""

    @wraps(handler)
    def answer(self: Any, request: Any, context: grpc.ServicerContext) -> Any:
        try:
            return handler(self, request, context)
        except UnfinishedError as error:
            _abort_unfinished(error, context)
        except tuple(_CODES) as error:
            context.abort(_CODES[type(error)], str(error))
        except Exception as error:  # noqa: BLE001 - whatever it is, the engine must hear of it
            traceback.print_exc()
            what = getattr(request, "urn", "") or getattr(request, "tok", "")
            context.abort(
                grpc.StatusCode.INTERNAL,
                f"the sandbox's provider failed at {handler.__name__} {what}: {error!r}; "
                "its log has more",
            )

    return cast("Handler", answer)


@contextmanager
def keeping(secrets: Secrets) -> Generator[None]:
    """Let what became of a half-finished resource be told with its secrets kept."""
    try:
        yield
    except UnfinishedError as error:
        error.secrets = secrets
        raise


def _abort_unfinished(error: UnfinishedError, context: grpc.ServicerContext) -> None:
    """Say that it exists although it is not finished, so that the state keeps its id."""
    details = any_pb2.Any()
    details.Pack(
        provider_pb2.ErrorResourceInitFailed(
            id=error.identity,
            properties=encode(error.state, error.secrets),
            inputs=encode(error.inputs, error.secrets),
            reasons=[str(error)],
        )
    )
    code = grpc.StatusCode.UNKNOWN
    status = status_pb2.Status(code=code.value[0], message=str(error), details=[details])
    context.set_trailing_metadata((("grpc-status-details-bin", status.SerializeToString()),))
    context.abort(code, str(error))
