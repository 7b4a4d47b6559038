"""Which security groups are on an endpoint: its own, those put on it later, else the default."""

from collections.abc import Iterable, Iterator

from guardrails.analysis.graph import Graph, Links
from guardrails.analysis.labels import step
from guardrails.findings import Step
from guardrails.model.anchors import Anchor, anchors_of, key_of
from guardrails.model.knowledge import External, Reference, Unknown
from guardrails.model.security import (
    DEFAULT_GROUP,
    Endpoint,
    GroupAttachment,
    default_group_of,
)


class EndpointGroups:
    """Knows which groups are on an endpoint: its own, those put on it later, else the default."""

    def __init__(self, graph: Graph) -> None:
        attachments = graph.topology.group_attachments
        self._graph = graph
        self._attachments = Links((each, each.target) for each in attachments)
        self._others = _unclaimed(graph, attachments)

    def of(self, endpoint: Endpoint) -> Iterator[tuple[Reference, tuple[Step, ...], str]]:
        """Yield each group with the steps to it and the fact that makes it uncertain."""
        targets: list[Anchor] = [endpoint.key]
        targets += [each for each in endpoint.interfaces if isinstance(each, (str, External))]
        definite = [each for target in targets for each in self._attachments.of(target)]
        unsure = [each for target in targets for each in self._attachments.possible(target)]
        unsure += self._attachments.anywhere
        hidden = next((each for each in endpoint.interfaces if isinstance(each, Unknown)), None)
        if hidden:
            unsure += [(each, hidden.fact) for each in self._others]
        replaced, doubt = _replaced(definite, unsure)
        for group in endpoint.groups:
            if not self._is_default(group):
                yield group, (), ""
            elif not replaced:
                yield group, (), doubt
        for each in definite:
            yield each.group, (step("attachment", each.key),), ""
        for each, fact in unsure:
            yield each.group, (step("attachment", each.key),), fact
        if not endpoint.groups and not replaced:
            yield from _default(endpoint, doubt)

    def _is_default(self, group: Reference) -> bool:
        """Tell whether a group is its VPC's own, shown until a refresh where it was replaced."""
        key = self._graph.canonical(group)
        if not isinstance(key, str):
            return False
        element = self._graph.groups.get(key)
        return key.endswith(DEFAULT_GROUP) if element is None else element.default_of is not None


def _replaced(
    definite: list[GroupAttachment], unsure: list[tuple[GroupAttachment, str]]
) -> tuple[bool, str]:
    """Tell whether an attachment takes the default group's place, and what makes that unsure."""
    doubts = [e.replaces_default.fact for e in definite if isinstance(e.replaces_default, Unknown)]
    doubts += [fact for each, fact in unsure if each.replaces_default is not False]
    return any(each.replaces_default is True for each in definite), min(doubts, default="")


def _default(endpoint: Endpoint, doubt: str) -> Iterator[tuple[Reference, tuple[Step, ...], str]]:
    text = "no security group, so the VPC's default one"
    why = (Step(endpoint.key, text, by_default=True),)
    anchors, fact = anchors_of(endpoint.vpc)
    if not anchors:
        yield Unknown(fact), why, ""
    for vpc in anchors:
        group = default_group_of(key_of(vpc))
        yield External(group) if isinstance(vpc, External) else group, why, doubt or fact


def _unclaimed(graph: Graph, attachments: Iterable[GroupAttachment]) -> list[GroupAttachment]:
    claimed: set[Reference] = {endpoint.key for endpoint in graph.topology.endpoints}
    claimed.update(graph.target_elements)
    for endpoint in graph.topology.endpoints:
        claimed.update(endpoint.interfaces)
    return [
        each
        for each in attachments
        if isinstance(each.target, (str, External)) and each.target not in claimed
    ]
