"""What `pulumi install` does for a Python project: its virtual environment and its packages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.engine.python_project import PythonProject, ambient_interpreter
from sandbox.engine.toolchain import PIP, ProjectError, install_commands, nearest

if TYPE_CHECKING:
    from collections.abc import Iterator


def install_steps(project: PythonProject, *, is_plugin: bool) -> Iterator[tuple[str, list[str]]]:
    """Yield what to say and what to run, one step after the other; each needs the one before."""
    if project.toolchain != PIP:
        if nearest(project.directory, "pyproject.toml") is None:
            raise ProjectError(
                f"{project.directory} has no pyproject.toml, and the sandbox's language host does "
                f"not write one; run `{project.toolchain} init`, or set `toolchain: pip`"
            )
        for command in install_commands(project.toolchain, project.virtualenv):
            yield f"Running {' '.join(command)}", command
        return
    if project.virtualenv and not (project.virtualenv / "bin" / "python").is_file():
        occupied = project.virtualenv.exists() and (
            not project.virtualenv.is_dir() or any(project.virtualenv.iterdir())
        )
        if occupied:
            raise ProjectError(
                f"the option virtualenv names {project.virtualenv}, which is there but is not a "
                "virtual environment; remove it or name another"
            )
        creation = [str(ambient_interpreter()), "-m", "venv", str(project.virtualenv)]
        yield f"Creating virtual environment {project.virtualenv}", creation
    pip = [str(project.interpreter()), "-m", "pip", "--disable-pip-version-check", "install"]
    if is_plugin and project.package_name():
        yield f"Installing the package in {project.directory}", [*pip, str(project.directory)]
    requirements = project.directory / "requirements.txt"
    if requirements.is_file():
        yield f"Installing {requirements}", [*pip, "-r", str(requirements)]
