"""What a drill says in the end, whatever happened."""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from ops.cluster import Cluster, Node
from ops.drill.timing import percentile
from ops.drill.transfer import Transfer
from ops.errors import ExitCode
from ops.move.live_routes import LiveRoutes
from ops.move.problem import Problem, errors, problems_json

By = Literal["cluster", "route"]


@dataclass(frozen=True)
class Percentiles:
    """Spread of a figure over all takeovers, in seconds."""

    p50: float
    p95: float
    max: float


@dataclass(frozen=True)
class Report:
    """A drill. `routes` are the final ones, None where they could not be read."""

    cluster: Cluster
    by: By
    former: Node
    to: Node
    began: datetime
    ended: datetime
    takeovers: tuple[Transfer, ...]
    failbacks: tuple[Transfer, ...]
    problems: tuple[Problem, ...]
    """Those of no single transfer."""
    routes: LiveRoutes | None
    stopped: str
    """Why the drill ended early; empty where it did not."""
    stopped_code: ExitCode
    interval: float
    throttled: int
    calls: Mapping[str, int]

    @property
    def is_restored(self) -> bool:
        """Whether the former owner holds the virtual IP in all tables."""
        interface = self.former.network_interface_id
        return self.routes is not None and self.routes.all_lead_to(interface)

    @property
    def all_problems(self) -> tuple[Problem, ...]:
        """Every problem once."""
        transfers = (*self.takeovers, *self.failbacks)
        every = (*self.problems, *(each for one in transfers for each in one.problems))
        return tuple(dict.fromkeys(every))

    @property
    def exit_code(self) -> ExitCode:
        """0 as it should be, 7 with warnings, 1 where a transfer failed or nobody restored."""
        transfers = (*self.takeovers, *self.failbacks)
        complete = all(each.is_complete for each in transfers)
        if not self.is_restored or not complete or errors(self.all_problems):
            return ExitCode.FAILED
        if self.stopped:
            return self.stopped_code
        return ExitCode.DIFFERS if self.all_problems else ExitCode.SOUND

    def percentiles(self) -> dict[str, Percentiles]:
        """Return the spread of flips and of skews over all takeovers, where there are any."""
        flips = [each for one in self.takeovers for each in one.timing.flips]
        skews = [one.timing.skew for one in self.takeovers if one.timing.skew is not None]
        return {
            name: Percentiles(percentile(values, 50), percentile(values, 95), max(values))
            for name, values in (("flip", flips), ("skew", skews))
            if values
        }

    def as_json(self) -> dict[str, Any]:
        """Return what `--json` writes."""
        targets = self.routes.targets if self.routes else None
        return {
            "cluster": self.cluster.name,
            "virtual_ip": self.cluster.virtual_ip,
            "by": self.by,
            "former_owner": self.former.name,
            "to": self.to.name,
            "began": self.began.isoformat(),
            "ended": self.ended.isoformat(),
            "exit_code": self.exit_code.value,
            "restored": self.is_restored,
            "stopped": self.stopped or None,
            "final_targets": None if targets is None else dict(targets),
            "takeovers": [_transfer(each) for each in self.takeovers],
            "failbacks": [_transfer(each) for each in self.failbacks],
            "percentiles": {
                name: dataclasses.asdict(each) for name, each in self.percentiles().items()
            },
            "samples": {"interval_seconds": self.interval, "throttled": self.throttled},
            "calls": dict(self.calls),
            "problems": problems_json(self.all_problems),
        }


def _transfer(transfer: Transfer) -> dict[str, Any]:
    timing = transfer.timing
    return {
        "to": transfer.to.name,
        "complete": transfer.is_complete,
        "tables": [
            {"table": each.table, "flipped_seconds": each.flipped, "changes": each.changes}
            for each in timing.tables
        ],
        "skew_seconds": timing.skew,
        "outage_seen_seconds": timing.transition,
        "resolution_seconds": timing.resolution,
        "samples": transfer.samples,
    }
