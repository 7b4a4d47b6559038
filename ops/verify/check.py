"""A check: one failure mode under a stable id, and how it is told from what was read."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

from guardrails.findings import Severity
from ops.verify.situation import Situation

RESTORE: Final = "pulumi up --refresh"
"""What restores a thing that the stack made and somebody changed or deleted."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What a check found: `subject` is an id, `remedy` the command that fixes it.

    `involves` are the ids by which a fault that follows from another one is told: both name one.
    """

    subject: str
    expected: str
    found: str
    remedy: str
    involves: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One failure mode.

    `judge` yields what is wrong, and raises NotCheckedError, or lets an AwsError pass, where what
    it needs was not read. `follows_from` are the ids of checks whose faults explain one of these.
    """

    id: str
    severity: Severity
    judge: Callable[[Situation], Iterable[Fault]]
    follows_from: tuple[str, ...] = ()
