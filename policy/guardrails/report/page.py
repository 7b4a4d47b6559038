"""A page of Markdown that never grows beyond a limit, and program text that stays text on it."""

import re
from collections.abc import Iterable
from typing import Final

# GitHub takes 65,536 characters in a comment, GitLab a million.
LIMIT: Final = 60_000
# What titles and the counts of left-out blocks may take after the last block that fits.
_ROOM: Final = 1_000
# One message may not push out all others.
_LONGEST: Final = 4_000


class Page:
    """Sections of blocks; blocks beyond the limit are counted instead."""

    def __init__(self) -> None:
        self._lines: list[str] = []
        self._left = LIMIT

    def add(self, *lines: str) -> None:
        """Add lines as they are."""
        self._lines.extend(lines)
        self._left -= sum(len(line) + 1 for line in lines)

    def add_section(self, title: str, blocks: Iterable[str], *, head: str = "") -> None:
        """Add a section unless it has no blocks; `head` is what a table begins with."""
        every = list(blocks)
        if not every:
            return
        self.add("", f"### {title}", "", *([head] if head else []))
        for place, block in enumerate(every):
            if len(block) + _ROOM > self._left:
                self.add("", f"{len(every) - place} more: see the log of the run.")
                return
            self.add(*([] if head or place == 0 else [""]), block)

    def __str__(self) -> str:
        return "\n".join(self._lines) + "\n"


def code(text: str) -> str:
    """Return a name as code, in a table too; it mentions nobody and breaks no line."""
    return "`" + re.sub(r"[`|\s]+", " ", text) + "`"


def fenced(text: str) -> str:
    """Return a message as a block of code that nothing in it can end."""
    kept = text if len(text) <= _LONGEST else f"{text[:_LONGEST]} ... (see the log of the run)"
    longest = max((len(run) for run in re.findall(r"`+", kept)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}text\n{kept}\n{fence}"
