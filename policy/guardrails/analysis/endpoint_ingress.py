"""What an endpoint lets in: the ingress rules of the security groups that are on it."""

from collections.abc import Iterator
from dataclasses import replace

from guardrails.analysis.endpoint_groups import EndpointGroups
from guardrails.analysis.graph import Graph
from guardrails.analysis.ingress import GroupIngress, IngressRule
from guardrails.model.security import Endpoint


class EndpointIngress:
    """Finds what endpoints let in."""

    def __init__(self, graph: Graph, group_ingress: GroupIngress) -> None:
        self._groups = EndpointGroups(graph)
        self._ingress = group_ingress

    def of(self, endpoint: Endpoint) -> Iterator[IngressRule]:
        """Yield every ingress rule of `endpoint`, HTTPS too, with the path to it."""
        for group, steps, fact in self._groups.of(endpoint):
            for rule in self._ingress.of(group):
                yield replace(rule, path=(*steps, *rule.path)).doubted(fact)

    def admits_nobody(self, endpoint: Endpoint) -> bool:
        """Tell whether certainly no group that is or may be on the endpoint has an ingress rule."""
        groups = [group for group, _, _ in self._groups.of(endpoint)]
        return bool(groups) and all(map(self._ingress.admits_nobody, groups))
