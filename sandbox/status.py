"""What `status` tells about a sandbox."""

import subprocess
from dataclasses import dataclass
from pathlib import Path

from sandbox.errors import LostCloudError, SandboxError, UnreadableStateError
from sandbox.runtime import Sandbox
from sandbox.stacks import Stack, list_stacks
from sandbox.state import Server


@dataclass(frozen=True)
class Status:
    """What runs, in words; `fault` is why the sandbox is not ready for use, None when it is."""

    cloud: str
    provider: str
    engine: str
    stacks: list[Stack]
    stacks_are_lost: bool
    fault: SandboxError | None


def survey(sandbox: Sandbox) -> Status:
    """Look at a sandbox without changing anything."""
    fault: SandboxError | None = None
    try:
        sandbox.running()
    except SandboxError as error:
        fault = error
    state = None if isinstance(fault, UnreadableStateError) else sandbox.servers.state()
    return Status(
        cloud=_describe_server(state.cloud if state else None),
        provider=_describe_server(state.provider if state else None),
        engine=_describe_engine(sandbox.directory / "bin" / "pulumi"),
        stacks=list_stacks(sandbox.backend),
        stacks_are_lost=isinstance(fault, LostCloudError),
        fault=fault,
    )


def _describe_server(server: Server | None) -> str:
    if server is None or not server.alive:
        return "not running"
    return f"127.0.0.1:{server.port} (process {server.process.pid})"


def _describe_engine(pulumi: Path) -> str:
    if not pulumi.exists():
        return "none yet"
    version = subprocess.run(  # noqa: S603 - the engine that the sandbox itself provides
        [str(pulumi), "version"], capture_output=True, text=True, check=False
    )
    return f"pulumi {version.stdout.strip()} ({pulumi})"
