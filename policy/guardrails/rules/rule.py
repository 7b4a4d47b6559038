"""A rule as users know it: its name, how severe a violation is, and how to fix one."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TypeGuard

from guardrails.findings import Fact, Finding, Severity, Step, Verdict
from guardrails.model.knowledge import SEEN

_REFRESH = "run `pulumi refresh` to see whether it is still there; if it is, remove or declare it"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """What all findings of a rule have in common.

    `remedy` fixes a violation; `clarification` supplies a missing fact, "" if `remedy` does both.
    `claims` says, by option that supplies facts, what somebody claims who sets it.
    """

    name: str
    severity: Severity
    remedy: str
    clarification: str = ""
    claims: Mapping[str, str] = field(default_factory=dict[str, str])

    def violated(
        self, subject: str, message: str, path: tuple[Step, ...], *, remedy: str = ""
    ) -> Finding:
        """Return the finding that `subject` breaks the rule, as `path` proves."""
        return Finding(
            rule=self.name,
            verdict=Verdict.VIOLATED,
            severity=self.severity,
            subject=subject,
            message=message,
            path=path,
            missing=(),
            remedy=remedy or self.remedy,
        )

    def unverified(
        self,
        subject: str,
        message: str,
        path: tuple[Step, ...],
        missing: tuple[str, ...],
        *,
        remedy: str = "",
    ) -> Finding:
        """Return the finding that `subject` may break the rule, which `missing` would decide."""
        return Finding(
            rule=self.name,
            verdict=Verdict.UNVERIFIED,
            severity=self.severity,
            subject=subject,
            message=message,
            path=path,
            missing=missing,
            remedy=self._fix(missing, remedy or self.clarification or self.remedy),
            exempt=not all(self._supplies(fact) or _is_seen(fact) for fact in missing),
        )

    def finding(
        self, subject: str, message: str, path: tuple[Step, ...], *missing: str, remedy: str = ""
    ) -> Finding:
        """Return a violation, or an unverified finding if facts are missing."""
        if missing:
            return self.unverified(subject, message, path, missing, remedy=remedy)
        return self.violated(subject, message, path, remedy=remedy)

    def _fix(self, missing: tuple[str, ...], remedy: str) -> str:
        """Return what to do: refresh, set an option, else make facts visible."""
        parts = [_REFRESH] if any(map(_is_seen, missing)) else []
        supplied = [fact for fact in missing if self._supplies(fact)]
        if supplied:
            parts.append(self._to_paste(supplied))
        if not all(map(_is_seen, missing)):
            parts.append(f"otherwise {remedy}" if supplied else remedy)
        return "; ".join(parts)

    def _supplies(self, fact: str) -> TypeGuard[Fact]:
        """Tell whether an option of this rule supplies the fact; another rule may share it."""
        return isinstance(fact, Fact) and fact.option in self.claims

    def _to_paste(self, facts: Iterable[Fact]) -> str:
        options: dict[str, list[str] | dict[str, list[str]]] = {}
        for fact in facts:
            before = options.get(fact.option)
            match before, fact.value:
                case list(), list():
                    options[fact.option] = list(dict.fromkeys((*before, *fact.value)))
                case dict(), dict():
                    options[fact.option] = {**before, **fact.value}
                case _:
                    options[fact.option] = fact.value
        claims = " and ".join(self.claims[option] for option in options)
        return f"if {claims}, configure {json.dumps({self.name: options}, ensure_ascii=False)}"


def _is_seen(fact: str) -> bool:
    return fact.endswith(f"({SEEN})")
