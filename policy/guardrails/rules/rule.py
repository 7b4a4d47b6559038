"""A rule as users know it: its name, how severe a violation is, and how to fix one."""

from dataclasses import dataclass

from guardrails.findings import Finding, Severity, Step, Verdict
from guardrails.model.knowledge import SEEN

_REFRESH = "run `pulumi refresh` to see whether it is still there; if it is, remove or declare it"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """What all findings of a rule have in common.

    `remedy` fixes a violation; `clarification` supplies a missing fact, "" if `remedy` does both.
    """

    name: str
    severity: Severity
    remedy: str
    clarification: str = ""

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
            remedy=_refreshed(missing, remedy or self.clarification or self.remedy),
        )

    def finding(
        self, subject: str, message: str, path: tuple[Step, ...], *missing: str, remedy: str = ""
    ) -> Finding:
        """Return a violation, or an unverified finding if facts are missing."""
        if missing:
            return self.unverified(subject, message, path, missing, remedy=remedy)
        return self.violated(subject, message, path, remedy=remedy)


def _refreshed(missing: tuple[str, ...], remedy: str) -> str:
    """Return what to do about missing facts: a refresh tells what only outputs have shown."""
    seen = sum(fact.endswith(f"({SEEN})") for fact in missing)
    if not seen:
        return remedy
    return _REFRESH if seen == len(missing) else f"{_REFRESH}; {remedy}"
