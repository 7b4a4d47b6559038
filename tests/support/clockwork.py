"""A clock that moves only when somebody sleeps, so that no test waits."""

import threading


class Clockwork:
    """Time and sleep for functions that take them as arguments; shared between threads."""

    def __init__(self) -> None:
        self.now = 0.0
        self.slept: list[float] = []
        self._lock = threading.Lock()

    def time(self) -> float:
        """Return the seconds slept so far."""
        return self.now

    def sleep(self, seconds: float) -> None:
        """Let time pass."""
        with self._lock:
            self.now += seconds
            self.slept.append(seconds)
