"""The findings in SARIF 2.1.0, which code scanning and editors read.

GitHub shows what its page "SARIF support for code scanning" lists, and needs four numbers for a
region and a `primaryLocationLineHash`. The hash of a line would make one alert of all findings of
a policy, because they share a location: here it is made of the policy and the resource.
"""

import json
from collections import Counter
from collections.abc import Iterator
from hashlib import sha256
from typing import Any, Final
from urllib.parse import quote

from guardrails.report.events import Finding
from guardrails.report.judged_preview import JudgedPreview, slug
from guardrails.report.outcome import Outcome
from guardrails.report.verdicts import undecided

_SCHEMA: Final = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)
# GitHub calls more than 9.0 critical, 7.0 and more high, 4.0 and more medium, the rest low.
_SCORES: Final = {"critical": "9.5", "high": "8.0", "medium": "5.5", "low": "2.0"}
# GitHub cuts a rule's descriptions.
_LONGEST: Final = 1_024
_REGION: Final = {"startLine": 1, "startColumn": 1, "endLine": 1, "endColumn": 2}


def write_sarif(judged: JudgedPreview) -> str:
    """Write the findings of a preview as a log with one run."""
    findings = sorted(judged.preview.findings, key=lambda each: (each.policy, each.urn, each.text))
    by_policy: dict[str, list[Finding]] = {each: [] for each in sorted(judged.preview.policies)}
    for finding in judged.preview.findings:
        by_policy[finding.policy].append(finding)
    rules = [_rule(policy, own) for policy, own in by_policy.items()]
    run = {
        "tool": {"driver": {"name": "guardrails", "rules": rules}},
        "automationDetails": {"id": f"{slug(judged.name)}/"},
        "invocations": [_invocation(judged)],
        "results": list(_results(findings, judged)),
    }
    log = {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}
    return json.dumps(log, indent=2) + "\n"


def _rule(policy: str, own: list[Finding]) -> dict[str, Any]:
    title = policy.replace("-", " ").capitalize()
    promise = own[0].text.splitlines()[0][:_LONGEST] if own else title
    score = next((_SCORES[each.severity] for each in own if each.severity in _SCORES), None)
    return {
        "id": policy,
        "shortDescription": {"text": title[:_LONGEST]},
        "fullDescription": {"text": promise},
        "help": {"text": promise},
        "properties": {"tags": ["security"], **({"security-severity": score} if score else {})},
    }


def _invocation(judged: JudgedPreview) -> dict[str, Any]:
    said = [("error", text) for text in judged.reasons()]
    said += [("warning", text) for text in judged.preview.warnings]
    return {
        "executionSuccessful": judged.outcome is not Outcome.FAILED,
        "exitCode": int(judged.outcome),
        "toolExecutionNotifications": [
            {"level": level, "message": {"text": _plain(text)}} for level, text in said
        ],
    }


def _results(findings: list[Finding], judged: JudgedPreview) -> Iterator[dict[str, Any]]:
    indices = {policy: at for at, policy in enumerate(sorted(judged.preview.policies))}
    unverified = set(undecided(judged.preview))
    seen: Counter[str] = Counter()
    for finding in findings:
        identity = sha256(f"{finding.policy}\0{finding.urn}".encode()).hexdigest()[:16]
        seen[identity] += 1
        level = "error" if finding.level == "mandatory" else "note"
        yield {
            "ruleId": finding.policy,
            "ruleIndex": indices[finding.policy],
            "level": "warning" if level == "note" and finding in unverified else level,
            "message": {"text": _plain(_message(finding))},
            "locations": [_location(finding, judged.location)],
            "partialFingerprints": {"primaryLocationLineHash": f"{identity}:{seen[identity]}"},
        }


def _message(finding: Finding) -> str:
    """Return what the policy says of this resource: its promise comes first, and is the rule's."""
    _, _, text = finding.text.partition("\n")
    return f"{finding.name}: {text or finding.text}"


def _location(finding: Finding, file: str) -> dict[str, Any]:
    location: dict[str, Any] = {
        "physicalLocation": {"artifactLocation": {"uri": quote(file)}, "region": _REGION}
    }
    if finding.urn:
        location["logicalLocations"] = [
            {"name": finding.name, "fullyQualifiedName": finding.urn, "kind": "resource"}
        ]
    return location


def _plain(text: str) -> str:
    """Return text in which nothing is a link: `[text](target)` would be one in a message."""
    return text.replace("](", "] (")
