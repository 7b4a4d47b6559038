"""What rules have in common: the result that each of them builds up."""

from dataclasses import dataclass, field

from guardrails.analysis.network_analysis import NetworkAnalysis
from guardrails.findings import Finding, Severity, Step, Verdict
from guardrails.model.references import short_name


@dataclass(slots=True)
class Result:
    """What a rule found while it went through its subjects."""

    findings: list[Finding] = field(default_factory=list[Finding])
    verdicts: dict[str, Verdict] = field(default_factory=dict[str, Verdict])
    skipped: dict[str, str] = field(default_factory=dict[str, str])

    def decide(self, subject: str, verdict: Verdict) -> None:
        """Note the verdict on `subject`; of several the worst stays."""
        before = self.verdicts.get(subject, Verdict.KEPT)
        self.verdicts[subject] = min(before, verdict, key=_BADNESS.index)


_BADNESS = (Verdict.VIOLATED, Verdict.UNVERIFIED, Verdict.KEPT)


def opaque_writers(
    rule: str, severity: Severity, network: NetworkAnalysis, what: str, result: Result
) -> None:
    """Add one unverified finding per thing that may write out of sight what the rule judges.

    Where the rule has no subject at all, only what surely writes a network is worth a word.
    """
    writers = network.graph.topology.opaque_writers
    for writer in writers if result.verdicts else [each for each in writers if each.certain]:
        name = short_name(writer.key)
        result.findings.append(
            Finding(
                rule=rule,
                verdict=Verdict.UNVERIFIED,
                severity=severity,
                subject=writer.key,
                message=f"{name} ({writer.what}) may write {what} where it cannot be seen",
                path=(Step(writer.key, f"{writer.what} {name}"),),
                missing=(f"which {what} {name} writes",),
                remedy="declare them as resources of their own, or exempt it with the reason",
            )
        )
        result.decide(writer.key, Verdict.UNVERIFIED)
