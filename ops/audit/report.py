"""What an audit reports: findings by rule, what each rule looked at, and what was not read."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from guardrails.findings import Coverage, Finding, Judgement, Verdict
from guardrails.options.exemptions import Exemption, Exemptions
from guardrails.rules import usable_and_narrow, vip_check
from ops.audit.inventory import Inventory, Refusal
from ops.audit.names import names_of, with_names
from ops.audit.places import Places

_ADVICE: Final = frozenset({vip_check.RULE.name, usable_and_narrow.RULE.name})
"""The rules of which the pack makes advisory policies."""


@dataclass(frozen=True)
class Report:
    """A judgement of live AWS, with the names of what it is about."""

    account: str
    regions: tuple[str, ...]
    vpcs: tuple[str, ...]
    judgement: Judgement
    names: Mapping[str, str]
    refusals: tuple[Refusal, ...]
    exempt: tuple[tuple[Finding, Exemption], ...] = ()
    """Findings that an exemption in force covers; they are not in the judgement's."""

    @property
    def violations(self) -> list[Finding]:
        """The findings that are proven, advice apart."""
        found = self.judgement.findings
        return [each for each in found if each.verdict is Verdict.VIOLATED and not is_advice(each)]

    @property
    def unverified(self) -> list[Finding]:
        """The findings that lack a fact, advice apart."""
        found = self.judgement.findings
        return [
            each for each in found if each.verdict is Verdict.UNVERIFIED and not is_advice(each)
        ]


def is_advice(finding: Finding) -> bool:
    """Tell whether a finding only advises, as in the pack."""
    return finding.advisory or finding.rule in _ADVICE


def report_on(
    inventories: Sequence[Inventory],
    judgement: Judgement,
    vpc: str | None,
    exemptions: Exemptions,
) -> Report:
    """Return the report without what is exempt; of one VPC, only what concerns it."""
    if vpc:
        judgement = _within(judgement, Places(inventories), vpc)
    exempt = tuple(
        (finding, exemption)
        for finding in judgement.findings
        if (exemption := exemptions.in_force(finding.rule, finding.subject))
    )
    covered = {finding for finding, _ in exempt}
    left = tuple(each for each in judgement.findings if each not in covered)
    every = sorted(each for inventory in inventories for each in inventory.ids("describe_vpcs"))
    return Report(
        account=inventories[0].account,
        regions=tuple(inventory.region for inventory in inventories),
        vpcs=(vpc,) if vpc else tuple(every),
        judgement=Judgement(left, judgement.coverage),
        names=names_of(inventories),
        refusals=tuple(
            refusal for inventory in inventories for refusal in inventory.refusals.values()
        ),
        exempt=exempt,
    )


def _within(judgement: Judgement, places: Places, vpc: str) -> Judgement:
    def here(subjects: Mapping[str, Any]) -> dict[str, Any]:
        return {key: each for key, each in subjects.items() if places.concerns(key, vpc)}

    findings = (each for each in judgement.findings if places.concerns(each.subject, vpc))
    coverage = {
        rule: replace(
            each,
            verdicts=here(each.verdicts),
            skipped=here(each.skipped),
            allowed=here(each.allowed),
        )
        for rule, each in judgement.coverage.items()
    }
    return Judgement(tuple(findings), coverage)


def as_text(report: Report) -> str:
    """Return the report for people."""
    where = f"account {report.account or 'unknown'}, {', '.join(report.regions)}"
    lines = [f"{where}: {_counted(len(report.vpcs), 'VPC')}"]
    for rule, coverage in sorted(report.judgement.coverage.items()):
        counts = ", ".join(f"{coverage.count(each)} {each}" for each in Verdict)
        lines += ["", f"{rule}: {counts}; {len(coverage.skipped)} skipped"]
        lines += (f"  allowed: {each}" for _, each in sorted(coverage.allowed.items()))
        lines += _findings(each for each in report.judgement.findings if each.rule == rule)
    if report.exempt:
        lines += ["", "exempt:"]
        lines += (f"  {_exempt(*each)}" for each in report.exempt)
    if report.refusals:
        lines += ["", "not read, so that what depends on it is unverified:"]
        lines += sorted({f"  {each.call}: {each.error.code}" for each in report.refusals})
    return with_names("\n".join([*lines, "", _summary(report)]), report.names)


def _findings(findings: Iterable[Finding]) -> Iterator[str]:
    for finding in findings:
        word = "advice" if is_advice(finding) else finding.verdict
        yield f"  {word}: " + str(finding).replace("\n", "\n  ")


def _exempt(finding: Finding, exemption: Exemption) -> str:
    until = f"until {exemption.expires} ({exemption.owner}: {exemption.reason})"
    return f"{finding.rule} {finding.subject}, {finding.verdict}, {until}"


def _summary(report: Report) -> str:
    violated = _counted(len(report.violations), "violation")
    unverified = len(report.unverified)
    if not unverified:
        return violated
    return f"{violated}; {unverified} unverified: no proof either way, a fact is missing"


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}" + ("" if number == 1 else "s")


def as_json(report: Report) -> str:
    """Return the report for programs."""
    shown = {
        "account": report.account,
        "regions": list(report.regions),
        "vpcs": list(report.vpcs),
        "findings": [_finding(each, report.names) for each in report.judgement.findings],
        "coverage": {
            rule: _coverage(each) for rule, each in sorted(report.judgement.coverage.items())
        },
        "exempt": [
            {"rule": finding.rule, "subject": finding.subject, "expires": str(exemption.expires)}
            for finding, exemption in report.exempt
        ],
        "not_read": [
            {"call": each.error.operation, "region": each.region, "code": each.error.code}
            for each in report.refusals
        ],
    }
    return json.dumps(shown, indent=2, ensure_ascii=False)


def _finding(finding: Finding, names: Mapping[str, str]) -> dict[str, Any]:
    return {
        "rule": finding.rule,
        "verdict": finding.verdict,
        "severity": finding.severity,
        "advice": is_advice(finding),
        "subject": finding.subject,
        "name": names.get(finding.subject, ""),
        "message": finding.message,
        "path": [
            {"id": step.key, "text": step.text, "name": names.get(step.key, "")}
            for step in finding.path
        ],
        "missing": list(finding.missing),
        "remedy": finding.remedy,
    }


def _coverage(coverage: Coverage) -> dict[str, Any]:
    counts = {str(verdict): coverage.count(verdict) for verdict in Verdict}
    return {**counts, "skipped": dict(coverage.skipped), "allowed": dict(coverage.allowed)}
