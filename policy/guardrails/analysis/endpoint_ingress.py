"""What an endpoint lets in: the ingress rules of the security groups that are on it."""

from collections.abc import Iterator
from dataclasses import replace

from guardrails.analysis.endpoint_groups import EndpointGroups
from guardrails.analysis.graph import Graph
from guardrails.analysis.ingress import GroupIngress, IngressRule
from guardrails.model.security import Endpoint


class EndpointIngress:
    """Finds what endpoints let in; each is looked into once."""

    def __init__(self, graph: Graph, group_ingress: GroupIngress) -> None:
        self._groups = EndpointGroups(graph)
        self._ingress = group_ingress
        self._of: dict[str, tuple[IngressRule, ...]] = {}

    def of(self, endpoint: Endpoint) -> tuple[IngressRule, ...]:
        """Return every ingress rule of `endpoint`, HTTPS too, with the path to it."""
        if endpoint.key not in self._of:
            self._of[endpoint.key] = tuple(self._look_into(endpoint))
        return self._of[endpoint.key]

    def _look_into(self, endpoint: Endpoint) -> Iterator[IngressRule]:
        for group, steps, fact in self._groups.of(endpoint):
            for rule in self._ingress.of(group):
                behind = replace(rule, path=(*steps, *rule.path)) if steps else rule
                yield behind.doubted(fact)

    def admits_nobody(self, endpoint: Endpoint) -> bool:
        """Tell whether certainly no group that is or may be on the endpoint has an ingress rule."""
        groups = [group for group, _, _ in self._groups.of(endpoint)]
        return bool(groups) and all(map(self._ingress.admits_nobody, groups))
