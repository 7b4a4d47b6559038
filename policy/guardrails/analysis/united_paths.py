"""One egress path in place of many that say the same."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from guardrails.addresses import Block, merge
from guardrails.analysis.destinations import Destination
from guardrails.analysis.egress_path import EgressPath
from guardrails.findings import Step, Verdict
from guardrails.model.routing import TargetKind


def first_of_each_kind(egress_paths: Iterable[EgressPath]) -> Iterator[EgressPath]:
    """Yield one unverified path for each kind of first target, with the facts of that path alone.

    A table before a path may rule out one kind of target (AWS drops what a private NAT gateway
    sends to an internet gateway), so one path for all kinds could hide the others.
    """
    for alike in _by_kind(egress_paths):
        yield replace(_shown(alike), destination=_destination(alike))


def one_of_each_kind(egress_paths: Iterable[EgressPath]) -> Iterator[EgressPath]:
    """Unite unverified paths by the kind of their first target: one path, with all facts."""
    for alike in _by_kind(egress_paths):
        yield replace(_shown(alike), facts=_facts(alike), destination=_destination(alike))


def united(egress_paths: Iterable[EgressPath]) -> Iterator[EgressPath]:
    """Unite paths that differ only in their first step, the route."""
    same: dict[tuple[Verdict, tuple[Step, ...]], list[EgressPath]] = {}
    for egress in egress_paths:
        same.setdefault((egress.verdict, egress.path[1:]), []).append(egress)
    for alike in same.values():
        steps = sorted({egress.path[0] for egress in alike})
        texts = sorted({each.text.removeprefix("route ") for each in steps})
        first = Step(steps[0].key, "route " + ", ".join(texts))
        yield replace(
            alike[0],
            path=(first, *alike[0].path[1:]),
            facts=_facts(alike),
            destination=_destination(alike),
        )


def _by_kind(egress_paths: Iterable[EgressPath]) -> Iterable[list[EgressPath]]:
    found = dict[TargetKind, list[EgressPath]]()
    for egress in egress_paths:
        found.setdefault(egress.kind, []).append(egress)
    return found.values()


def _shown(alike: Iterable[EgressPath]) -> EgressPath:
    """Return the path that stands for all, always the same one."""
    return min(alike, key=lambda egress: (egress.path, egress.facts))


def _facts(alike: Iterable[EgressPath]) -> tuple[str, ...]:
    return tuple(sorted({fact for egress in alike for fact in egress.facts}))


def _destination(alike: Iterable[EgressPath]) -> Destination | None:
    """Return what the routes of these paths cover together, None if that of one is not known."""
    blocks, facts = set[Block](), set[str]()
    for egress in alike:
        if egress.destination is None:
            return None
        blocks.update(egress.destination.blocks)
        facts.update(egress.destination.facts)
    return Destination("", merge(blocks), tuple(sorted(facts)))
