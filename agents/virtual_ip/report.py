"""What an action says and ends with."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Outcome:
    """What an action ends with; `lines` go to stderr."""

    code: int
    lines: tuple[str, ...] = ()


class Report:
    """Lines of one action, as Pacemaker's log shows them."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def info(self, text: str) -> None:
        """Say what was done."""
        self._add(f"INFO: {text}")

    def warn(self, text: str) -> None:
        """Say what is wrong although the action does not fail by it."""
        self._add(f"WARNING: {text}")

    def end(self, code: int, reason: str = "") -> Outcome:
        """End the action; Pacemaker shows a `reason` in its status."""
        if reason:
            self._add(f"ocf-exit-reason:{reason}")
        return Outcome(code, tuple(self.lines))

    def _add(self, text: str) -> None:
        self.lines.append(" ".join(text.split()))
