"""The result that each rule builds up while it goes through its subjects."""

from dataclasses import dataclass, field

from guardrails.findings import Finding, Verdict

_WORST_FIRST = (Verdict.VIOLATED, Verdict.UNVERIFIED, Verdict.KEPT)


@dataclass(slots=True)
class Result:
    """What a rule found: findings, the verdict on each subject, and which it skipped and why.

    `allowed` says, by subject, what would be a finding if the configuration did not allow it.
    """

    findings: list[Finding] = field(default_factory=list[Finding])
    verdicts: dict[str, Verdict] = field(default_factory=dict[str, Verdict])
    skipped: dict[str, str] = field(default_factory=dict[str, str])
    allowed: dict[str, str] = field(default_factory=dict[str, str])

    def decide(self, subject: str, verdict: Verdict) -> None:
        """Note the verdict on `subject`; the worst of several stays."""
        before = self.verdicts.get(subject, Verdict.KEPT)
        self.verdicts[subject] = min(before, verdict, key=_WORST_FIRST.index)
