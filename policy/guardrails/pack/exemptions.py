"""Exemptions: subjects that may break a rule until the end of a day."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import lru_cache

from guardrails.configuration import read_pattern


def today() -> date:
    """Return the day in UTC, against which exemptions expire."""
    return datetime.now(UTC).date()


@dataclass(frozen=True, slots=True, order=True)
class Exemption:
    """A subject of a rule that may break it until the end of a day."""

    rule: str
    urn: str
    reason: str
    owner: str
    expires: date

    def covers(self, rule: str, subject: str) -> bool:
        """Tell whether the exemption is meant for this subject of this rule."""
        return rule == self.rule and _pattern(self.urn).fullmatch(subject) is not None


_pattern = lru_cache(read_pattern)
