"""No private subnet has a route to the internet, by whatever table, target or address family."""

from guardrails.analysis.labels import step
from guardrails.analysis.network_analysis import Case
from guardrails.analysis.route_egress import Way
from guardrails.analysis.subnet_tiers import Classifier, Tier
from guardrails.findings import Finding, Severity, Verdict
from guardrails.model.knowledge import Unknown
from guardrails.model.network import Subnet
from guardrails.model.references import Anchor
from guardrails.model.routing import TargetKind
from guardrails.rules.result import Result, opaque_writers

NAME = "private-subnets-have-no-internet-route"
SEVERITY = Severity.CRITICAL
REMEDY = (
    "remove the route, or associate the subnet with a route table that holds none; reach AWS "
    "services through VPC endpoints"
)
_CLARIFY = (
    "make the missing fact visible to the stack or give it in the policy's configuration; where "
    "the way does lead out, remove the route"
)
_REMEDIES = {
    TargetKind.NAT: "use a NAT gateway with private connectivity, or remove the route; reach AWS "
    "services through VPC endpoints",
    TargetKind.PEERING: "route only the peer's own ranges through the peering connection",
    TargetKind.TRANSIT: "route only internal ranges to the transit gateway",
}


def judge(case: Case) -> Result:
    """Judge every subnet that is or may be private."""
    classifier = Classifier(case.configuration)
    result = Result()
    for anchor, subnet in case.graph.subnets.items():
        tier = classifier.tier(subnet)
        if tier is Tier.PUBLIC:
            result.skipped[subnet.key] = "it is public"
            continue
        found = list(case.ways.of_subnet(anchor, subnet))
        findings = list(_findings(anchor, subnet, tier, found))
        result.findings += findings
        result.decide(subnet.key, findings[0].verdict if findings else Verdict.KEPT)
    opaque_writers(NAME, SEVERITY, case, "routes", result)
    return result


def _findings(
    anchor: Anchor, subnet: Subnet, tier: Tier | Unknown, ways: list[Way]
) -> list[Finding]:
    proven = [way for way in ways if way.verdict is Verdict.VIOLATED]
    if proven and not isinstance(tier, Unknown):
        return [_violation(anchor, subnet, way) for way in dict.fromkeys(proven)]
    if not ways:
        return []
    doubts = (tier.fact,) if isinstance(tier, Unknown) else ()
    shown = min(proven or ways, key=lambda way: (way.path, way.facts))
    facts = dict.fromkeys((*doubts, *sorted(fact for way in ways for fact in way.facts)))
    what = "may be private and has" if proven else "may have"
    return [
        Finding(
            rule=NAME,
            verdict=Verdict.UNVERIFIED,
            severity=SEVERITY,
            subject=subnet.key,
            message=f"subnet {subnet.name} {what} a way out to the internet",
            path=(step("subnet", anchor), *shown.path),
            missing=tuple(facts),
            remedy=_CLARIFY,
        )
    ]


def _violation(anchor: Anchor, subnet: Subnet, way: Way) -> Finding:
    out = way.path[-1].text
    note = ""
    if subnet.maps_public_address is True:
        note = "; machines launched in it also get public addresses"
    return Finding(
        rule=NAME,
        verdict=Verdict.VIOLATED,
        severity=SEVERITY,
        subject=subnet.key,
        message=f"private subnet {subnet.name} reaches the internet through {out}{note}",
        path=(step("subnet", anchor), *way.path),
        missing=(),
        remedy=_REMEDIES.get(way.kind, REMEDY),
    )
