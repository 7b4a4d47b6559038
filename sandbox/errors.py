"""What can go wrong with the sandbox itself, told to the person at the terminal."""

import contextlib
import errno
import os
from collections.abc import Generator
from pathlib import Path

_DISK_FAULTS = {errno.ENOSPC, errno.EDQUOT}


class SandboxError(Exception):
    """The sandbox cannot do what was asked; the message says why and what helps."""


class NotRunningError(SandboxError):
    """A command needs the sandbox's cloud, and there is none."""


class LostCloudError(SandboxError):
    """Stacks remember resources of a cloud that is gone."""


class UnknownOperationError(SandboxError):
    """No operation of AWS, or one that changes nothing."""


class UnreadableStateError(SandboxError):
    """The file that names the sandbox's servers is not whole."""


@contextlib.contextmanager
def naming_folder(directory: Path) -> Generator[None]:
    """Turn an OSError about the sandbox's folder into a SandboxError; others pass."""
    try:
        yield
    except OSError as fault:
        if not _concerns(fault, directory.resolve()):
            raise
        raise SandboxError(
            f"the sandbox's folder {directory} cannot be used: {fault}. "
            "Remedy: make it writable and give it room, or name another one with --directory"
        ) from fault


def _concerns(fault: OSError, directory: Path) -> bool:
    """Whether a fault names a path in the folder or above it, or says that the disk is full."""
    if fault.filename is None or isinstance(fault.filename, int):
        return fault.errno in _DISK_FAULTS
    path = Path(os.fsdecode(fault.filename))
    return path.is_relative_to(directory) or directory.is_relative_to(path)
