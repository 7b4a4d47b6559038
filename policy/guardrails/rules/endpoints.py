"""Every VPC endpoint with network interfaces lets in tcp/443 and nothing else, from anywhere."""

from guardrails.analysis.ingress import IngressRule
from guardrails.analysis.labels import step
from guardrails.analysis.network_analysis import NetworkAnalysis
from guardrails.configuration import Configuration
from guardrails.findings import Finding, Severity, Verdict
from guardrails.model.knowledge import Unknown
from guardrails.model.security import Endpoint
from guardrails.rules.result import Result
from guardrails.rules.rule import Rule
from guardrails.rules.unseen_writers import report_unseen_writers

RULE = Rule(
    name="endpoints-admit-only-https",
    severity=Severity.HIGH,
    remedy="give the endpoint a security group of its own whose only inbound rules are tcp/443",
    clarification="make the missing fact visible to the stack, or give the endpoint a security "
    "group of its own",
    claims={"httpsOnlyGroups": "the security group admits tcp/443 and nothing else"},
)
_JUDGED = frozenset({"interface", "resource", "servicenetwork"})
_WITHOUT_GROUPS = frozenset({"gateway", "gatewayloadbalancer"})


def judge(network: NetworkAnalysis) -> Result:
    """Judge every endpoint that has security groups."""
    result = Result()
    for endpoint in network.graph.topology.endpoints:
        doubt = endpoint.kind.fact if isinstance(endpoint.kind, Unknown) else ""
        skipped = "" if doubt else why_skipped(endpoint, network.configuration)
        if skipped:
            result.skipped[endpoint.key] = skipped
            continue
        found = [ingress.doubted(doubt) for ingress in network.endpoint_ingress.of(endpoint)]
        findings = _findings(endpoint, found)
        result.findings += findings
        result.decide(endpoint.key, findings[0].verdict if findings else Verdict.KEPT)
    report_unseen_writers(RULE, network, result)
    return result


def why_skipped(endpoint: Endpoint, configuration: Configuration) -> str:
    """Return why an endpoint of known kind is not judged, "" if it is."""
    kind = str(endpoint.kind)
    if kind.lower() in _WITHOUT_GROUPS:
        return f"{kind} endpoints have no security groups"
    if kind.lower() not in _JUDGED and kind not in configuration.endpoint_like:
        return f"{kind} is not among endpointLike"
    return ""


def _findings(endpoint: Endpoint, ingress_rules: list[IngressRule]) -> list[Finding]:
    key, here = endpoint.key, step("endpoint", endpoint.key)
    proven = dict.fromkeys(each for each in ingress_rules if each.verdict is Verdict.VIOLATED)
    if proven:
        return [
            RULE.violated(
                key, f"endpoint {endpoint.name} admits {each.path[-1].text}", (here, *each.path)
            )
            for each in proven
        ]
    unsure = [each for each in ingress_rules if each.verdict is Verdict.UNVERIFIED]
    if not unsure:
        return []
    shown = min(unsure, key=lambda each: (each.path, each.facts))
    facts = tuple(sorted({fact for each in unsure for fact in each.facts}))
    message = f"endpoint {endpoint.name} may admit more than HTTPS"
    return [RULE.unverified(key, message, (here, *shown.path), facts)]
