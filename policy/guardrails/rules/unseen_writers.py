"""What may write out of sight what rules judge: templates, commands, unmodelled types."""

from guardrails.analysis.network_analysis import NetworkAnalysis
from guardrails.findings import Step, Verdict
from guardrails.model.anchors import short_name
from guardrails.rules.result import Result
from guardrails.rules.rule import Rule

_REMEDY = "declare what it writes as resources of their own"


def report_unseen_writers(rule: Rule, network: NetworkAnalysis, result: Result) -> None:
    """Add one unverified finding for each resource that may write to the network out of sight.

    Where the rule has no subject at all, only those that certainly write a network are reported.
    All of one sort lack the same fact, so that a policy reports them as one.
    """
    writers = network.graph.topology.unseen_writers
    for writer in writers if result.verdicts else [each for each in writers if each.certain]:
        name = short_name(writer.key)
        result.findings.append(
            rule.unverified(
                writer.key,
                f"{name} ({writer.what}) may change the network where it cannot be seen",
                (Step(writer.key, f"{writer.what} {name}"),),
                (f"what {writer.what} writes",),
                remedy=_REMEDY,
            )
        )
        result.decide(writer.key, Verdict.UNVERIFIED)
