"""How a policy pack or another plugin in Python is run: command line, folder, environment."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from sandbox.engine.engine import POLICY_PROXY
from sandbox.engine.python_project import PythonProject, refuse_debugger
from sandbox.engine.toolchain import ProjectError

if TYPE_CHECKING:
    from argparse import Namespace

ANALYZER = "analyzer"


def plugin_project(request: Any) -> PythonProject:
    """Return the project of a `RunPluginRequest`; only policy packs may use the ambient Python."""
    default = None if request.kind == ANALYZER else "venv"
    return PythonProject.of(request.info, default_virtualenv=default)


def plugin_command(request: Any, host: Namespace) -> list[str]:
    """Return the command that runs the plugin of a `RunPluginRequest`.

    A pack gets the engine's address first and its folder last, and runs behind Pulumi's proxy,
    which makes the stack known to it; a folder with a `__main__.py` is
    run as it is; any other must be a Python package, whose components are served.
    """
    refuse_debugger(request)
    project = plugin_project(request)
    python, folder = str(project.interpreter()), request.info.program_directory
    if request.kind == ANALYZER:
        pack = [python, "-u", "-m", "pulumi.policy", *request.args, folder]
        return [str(Path(host.tools, POLICY_PROXY)), *pack]
    if (project.root / "__main__.py").exists():
        return [python, "-u", folder, *request.args]
    name = project.package_name()
    if name is None:
        raise ProjectError(
            f"the plugin in {project.root} cannot be run: it has neither a __main__.py nor a "
            "pyproject.toml with a project name and a build backend"
        )
    return [python, "-u", "-m", "pulumi.run.plugin", name, *request.args]


def plugin_directory(request: Any) -> Path:
    """Return the working directory: a policy pack's own folder, else the one asked for."""
    return Path(request.info.program_directory if request.kind == ANALYZER else request.pwd)


def plugin_environment(request: Any) -> dict[str, str]:
    """Return the environment of the request on top of the host's own."""
    asked = dict(entry.split("=", 1) for entry in request.env if "=" in entry)
    return plugin_project(request).environment(asked)
