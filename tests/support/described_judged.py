"""What the judge says of a network as AWS describes it."""

from guardrails import Judgement, Verdict, judge
from ops.audit.topology_reader.topology import read_topology
from tests.support.described import Answers, inventory_of

ROUTES = "private-subnets-have-no-internet-route"
ENDPOINTS = "endpoints-admit-only-https"
VIRTUAL_IP = "virtual-ip-outside-vpc-cidr"
COMPLETE = "virtual-ip-is-complete"
ADVICE = "endpoints-are-usable-and-narrow"


def judged(answers: Answers, *refused: str) -> Judgement:
    return judge(read_topology([inventory_of(answers, *refused)]))


def verdicts(judgement: Judgement) -> dict[tuple[str, str], Verdict]:
    return {
        (rule, subject): verdict
        for rule, coverage in judgement.coverage.items()
        for subject, verdict in coverage.verdicts.items()
    }


def paths(judgement: Judgement, rule: str) -> list[str]:
    """The verdict and the path of each finding of a rule."""
    return [
        f"{each.verdict}: " + " -> ".join(step.text for step in each.path)
        for each in judgement.findings
        if each.rule == rule
    ]


def missing(judgement: Judgement) -> str:
    return "\n".join(fact for each in judgement.findings for fact in each.missing)
