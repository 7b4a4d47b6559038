"""Pulumi programs for tests: a project in a folder, and a stack of it in a running sandbox."""

import json
import os
import shutil
import subprocess
import sys
import textwrap
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest.mock import patch

import yaml

from sandbox.cloud import CHECKOUT
from sandbox.runtime import Sandbox

Completed = subprocess.CompletedProcess[str]


def write_project(directory: Path, program: str, *, name: str = "probe") -> Path:
    """Write a Python project whose program runs in the interpreter that runs the tests."""
    directory.mkdir(parents=True, exist_ok=True)
    options = {"toolchain": "pip", "virtualenv": sys.prefix}
    description = {"name": name, "runtime": {"name": "python", "options": options}}
    (directory / "Pulumi.yaml").write_text(yaml.safe_dump(description))
    (directory / "__main__.py").write_text(textwrap.dedent(program))
    return directory


def write_pack(directory: Path, program: str, *, virtualenv: str = sys.prefix) -> Path:
    """Write a policy pack in Python, which runs in the interpreter that runs the tests."""
    directory.mkdir(parents=True, exist_ok=True)
    options = {"toolchain": "pip", "virtualenv": virtualenv}
    description = {"runtime": {"name": "python", "options": options}, "version": "0.0.1"}
    (directory / "PulumiPolicy.yaml").write_text(yaml.safe_dump(description))
    (directory / "__main__.py").write_text(program)
    return directory


def clone_of_checkout(folder: Path) -> Path:
    """Copy what git knows or would add of this checkout, as it is now."""
    command = ["git", "ls-files", "-z", "-c", "-o", "--exclude-standard"]
    listed = subprocess.run(command, cwd=CHECKOUT, capture_output=True, text=True, check=True)
    for name in listed.stdout.split("\0"):
        if name and (CHECKOUT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(CHECKOUT / name, folder / name)
    return folder


@contextmanager
def aws_environment(sandbox: Sandbox) -> Iterator[None]:
    """Lead AWS clients of this process to the sandbox's cloud."""
    variables = {
        name: value for name, value in sandbox.environment.items() if name.startswith("AWS_")
    }
    with patch.dict(os.environ, variables):
        yield


@dataclass
class StackUnderTest:
    """One stack of a project in a sandbox; every method runs the real `pulumi`."""

    sandbox: Sandbox
    project: Path
    name: str = field(default_factory=lambda: f"test-{uuid.uuid4().hex[:8]}")

    def init(self, config: Mapping[str, str] | None = None) -> "StackUnderTest":
        """Make the stack and set its configuration, keys as `aws:region`."""
        self.pulumi("stack", "init", self.name, stack=False)
        if config:
            pairs = [f"{key}={value}" for key, value in config.items()]
            arguments = [word for pair in pairs for word in ("--plaintext", pair)]
            self.pulumi("config", "set-all", *arguments)
        return self

    def pulumi(
        self,
        *arguments: str,
        check: bool = True,
        env: Mapping[str, str] | None = None,
        stack: bool = True,
    ) -> Completed:
        """Run `pulumi` in the project's folder, on this stack."""
        chosen = ("--stack", self.name) if stack else ()
        return self.sandbox.pulumi(*arguments, *chosen, cwd=self.project, check=check, env=env)

    def preview(self, *arguments: str, check: bool = True) -> Completed:
        """Run `pulumi preview`."""
        return self.pulumi("preview", *arguments, check=check)

    def up(self, *arguments: str, check: bool = True) -> Completed:
        """Run `pulumi up` without the preview before it, unless `arguments` say otherwise."""
        return self.pulumi("up", "--yes", "--skip-preview", *arguments, check=check)

    def refresh(self, *arguments: str, check: bool = True) -> Completed:
        """Run `pulumi refresh`."""
        return self.pulumi("refresh", "--yes", "--skip-preview", *arguments, check=check)

    def destroy(self, *arguments: str, check: bool = True) -> Completed:
        """Run `pulumi destroy`, protected resources included."""
        options = ("--yes", "--skip-preview", "--ignore-protect")
        return self.pulumi("destroy", *options, *arguments, check=check)

    def outputs(self) -> dict[str, Any]:
        """Return the stack's outputs by name."""
        return json.loads(self.pulumi("stack", "output", "--json").stdout)

    def state(self) -> dict[str, Any]:
        """Return the stack's state as the engine exports it."""
        return json.loads(self.pulumi("stack", "export").stdout)

    def resources(self) -> list[dict[str, Any]]:
        """Return the resources of the stack's state."""
        return self.state()["deployment"].get("resources", [])

    def pending_operations(self) -> list[dict[str, Any]]:
        """Return what the engine began and does not know the end of: `type` and `resource`."""
        return self.state()["deployment"].get("pending_operations") or []
