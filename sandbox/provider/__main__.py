"""Serves the provider: `python -m sandbox.provider` prints its port and runs until it is ended."""

import argparse
import os
import signal
import sys
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import FrameType

import grpc
from pulumi.runtime.proto import provider_pb2_grpc

from sandbox.provider.clouds import Clouds
from sandbox.provider.injected_faults import InjectedFaults
from sandbox.provider.servicer import Servicer

_WORKERS = 32
_LONGEST_MESSAGE = 400 * 1024 * 1024  # the engine's own limit
_GRACE_S = 2.0


def build_server(clouds: Clouds, port: int = 0) -> tuple[grpc.Server, int]:
    """Build the server on a port of 127.0.0.1; return it, not yet started, and its port.

    Port 0 stands for a free one. Raises RuntimeError when the port is taken.
    """
    server = grpc.server(
        ThreadPoolExecutor(_WORKERS),
        options=[
            ("grpc.max_receive_message_length", _LONGEST_MESSAGE),
            ("grpc.max_send_message_length", _LONGEST_MESSAGE),
            ("grpc.so_reuseport", 0),
        ],
    )
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(Servicer(clouds), server)
    return server, server.add_insecure_port(f"127.0.0.1:{port}")


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve until SIGTERM or SIGINT."""
    parser = argparse.ArgumentParser(prog="python -m sandbox.provider")
    parser.add_argument("--port", type=int, default=0, help="0, the default, is a free one")
    parser.add_argument("--faults", type=Path, help="the file of the faults to inject")
    parsed = parser.parse_args(arguments)
    wanted: int = parsed.port
    try:
        faults = InjectedFaults(parsed.faults) if parsed.faults else None
        clouds = Clouds(os.environ.get("AWS_ENDPOINT_URL"), faults)
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
    try:
        server, port = build_server(clouds, wanted)
    except RuntimeError as error:
        print(f"sandbox.provider: {error}", file=sys.stderr)  # noqa: T201 - a command's message
        return 1
    server.start()
    print(port, flush=True)  # noqa: T201 - who starts it reads the port
    ended.wait()
    server.stop(_GRACE_S).wait()
    return 0


if __name__ == "__main__":
    sys.exit(main())
