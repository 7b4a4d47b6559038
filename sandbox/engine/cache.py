"""The folder outside every checkout that keeps what takes minutes to make."""

import errno
import os
import shutil
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from sandbox.engine.engine import EngineError

WAIT_REPORT_SECONDS = 15.0


def cache_folder() -> Path:
    """Return $HA_CLUSTER_CACHE, else ha-cluster in $XDG_CACHE_HOME, else in ~/.cache."""
    if own := os.environ.get("HA_CLUSTER_CACHE"):
        return Path(own).absolute()
    caches = os.environ.get("XDG_CACHE_HOME")
    return (Path(caches) if caches else Path.home() / ".cache").absolute() / "ha-cluster"


def made_once(folder: Path, make: Callable[[Path], None], report: Callable[[str], None]) -> Path:
    """Return `folder`, after `make` has filled it if it is not there yet.

    `make` fills a folder aside, which is renamed when it is complete: a folder that exists is
    finished, whatever was killed on the way. Of two that come at once one makes, one waits.
    """
    with _clear_errors(folder):
        if folder.is_dir():
            return folder
        folder.parent.mkdir(parents=True, exist_ok=True)
        with _locked(folder, report):
            if not folder.is_dir():
                _make(folder, make)
    return folder


def _make(folder: Path, make: Callable[[Path], None]) -> None:
    for leftover in folder.parent.glob(f".{folder.name}.making-*"):
        shutil.rmtree(leftover)
    aside = folder.with_name(f".{folder.name}.making-{os.getpid()}")
    aside.mkdir()
    try:
        make(aside)
        aside.rename(folder)
    finally:
        shutil.rmtree(aside, ignore_errors=True)


@contextmanager
def _locked(folder: Path, report: Callable[[str], None]) -> Generator[None]:
    lock = FileLock(folder.with_name(f".{folder.name}.lock"))
    patience = 0.0
    while not lock.is_locked:
        try:
            lock.acquire(timeout=patience)
        except Timeout:
            report(f"waiting for another set-up that is making {folder}")
            patience = WAIT_REPORT_SECONDS
    try:
        yield
    finally:
        lock.release()


@contextmanager
def _clear_errors(folder: Path) -> Generator[None]:
    try:
        yield
    except OSError as error:
        if error.errno == errno.ENOSPC:
            fault = f"the disk with the cache {folder.parent} is full; it takes about 3 GB to build"
        elif error.errno in (errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOTDIR):
            fault = f"the cache {folder.parent} cannot be written ({error.strerror})"
        else:
            raise
        remedy = "set HA_CLUSTER_CACHE to a folder that can be written and has room"
        raise EngineError(f"{fault}; {remedy}") from error
