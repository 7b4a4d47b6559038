"""A virtual IP works: every table carries it, to one machine that accepts it, and it can be moved.

Each check has a module of its own; what they share is in `vip_check`.
"""

from guardrails.analysis.network_analysis import NetworkAnalysis
from guardrails.findings import Verdict
from guardrails.rules.result import Result
from guardrails.rules.vip_check import RULE, Check, routed_virtual_ips
from guardrails.rules.vip_endpoint_usable import EndpointUsable
from guardrails.rules.vip_outside_peers import OutsidePeers
from guardrails.rules.vip_routed_everywhere import RoutedEverywhere
from guardrails.rules.vip_sent_elsewhere import SentElsewhere
from guardrails.rules.vip_target_accepts import TargetAccepts
from guardrails.rules.vip_target_agreed import TargetAgreed
from guardrails.rules.vip_target_exists import TargetExists
from guardrails.rules.vip_target_in_vpc import TargetInVpc

__all__ = ["RULE", "judge"]

CHECKS: tuple[type[Check], ...] = (
    RoutedEverywhere,
    TargetInVpc,
    TargetAgreed,
    TargetExists,
    TargetAccepts,
    OutsidePeers,
    EndpointUsable,
)


def judge(network: NetworkAnalysis) -> Result:
    """Judge every virtual IP that a VPC definitely routes; all checks where it leads to nodes."""
    result = Result()
    elsewhere = SentElsewhere(network)
    checks: list[Check] = [elsewhere, *(check(network) for check in CHECKS)]
    for vip in routed_virtual_ips(network):
        asked = checks if vip.routes else [elsewhere]
        found = [finding for check in asked for finding in check.findings(vip)]
        result.findings += found
        for finding in found:
            result.decide(vip.subject, finding.verdict)
        if vip.routes:
            result.decide(vip.subject, Verdict.KEPT)
    return result
