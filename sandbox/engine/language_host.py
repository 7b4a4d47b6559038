"""The process `pulumi-language-python` of an engine that was built here.

The engine starts it with its own address as last argument, reads the port from the first line of
standard output, interrupts its process group when it is done, and kills that group 5 s later.
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import signal
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from types import ModuleType

# As much as Pulumi's own language hosts take.
MESSAGE_LIMIT = 400 * 1024 * 1024
GRACE = 2.0


def main() -> None:
    """Serve until interrupted, terminated or orphaned; then end every child and exit."""
    stop, quiet = threading.Event(), threading.Event()

    def leave(_number: int, _frame: object) -> None:
        quiet.set()
        stop.set()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, leave)
    engine = os.getppid()
    arguments = _arguments()
    _leave_the_sdk_out()

    import grpc  # noqa: PLC0415 - a signal during this slow import must already be handled
    from pulumi.runtime.proto import (  # noqa: PLC0415 - only after the SDK is left out
        language_pb2_grpc,
    )

    from sandbox.engine.language_runtime import LanguageRuntime  # noqa: PLC0415 - likewise

    limits = [("grpc.max_receive_message_length", MESSAGE_LIMIT)]
    # Every running program or plugin holds one thread for as long as it lives.
    server = grpc.server(ThreadPoolExecutor(max_workers=64), options=limits)
    runtime = LanguageRuntime(arguments, quiet)
    language_pb2_grpc.add_LanguageRuntimeServicer_to_server(runtime, server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    print(port, flush=True)  # noqa: T201 - the engine waits for this line

    while not stop.wait(timeout=1.0):
        if os.getppid() != engine:
            break
    runtime.close(GRACE)
    server.stop(grace=None)
    # A handler that still holds a thread would keep an ordinary exit waiting.
    os._exit(0)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="pulumi-language-python")
    parser.add_argument("--tools", required=True, help="the folder of executor and policy proxy")
    parser.add_argument("--version", dest="engine_version", default="", help="of the engine")
    parser.add_argument("--tracing", default="", help="where the program sends traces")
    parser.add_argument("engine_address", nargs="?", default="")
    known, _ = parser.parse_known_args()
    return known


def _leave_the_sdk_out() -> None:
    """Make `pulumi.runtime.proto` importable without running the SDK around it.

    The generated stubs need nothing of the SDK, whose import takes three times as long as theirs,
    and the engine waits for this process in every command.
    """
    spec = importlib.util.find_spec("pulumi")
    if spec is None or not spec.submodule_search_locations:
        sys.exit(f"{sys.executable} has no package `pulumi`; install requirements-dev.txt into it")
    for name, folders in (
        ("pulumi", list(spec.submodule_search_locations)),
        ("pulumi.runtime", [f"{path}/runtime" for path in spec.submodule_search_locations]),
    ):
        module = ModuleType(name)
        module.__path__ = folders
        sys.modules[name] = module
