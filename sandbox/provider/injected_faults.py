"""Faults that somebody asks for: changing calls that the local AWS refuses although it need not.

They stand in a small file that the provider and `python -m sandbox fail` share, because these are
two processes. The provider's boto3 clients ask here before each changing call.
"""

import json
import os
import threading
import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from filelock import FileLock

ANY_CHANGE = "any-change"
_READING = ("Describe", "Get", "List")
_PAUSE_S = 0.03
_inside = threading.local()


def is_changing(operation: str) -> bool:
    """Tell whether an operation of AWS changes something, by its name."""
    return not operation.startswith(_READING)


@dataclass(frozen=True)
class InjectedFault:
    """The next `times` calls of an operation fail, once `after` of them went through.

    `operation` is one of AWS's, such as `RunInstances`, or `any-change`. A fault that `holds` lets
    one call through, keeps its answer back (it is `held` then) until the faults are cleared, and
    then loses it.
    """

    operation: str
    code: str = ""
    message: str = "this fault was injected with `python -m sandbox fail`"
    times: int = 1
    after: int = 0
    holds: bool = False
    held: bool = False

    def __str__(self) -> str:
        if self.held:
            return f"{self.operation}: its answer is held until the faults are cleared, then lost"
        which = "the next call" if self.times == 1 else f"the next {self.times} calls"
        later = f" after {self.after} more" if self.after else ""
        what = "its answer will be held" if self.holds else f"{self.code}: {self.message}"
        return f"{self.operation}: {which}{later}: {what}"

    def concerns(self, operation: str) -> bool:
        """Tell whether a call of a changing operation counts for this fault."""
        return not self.held and self.operation in (ANY_CHANGE, operation)


class InjectedFaults:
    """The faults in one file; threads and processes may use it at the same time."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = FileLock(path.with_name(f"{path.name}.lock"))

    def add(self, fault: InjectedFault) -> None:
        """Add a fault behind those that wait already."""
        with self._lock:
            self._write([*self._read(), fault])

    def clear(self) -> None:
        """Let every call through again."""
        with self._lock:
            self._path.unlink(missing_ok=True)

    def pending(self) -> list[InjectedFault]:
        """List the faults that still wait for their call."""
        with self._lock:
            return self._read()

    def take(self, operation: str) -> InjectedFault | None:
        """Count a call that is about to be made; return the fault with which it must fail."""
        if not self._path.exists() or not is_changing(operation) or _is_exempt():
            return None
        with self._lock:
            faults = self._read()
            for index, fault in enumerate(faults):
                if not fault.concerns(operation):
                    continue
                if fault.after:
                    faults[index] = replace(fault, after=fault.after - 1)
                    continue
                rest = [replace(fault, times=fault.times - 1)] if fault.times > 1 else []
                self._write([*faults[:index], *rest, *faults[index + 1 :]])
                return fault
            self._write(faults)
            return None

    def hold(self, fault: InjectedFault) -> None:
        """Wait until the faults are cleared; meanwhile the fault is listed as held."""
        self.add(replace(fault, held=True))
        while any(each.held for each in self.pending()):
            time.sleep(_PAUSE_S)

    def _read(self) -> list[InjectedFault]:
        if not self._path.exists():
            return []
        raw: list[dict[str, Any]] = json.loads(self._path.read_text(encoding="utf-8"))
        return [InjectedFault(**each) for each in raw]

    def _write(self, faults: list[InjectedFault]) -> None:
        if not faults:
            self._path.unlink(missing_ok=True)
            return
        aside = self._path.with_name(f"{self._path.name}.new")
        aside.write_text(json.dumps([asdict(each) for each in faults]), encoding="utf-8")
        os.replace(aside, self._path)  # noqa: PTH105 - atomic on every system


@contextmanager
def exempt() -> Generator[None]:
    """Let all calls of the block through.

    For calls that stand in for what AWS does by itself inside another call, such as the
    interfaces of an endpoint: AWS would never refuse these one by one.
    """
    _inside.depth = getattr(_inside, "depth", 0) + 1
    try:
        yield
    finally:
        _inside.depth -= 1


def _is_exempt() -> bool:
    return getattr(_inside, "depth", 0) > 0
