"""What the judge hands back: findings with their evidence, and what it has looked at."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Self


class Verdict(StrEnum):
    """VIOLATED is proven, UNVERIFIED lacks a fact, KEPT is proven."""

    VIOLATED = "violated"
    UNVERIFIED = "unverified"
    KEPT = "kept"


class Severity(StrEnum):
    """How bad a violation of a rule is, in Pulumi's words."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"


@dataclass(frozen=True, slots=True, order=True)
class Step:
    """One step of an evidence path: the element's key and how a message calls it.

    `by_default` is what AWS does as long as no resource says otherwise.
    """

    key: str
    text: str
    by_default: bool = field(default=False, compare=False)


class Fact(str):
    """A missing fact that one option of the rule can supply, with the value to give it.

    A list is united with those of other facts, a mapping likewise.
    """

    __slots__ = ("option", "value")

    def __new__(cls, text: str, option: str, value: list[str] | dict[str, list[str]]) -> Self:
        """Make the fact: `text` is what a message says."""
        fact = super().__new__(cls, text)
        fact.option = option
        fact.value = value
        return fact

    option: str
    value: list[str] | dict[str, list[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One violated or unverified subject, with the path that proves it and the fix.

    `subject` is a key of the topology (a URN or an id); `path` is ordered, `subject` first.
    `missing` are the facts that would decide it: empty unless unverified; `exempt`: only an
    exemption settles it without one of them. `advisory`: the configuration says that it shall not
    refuse anything.
    """

    rule: str
    verdict: Verdict
    severity: Severity
    subject: str
    message: str
    path: tuple[Step, ...]
    missing: tuple[str, ...]
    remedy: str
    advisory: bool = False
    exempt: bool = False

    @property
    def order(self) -> tuple[str, ...]:
        """Sort key: equal judgements print equally whatever order resources came in."""
        return (
            self.rule,
            self.subject,
            self.verdict,
            *(step.key for step in self.path),
            self.message,
        )

    def __str__(self) -> str:
        """Return the whole text for people: what is wrong, the path, what is missing, the fix."""
        return "\n  ".join((self.message, *self.details))

    @property
    def details(self) -> list[str]:
        """The lines below the message: the path, what is missing, the fix."""
        parts: list[str] = []
        if self.path:
            parts.append("path: " + " -> ".join(step.text for step in self.path))
        if self.missing:
            parts.append("not known: " + "; ".join(self.missing))
        parts.append("fix: " + self.remedy)
        return parts


@dataclass(frozen=True, slots=True)
class Coverage:
    """What one rule looked at: verdict by subject's key, and why it skipped others.

    `allowed` says, by subject, what the configuration allows and would be a finding otherwise.
    """

    verdicts: Mapping[str, Verdict]
    skipped: Mapping[str, str]
    allowed: Mapping[str, str] = field(default_factory=dict[str, str])

    def count(self, verdict: Verdict) -> int:
        """Return how many subjects got `verdict`."""
        return sum(1 for each in self.verdicts.values() if each is verdict)


@dataclass(frozen=True, slots=True)
class Judgement:
    """All findings in a stable order, and the coverage of every rule by the rule's name."""

    findings: tuple[Finding, ...]
    coverage: Mapping[str, Coverage]
