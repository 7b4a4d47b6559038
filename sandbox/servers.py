"""The sandbox's two servers: the cloud, and the provider that the engine attaches to."""

import os
import sys
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from sandbox.cloud import (
    CHECKOUT,
    await_cloud,
    free_port,
    name_cloud,
    port_is_free,
    read_cloud_id,
    start_cloud,
)
from sandbox.environment import Surroundings, sandbox_environment, without_foreign
from sandbox.errors import SandboxError
from sandbox.processes import ensure_alive, start_server
from sandbox.provider.injected_faults import InjectedFaults
from sandbox.state import Server, State, read_state, write_state

_PATIENCE_S = 30.0


@dataclass(frozen=True)
class Servers:
    """The servers whose record, logs and ports are kept in one folder."""

    directory: Path
    report: Callable[[str], None]

    def state(self) -> State | None:
        """Read what was started last; it need not run any more."""
        return read_state(self._record)

    def cloud_answers(self, state: State) -> bool:
        """Whether the cloud that was started still lives, with the memory that it had."""
        return state.cloud.alive and read_cloud_id(state.endpoint) == state.cloud_id

    def start(self) -> State:
        """Start a new cloud and its provider, both on their former ports when these are free.

        When that fails or is interrupted, what was started is ended before the error goes on.
        """
        former = self.state()
        self.end()
        try:
            port = self._choose_port("cloud", former.cloud if former else None)
            cloud = start_cloud(self.directory, without_foreign(os.environ), port)
            state = self.write(State(uuid.uuid4().hex, cloud, former.provider if former else None))
            state = self.start_provider(state)
            await_cloud(cloud, self.directory / "moto.log")
            name_cloud(state.endpoint, state.cloud_id)
            self.faults.clear()
        except BaseException:
            self.end()
            raise
        return state

    def start_provider(self, state: State) -> State:
        """Start a provider for the cloud in `state`, and wait until it has named its port.

        It takes the port of the provider in `state`, which has ended, when that is free.
        """
        output, log = self.directory / "provider.port", self.directory / "provider.log"
        output.unlink(missing_ok=True)
        surroundings = Surroundings(self.directory, state.endpoint)
        cloud = state.cloud.process
        port = self._choose_port("provider", state.provider)
        served = (str(cloud.pid), str(cloud.created))
        options = ("--port", str(port), "--faults", str(self._faults))
        process = start_server(
            [sys.executable, "-m", "sandbox.attendant", *served, *options],
            environment=sandbox_environment(os.environ, surroundings),
            cwd=CHECKOUT,
            output=output,
            log=log,
        )
        state = self.write(replace(state, provider=Server(process, port)))
        deadline = time.monotonic() + _PATIENCE_S
        while not output.read_text(encoding="utf-8").endswith("\n"):
            ensure_alive(process, "the aws provider", log)
            if time.monotonic() > deadline:
                raise SandboxError(
                    f"the aws provider did not listen within {_PATIENCE_S:.0f} s: {log}"
                )
            time.sleep(0.03)
        return state

    def end(self) -> int:
        """End those servers of the record that still live, and tell how many these were.

        The record stays: it names the ports that the next servers prefer.
        """
        state = self.state()
        return sum(server.process.end() for server in state.servers) if state else 0

    def forget(self) -> None:
        """Drop the record, readable or not."""
        self._record.unlink(missing_ok=True)

    def _choose_port(self, name: str, former: Server | None) -> int:
        """Take the former server's port again, so that shells with its environment stay right."""
        if former is None:
            return free_port()
        if port_is_free(former.port):
            return former.port
        self.report(f"port {former.port} is taken by another process: the {name} gets a new one")
        return free_port()

    @property
    def faults(self) -> InjectedFaults:
        """The faults that the provider injects."""
        return InjectedFaults(self._faults)

    @property
    def _faults(self) -> Path:
        return self.directory / "faults.json"

    @property
    def _record(self) -> Path:
        return self.directory / "state.json"

    def write(self, state: State) -> State:
        """Record a state and return it."""
        write_state(self._record, state)
        return state
