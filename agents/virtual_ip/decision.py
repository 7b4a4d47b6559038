"""What a monitor does about what it sees, and who owns the virtual IP in a partition; pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, auto


class Verdict(Enum):
    """What a monitor does."""

    STOPPED = auto()
    """The address is not here."""
    RUNNING = auto()
    UNREAD = auto()
    """AWS does not say where the routes lead; the address is here, and the data path may work."""
    UNDECIDED = auto()
    """Another interface has routes, and Pacemaker does not say whether its node is a member."""
    REASSERT = auto()
    """Lead the routes here again: Pacemaker wants the address on this node."""
    YIELD = auto()
    """Give the address up: the other node took it over in a partition."""


@dataclass(frozen=True)
class Facts:
    """What a monitor sees.

    `targets` has the resource's tables that have a route, None where they cannot be read. `able`
    are other interfaces that can serve the address. `peer` says whether the other node is in this
    node's partition, None where that is unknown.
    """

    has_address: bool
    own: str
    targets: Mapping[str, str] | None
    able: frozenset[str] = frozenset()
    peer: bool | None = None
    unread: str = ""
    """Why the routes cannot be read."""


def strays(targets: Mapping[str, str], own: str) -> dict[str, str]:
    """Return the tables that lead elsewhere, with their targets."""
    return {table: target for table, target in targets.items() if target != own}


def owner(targets: Mapping[str, str], own: str, able: frozenset[str]) -> str:
    """Return the interface that owns the address as AWS shows it, "" for none.

    Both nodes may have replaced routes at the same time, so that the tables disagree. The first
    table by its id decides, among those that lead to an interface that can serve: both nodes come
    to the same answer without a word between them.
    """
    serving = {own, *able}
    return next((targets[table] for table in sorted(targets) if targets[table] in serving), "")


def decide(facts: Facts) -> Verdict:
    """Return what to do."""
    if not facts.has_address:
        return Verdict.STOPPED
    if facts.targets is None:
        return Verdict.UNREAD
    led_elsewhere = strays(facts.targets, facts.own)
    if not led_elsewhere:
        return Verdict.RUNNING
    if facts.peer or owner(facts.targets, facts.own, facts.able) in (facts.own, ""):
        return Verdict.REASSERT
    return Verdict.UNDECIDED if facts.peer is None else Verdict.YIELD
