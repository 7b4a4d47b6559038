"""What a sandbox remembers between two commands, in one small file."""

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, cast

from sandbox.errors import UnreadableStateError
from sandbox.processes import ServerProcess


@dataclass(frozen=True)
class Server:
    """One of the sandbox's two servers: its process and its port on 127.0.0.1."""

    process: ServerProcess
    port: int

    @property
    def alive(self) -> bool:
        """Whether the very process that was started still lives."""
        return self.process.find() is not None


@dataclass(frozen=True)
class State:
    """The servers of a sandbox; `cloud_id` names one life of the cloud's memory."""

    cloud_id: str
    cloud: Server
    provider: Server | None

    @property
    def servers(self) -> list[Server]:
        """The servers that were started, in the order in which they are ended."""
        return [self.cloud] if self.provider is None else [self.provider, self.cloud]

    @property
    def endpoint(self) -> str:
        """The address of the cloud's API."""
        return f"http://127.0.0.1:{self.cloud.port}"


def read_state(path: Path) -> State | None:
    """Read the state; None when there is none, an error when the file is not whole."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
    try:
        raw = cast("dict[str, Any]", json.loads(text))
        provider = raw["provider"]
        return State(
            cloud_id=str(raw["cloud_id"]),
            cloud=_server(raw["cloud"]),
            provider=None if provider is None else _server(provider),
        )
    except (ValueError, KeyError, TypeError) as fault:
        raise UnreadableStateError(
            f"{path} cannot be read ({fault!r}), so servers that it may have named are not known "
            "and not ended. Remedy: python -m sandbox start --fresh"
        ) from fault


def write_state(path: Path, state: State) -> None:
    """Write the state so that a reader finds the old one or the new one, never half of it."""
    aside = path.with_suffix(".json.new")
    with aside.open("w", encoding="utf-8") as file:
        json.dump(asdict(state), file, indent=2)
        file.flush()
        os.fsync(file.fileno())
    aside.replace(path)


def _server(raw: Any) -> Server:
    process = ServerProcess(int(raw["process"]["pid"]), float(raw["process"]["created"]))
    return Server(process, int(raw["port"]))
