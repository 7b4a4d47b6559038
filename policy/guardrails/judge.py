"""The judge: one graph, the rules, findings in a stable order."""

from collections.abc import Container

from guardrails.analysis.network_analysis import NetworkAnalysis
from guardrails.configuration import Configuration
from guardrails.findings import Coverage, Judgement
from guardrails.model.topology import Topology
from guardrails.rules import RULES


def judge(
    topology: Topology,
    configuration: Configuration | None = None,
    *,
    rules: Container[str] = RULES,
) -> Judgement:
    """Judge `topology` by `rules`, by their names: every rule if none are given.

    The time taken grows linearly with the number of elements. Values that cannot be read (a range
    that is not one) do not raise; they become findings.
    """
    network = NetworkAnalysis(topology, configuration or Configuration())
    results = {name: judge_by(network) for name, judge_by in RULES.items() if name in rules}
    findings = {finding: None for result in results.values() for finding in result.findings}
    return Judgement(
        findings=tuple(sorted(findings, key=lambda finding: finding.order)),
        coverage={
            name: Coverage(result.verdicts, result.skipped, result.allowed)
            for name, result in results.items()
        },
    )
