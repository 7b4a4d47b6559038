"""One verdict for each policy: violated, unverified, noted or kept.

A policy of the pack `closed-network` cannot see every fact. What it could not decide arrives under
the name `facts-are-missing`, with the policy's own name before the text (docs/policy.md). Policies
of other packs have no such verdict.
"""

from collections import Counter
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
    counts = {
        "violated": Counter(each.policy for each in violations(preview)),
        "unverified": Counter(
            policy for each in undecided(preview) for policy in _rules(each, preview)
        ),
        "noted": Counter(each.policy for each in notes(preview)),
    }
    for policy in preview.policies:
        verdict = next((each for each in counts if counts[each][policy]), "")
        if verdict:
            yield PolicyVerdict(policy, verdict, counts[verdict][policy])
        elif not policy.endswith(_SILENT) and policy not in _UNDECIDED:
            yield PolicyVerdict(policy, "kept")


def _rules(finding: Finding, preview: Preview) -> set[str]:
    """Return the policies that lacked a fact: the name of each and a colon begin a line."""
    names = {line.partition(": ")[0] for line in finding.text.splitlines() if ": " in line}
    return names & preview.policies or {finding.policy}
