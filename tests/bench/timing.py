"""How a figure is taken and shown: several runs, the median, and the spread beside it."""

import statistics
import time
from collections.abc import Callable, Iterable

from rich.console import Console
from rich.table import Table

Row = tuple[str, str, list[float]]
"""A figure: what it is, its goal, and the value of each run."""


def wall(action: Callable[[], object]) -> float:
    """Return the seconds of wall time that one call takes."""
    began = time.perf_counter()
    action()
    return time.perf_counter() - began


def processor(action: Callable[[], object]) -> float:
    """Return the seconds that this process computes during one call."""
    began = time.process_time()
    action()
    return time.process_time() - began


def show(title: str, unit: str, rows: Iterable[Row]) -> None:
    """Print figures with their goals."""
    table = Table("figure", "goal", "median", "least", "most", "runs", title=title)
    for name, goal, values in rows:
        spread = (statistics.median(values), min(values), max(values))
        table.add_row(name, goal, *(f"{each:.2f} {unit}" for each in spread), str(len(values)))
    say(table)


def say(what: object) -> None:
    """Print a text or a table, as wide as the figures need."""
    Console(width=110, highlight=False).print(what)
