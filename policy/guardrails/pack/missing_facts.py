"""What is told of missing facts: one fact is one message, whichever subjects and rules lack it."""

import json
from collections.abc import Iterable

from guardrails.findings import Finding
from guardrails.model.anchors import short_name


def one_for_each_fact(findings: Iterable[Finding]) -> list[list[Finding]]:
    """Group unverified findings that lack the same facts, in the order of the first of each."""
    groups: dict[tuple[str, ...], list[Finding]] = {}
    for finding in findings:
        groups.setdefault(finding.missing, []).append(finding)
    return list(groups.values())


def describe_all(alike: list[Finding], expired: str) -> str:
    """Return the text about findings that lack the same facts, with the path of the first.

    `expired` says that the exemption of the first one has ended, "" if it had none.
    Each rule begins a line, so that programs can tell whose verdicts these are.
    """
    rules = list(dict.fromkeys(finding.rule for finding in alike))
    first, *_ = alike
    lines = [f"{rules[0]}: {first.message}{expired}", *(f"{rule}: likewise" for rule in rules[1:])]
    subjects = list(dict.fromkeys(finding.subject for finding in alike))
    if len(subjects) > 1:
        names = ", ".join(map(short_name, subjects[1:]))
        lines.append(f"  and {len(subjects) - 1} more: {names}")
    lines += [f"  {line}" for line in first.details]
    if any(finding.exempt for finding in alike):
        lines[-1] += f"; or exempt: {_exemptions(alike)}"
    return "\n".join(lines)


def _exemptions(alike: Iterable[Finding]) -> str:
    """Return the configuration that exempts all subjects, with what its author has to fill in."""
    rules: dict[str, dict[str, list[dict[str, str]]]] = {}
    for finding in alike:
        entry = {"urn": finding.subject, "reason": "...", "owner": "...", "expires": "YYYY-MM-DD"}
        rules.setdefault(finding.rule, {"exemptions": []})["exemptions"].append(entry)
    return json.dumps(rules, ensure_ascii=False)
