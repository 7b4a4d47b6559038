"""A Python program, plugin or policy pack as its YAML file describes it: which Python runs it."""

from __future__ import annotations

import os
import shutil
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sandbox.engine.toolchain import (
    PIP,
    POETRY,
    UV,
    ProjectError,
    chosen_toolchain,
    nearest,
    output,
    poetry_environment,
    tool_version,
    uv_environment,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

OFFERED_OPTIONS = ("toolchain", "virtualenv")


@dataclass(frozen=True)
class PythonProject:
    """The Python side of a Pulumi.yaml, PulumiPlugin.yaml or PulumiPolicy.yaml.

    `root` holds the YAML file, `directory` the code (they differ if Pulumi.yaml has `main`).
    `virtualenv` is absolute, or None for the Python that is first on PATH; with poetry None means
    that poetry has made none yet.
    """

    root: Path
    directory: Path
    virtualenv: Path | None
    toolchain: str = PIP

    @classmethod
    def of(cls, info: Any, *, default_virtualenv: str | None = None) -> PythonProject:
        """Read the `ProgramInfo` of a request; raise ProjectError for options not offered."""
        options = dict(info.options)
        root, directory = Path(info.root_directory), Path(info.program_directory)
        _refuse_what_is_not_offered(options)
        toolchain = chosen_toolchain(options.get("toolchain"), directory)
        if toolchain != PIP:
            tool_version(toolchain)
        if toolchain == POETRY:
            return cls(root, directory, poetry_environment(directory), POETRY)
        if toolchain == UV:
            default_virtualenv = str(uv_environment(directory))
        virtualenv = options.get("virtualenv") or default_virtualenv
        if virtualenv is None:
            return cls(root, directory, None)
        if not isinstance(virtualenv, str):
            raise ProjectError(f"the option virtualenv is {virtualenv!r}; it must be a string")
        return cls(root, directory, root / virtualenv, toolchain)

    def interpreter(self) -> Path:
        """Return the Python that runs the project; raise ProjectError if it is not there."""
        if self.virtualenv is None:
            if self.toolchain == POETRY:
                raise ProjectError(
                    f"poetry has no virtual environment for {self.directory} yet; "
                    "run `pulumi install` to create it"
                )
            return ambient_interpreter()
        if self.toolchain == UV and nearest(self.directory, "pyproject.toml"):
            # As `uv run` would: the environment follows the lock before anything runs in it.
            output([UV, "sync", "--inexact"], self.directory, self.environment())
        interpreter = self.virtualenv / "bin" / "python"
        if not interpreter.is_file():
            state = "is not a virtual environment" if self.virtualenv.exists() else "does not exist"
            raise ProjectError(
                f"the option virtualenv names {self.virtualenv}, which {state}; "
                "run `pulumi install` (for a policy pack `pulumi policy install`) to create it"
            )
        return interpreter

    def environment(self, additions: Mapping[str, str] | None = None) -> dict[str, str]:
        """Return the host's environment with `additions` and the virtual environment activated."""
        environment = {**os.environ, **(additions or {})}
        if self.virtualenv is not None:
            environment["VIRTUAL_ENV"] = str(self.virtualenv)
            environment.pop("PYTHONHOME", None)
            if self.toolchain == UV:
                environment["UV_PROJECT_ENVIRONMENT"] = str(self.virtualenv)
            paths = [str(self.virtualenv / "bin"), environment.get("PATH", "")]
            environment["PATH"] = os.pathsep.join(filter(None, paths))
        return environment

    def package_name(self) -> str | None:
        """Return the name under which pyproject.toml builds a package, None if it builds none."""
        try:
            pyproject = tomllib.loads((self.root / "pyproject.toml").read_text("utf-8"))
        except FileNotFoundError:
            return None
        except tomllib.TOMLDecodeError as error:
            raise ProjectError(f"{self.root / 'pyproject.toml'} is not TOML: {error}") from error
        builds = pyproject.get("build-system", {}).get("build-backend")
        return pyproject.get("project", {}).get("name") if builds else None


def ambient_interpreter() -> Path:
    """Return the Python of PULUMI_PYTHON_CMD, else the first python3 or python on PATH."""
    chosen = os.environ.get("PULUMI_PYTHON_CMD")
    names = [chosen] if chosen else ["python3", "python"]
    for name in names:
        if found := shutil.which(name):
            return Path(found)
    raise ProjectError(f"there is no {' or '.join(names)} on PATH")


def refuse_debugger(request: Any) -> None:
    """Raise ProjectError if a request to run something asks for a debugger to be attached."""
    if request.attach_debugger:
        raise ProjectError(
            "the sandbox's language host attaches no debugger; leave out --attach-debugger, or use "
            "the official Pulumi"
        )


def _refuse_what_is_not_offered(options: Mapping[str, Any]) -> None:
    for name in sorted(set(options) - set(OFFERED_OPTIONS)):
        raise ProjectError(
            f"the runtime option `{name}` needs the official Pulumi; the sandbox's language host "
            f"offers {' and '.join(OFFERED_OPTIONS)} only"
        )
