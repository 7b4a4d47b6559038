"""No private subnet has a route to the internet, by whatever table, target or address family."""

from functools import partial

from guardrails.analysis.labels import step
from guardrails.analysis.network_analysis import NetworkAnalysis
from guardrails.analysis.route_egress import EgressPath
from guardrails.analysis.subnet_tiers import SubnetTiers, Tier
from guardrails.findings import Finding, Severity, Verdict
from guardrails.model.anchors import Anchor
from guardrails.model.knowledge import Unknown
from guardrails.model.network import Subnet
from guardrails.model.routing import TargetKind
from guardrails.rules.result import Result
from guardrails.rules.rule import Rule
from guardrails.rules.unseen_writers import report_unseen_writers

RULE = Rule(
    name="private-subnets-have-no-internet-route",
    severity=Severity.CRITICAL,
    remedy="remove the route, or associate the subnet with a route table that holds none; reach "
    "AWS services through VPC endpoints",
    clarification="make the missing fact visible to the stack or give it in the policy's "
    "configuration; where the path does lead out, remove the route",
)
_REMEDIES = {
    TargetKind.NAT: "use a NAT gateway with private connectivity, or remove the route; reach AWS "
    "services through VPC endpoints",
    TargetKind.PEERING: "route only the peer's own ranges through the peering connection",
    TargetKind.TRANSIT: "route only internal ranges to the transit gateway",
}


def judge(network: NetworkAnalysis) -> Result:
    """Judge every subnet that is or may be private."""
    tiers = SubnetTiers(network.configuration)
    result = Result()
    for anchor, subnet in network.graph.subnets.items():
        tier = tiers.tier(subnet, partial(network.public_behaviour.shows, anchor, subnet))
        if tier is Tier.PUBLIC:
            result.skipped[subnet.key] = "it is public"
            continue
        found = list(network.egress_paths.of_subnet(anchor, subnet))
        findings = list(_findings(anchor, subnet, tier, found))
        result.findings += findings
        result.decide(subnet.key, findings[0].verdict if findings else Verdict.KEPT)
    report_unseen_writers(RULE, network, "routes", result)
    return result


def _findings(
    anchor: Anchor, subnet: Subnet, tier: Tier | Unknown, egress_paths: list[EgressPath]
) -> list[Finding]:
    proven = [egress for egress in egress_paths if egress.verdict is Verdict.VIOLATED]
    if proven and not isinstance(tier, Unknown):
        return [_violation(anchor, subnet, egress) for egress in dict.fromkeys(proven)]
    if not egress_paths:
        return []
    doubts = (tier.fact,) if isinstance(tier, Unknown) else ()
    shown = min(proven or egress_paths, key=lambda egress: (egress.path, egress.facts))
    facts = sorted(fact for egress in egress_paths for fact in egress.facts)
    what = "may be private and has" if proven else "may have"
    message = f"subnet {subnet.name} {what} an egress path to the internet"
    path = (step("subnet", anchor), *shown.path)
    missing = tuple(dict.fromkeys((*doubts, *facts)))
    only_peers = all(egress.kind is TargetKind.PEERING for egress in egress_paths)
    remedy = _REMEDIES[TargetKind.PEERING] if only_peers else ""
    return [RULE.unverified(subnet.key, message, path, missing, remedy=remedy)]


def _violation(anchor: Anchor, subnet: Subnet, egress: EgressPath) -> Finding:
    message = f"private subnet {subnet.name} reaches the internet through {egress.path[-1].text}"
    if subnet.maps_public_address is True:
        message += "; machines launched in it also get public addresses"
    path = (step("subnet", anchor), *egress.path)
    return RULE.violated(subnet.key, message, path, remedy=_REMEDIES.get(egress.kind, ""))
