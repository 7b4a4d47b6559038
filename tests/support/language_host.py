"""A language host of its own for a test, asked over gRPC as the engine asks it."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import grpc
import psutil
from google.protobuf import struct_pb2
from pulumi.runtime.proto import language_pb2, language_pb2_grpc

from sandbox.engine import Engine, link_engine
from sandbox.engine.engine import EXECUTOR

UNLIMITED = [("grpc.max_receive_message_length", -1), ("grpc.max_send_message_length", -1)]
ENGINE_ADDRESS = "127.0.0.1:9"

# Stands in for Pulumi's executor: it writes down how it was called, then runs the program.
NOTING_EXECUTOR = """
import json, os, pathlib, runpy, sys
seen = {"arguments": sys.argv[1:], "directory": os.getcwd(), "environment": dict(os.environ),
        "python": sys.executable, "prefix": sys.prefix}
pathlib.Path(os.environ["SEEN"]).write_text(json.dumps(seen))
runpy.run_path(sys.argv[-1], run_name="__main__")
"""


@dataclass(frozen=True)
class Host:
    """A running host: its process, its service, and the channel that the test may drop."""

    process: subprocess.Popen[bytes]
    service: language_pb2_grpc.LanguageRuntimeStub
    channel: grpc.Channel
    seen_file: Path

    def seen(self) -> dict[str, Any]:
        """What the executor saw when it was started last."""
        return json.loads(self.seen_file.read_text())

    def output(self) -> tuple[str, str]:
        """Interrupt the host's process group, as the engine does, and return all it wrote."""
        os.killpg(self.process.pid, signal.SIGINT)
        out, err = self.process.communicate(timeout=20)
        return out.decode(), err.decode()


def stand_in_tools(folder: Path) -> Path:
    """Write the stand-in executor into a folder of tools, and return that."""
    tools = folder / "tools"
    tools.mkdir()
    (tools / EXECUTOR).write_text(NOTING_EXECUTOR)
    return tools


def link_host(folder: Path, tools: Path) -> Path:
    """Write a launcher of a language host that runs these tools, and return it."""
    pulumi = folder / "pulumi"
    pulumi.touch()
    link_engine(Engine(pulumi, "3.259.0", "built", tools), folder / "bin")
    return folder / "bin" / "pulumi-language-python"


@contextmanager
def running_host(folder: Path, tools: Path | None = None, **environment: str) -> Iterator[Host]:
    """Start a language host, of which nothing is left after.

    Without `tools` it has the stand-in executor, which notes in `folder` what it runs.
    """
    seen = folder / "seen.json"
    process = subprocess.Popen(
        [link_host(folder, tools or stand_in_tools(folder)), ENGINE_ADDRESS],
        env={**os.environ, "SEEN": str(seen), **environment},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    assert process.stdout is not None
    port = int(process.stdout.readline())
    channel = grpc.insecure_channel(f"127.0.0.1:{port}", options=UNLIMITED)
    family = psutil.Process(process.pid)
    try:
        yield Host(process, language_pb2_grpc.LanguageRuntimeStub(channel), channel, seen)
    finally:
        channel.close()
        relatives = family.children(recursive=True) if family.is_running() else []
        for relative in relatives:
            relative.kill()
        process.kill()
        process.communicate()


def program_info(folder: Path, main: str = ".", **options: Any) -> language_pb2.ProgramInfo:
    """Describe a project in `folder`, by default run by the Python that runs the tests."""
    options = {"toolchain": "pip", "virtualenv": sys.prefix, **options}
    described = struct_pb2.Struct()
    described.update({name: value for name, value in options.items() if value is not None})
    return language_pb2.ProgramInfo(
        root_directory=str(folder),
        program_directory=str((folder / main).resolve()),
        entry_point=".",
        options=described,
    )


def run_request(folder: Path, program: str, **fields: Any) -> language_pb2.RunRequest:
    """Write `program` as a project's `__main__.py` and ask to run it."""
    (folder / "__main__.py").write_text(program)
    fields = {"info": program_info(folder), "monitor_address": "127.0.0.1:8", **fields}
    return language_pb2.RunRequest(**fields)


def plugin_request(kind: str, folder: Path, **fields: Any) -> language_pb2.RunPluginRequest:
    """Ask to run the plugin in `folder`, from the folder above."""
    fields = {"info": program_info(folder), "pwd": str(folder.parent), **fields}
    return language_pb2.RunPluginRequest(kind=kind, **fields)


def eventually(fact: Callable[[], Any], seconds: float = 15.0) -> Any:
    """Return the first truthy value of `fact`; fail the test if there is none in time."""
    deadline = time.monotonic() + seconds
    while not (value := fact()):
        assert time.monotonic() < deadline, "it did not come true in time"
        time.sleep(0.05)
    return value
