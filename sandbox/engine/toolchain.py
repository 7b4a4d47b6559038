"""The tools that keep a Python project's packages, as Pulumi's own language host uses them.

Poetry names its virtual environment itself; uv is told its own in UV_PROJECT_ENVIRONMENT.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

PIP, POETRY, UV = "pip", "poetry", "uv"
TOOLCHAINS = (PIP, POETRY, UV)
LOCKS = {UV: "uv.lock", POETRY: "poetry.lock"}
_OLDEST = {POETRY: (1, 8, 0), UV: (0, 4, 26)}


class ProjectError(Exception):
    """Something about the project that its author has to change; the message says what."""


def chosen_toolchain(option: object, directory: Path) -> str:
    """Return the toolchain of the runtime option, else the one whose lock lies in or above."""
    if option is None:
        locked = (name for name, lock in LOCKS.items() if nearest(directory, lock))
        return next(locked, PIP)
    if option not in TOOLCHAINS:
        raise ProjectError(
            f"the runtime option `toolchain: {option}` is none of {', '.join(TOOLCHAINS)}"
        )
    return str(option)


def tool_version(tool: str) -> str:
    """Return the version of poetry or uv; raise ProjectError if it is missing or too old."""
    if shutil.which(tool) is None:
        raise ProjectError(
            f"the project's toolchain is {tool}, and there is no `{tool}` on PATH; "
            f"install {tool}, or set the runtime option `toolchain: pip`"
        )
    options = ["--no-ansi", "--no-plugins"] if tool == POETRY else []
    told = output([tool, "--version", *options], Path.cwd(), os.environ)
    match = re.search(r"(\d+)\.(\d+)(?:\.(\d+))?", told)
    numbers = tuple(int(number or 0) for number in match.groups()) if match else ()
    if numbers < _OLDEST[tool]:
        oldest = ".".join(map(str, _OLDEST[tool]))
        raise ProjectError(f"`{tool} --version` says {told.strip()!r}; Pulumi needs {oldest}")
    return ".".join(map(str, numbers))


def uv_environment(directory: Path) -> Path:
    """Return where uv puts the virtual environment of a project that names none."""
    home = nearest(directory, "uv.lock") or nearest(directory, "pyproject.toml") or directory
    return home / (os.environ.get("UV_PROJECT_ENVIRONMENT") or ".venv")


def poetry_environment(directory: Path) -> Path | None:
    """Return the virtual environment that poetry has made for a project, None before it has."""
    try:
        path = output([POETRY, "env", "info", "--path"], directory, os.environ).strip()
    except ProjectError:
        return None
    return Path(path) if path else None


def install_commands(tool: str, virtualenv: Path | None) -> list[list[str]]:
    """Return what poetry or uv is told to do for `pulumi install`."""
    if tool == POETRY:
        return [[POETRY, "install", "--no-ansi"]]
    made = virtualenv is not None and (virtualenv / "pyvenv.cfg").is_file()
    creation = [UV, "venv", "--quiet", "--allow-existing", str(virtualenv)]
    return [*([] if made else [creation]), [UV, "sync"]]


def nearest(directory: Path, name: str) -> Path | None:
    """Return the folder, this one or one above, that has a file of this name."""
    return next((at for at in (directory, *directory.parents) if (at / name).is_file()), None)


def output(command: list[str], directory: Path, environment: Mapping[str, str]) -> str:
    """Return what a command prints; raise ProjectError with its complaint when it fails."""
    result = subprocess.run(  # noqa: S603 - the project's own tools
        command, cwd=directory, env=environment, capture_output=True, text=True, check=False
    )
    if result.returncode != 0:
        raise ProjectError(f"`{' '.join(command)}` failed:\n{result.stderr.strip()}")
    return result.stdout
