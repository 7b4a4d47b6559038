"""A rule as users know it: its name, how severe a violation is, and how to fix one."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

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
            remedy=self._fix(subject, missing, remedy or self.clarification or self.remedy),
        )

    def finding(
        self, subject: str, message: str, path: tuple[Step, ...], *missing: str, remedy: str = ""
    ) -> Finding:
        """Return a violation, or an unverified finding if facts are missing."""
        if missing:
            return self.unverified(subject, message, path, missing, remedy=remedy)
        return self.violated(subject, message, path, remedy=remedy)

    def _fix(self, subject: str, missing: tuple[str, ...], remedy: str) -> str:
        """Return what to do: refresh, set an option, else make facts visible or exempt."""
        seen = {fact for fact in missing if fact.endswith(f"({SEEN})")}
        supplied = [fact for fact in missing if isinstance(fact, Fact)]
        others = len(missing) > len(seen) + len(supplied)
        parts = [_REFRESH] if seen else []
        if supplied:
            parts.append(self._to_paste(supplied))
        if supplied or others:
            parts.append(f"otherwise {remedy}" if supplied else remedy)
        if others:
            entry = {"urn": subject, "reason": "...", "owner": "...", "expires": "YYYY-MM-DD"}
            parts.append(f"or exempt it: {self._configured({'exemptions': [entry]})}")
        return "; ".join(parts)

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
        return f"if {claims}, configure {self._configured(options)}"

    def _configured(self, options: Mapping[str, object]) -> str:
        return json.dumps({self.name: options}, ensure_ascii=False)
