"""Serves the provider: `python -m sandbox.provider` prints its port and runs until it is ended."""

import os
import signal
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from types import FrameType

import grpc
from pulumi.runtime.proto import provider_pb2_grpc

from sandbox.provider.clouds import Clouds
from sandbox.provider.servicer import Servicer

_WORKERS = 32
_LONGEST_MESSAGE = 400 * 1024 * 1024  # the engine's own limit
_GRACE_S = 2.0


def build_server(clouds: Clouds) -> tuple[grpc.Server, int]:
    """Build the server on a free port of 127.0.0.1; return it, not yet started, and the port."""
    server = grpc.server(
        ThreadPoolExecutor(_WORKERS),
        options=[
            ("grpc.max_receive_message_length", _LONGEST_MESSAGE),
            ("grpc.max_send_message_length", _LONGEST_MESSAGE),
            ("grpc.so_reuseport", 0),
        ],
    )
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(Servicer(clouds), server)
    return server, server.add_insecure_port("127.0.0.1:0")


def main() -> int:
    """Serve until SIGTERM or SIGINT."""
    try:
        clouds = Clouds(os.environ.get("AWS_ENDPOINT_URL"))
    except ValueError as error:
        print(f"sandbox.provider: {error}", file=sys.stderr)  # noqa: T201 - a command's message
        return 2
    for hostile in ("AWS_PROFILE", "AWS_DEFAULT_PROFILE"):
        os.environ.pop(hostile, None)  # boto3 fails on a profile that it cannot find
    ended = threading.Event()

    def end(number: int, frame: FrameType | None) -> None:
        del number, frame
        ended.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, end)
    server, port = build_server(clouds)
    server.start()
    print(port, flush=True)  # noqa: T201 - who starts it reads the port
    ended.wait()
    server.stop(_GRACE_S).wait()
    return 0


if __name__ == "__main__":
    sys.exit(main())
