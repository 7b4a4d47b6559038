"""Check: the nodes can call the EC2 API through its endpoint, and so move the virtual IP."""

from collections.abc import Iterator

from guardrails.analysis.graph import Links
from guardrails.analysis.labels import step
from guardrails.analysis.network_analysis import NetworkAnalysis
from guardrails.findings import Finding, Verdict
from guardrails.model.knowledge import Unknown
from guardrails.rules.vip_check import RULE, RoutedVirtualIp


class EndpointUsable:
    """Finds what keeps nodes from using the endpoint of the EC2 API."""

    def __init__(self, network: NetworkAnalysis) -> None:
        self._ingress = network.endpoint_ingress
        self._endpoints = Links(
            (each, each.vpc)
            for each in network.graph.topology.endpoints
            if isinstance(each.service, Unknown) or (each.service or "").endswith(".ec2")
        )

    def findings(self, vip: RoutedVirtualIp) -> Iterator[Finding]:
        """Yield endpoints of the VPC that nodes do not find or that admit no HTTPS."""
        links = self._endpoints
        definite = ((each, "") for each in links.of(vip.vpc))
        for endpoint, fact in (*definite, *links.possible(vip.vpc), *links.anywhere):
            here = (step("endpoint", endpoint.key),)
            doubts = (*filter(None, (fact,)), *_facts(endpoint.service))
            dns = endpoint.private_dns
            if dns is False or isinstance(dns, Unknown):
                message = f"nodes do not find endpoint {endpoint.name}: its private DNS is off"
                yield RULE.finding(endpoint.key, message, here, *doubts, *_facts(dns))
            rules = list(self._ingress.of(endpoint))
            if all(each.verdict is Verdict.UNVERIFIED for each in rules):
                message = f"endpoint {endpoint.name} admits no HTTPS: a failover cannot use it"
                facts = sorted({fact for each in rules for fact in each.facts})
                yield RULE.finding(endpoint.key, message, here, *doubts, *facts)


def _facts(value: object) -> tuple[str, ...]:
    return (value.fact,) if isinstance(value, Unknown) else ()
