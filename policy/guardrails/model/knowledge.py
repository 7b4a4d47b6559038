"""What a reader may say of one value: known, absent, or not known and why.

Known is the value itself, absent is None, and anything else is `Unknown`. The judge's promise rests
on this: replacing a known value by an `Unknown` may turn a verdict only into "unverified".
"""

from dataclasses import dataclass
from typing import TypeAlias, TypeVar

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Unknown:
    """A value that cannot be seen; `fact` says which, as a noun phrase ("the range of VPC hub").

    As a member of a tuple it stands for any number of members, also none, that cannot be seen.
    """

    fact: str

    def __post_init__(self) -> None:
        if not self.fact:
            raise ValueError("an unknown value has to name the fact that is missing")


@dataclass(frozen=True, slots=True)
class External:
    """A reference to something that exists but is not an element of the topology, by its AWS id."""

    id: str


@dataclass(frozen=True, slots=True)
class OneOf:
    """A reference to exactly one of several elements, when a reader cannot tell which."""

    keys: tuple[str, ...]


SEEN = "seen at the last refresh, declared nowhere"
"""Why it is doubted that something is there which only the outputs of another resource show."""


def whether_still_there(what: str) -> str:
    """Return the fact that decides whether something is there which only outputs show."""
    return f"whether {what} is still there ({SEEN})"


Sure: TypeAlias = Value | Unknown
"""A value that every such element has."""

Maybe: TypeAlias = Value | Unknown | None
"""A value that an element may lack: None says that it is known to lack it."""

Many: TypeAlias = tuple[Value | Unknown, ...]
"""Values of which those that cannot be seen are represented by an `Unknown` member."""

Reference: TypeAlias = str | External | OneOf | Unknown | None
"""An element's key, an id outside the topology, several candidates, not known, or none at all."""
