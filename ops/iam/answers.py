"""Yes, no, or not known for a named reason, and how such answers combine.

Knowing more never changes a yes to a no: an answer that is not known becomes one of both.
"""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Unknown:
    """No answer, and why."""

    why: str


Answer = bool | Unknown


def all_of(answers: Iterable[Answer]) -> Answer:
    """Return no where one is no, else the first that is not known, else yes."""
    unknown: Unknown | None = None
    for answer in answers:
        if answer is False:
            return False
        if isinstance(answer, Unknown):
            unknown = unknown or answer
    return unknown or True


def any_of(answers: Iterable[Answer]) -> Answer:
    """Return yes where one is yes, else the first that is not known, else no."""
    return negation(all_of(map(negation, answers)))


def negation(answer: Answer) -> Answer:
    """Return the opposite; what is not known stays so."""
    return answer if isinstance(answer, Unknown) else not answer
