"""An egress path: how packets of a subnet reach the internet, or may do so."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from guardrails.addresses import Block, intersect
from guardrails.analysis.destinations import Destination
from guardrails.findings import Step, Verdict
from guardrails.model.routing import TargetKind


@dataclass(frozen=True, slots=True)
class EgressPath:
    """A path that leads out (VIOLATED) or may do so (UNVERIFIED, with the missing facts).

    `kind` is that of the first target on the path. `destination` is what its route covers, None
    where no single route is known.
    """

    verdict: Verdict
    path: tuple[Step, ...]
    facts: tuple[str, ...] = ()
    kind: TargetKind = TargetKind.OTHER
    destination: Destination | None = None

    def doubted(self, fact: str) -> "EgressPath":
        """Return this path as unverified because `fact` is unknown."""
        if not fact:
            return self
        return replace(self, verdict=Verdict.UNVERIFIED, facts=(*self.facts, fact))

    def behind(self, *steps: Step) -> "EgressPath":
        """Return this path with `steps` before it."""
        return replace(self, path=(*steps, *self.path))

    def for_packets_to(self, blocks: tuple[Block, ...]) -> "EgressPath | None":
        """Return this path as packets to `blocks` take it, None if they do not."""
        if self.destination is None or intersect(self.destination.blocks, blocks):
            return self
        if self.destination.facts and self.verdict is Verdict.VIOLATED:
            return self.doubted(self.destination.facts[0])
        return self if self.destination.facts else None

    def through(self, onward: Iterable["EgressPath"]) -> "EgressPath":
        """Return this path with the worst path behind it, its verdict and its missing facts."""
        worst = min(onward, key=lambda each: (each.verdict is not Verdict.VIOLATED, each.path))
        return replace(
            self, verdict=worst.verdict, path=(*self.path, *worst.path), facts=worst.facts
        )
