"""Exemptions: subjects that may break a rule until the end of a day."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cached_property

from guardrails.patterns import Patterns


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


@dataclass(frozen=True)
class Exemptions:
    """All exemptions of a configuration, sorted, and found by what they cover."""

    every: tuple[Exemption, ...] = ()

    @cached_property
    def _by_rule(self) -> dict[str, Patterns[Exemption]]:
        return {
            rule: Patterns((each.urn, each) for each in self.every if each.rule == rule)
            for rule in {each.rule for each in self.every}
        }

    def covering(self, rule: str, subject: str) -> list[Exemption]:
        """Return the exemptions of this subject from this rule, expired ones included."""
        patterns = self._by_rule.get(rule)
        return patterns.of(subject) if patterns else []

    def in_force(self, rule: str, subject: str) -> Exemption | None:
        """Return the last exemption of this subject that is in force, None if there is none."""
        lasting = [each for each in self.covering(rule, subject) if each.expires >= today()]
        return lasting[-1] if lasting else None
