"""A sandbox: an engine, a cloud, a provider and a backend that belong together in one folder."""

import contextlib
import os
import subprocess
import uuid
from collections.abc import Callable, Generator, Mapping
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from filelock import FileLock, Timeout

from sandbox.cloud import HOME_REGION, empty_cloud, name_cloud, open_client
from sandbox.engine import EngineError, link_engine, provide_engine, write_launcher
from sandbox.environment import Surroundings, sandbox_environment
from sandbox.errors import LostCloudError, NotRunningError, SandboxError, UnreadableStateError
from sandbox.operations import known_operation
from sandbox.processes import run_interruptibly
from sandbox.project import PROGRAM, forget_stack_files
from sandbox.provider.injected_faults import InjectedFault
from sandbox.servers import Servers
from sandbox.stacks import (
    Stack,
    discard_stacks,
    list_stacks,
    names_of,
    record_cloud,
    recorded_cloud,
)
from sandbox.state import State

Report = Callable[[str], None]
START = "python -m sandbox start"


class Sandbox:
    """A folder with everything of one sandbox; as a context manager it runs inside the block.

    `directory` is made when it is missing; `report` receives what a person may want to read.
    """

    def __init__(self, directory: Path, *, report: Report) -> None:
        self.directory = directory.resolve()
        self._report = report
        self.servers = Servers(self.directory, report)
        self.backend = self.directory / "backend"

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def start(self, *, fresh: bool = False, prepare: Callable[[], object] | None = None) -> None:
        """Make the sandbox run; `fresh` discards its cloud and the stacks with resources first.

        `prepare` is called before a server is started: when it raises, none is.
        Raises LostCloudError when stacks remember resources of a cloud that is gone: to go on
        would show "no changes" for what does not exist.
        """
        with self._alone():
            self._provide_engine()
            if fresh:
                self._discard()
            if prepare is not None:
                prepare()
            state = self.servers.state()
            if state is not None and self.servers.cloud_answers(state):
                self._resume(state)
                return
            self._refuse_lost_stacks()
            self._prepare_folders()
            state = self.servers.start()
            record_cloud(self.backend, state.cloud_id)
            self._report(f"cloud {state.cloud_id[:8]} listens at {state.endpoint}")

    def stop(self) -> int:
        """End the servers that this sandbox started, no others; return how many lived."""
        with self._alone():
            ended = self.servers.end()
            self._report(f"ended {ended} servers" if ended else "nothing was running")
            return ended

    def stacks_with_resources(self) -> list[Stack]:
        """Return the stacks that have something in the cloud."""
        return [stack for stack in list_stacks(self.backend) if stack.resources]

    def running(self) -> State:
        """Return the state of a sandbox that is ready for use, else raise what is wrong with it."""
        state = self.servers.state()
        if state is None or not self.servers.cloud_answers(state):
            self._refuse_lost_stacks()
            raise NotRunningError(f"the sandbox is not running. Remedy: {START}")
        if recorded_cloud(self.backend) != state.cloud_id:
            self._refuse_lost_stacks()
        if state.provider is None or not state.provider.alive:
            raise NotRunningError(
                f"the aws provider has ended; the cloud still lives. Remedy: {START}"
            )
        return state

    def environment_from(self, base: Mapping[str, str]) -> dict[str, str]:
        """Return `base` turned to this running sandbox (see `sandbox_environment`)."""
        state = self.running()
        port = state.provider.port if state.provider else None
        return sandbox_environment(base, Surroundings(self.directory, state.endpoint, port))

    @property
    def environment(self) -> dict[str, str]:
        """This process's environment, turned to the sandbox."""
        return self.environment_from(os.environ)

    def client(self, service: str, region: str = HOME_REGION) -> Any:
        """Open a boto3 client on the sandbox's cloud."""
        return open_client(self.running().endpoint, service, region)

    def pulumi(
        self, *arguments: str, cwd: Path, check: bool = True, env: Mapping[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Run the engine's command line, without asking anything; `env` is added to the sandbox's.

        With `check`, an exit code other than 0 raises SandboxError with everything it printed.
        """
        command = [str(self.directory / "bin" / "pulumi"), "--non-interactive", *arguments]
        done = run_interruptibly(command, cwd=cwd, environment={**self.environment, **(env or {})})
        if check and done.returncode != 0:
            typed = " ".join(["pulumi", *arguments])
            raise SandboxError(
                f"`{typed}` ended with exit code {done.returncode}:\n{done.stdout}{done.stderr}"
            )
        return done

    def reset_cloud(self) -> None:
        """Empty the cloud. From then on it is another one, for the stacks that are made next."""
        state = replace(self.running(), cloud_id=uuid.uuid4().hex)
        empty_cloud(state.endpoint)
        self.clear_faults()
        name_cloud(state.endpoint, state.cloud_id)
        self.servers.write(state)
        record_cloud(self.backend, state.cloud_id)

    def fail(
        self, operation: str, code: str, *, message: str = "", times: int = 1, after: int = 0
    ) -> InjectedFault:
        """Let the next `times` calls of an AWS operation fail, once `after` went through.

        The provider makes them fail, for whoever uses `pulumi`; other clients are left alone.
        Raises UnknownOperationError for an operation that is not one of those that change things.
        """
        fault = InjectedFault(known_operation(operation), code, times=times, after=after)
        if message:
            fault = replace(fault, message=message)
        self.running()
        self.servers.faults.add(fault)
        return fault

    def hold(self, operation: str, *, after: int = 0) -> InjectedFault:
        """Let the next call of an AWS operation through and hold its answer, which then is lost.

        The engine waits until the faults are cleared: time to kill it while a resource is under
        way. Raises UnknownOperationError like `fail`.
        """
        fault = InjectedFault(known_operation(operation), after=after, holds=True)
        self.running()
        self.servers.faults.add(fault)
        return fault

    def pending_faults(self) -> list[InjectedFault]:
        """List the faults that still wait for their call."""
        return self.servers.faults.pending()

    def clear_faults(self) -> None:
        """Let every call through again."""
        self.servers.faults.clear()

    def _prepare_folders(self) -> None:
        """Make the AWS files that the environment names, empty, so that no tool looks elsewhere."""
        (self.directory / "aws").mkdir(exist_ok=True)
        for name in ("config", "credentials"):
            (self.directory / "aws" / name).touch()
        self.backend.mkdir(exist_ok=True)

    def _provide_engine(self) -> None:
        try:
            link_engine(provide_engine(self._report), self.directory / "bin")
        except EngineError as fault:
            raise SandboxError(str(fault)) from fault
        engine, copy = self.directory / "bin" / "pulumi", self.directory / "project"
        write_launcher(self.directory / "shell", engine, copy)

    def _resume(self, state: State) -> None:
        if recorded_cloud(self.backend) != state.cloud_id:
            self._refuse_lost_stacks()
            record_cloud(self.backend, state.cloud_id)
        if state.provider is not None and state.provider.alive:
            self._report(f"already running: cloud {state.cloud_id[:8]} at {state.endpoint}")
            return
        self.servers.start_provider(state)
        self._report("the aws provider had ended and was started again")

    def _refuse_lost_stacks(self) -> None:
        lost = self.stacks_with_resources()
        if lost:
            raise LostCloudError(
                f"the cloud of these stacks is gone with all that it held: {names_of(lost)}. "
                f"Remedy: {START} --fresh discards these stacks and begins with an empty cloud"
            )

    def _discard(self) -> None:
        try:
            self.servers.end()
        except UnreadableStateError:
            self.servers.forget()
        discarded, kept = discard_stacks(self.backend)
        if discarded:
            self._report(f"discarded: {', '.join(discarded)}")
        if kept:
            self._report(f"kept, because they have no resources: {names_of(kept)}")
        names = {stack.name for stack in kept if stack.project == PROGRAM}
        forget_stack_files(self.directory / "project", names)

    @contextlib.contextmanager
    def _alone(self) -> Generator[None]:
        """Hold the sandbox's lock: two commands never change it at the same time."""
        self.directory.mkdir(parents=True, exist_ok=True)
        lock = FileLock(self.directory / "lock")
        try:
            lock.acquire(timeout=0)
        except Timeout:
            self._report("another command is at work on this sandbox; waiting for it")
            lock.acquire()
        try:
            yield
        finally:
            lock.release()
