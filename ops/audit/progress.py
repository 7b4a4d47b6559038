"""Tells the operator on standard error how far a long reading is."""

import threading
from collections.abc import Generator
from contextlib import contextmanager
from types import TracebackType
from typing import Final, Self

from ops.output import told

_QUIET_SECONDS: Final = 2.0


class Progress:
    """As a context manager: every two seconds one line, so that short readings say nothing."""

    def __init__(self, every: float = _QUIET_SECONDS) -> None:
        self._every = every
        self._begun = self._done = 0
        self._current = ""
        self._lock = threading.Lock()
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._tell, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._ended.set()
        self._thread.join()

    @contextmanager
    def step(self, name: str) -> Generator[None]:
        """Count one call, from its beginning to its end."""
        with self._lock:
            self._begun += 1
            self._current = name
        try:
            yield
        finally:
            with self._lock:
                self._done += 1

    def _tell(self) -> None:
        while not self._ended.wait(self._every):
            with self._lock:
                line = f"reading AWS: {self._done} of {self._begun} calls done, {self._current}"
            told(line)
