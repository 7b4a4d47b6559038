"""One run of `go` that takes minutes: its progress, its log, and its end."""

import subprocess
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from sandbox.engine.children import Process, end
from sandbox.engine.engine import EngineError
from sandbox.engine.go_toolchain import Go

REPORT_SECONDS = 15.0
LAST_LINES = 15
# The engine needs no C: without it a machine with half a C compiler builds, too. A workspace file
# above the cache has no say in what is built.
SETTINGS = {"CGO_ENABLED": "0", "GOWORK": "off"}


@dataclass(frozen=True)
class GoCommand:
    """A toolchain, the module to run it in, and where its progress and its output go."""

    go: Go
    module: Path
    log: Path
    report: Callable[[str], None]

    def run(self, *arguments: str) -> str:
        """Run `go` to its end and return its standard output; raise EngineError if it fails."""
        started = time.monotonic()
        with self.log.open("w", encoding="utf-8") as log:
            process = subprocess.Popen(  # noqa: S603 - Go with fixed arguments
                [self.go.command, *arguments],
                cwd=self.module,
                env={**self.go.environment(), **SETTINGS},
                stdout=subprocess.PIPE,
                stderr=log,
                process_group=0,
            )
            reader = _Reader(process)
            try:
                while reader.is_alive():
                    reader.join(REPORT_SECONDS)
                    if reader.is_alive():
                        self.report(self._progress(time.monotonic() - started))
            finally:
                end(process, 0)
        if process.returncode != 0:
            raise EngineError(self._failure(arguments[0], process.returncode))
        return reader.output

    def _progress(self, seconds: float) -> str:
        lines = self.log.read_text("utf-8", "replace").splitlines()
        fetched = sum(line.startswith("go: downloading ") for line in lines)
        built = sum(not line.startswith(("go: ", "#")) for line in lines)
        minutes, rest = divmod(int(seconds), 60)
        return f"  {minutes}:{rest:02d}  modules fetched: {fetched}, packages compiled: {built}"

    def _failure(self, command: str, code: int) -> str:
        lines = self.log.read_text("utf-8", "replace").splitlines()
        last = "\n".join(f"  {line}" for line in lines[-LAST_LINES:])
        return (
            f"`go {command}` of the Pulumi engine failed with exit code {code}; its last lines:\n"
            f"{last}\nall of them are in {self.log}. Fix it, or install the official Pulumi."
        )


class _Reader(threading.Thread):
    """Collects the standard output of a process until that is closed."""

    def __init__(self, process: Process) -> None:
        super().__init__(daemon=True)
        self.output = ""
        self._process = process
        self.start()

    def run(self) -> None:
        if self._process.stdout:
            self.output = self._process.stdout.read().decode()
        self._process.wait()
