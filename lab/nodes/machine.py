"""A node's operating system: processes of its own under a first process, which ends them all."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from lab.errors import LabError
from lab.shell import inside, run

_PATIENCE_S = 10.0
_NAMESPACES = ("--mount", "--uts", "--ipc", "--pid")


@dataclass
class Machine:
    """A node that can be booted, killed and booted again; `log` gets what its processes print."""

    name: str
    system: Mapping[str, object]
    """What `lab.nodes.first_process` makes of the namespace: see there."""
    environment: Mapping[str, str]
    log: Path
    _starter: subprocess.Popen[bytes] | None = field(default=None, init=False)
    _first: int = field(default=0, init=False)

    @property
    def runs(self) -> bool:
        """Whether the machine is on."""
        return self._starter is not None and self._starter.poll() is None

    def boot(self) -> None:
        """Start the machine, and wait until its first process is at work. Raises LabError."""
        words = ["unshare", *_NAMESPACES, "--fork", "--kill-child", "--mount-proc"]
        words += [sys.executable, "-m", "lab.nodes.first_process"]
        with self.log.open("ab") as log:
            starter = subprocess.Popen(  # noqa: S603 - our own interpreter and module
                inside(self.name, words),
                env=self.environment,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
            )
        try:
            self._first = self._await_ready(starter)
        except BaseException:
            starter.kill()
            starter.wait()
            raise
        self._starter = starter

    def _await_ready(self, starter: subprocess.Popen[bytes]) -> int:
        """Return the id of the first process, once it is at work."""
        if starter.stdin is None or starter.stdout is None:
            raise AssertionError("both are pipes")
        with contextlib.suppress(BrokenPipeError), starter.stdin as system:
            system.write(json.dumps(self.system).encode())
        with starter.stdout as said:
            if said.readline().strip() != b"ready":
                raise LabError(f"{self.name} did not boot: see {self.log}")
        return _child_of(starter.pid)

    def kill(self) -> None:
        """Pull the plug: nothing of the machine runs on, nothing is cleaned up."""
        starter, self._starter = self._starter, None
        if starter is None:
            return
        if starter.poll() is None:
            os.kill(self._first, signal.SIGKILL)
        starter.wait(_PATIENCE_S)

    def shut_down(self) -> None:
        """Stop as an operating system does when its instance is stopped: the engine first."""
        if self.runs:
            with contextlib.suppress(LabError):
                self.run("pacemakerd", "--shutdown")
            self.kill()

    def write(self, path: str, text: str) -> None:
        """Write a file of the machine, in place: other names of the file see it too.

        Raises LabError for a machine that is off, which it may be at any moment.
        """
        try:
            Path(f"/proc/{self._first}/root{path}").write_text(text, encoding="utf-8")
        except OSError as fault:
            raise LabError(f"{self.name} is off: {fault}") from None

    def run(self, *words: str) -> str:
        """Run a command on the machine and return what it printed. Raises LabError."""
        return run(*self.command(words), shown=f"{self.name}: {' '.join(words)}")

    def command(self, words: Sequence[str]) -> list[str]:
        """Return the command that runs another one on the machine, which is on."""
        if not self.runs:
            raise LabError(f"{self.name} is off")
        variables = [f"{name}={value}" for name, value in self.environment.items()]
        where = ["--target", str(self._first), "--net", *_NAMESPACES]
        return ["nsenter", *where, "--", "env", "-i", *variables, *words]


def _child_of(pid: int) -> int:
    """Return the only child of a process, which `unshare` forks at once."""
    path = Path(f"/proc/{pid}/task/{pid}/children")
    deadline = time.monotonic() + _PATIENCE_S
    while not (found := path.read_text().split()):
        if time.monotonic() > deadline:
            raise LabError(f"process {pid} started nothing")
        time.sleep(0.005)
    return int(found[0])
