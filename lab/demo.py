"""`make lab`: a stack in a sandbox of its own, as networks: checked, drilled and taken down."""

import contextlib
import json
import shutil
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from lab import control, lifecycle
from lab.errors import LabError
from lab.nodes.system import PAGE_PORT
from lab.programs import require_programs
from sandbox.project import refresh_project
from sandbox.runtime import Sandbox

Tell = Callable[[str], None]
_CHECKOUT = Path(__file__).parents[1]
_STACK = "dev"
CONFIGURATION = {
    "nodes.engine": "pacemaker",
    "applicationPorts[0].protocol": "tcp",
    "applicationPorts[0].port": str(PAGE_PORT),
    "applicationPorts[0].from[0]": "10.0.0.0/16",
}
"""What the lab's stack has beside Pulumi.dev.yaml: the engine, and a page for the whole VPC."""


def play(directory: Path, tell: Tell) -> int:
    """Build, check, drill and take down; 0 when everything held. Raises LabError, SandboxError."""
    require_programs()
    for number in (signal.SIGTERM, signal.SIGHUP):  # end like Ctrl-C: with everything stopped
        signal.signal(number, signal.default_int_handler)
    began = time.monotonic()
    # Beside a lab of the user's own, which goes on.
    home = directory.with_name(f"{directory.name}-demo")
    if lifecycle.running(home / "lab"):
        raise LabError("another `make lab` runs in this checkout: wait for its end")
    with contextlib.ExitStack() as ending:
        ending.callback(shutil.rmtree, home / "project", ignore_errors=True)
        sandbox = Sandbox(home, report=tell)
        ending.callback(sandbox.stop)
        tell("1. Build the stack of Pulumi.dev.yaml in the sandbox, for Pacemaker")
        outputs = build_stack(sandbox, home / "project")
        tell("2. Show it as networks, and boot the nodes")
        ending.callback(lifecycle.end, home / "lab", tell)
        lifecycle.start(home / "lab", outputs, sandbox.environment, tell)
        code = 0
        steps: tuple[tuple[str, dict[str, Any]], ...] = (
            ("3. The acceptance of the article's last chapter", {"command": "accept"}),
            ("4. Scenarios", {"command": "drill", "scenarios": []}),
        )
        for title, request in steps:
            tell(title)
            for answer in control.ask(home / "lab", request):
                if isinstance(answer, int):
                    code = max(code, answer)
                else:
                    tell(f"   {answer}")
    tell(
        f"{'Everything held' if code == 0 else 'Not everything held'}, in "
        f"{time.monotonic() - began:.0f} s; nothing is left"
    )
    return code


def build_stack(sandbox: Sandbox, project: Path) -> dict[str, Any]:
    """Build the lab's stack in a sandbox, and return its outputs. Raises SandboxError."""
    sandbox.start(fresh=True)
    refresh_project(_CHECKOUT, project)
    sandbox.pulumi("stack", "init", _STACK, cwd=project)
    for key, value in CONFIGURATION.items():
        words = ("config", "set", "--stack", _STACK, "--path", f"ha-cluster:{key}", value)
        sandbox.pulumi(*words, cwd=project)
    sandbox.pulumi("up", "--yes", "--skip-preview", "--stack", _STACK, cwd=project)
    done = sandbox.pulumi("stack", "output", "--json", "--stack", _STACK, cwd=project)
    return json.loads(done.stdout)
