"""The sandbox's command line in a folder of its own, without an engine: only the servers run."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import psutil

from sandbox.servers import CHECKOUT
from sandbox.state import State, read_state

# The command line as it is, but for the engine, which would take minutes to build.
_MAIN = f"""
import sys
sys.path.insert(0, {str(CHECKOUT)!r})
from sandbox import runtime
from sandbox.__main__ import main
runtime.provide_engine = lambda report: None
runtime.link_engine = lambda engine, directory: directory.mkdir(exist_ok=True)
sys.exit(main())
"""


@dataclass(frozen=True)
class CommandLine:
    """`python -m sandbox --directory FOLDER` as a process of its own for each call."""

    directory: Path

    def __call__(
        self, *words: str, env: Mapping[str, str] | None = None, cwd: Path = CHECKOUT
    ) -> subprocess.CompletedProcess[str]:
        """Run one command to its end."""
        with self.open(*words, env=env, cwd=cwd) as process:
            stdout, stderr = process.communicate(timeout=120)
        return subprocess.CompletedProcess(words, process.returncode, stdout, stderr)

    def open(
        self, *words: str, env: Mapping[str, str] | None = None, cwd: Path = CHECKOUT
    ) -> subprocess.Popen[str]:
        """Begin one command and return at once."""
        environment = {**os.environ, **(env or {})}
        return subprocess.Popen(
            self.words(*words),
            cwd=cwd,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def words(self, *words: str) -> list[str]:
        """Return what is typed for one command."""
        return [sys.executable, "-c", _MAIN, "--directory", str(self.directory), *words]

    def state(self) -> State:
        """Return what the sandbox remembers of its servers."""
        state = read_state(self.directory / "state.json")
        assert state is not None
        return state

    def kill_cloud(self) -> None:
        """Kill the cloud's process from outside, as a reboot would."""
        self._kill(self.state().cloud.process.pid)

    def kill_provider(self) -> None:
        """Kill the provider's process from outside."""
        self._kill(self.state().provider.process.pid)

    def give_a_stack(self, project: str, name: str, resources: int) -> None:
        """Write a stack with so many resources into the backend, as the engine writes them."""
        folder = self.directory / "backend" / ".pulumi" / "stacks" / project
        folder.mkdir(parents=True, exist_ok=True)
        made = [
            {"type": "aws:ec2/vpc:Vpc", "custom": True, "id": f"vpc-{n}"} for n in range(resources)
        ]
        stack = [{"type": "pulumi:pulumi:Stack", "custom": False}]
        checkpoint = {"stack": name, "latest": {"resources": stack + made}}
        text = json.dumps({"version": 3, "checkpoint": checkpoint})
        (folder / f"{name}.json").write_text(text)

    @staticmethod
    def _kill(pid: int) -> None:
        process = psutil.Process(pid)
        process.kill()
        psutil.wait_procs([process], timeout=5)
