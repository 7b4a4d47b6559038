"""Keeps networks on AWS closed: judges a topology against the rules of a closed network.

Standard library only. `guardrails.pulumi_reader` and `guardrails.pack` need the extra `pulumi`.
"""

from guardrails.configuration import Configuration, Exit, Unclassified
from guardrails.findings import Coverage, Finding, Judgement, Severity, Step, Verdict
from guardrails.judge import judge
from guardrails.model.topology import Topology

__all__ = [
    "Configuration",
    "Coverage",
    "Exit",
    "Finding",
    "Judgement",
    "Severity",
    "Step",
    "Topology",
    "Unclassified",
    "Verdict",
    "judge",
]
