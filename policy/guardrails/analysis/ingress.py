"""What security groups let in: their ingress rules, each judged."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from guardrails.analysis.graph import Graph, Links
from guardrails.analysis.labels import step
from guardrails.configuration import Configuration
from guardrails.findings import Fact, Step, Verdict
from guardrails.model.anchors import Anchor, anchors_of, key_of, short_name
from guardrails.model.knowledge import External, OneOf, Reference, Unknown
from guardrails.model.security import (
    DEFAULT_GROUP,
    GroupRule,
    SecurityGroup,
    default_group_of,
)

HTTPS = 443
_TCP = frozenset({"tcp", "6"})
_ALL = frozenset({"all", "-1"})


@dataclass(frozen=True, slots=True)
class IngressRule:
    """An ingress rule, judged: KEPT is exactly tcp/443, VIOLATED is anything else."""

    verdict: Verdict
    path: tuple[Step, ...]
    facts: tuple[str, ...] = ()
    rule: GroupRule | None = None
    """The rule as declared; None where it is not, or where it is doubtful that it applies."""

    def doubted(self, fact: str) -> "IngressRule":
        """Return this rule as unverified because `fact` is unknown."""
        if not fact:
            return self
        if self.verdict is Verdict.KEPT:
            return replace(self, rule=None)
        return IngressRule(Verdict.UNVERIFIED, self.path, (*self.facts, fact))


def ingress_rule_of(rule: GroupRule) -> IngressRule:
    """Judge one rule: a part that is wrong decides even while others are not known."""
    text = f"rule {short_name(rule.key)} ({describe(rule)})"
    path = (Step(rule.key, text),)
    parts = (rule.protocol, rule.from_port, rule.to_port)
    wrong = (
        not isinstance(rule.protocol, Unknown) and str(rule.protocol).lower() not in _TCP,
        not isinstance(rule.from_port, Unknown) and rule.from_port != HTTPS,
        not isinstance(rule.to_port, Unknown) and rule.to_port != HTTPS,
    )
    if any(wrong):
        return IngressRule(Verdict.VIOLATED, path)
    facts = tuple(part.fact for part in parts if isinstance(part, Unknown))
    return IngressRule(Verdict.UNVERIFIED if facts else Verdict.KEPT, path, facts, rule)


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


class GroupIngress:
    """Knows what each security group lets in; each is looked into once."""

    def __init__(self, graph: Graph, configuration: Configuration) -> None:
        self._graph = graph
        self._known = configuration.https_only_groups
        self._rules = graph.link(graph.topology.group_rules, lambda rule: rule.group)
        self._exclusive = graph.link(graph.topology.exclusive_rules, lambda each: each.group)
        self._adopters = Links((group, group.default_of) for group in graph.groups.values())
        self._by_group: dict[Anchor, tuple[IngressRule, ...]] = {}
        loose = (ingress_rule_of(rule).doubted(fact) for rule, fact in self._rules.anywhere)
        doubted = (each for each in loose if each.verdict is not Verdict.KEPT)
        self._loose = sorted(doubted, key=lambda each: (each.path, each.facts))[:1]

    def of(self, reference: Reference) -> Iterator[IngressRule]:
        """Yield what the group lets in, HTTPS too; candidates of an unsure reference in doubt."""
        anchors, fact = anchors_of(self._graph.canonical(reference))
        if not anchors:
            yield IngressRule(Verdict.UNVERIFIED, (), (fact,))
        for anchor in anchors:
            for ingress in self._of_anchor(anchor):
                yield ingress.doubted(fact)

    def admits_nobody(self, reference: Reference) -> bool:
        """Tell whether a group of the stack certainly has no ingress rule at all."""
        anchor = self._graph.canonical(reference)
        group = self._graph.groups.get(anchor) if isinstance(anchor, str) else None
        if group is None or isinstance(group.default_of, (Unknown, OneOf)):
            return False
        return not (
            self._rules.of(group.key) or self._rules.possible(group.key) or self._rules.anywhere
        )

    def _of_anchor(self, anchor: Anchor) -> tuple[IngressRule, ...]:
        if anchor not in self._by_group:
            here = step("security group", anchor)
            self._by_group[anchor] = tuple(
                replace(each, path=(here, *each.path)) for each in self._look_into(anchor)
            )
        return self._by_group[anchor]

    def _look_into(self, anchor: Anchor) -> Iterator[IngressRule]:
        for rule in self._rules.of(anchor):
            yield ingress_rule_of(rule)
        for rule, fact in self._rules.possible(anchor):
            yield ingress_rule_of(rule).doubted(fact)
        yield from self._loose
        group = self._graph.groups.get(key_of(anchor))
        if group:
            yield from self._of_a_name_it_may_have(group)
            return
        yield from self._of_nobody(anchor)

    def _of_a_name_it_may_have(self, group: SecurityGroup) -> Iterator[IngressRule]:
        """Yield the rules written to a VPC's default group that this one may have adopted."""
        if group.default_of is None or isinstance(group.default_of, (str, External)):
            return
        vpcs, fact = anchors_of(group.default_of)
        for vpc in vpcs or anchors_of(group.vpc)[0] or tuple(self._graph.vpcs):
            if isinstance(vpc, str):
                name = default_group_of(vpc)
                for rule in self._rules.of(name):
                    yield ingress_rule_of(rule).doubted(fact)
                for rule, _ in self._rules.possible(name):
                    yield ingress_rule_of(rule).doubted(fact)

    def _of_nobody(self, anchor: Anchor) -> Iterator[IngressRule]:
        """Yield what a group lets in that no element manages."""
        owner = None
        if isinstance(anchor, str) and anchor.endswith(DEFAULT_GROUP):
            owner = self._graph.vpcs.get(anchor.removesuffix(DEFAULT_GROUP))
        if owner is None or not owner.managed:
            key = key_of(anchor)
            if not self._known.isdisjoint((key, key.removesuffix(DEFAULT_GROUP))):
                return
            fact = Fact(
                f"the rules of {step('security group', anchor).text}, which is not in the stack",
                "httpsOnlyGroups",
                [key_of(anchor).removesuffix(DEFAULT_GROUP)],
            )
            yield IngressRule(Verdict.UNVERIFIED, (), (fact,))
        elif not self._exclusive.of(anchor):
            unsure = (
                *(self._exclusive.possible(anchor) + self._exclusive.anywhere),
                *(self._adopters.possible(owner.key) + self._adopters.anywhere),
            )
            text = "rule made by AWS (all traffic from itself)"
            path = (Step(key_of(anchor), text, by_default=True),)
            ingress = IngressRule(Verdict.VIOLATED, path)
            yield ingress.doubted(min((fact for _, fact in unsure), default=""))
