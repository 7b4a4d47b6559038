"""Events of the engine's log, as `pulumi preview --event-log` writes them: to give and to read."""

import json
from collections.abc import Mapping
from typing import Any

from guardrails.report import JudgedPreview, decide, read_events

RULE = "private-subnets-have-no-internet-route"
PATH = "path: subnet private-a -> route table inner -> route 0.0.0.0/0 -> internet gateway out"


def step(operation: str, name: str, **facts: Any) -> dict[str, Any]:
    type_ = facts.pop("type", "aws:ec2/vpc:Vpc")
    urn = f"urn:pulumi:dev::ha-cluster::{type_}::{name}"
    return {"resourcePreEvent": {"metadata": {"op": operation, "urn": urn, "type": type_, **facts}}}


def said(severity: str, message: str) -> dict[str, Any]:
    return {"diagnosticEvent": {"severity": severity, "message": f"{message}\n"}}


def finding(policy: str, level: str, text: str, severity: str = "high") -> dict[str, Any]:
    return {
        "policyEvent": {
            "policyName": policy,
            "enforcementLevel": level,
            "severity": severity,
            "resourceUrn": "urn:pulumi:dev::ha-cluster::aws:ec2/subnet:Subnet::private-a",
            "message": f"What the policy promises.\n{text}\n",
        }
    }


def judged(*policies: str) -> dict[str, Any]:
    return {
        "policyAnalyzeStackSummaryEvent": {"policyPackName": "closed-network", "passed": policies}
    }


def ended(**counts: int) -> dict[str, Any]:
    return {"summaryEvent": {"resourceChanges": counts}}


VIOLATION = finding(RULE, "mandatory", f"private-a reaches the internet\n  {PATH}", "critical")
LAST_WORDS = said("error", "preview failed")


def log(*events: Mapping[str, Any]) -> list[str]:
    return [json.dumps(event) for event in events]


def policy_events(text: str) -> list[dict[str, Any]]:
    """Return what policies reported, from events as the engine writes them, one a line."""
    lines = (json.loads(line) for line in text.splitlines() if line.startswith("{"))
    return [event["policyEvent"] for event in lines if "policyEvent" in event]


def findings(text: str) -> set[tuple[str, str, str]]:
    """Return what the pack reported, from the engine's events: policy, level, resource's name.

    Gates speak during updates alone, so they are left out.
    """
    return {
        (each["policyName"], each["enforcementLevel"], each["resourceUrn"].rpartition("::")[2])
        for each in policy_events(text)
        if not each["policyName"].endswith("-gate")
    }


def judged_preview(
    *events: Mapping[str, Any], exit_code: int = 0, name: str = "net/dev", **place: str
) -> JudgedPreview:
    """Return a preview with these events that ended so; `place` is where findings are shown."""
    preview = read_events(log(*events))
    return JudgedPreview(preview, decide(preview, exit_code), name, **place)
