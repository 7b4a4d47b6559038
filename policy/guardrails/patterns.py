"""Patterns over URNs and ids (`*`, `?`, `[...]`), and which of many match a given one."""

import re
from collections.abc import Iterable
from fnmatch import translate
from functools import lru_cache
from typing import Final, Generic, TypeVar

_Meant = TypeVar("_Meant")
_UNLIKE_URNS: Final = (
    "urn:pulumi:a::b::aws:ec2/subnet:Subnet::c",
    "urn:pulumi:live::net::aws:ec2/subnet:Subnet::x-1",
)


@lru_cache(maxsize=1 << 16)
def read_pattern(text: str) -> re.Pattern[str]:
    """Read a pattern over URNs. Brackets are a class, or themselves: names may be `private[0]`."""
    literal = text.replace("[", "[[]")
    return re.compile(f"{translate(text)}|{translate(literal)}")


def refuse_every_urn(text: str) -> None:
    """Raise ValueError if a pattern tells no subnet from another."""
    pattern = read_pattern(text)
    if all(pattern.fullmatch(urn) for urn in _UNLIKE_URNS):
        raise ValueError("it covers everything; name what is meant")


class Patterns(Generic[_Meant]):
    """What many patterns stand for, found without trying each of them.

    A pattern that ends with a plain name (`*::private-a`, an id) can match that name only.
    """

    def __init__(self, pairs: Iterable[tuple[str, _Meant]]) -> None:
        self._by_name: dict[str, list[tuple[int, re.Pattern[str], _Meant]]] = {}
        self._by_trial: list[tuple[int, re.Pattern[str], _Meant]] = []
        for order, (text, meant) in enumerate(pairs):
            name = _name(text)
            plain = not set("*?[") & set(name)
            place = self._by_name.setdefault(name, []) if plain else self._by_trial
            place.append((order, read_pattern(text), meant))

    def of(self, subject: str) -> list[_Meant]:
        """Return what the patterns that match `subject` stand for, in the order of the patterns."""
        possible = (*self._by_name.get(_name(subject), ()), *self._by_trial)
        found = [(order, meant) for order, pattern, meant in possible if pattern.fullmatch(subject)]
        return [meant for _, meant in sorted(found, key=lambda each: each[0])]


def _name(text: str) -> str:
    return text.rpartition("::")[2]
