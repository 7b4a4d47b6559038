"""Faults of the configuration that only AWS shows."""

from typing import Any

from settings import Fault

NAMESPACE = "ha-cluster"


def fault(key: str, value: Any, remedy: str) -> Fault:
    """Return a fault of a key of this program, such as `nodes.image`."""
    return Fault(f"{NAMESPACE}:{key}", value, remedy)
