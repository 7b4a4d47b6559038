"""For all tests: a row of a table is named by its values, in an order that never changes."""

from typing import Any


def pytest_make_parametrize_id(val: Any) -> str | None:
    """Name a value; the processes that share a run must give the same name to a set."""
    if isinstance(val, (set, frozenset)):
        return "{" + ", ".join(sorted(map(repr, val))) + "}"
    return str(val) if isinstance(val, (dict, list, tuple)) else None
