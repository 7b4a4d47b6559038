"""One verdict for each policy: violated, unverified, noted or kept.

A policy of the pack `closed-network` cannot see every fact. What it could not decide arrives under
the name `facts-are-missing`, with the policy's own name before the text (docs/policy.md). Policies
of other packs have no such verdict.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from guardrails.report.events import Finding, Preview

_UNDECIDED = ("facts-are-missing", "facts-are-missing-is-refused")
# Silent in previews by design: "kept" would be more than they know.
_SILENT = "-gate"
_ORDER = ("violated", "unverified", "noted", "kept")


@dataclass(frozen=True, slots=True)
class PolicyVerdict:
    """A policy's verdict over the stack, and how many findings it rests on."""

    policy: str
    verdict: str
    count: int = 0


def undecided(preview: Preview) -> tuple[Finding, ...]:
    """Return the findings about facts that are missing."""
    return tuple(each for each in preview.findings if each.policy in _UNDECIDED)


def violations(preview: Preview) -> tuple[Finding, ...]:
    """Return what refuses the change, apart from missing facts."""
    return tuple(
        each
        for each in preview.findings
        if each.level == "mandatory" and each.policy not in _UNDECIDED
    )


def notes(preview: Preview) -> tuple[Finding, ...]:
    """Return what policies only remark."""
    return tuple(
        each
        for each in preview.findings
        if each.level != "mandatory" and each.policy not in _UNDECIDED
    )


def verdicts(preview: Preview) -> list[PolicyVerdict]:
    """Return a verdict for each policy that looked, the worst first, then by name."""
    return sorted(_verdicts(preview), key=lambda each: (_ORDER.index(each.verdict), each.policy))


def _verdicts(preview: Preview) -> Iterator[PolicyVerdict]:
    for policy in preview.policies:
        violated = sum(each.policy == policy for each in violations(preview))
        missing = sum(policy in _rules(each, preview) for each in undecided(preview))
        noted = sum(each.policy == policy for each in notes(preview))
        if violated:
            yield PolicyVerdict(policy, "violated", violated)
        elif missing:
            yield PolicyVerdict(policy, "unverified", missing)
        elif noted:
            yield PolicyVerdict(policy, "noted", noted)
        elif not policy.endswith(_SILENT) and policy not in _UNDECIDED:
            yield PolicyVerdict(policy, "kept")


def _rules(finding: Finding, preview: Preview) -> set[str]:
    """Return the policies that lacked a fact: the name of each and a colon begin a line."""
    names = {line.partition(": ")[0] for line in finding.text.splitlines() if ": " in line}
    return names & set(preview.policies) or {finding.policy}
