"""How the sandbox speaks: results on standard output, everything else on standard error.

Both are coloured on a terminal and plain text elsewhere.
"""

import sys

from rich.console import Console

out = Console(soft_wrap=True, highlight=False, markup=False)
err = Console(soft_wrap=True, highlight=False, markup=False, stderr=True)


def tell(line: str) -> None:
    """Tell the person at the terminal something that is not the command's result."""
    err.print(line)


def write_lines(lines: list[str]) -> None:
    """Write lines for another program to read, exactly as they are."""
    sys.stdout.write("".join(f"{line}\n" for line in lines))
