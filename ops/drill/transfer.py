"""One passage of the virtual IP from node to node, watched from the first sample to the last."""

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final

from ops.cluster import Cluster, Node
from ops.drill.sampler import Sampler
from ops.drill.timing import Sample, Timing, read_timing
from ops.move.caller import Caller
from ops.move.cli_text import move_command
from ops.move.judgement import judge, table_name
from ops.move.node_check import check_if_readable, check_nodes
from ops.move.problem import SLOW_SECONDS, Problem, errors
from ops.move.takeover import Takeover, take_over

_SETTLED: Final = 2
"""So many samples in a row must show the new owner: one alone may be a stale read."""
_AFTERWARDS_SECONDS: Final = 10.0
"""How long to watch tables that AWS confirmed, and that still show another target."""


@dataclass(frozen=True)
class Transfer:
    """What was seen of a passage."""

    to: Node
    timing: Timing
    problems: tuple[Problem, ...]
    samples: int
    refusal: tuple[Problem, ...] = ()
    """Why this program did not move the routes; empty where it did, or the cluster does."""

    @property
    def is_complete(self) -> bool:
        """Whether every table leads to the node in the end."""
        return bool(self.timing.tables) and not self.timing.never


@dataclass(frozen=True)
class Course:
    """What all passages of one drill share."""

    caller: Caller
    cluster: Cluster
    sampler: Sampler
    tables: tuple[str, ...]
    options: str = ""
    """What the operator typed to name the cluster, for the commands that are printed."""

    def by_route(self, to: Node, *, restores: bool) -> Transfer:
        """Check the node, move the routes and watch. Raises OpsError where something is unread.

        The node may have stopped since the drill began. A passage that restores the former owner
        goes on where the node cannot be checked.
        """
        if restores:
            checked = check_if_readable(self.caller, self.cluster, to)
        else:
            checked = check_nodes(self.caller, self.cluster, [to])
        hindered = self.sampler.hindered
        before = self.sampler.sample()
        if errors(checked):
            return self._refused(to, before, checked)
        with ThreadPoolExecutor(1) as pool:
            began = self.caller.clock()
            moving = pool.submit(take_over, self.caller, self.cluster, to)
            seen = self._watch_move(moving, to)
            takeover = moving.result()
        samples = [before, *seen] if before else seen
        timing = read_timing(samples, self.tables, to.network_interface_id, began)
        problems = (
            *checked,
            *judge(takeover, self.cluster),
            *(self._behind(timing, to) if takeover.is_complete else ()),
            *self._seen(timing, self.sampler.hindered - hindered),
        )
        return Transfer(to, timing, problems, len(samples))

    def _refused(self, to: Node, seen: Sample | None, found: tuple[Problem, ...]) -> Transfer:
        samples = [seen] if seen else []
        timing = read_timing(samples, self.tables, to.network_interface_id)
        return Transfer(to, timing, found, len(samples), errors(found))

    def by_cluster(self, to: Node, seconds: float) -> Transfer:
        """Watch until the cluster has moved the address, so many seconds at most."""
        hindered = self.sampler.hindered
        samples = self.sampler.watch(lambda seen: self._is_settled(seen, to), seconds)
        timing = read_timing(samples, self.tables, to.network_interface_id)
        problems = (
            *self._behind(timing, to),
            *self._seen(timing, self.sampler.hindered - hindered),
        )
        return Transfer(to, timing, problems, len(samples))

    def _watch_move(self, moving: "Future[Takeover]", to: Node) -> list[Sample]:
        seen: list[Sample] = []
        while not moving.done():
            seen += self.sampler.watch(lambda _: moving.done(), _AFTERWARDS_SECONDS)
        complete = moving.result().is_complete
        afterwards = _AFTERWARDS_SECONDS if complete else 0.0
        return seen + self.sampler.watch(lambda seen: self._is_settled(seen, to), afterwards)

    def _is_settled(self, samples: list[Sample], to: Node) -> bool:
        last = samples[-_SETTLED:]
        return len(last) == _SETTLED and all(
            each.targets.keys() >= set(self.tables)
            and set(each.targets.values()) == {to.network_interface_id}
            for each in last
        )

    def _behind(self, timing: Timing, to: Node) -> Iterator[Problem]:
        """Yield that tables stay behind."""
        if timing.never:
            moved = len(timing.never) < len(timing.tables)
            names = ", ".join(table_name(self.cluster, table) for table in timing.never)
            configured = self.cluster.engine_configured
            by_hand = move_command(to, self.options, interrupts_service=configured)
            yield Problem(
                "virtual-ip-tables-disagree" if moved else "virtual-ip-not-moved",
                "error",
                self.cluster.destination,
                f"all tables lead to {to.name}",
                f"these do not: {names}",
                f"Look at the cluster's log; by hand: {by_hand}",
            )

    def _seen(self, timing: Timing, hindered: int) -> Iterator[Problem]:
        """Yield what else the samples show."""
        for each in timing.tables:
            if each.changes > 1:
                yield Problem(
                    "virtual-ip-owner-changes-repeatedly",
                    "warning",
                    table_name(self.cluster, each.table),
                    "the route changes once",
                    f"it changed {each.changes} times",
                    "Look in CloudTrail for who calls ReplaceRoute",
                )
        if hindered:
            yield Problem(
                "api-slow",
                "warning",
                self.cluster.vpc_id,
                f"AWS answers DescribeRouteTables within {SLOW_SECONDS:g} s",
                f"{hindered} samples took longer, or had no answer",
                "Look at the way to the EC2 API, and at https://health.aws.amazon.com",
            )
