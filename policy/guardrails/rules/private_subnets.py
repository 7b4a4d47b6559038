"""No private subnet has a route to the internet, by whatever table, target or address family."""

from dataclasses import replace

from guardrails.analysis.egress_path import EgressPath
from guardrails.analysis.labels import step
from guardrails.analysis.network_analysis import NetworkAnalysis
from guardrails.analysis.route_targets import MACHINES
from guardrails.analysis.subnet_tiers import Tier
from guardrails.findings import Fact, Finding, Severity, Verdict
from guardrails.model.anchors import Anchor, key_of
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
    clarification="make the missing fact visible to the stack; where the path does lead out, "
    "remove the route",
    claims={
        "publicSubnets": "the subnet is public",
        "closedTables": "the route table has no egress path",
        "closedTargets": "nothing behind the target leads to the internet",
    },
)
_SAY_THE_SAME = (
    "let its tags and its name say the same, or add it to `privateSubnets`; where it is private, "
    "remove the route"
)
_REMEDIES = {
    TargetKind.NAT: "use a NAT gateway with private connectivity, or remove the route; reach AWS "
    "services through VPC endpoints",
    TargetKind.PEERING: "route only the peer's own ranges through the peering connection",
    TargetKind.TRANSIT: "route only internal ranges to the transit gateway",
}


def judge(network: NetworkAnalysis) -> Result:
    """Judge every subnet that is or may be private."""
    result = Result()
    for anchor, subnet in network.graph.subnets.items():
        tier = network.tier_of(anchor, subnet)
        if tier is Tier.PUBLIC:
            result.skipped[subnet.key] = "it is public"
            continue
        _judge_subnet(network, anchor, subnet, tier, result)
    report_unseen_writers(RULE, network, result)
    return result


def _judge_subnet(
    network: NetworkAnalysis, anchor: Anchor, subnet: Subnet, tier: Tier | Unknown, result: Result
) -> None:
    """Judge without the exits that are configured, then see what each of these adds."""
    configured = network.configuration
    keep_with = {configured.allowed_exits | configured.advisory_exits: _enforced}
    keep_with.setdefault(configured.allowed_exits, _advised)
    keep_with.setdefault(frozenset(), _allowed)
    result.decide(subnet.key, Verdict.KEPT)
    found: list[Finding] = []
    for without, keep in keep_with.items():
        egress_paths = list(network.egress_paths(without).of_subnet(anchor, subnet))
        for finding in _findings(anchor, subnet, tier, egress_paths):
            told = finding.verdict is Verdict.UNVERIFIED and bool(found)
            if finding not in found and not told:
                found.append(finding)
                keep(finding, result)


def _enforced(finding: Finding, result: Result) -> None:
    result.findings.append(finding)
    result.decide(finding.subject, finding.verdict)


def _advised(finding: Finding, result: Result) -> None:
    _enforced(replace(finding, advisory=True), result)


def _allowed(finding: Finding, result: Result) -> None:
    result.allowed.setdefault(finding.subject, finding.message)


def _findings(
    anchor: Anchor, subnet: Subnet, tier: Tier | Unknown, egress_paths: list[EgressPath]
) -> list[Finding]:
    proven = [egress for egress in egress_paths if egress.verdict is Verdict.VIOLATED]
    if proven and not isinstance(tier, Unknown):
        return [_violation(anchor, subnet, egress) for egress in dict.fromkeys(proven)]
    if not egress_paths:
        return []
    doubts = (
        [Fact(tier.fact, "publicSubnets", [key_of(anchor)])] if isinstance(tier, Unknown) else []
    )
    shown = min(proven or egress_paths, key=lambda egress: (egress.path, egress.facts))
    facts = sorted(fact for egress in egress_paths for fact in egress.facts)
    what = "may be private and has" if proven else "may have"
    message = f"subnet {subnet.name} {what} an egress path to the internet"
    path = (step("subnet", anchor), *shown.path)
    missing = tuple(dict.fromkeys((*doubts, *facts)))
    remedy = _SAY_THE_SAME if doubts and not facts else ""
    if all(egress.kind is TargetKind.PEERING for egress in egress_paths):
        remedy = _REMEDIES[TargetKind.PEERING]
    return [RULE.unverified(subnet.key, message, path, missing, remedy=remedy)]


def _violation(anchor: Anchor, subnet: Subnet, egress: EgressPath) -> Finding:
    message = f"private subnet {subnet.name} reaches the internet through {_exit(egress)}"
    if subnet.maps_public_address is True:
        message += "; machines launched in it also get public addresses"
    path = (step("subnet", anchor), *egress.path)
    return RULE.violated(subnet.key, message, path, remedy=_REMEDIES.get(egress.kind, ""))


def _exit(egress: EgressPath) -> str:
    """Name the machine that the path leads through first, and the target that it ends at."""
    first = next((each.text for each in egress.path if each.text.startswith(egress.kind)), "")
    last = egress.path[-1].text
    return f"{first} and {last}" if first and egress.kind in MACHINES and first != last else last
