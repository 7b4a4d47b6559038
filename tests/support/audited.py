"""A stack as the pack judges it and as the audit judges it, in a form that can be compared."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from unittest.mock import patch

from guardrails import Judgement, judge
from guardrails.findings import Finding, Step
from guardrails.pack import policies, stack_judgement
from guardrails.testing import analyze, from_state
from ops.audit.command import read_regions
from ops.audit.topology_reader.topology import read_topology
from ops.aws import Place
from sandbox.runtime import Sandbox
from tests.support.sandbox import aws_environment

_RULE = re.compile(r"rule \S+ (\(.*\))")


@dataclass(frozen=True)
class Said:
    """A judgement in AWS ids: findings as rule, verdict and path; verdicts by rule and subject."""

    findings: frozenset[tuple[str, str, tuple[str, ...]]]
    verdicts: Mapping[tuple[str, str], str]


def said_of(judgement: Judgement, ids: Mapping[str, str]) -> Said:
    """Tell a judgement, with `ids` of what it calls by URN."""
    return Said(
        frozenset(_finding(each, ids) for each in judgement.findings),
        {
            (rule, _subject(subject, ids)): str(verdict)
            for rule, coverage in judgement.coverage.items()
            for subject, verdict in coverage.verdicts.items()
        },
    )


def _finding(finding: Finding, ids: Mapping[str, str]) -> tuple[str, str, tuple[str, ...]]:
    path = tuple(_step(step, ids) for step in finding.path)
    return finding.rule, str(finding.verdict), path


def _step(step: Step, ids: Mapping[str, str]) -> str:
    """Name a step by its id; a rule by what it admits, for AWS splits rules up by source."""
    rule = _RULE.fullmatch(step.text)
    if rule:
        return f"rule {rule.group(1)}"
    return ids.get(step.key, step.key) if step.key else step.text


def _subject(subject: str, ids: Mapping[str, str]) -> str:
    address, inside, vpc = subject.partition(" in ")
    return f"{address} in {ids.get(vpc, vpc)}" if inside else ids.get(subject, subject)


def judged_by_the_pack(state: Mapping[str, Any]) -> Said:
    """Judge an exported state as `pulumi policy analyze` does."""
    made: list[Judgement] = []
    judge = stack_judgement.judge

    def kept(*arguments: Any, **named: Any) -> Judgement:
        made.append(judge(*arguments, **named))
        return made[-1]

    with patch.object(stack_judgement, "judge", kept):
        outcome = analyze(from_state(state), policies())
    assert outcome.of("pack-is-sound") == []
    (judgement,) = made
    return said_of(judgement, dict(_ids(state)))


def _ids(state: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield what AWS calls each resource of a state, and what it made with a VPC."""
    for each in state["deployment"]["resources"]:
        urn, outputs = each["urn"], each.get("outputs") or {}
        if each["type"] == "aws:ec2/route:Route":
            yield urn, f"{outputs['routeTableId']}_{outputs['destinationCidrBlock']}"
        elif each.get("id"):
            yield urn, each["id"]
        if each["type"] == "aws:ec2/vpc:Vpc":
            yield f"{urn}#main-route-table", outputs["mainRouteTableId"]
            yield f"{urn}#default-security-group", outputs["defaultSecurityGroupId"]


def audited(sandbox: Sandbox) -> Said:
    """Judge what is in the sandbox's cloud."""
    with aws_environment(sandbox):
        inventories = read_regions(Place(region="us-east-1"), ["us-east-1"], None)
    return said_of(judge(read_topology(inventories)), {})


def assert_same(pack: Said, audit: Said) -> None:
    """Require the same findings, and the same verdicts on everything that the pack judged."""
    assert audit.findings == pack.findings
    assert {key: audit.verdicts.get(key) for key in pack.verdicts} == pack.verdicts
