"""The folder that a checkout puts on PATH to use an engine: links and tiny scripts."""

from __future__ import annotations

import os
import shlex
import shutil
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Generator

    from sandbox.engine.engine import Engine

CHECKOUT = Path(__file__).parents[2]
# A file that tells a folder of links from one that somebody installed Pulumi in.
MARK = ".linked-by-ha-cluster"
# A signal before a process has its handlers must end it without a traceback.
START = (
    "import signal, sys; signal.signal(signal.SIGINT, signal.SIG_DFL);"
    "sys.path.insert(0, sys.argv.pop(1));"
    "from sandbox.{module} import main; main()"
)


def link_engine(engine: Engine, directory: Path) -> None:
    """Fill `directory` so that putting it on PATH makes `pulumi` mean this engine.

    With an official engine that is one symbolic link. A built one also gets a launcher of the
    sandbox's language host, run by the Python that calls this function.
    """
    directory.mkdir(parents=True, exist_ok=True)
    (directory / MARK).touch()
    host = directory / "pulumi-language-python"
    if engine.tools is None:
        with _put_in_place(directory / "pulumi") as pulumi:
            pulumi.symlink_to(engine.pulumi)
        host.unlink(missing_ok=True)
        return
    if not _same(engine.pulumi, directory / "pulumi"):
        with _put_in_place(directory / "pulumi") as pulumi:
            _share(engine.pulumi, pulumi)
    options = ["--tools", str(engine.tools), "--version", engine.version]
    _write_script(host, "engine.language_host", options)


def write_launcher(directory: Path, pulumi: Path, copy: Path) -> None:
    """Fill `directory` with the `pulumi` that is typed: it calls the engine's (typed_command).

    `copy` is the folder of this checkout's program as the engine may change it.
    """
    directory.mkdir(exist_ok=True)
    (directory / MARK).touch()
    _write_script(directory / "pulumi", "typed_command", [str(pulumi), str(copy)])


def _write_script(file: Path, module: str, options: list[str]) -> None:
    """Write a script that runs `main` of a module of the sandbox in this Python."""
    command = [sys.executable, "-P", "-c", START.format(module=module), str(CHECKOUT), *options]
    with _put_in_place(file) as script:
        script.write_text(f'#!/bin/sh\nexec {shlex.join(command)} "$@"\n', "utf-8")
        script.chmod(0o755)


def _share(file: Path, other: Path) -> None:
    """Make `other` the same file, not a symbolic link to it.

    The engine looks for its language hosts beside its resolved path, and warns of any elsewhere.
    """
    try:
        other.hardlink_to(file)
    except OSError:  # on another file system, or one without hard links
        shutil.copy2(file, other)


def _same(file: Path, other: Path) -> bool:
    """Tell whether one is the other or a copy of it, which would be large to make again."""
    if other.is_symlink() or not other.exists():
        return False
    facts, others = file.stat(), other.stat()
    return (facts.st_size, facts.st_mtime_ns) == (others.st_size, others.st_mtime_ns)


@contextmanager
def _put_in_place(file: Path) -> Generator[Path]:
    """Let the caller make a file aside, then swap it in: whoever runs it meanwhile finds it."""
    aside = file.with_name(f".{file.name}.{os.getpid()}")
    aside.unlink(missing_ok=True)
    yield aside
    aside.replace(file)


def is_linked_folder(directory: Path) -> bool:
    """Tell whether `link_engine` filled this folder: it holds links, and no engine of its own."""
    return (directory / MARK).exists()
