"""The official Pulumi command line, if the machine has one that is new enough."""

import os
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

from sandbox.engine.engine import Engine
from sandbox.engine.launcher import is_linked_folder

# `pulumi policy analyze --file`, with which the pack judges exported state, came with it.
OLDEST = (3, 249, 0)


def official_engine(report: Callable[[str], None]) -> Engine | None:
    """Return the first usable official engine on PATH; report why another was passed over."""
    for pulumi in _candidates():
        version = _version(pulumi)
        if version is None:
            report(f"passing over {pulumi}: `pulumi version` gives no version")
        elif tuple(map(int, version.split("."))) < OLDEST:
            oldest = ".".join(map(str, OLDEST))
            report(f"passing over {pulumi}: {version} is older than {oldest}")
        elif not _has_language_host(pulumi):
            report(
                f"passing over {pulumi}: pulumi-language-python is neither beside it nor on PATH"
            )
        else:
            return Engine(pulumi, version, "official", None)
    return None


def _candidates() -> Iterator[Path]:
    return (folder / "pulumi" for folder in _path() if _executable(folder / "pulumi"))


def _path() -> list[Path]:
    """Return the folders of PATH, without those that link to an engine already provided."""
    folders = (Path(entry).absolute() for entry in os.get_exec_path() if entry)
    return [folder for folder in dict.fromkeys(folders) if not is_linked_folder(folder)]


def _has_language_host(pulumi: Path) -> bool:
    folders = [pulumi.parent, pulumi.resolve().parent, *_path()]
    return any(_executable(folder / "pulumi-language-python") for folder in folders)


def _executable(file: Path) -> bool:
    return shutil.which(str(file)) is not None


def _version(pulumi: Path) -> str | None:
    environment = {**os.environ, "PULUMI_SKIP_UPDATE_CHECK": "true"}
    try:
        result = subprocess.run(  # noqa: S603 - the user put it on PATH to be run
            [pulumi, "version"],
            capture_output=True,
            text=True,
            timeout=30,
            env=environment,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    match = re.match(r"v?(\d+\.\d+\.\d+)", result.stdout)
    return match[1] if match and result.returncode == 0 else None
