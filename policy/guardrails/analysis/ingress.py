"""What security groups let in, and which groups are on an endpoint."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from guardrails.analysis.graph import Graph, Links
from guardrails.analysis.labels import step
from guardrails.configuration import Configuration
from guardrails.findings import Step, Verdict
from guardrails.model.knowledge import External, Reference, Unknown
from guardrails.model.references import Anchor, anchors_of, key_of, short
from guardrails.model.security import (
    DEFAULT_GROUP,
    Endpoint,
    GroupAttachment,
    GroupRule,
    SecurityGroup,
    default_group_of,
)

HTTPS = 443
_TCP = frozenset({"tcp", "6"})
_ALL = frozenset({"all", "-1"})


@dataclass(frozen=True, slots=True)
class Inlet:
    """An inbound rule, judged: KEPT is exactly tcp/443, VIOLATED is anything else."""

    verdict: Verdict
    path: tuple[Step, ...]
    facts: tuple[str, ...] = ()

    def doubted(self, fact: str) -> "Inlet":
        """Return this inlet for where it is not known whether it applies, for want of `fact`."""
        if not fact or self.verdict is Verdict.KEPT:
            return self
        return Inlet(Verdict.UNVERIFIED, self.path, (*self.facts, fact))


def inlet_of(rule: GroupRule) -> Inlet:
    """Judge one rule: a part that is wrong decides even while others are not known."""
    text = f"rule {short(rule.key)} ({describe(rule)})"
    path = (Step(rule.key, text),)
    parts = (rule.protocol, rule.from_port, rule.to_port)
    wrong = (
        not isinstance(rule.protocol, Unknown) and str(rule.protocol).lower() not in _TCP,
        not isinstance(rule.from_port, Unknown) and rule.from_port != HTTPS,
        not isinstance(rule.to_port, Unknown) and rule.to_port != HTTPS,
    )
    if any(wrong):
        return Inlet(Verdict.VIOLATED, path)
    facts = tuple(part.fact for part in parts if isinstance(part, Unknown))
    return Inlet(Verdict.UNVERIFIED if facts else Verdict.KEPT, path, facts)


def describe(rule: GroupRule) -> str:
    """Write a rule as people do: "tcp/443 from 10.0.0.0/16"."""
    protocol = "?" if isinstance(rule.protocol, Unknown) else str(rule.protocol).lower()
    if protocol in _ALL:
        what = "all traffic"
    else:
        first, last = ("?" if isinstance(p, Unknown) else p for p in (rule.from_port, rule.to_port))
        ports = f"{first}" if first == last else f"{first}-{last}"
        what = f"{'tcp' if protocol in _TCP else protocol}/{ports}"
    sources = sorted("?" if isinstance(each, Unknown) else each for each in rule.sources)
    return f"{what} from {', '.join(sources)}" if sources else what


class Groups:
    """Knows what each security group lets in; each is looked into once."""

    def __init__(self, graph: Graph, configuration: Configuration) -> None:
        self._graph = graph
        self._known = configuration.https_only_groups
        self._rules = graph.link(graph.topology.group_rules, lambda rule: rule.group)
        self._exclusive = graph.link(graph.topology.exclusive_rules, lambda each: each.group)
        self._adopters = Links((group, group.default_of) for group in graph.groups.values())
        self._inlets: dict[Anchor, tuple[Inlet, ...]] = {}
        loose = (inlet_of(rule).doubted(fact) for rule, fact in self._rules.anywhere)
        doubted = (each for each in loose if each.verdict is not Verdict.KEPT)
        self._loose = sorted(doubted, key=lambda each: (each.path, each.facts))[:1]

    def inlets(self, reference: Reference) -> Iterator[Inlet]:
        """Yield what the group lets in, HTTPS too; candidates of an unsure reference in doubt."""
        anchors, fact = anchors_of(self._graph.canonical(reference))
        if not anchors:
            yield Inlet(Verdict.UNVERIFIED, (), (fact,))
        for anchor in anchors:
            for inlet in self._of(anchor):
                yield inlet.doubted(fact)

    def _of(self, anchor: Anchor) -> tuple[Inlet, ...]:
        if anchor not in self._inlets:
            here = step("security group", anchor)
            self._inlets[anchor] = tuple(
                Inlet(each.verdict, (here, *each.path), each.facts)
                for each in self._look_into(anchor)
            )
        return self._inlets[anchor]

    def _look_into(self, anchor: Anchor) -> Iterator[Inlet]:
        for rule in self._rules.of(anchor):
            yield inlet_of(rule)
        for rule, fact in self._rules.perhaps(anchor):
            yield inlet_of(rule).doubted(fact)
        yield from self._loose
        key = key_of(anchor)
        if not self._known.isdisjoint((key, key.removesuffix(DEFAULT_GROUP))):
            return
        group = self._graph.groups.get(key)
        if group:
            yield from self._of_a_name_it_may_have(group)
            return
        yield from self._of_nobody(anchor)

    def _of_a_name_it_may_have(self, group: SecurityGroup) -> Iterator[Inlet]:
        """Yield the rules written to a VPC's default group that this one may have adopted."""
        if group.default_of is None or isinstance(group.default_of, (str, External)):
            return
        vpcs, fact = anchors_of(group.default_of)
        for vpc in vpcs or anchors_of(group.vpc)[0] or tuple(self._graph.vpcs):
            if isinstance(vpc, str):
                name = default_group_of(vpc)
                for rule in self._rules.of(name):
                    yield inlet_of(rule).doubted(fact)
                for rule, _ in self._rules.perhaps(name):
                    yield inlet_of(rule).doubted(fact)

    def _of_nobody(self, anchor: Anchor) -> Iterator[Inlet]:
        """Yield what a group lets in that no element manages."""
        owner = None
        if isinstance(anchor, str) and anchor.endswith(DEFAULT_GROUP):
            owner = self._graph.vpcs.get(anchor.removesuffix(DEFAULT_GROUP))
        if owner is None or not owner.managed:
            fact = f"the rules of {step('security group', anchor).text}, which is not in the stack"
            yield Inlet(Verdict.UNVERIFIED, (), (fact,))
        elif not self._exclusive.of(anchor):
            unsure = (
                *(self._exclusive.perhaps(anchor) + self._exclusive.anywhere),
                *(self._adopters.perhaps(owner.key) + self._adopters.anywhere),
            )
            text = "rule made by AWS (all traffic from itself)"
            path = (Step(key_of(anchor), text, by_default=True),)
            inlet = Inlet(Verdict.VIOLATED, path)
            yield inlet.doubted(min((fact for _, fact in unsure), default=""))


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
        sure = [each for target in targets for each in self._attachments.of(target)]
        unsure = [each for target in targets for each in self._attachments.perhaps(target)]
        unsure += self._attachments.anywhere
        hidden = next((each for each in endpoint.interfaces if isinstance(each, Unknown)), None)
        if hidden:
            unsure += [(each, hidden.fact) for each in self._others]
        replaced, doubt = _replaced(sure, unsure)
        for group in endpoint.groups:
            if not self._is_default(group):
                yield group, (), ""
            elif not replaced:
                yield group, (), doubt
        for each in sure:
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
    sure: list[GroupAttachment], unsure: list[tuple[GroupAttachment, str]]
) -> tuple[bool, str]:
    """Tell whether an attachment takes the default group's place, and what makes that unsure."""
    doubts = [e.replaces_default.fact for e in sure if isinstance(e.replaces_default, Unknown)]
    doubts += [fact for each, fact in unsure if each.replaces_default is not False]
    return any(each.replaces_default is True for each in sure), min(doubts, default="")


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
    claimed.update(graph.targets)
    for endpoint in graph.topology.endpoints:
        claimed.update(endpoint.interfaces)
    return [
        each
        for each in attachments
        if isinstance(each.target, (str, External)) and each.target not in claimed
    ]
