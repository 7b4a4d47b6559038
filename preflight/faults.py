"""Faults of the configuration that only AWS shows, and look-ups that AWS refuses."""

from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

import pulumi

from settings import Fault

NAMESPACE = "ha-cluster"
REBUILD = "docs/runbook.md#another-vpc-range-or-zone"
"""The runbook's section on rebuilding what cannot be changed in place."""
OTHER_ENGINE = "docs/pacemaker.md#another-engine"
"""The section on what another engine means for a cluster that is there."""


def fault(key: str, value: Any, remedy: str) -> Fault:
    """Return a fault of a key of this program, such as `nodes.image`."""
    return Fault(f"{NAMESPACE}:{key}", value, remedy)


@contextmanager
def looking_up(what: str) -> Generator[None]:
    """Turn any error of the look-ups inside into a RunError that says what was looked up."""
    try:
        yield
    except pulumi.RunError:
        raise
    except Exception as error:  # noqa: BLE001 - the SDK raises nothing narrower
        raise pulumi.RunError(f"{what} cannot be looked up: {error}") from None
