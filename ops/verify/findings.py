"""What `verify` reports: findings with their causes, what was not checked, and facts."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from guardrails.findings import Severity
from ops.errors import AwsError, NotCheckedError
from ops.verify.check import Check, Fault
from ops.verify.situation import Situation


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A fault under its id. `caused_by` is the id of the finding from which this one follows."""

    id: str
    severity: Severity
    subject: str
    expected: str
    found: str
    remedy: str
    caused_by: str | None = None


@dataclass(frozen=True, slots=True)
class NotChecked:
    """A failure mode that could not be looked for."""

    id: str
    why: str


@dataclass(frozen=True, slots=True)
class Report:
    """Everything that one run says; findings without a cause first, the worst first."""

    findings: tuple[Finding, ...]
    not_checked: tuple[NotChecked, ...]
    facts: Mapping[str, Any]

    @property
    def roots(self) -> tuple[Finding, ...]:
        """The findings that no other one explains."""
        return tuple(each for each in self.findings if each.caused_by is None)

    def as_json(self) -> dict[str, Any]:
        """Return plain values for `--json`."""
        return {
            "findings": [asdict(each) for each in self.findings],
            "not_checked": [asdict(each) for each in self.not_checked],
            "facts": dict(self.facts),
        }


def examine(situation: Situation, checks: Sequence[Check]) -> Report:
    """Make every check, and say which faults follow from which."""
    found: list[tuple[Check, Fault]] = []
    not_checked: list[NotChecked] = []
    for check in checks:
        try:
            for fault in check.judge(situation):
                found.append((check, fault))  # noqa: PERF401  # counts, whatever is refused next
        except (NotCheckedError, AwsError) as error:
            not_checked.append(NotChecked(check.id, str(error)))
    findings = sorted(_with_causes(found), key=_order)
    return Report(tuple(findings), tuple(not_checked), _facts(situation))


def _with_causes(found: Sequence[tuple[Check, Fault]]) -> Iterable[Finding]:
    for check, fault in found:
        causes = (
            other.id
            for root in check.follows_from
            for other, cause in found
            if other.id == root and _named(fault) & _named(cause)
        )
        yield Finding(
            id=check.id,
            severity=check.severity,
            subject=fault.subject,
            expected=fault.expected,
            found=fault.found,
            remedy=fault.remedy,
            caused_by=next(causes, None),
        )


def _named(fault: Fault) -> set[str]:
    return {fault.subject, *fault.involves}


_WORST_FIRST = tuple(reversed(Severity))


def _order(finding: Finding) -> tuple[bool, int, str, str]:
    worst = _WORST_FIRST.index(finding.severity)
    return (finding.caused_by is not None, worst, finding.id, finding.subject)


def _facts(situation: Situation) -> dict[str, Any]:
    facts: dict[str, Any] = {
        "cluster_name": situation.cluster.name,
        "region": situation.cluster.region,
        "vpc_id": situation.cluster.vpc_id,
        "virtual_ip": situation.cluster.virtual_ip,
    }
    try:
        owner = situation.owner
        facts["virtual_ip_owner"] = owner.name if owner else None
        facts["virtual_ip_tables"] = sorted(situation.virtual_ip_routes)
    except AwsError:
        facts["virtual_ip_owner"] = None
    return facts
