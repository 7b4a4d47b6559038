"""A move from its checks to its result."""

from collections import Counter
from dataclasses import dataclass
from typing import Any

from ops.cluster import Cluster, Node
from ops.errors import ExitCode, UsageError
from ops.move.caller import Caller
from ops.move.cli_text import CliText
from ops.move.judgement import judge, judge_routes
from ops.move.live_routes import read_live_routes, stack_tables
from ops.move.node_check import check_if_readable
from ops.move.problem import Problem, errors, problems_json
from ops.move.takeover import Takeover, take_over


@dataclass(frozen=True)
class Move:
    """What became of a move; without a takeover it was refused before anything was changed."""

    cluster: Cluster
    node: Node
    problems: tuple[Problem, ...]
    takeover: Takeover | None
    calls: dict[str, int]

    @property
    def exit_code(self) -> ExitCode:
        """Say whether all tables lead to the node."""
        moved = self.takeover is not None and self.takeover.is_complete
        return ExitCode.SOUND if moved else ExitCode.FAILED

    def as_json(self) -> dict[str, Any]:
        """Return what `--json` writes."""
        return {
            "virtual_ip": self.cluster.virtual_ip,
            "to": {"node": self.node.name, "network_interface_id": self.node.network_interface_id},
            "moved": self.exit_code is ExitCode.SOUND,
            "tables": [] if self.takeover is None else _tables(self.takeover),
            **(_times(self.takeover) if self.takeover else {}),
            "calls": self.calls,
            "problems": problems_json(self.problems),
        }


@dataclass(frozen=True)
class Plan:
    """What a move would do now: the calls, and what speaks against them."""

    calls: tuple[str, ...]
    problems: tuple[Problem, ...]

    @property
    def exit_code(self) -> ExitCode:
        """Say whether the move would be refused, or leave a table behind."""
        return ExitCode.FAILED if errors(self.problems) else ExitCode.SOUND

    def as_json(self) -> dict[str, Any]:
        """Return what `--dry-run --json` writes."""
        return {
            "calls": list(self.calls),
            "problems": problems_json(self.problems),
        }


def require_consent(cluster: Cluster, *, interrupts_service: bool) -> None:
    """Refuse to move a configured cluster's address unless that is meant. Raises UsageError."""
    engine = cluster.engine
    if cluster.engine_configured and not interrupts_service:
        until = " until its agent leads them back" if engine.restores_routes else ""
        raise UsageError(
            f"{engine.title} may own {cluster.virtual_ip}: a move of the routes leaves its failover"
            f" group and its mirror disk on the other node, and interrupts the service{until}."
            f" Move the group instead ({engine.move_group}), or add --interrupts-service"
        )


def move(caller: Caller, cluster: Cluster, node: Node) -> Move:
    """Check the node, and lead all tables to it unless an error is found. Raises OpsError."""
    before = Counter(caller.aws.calls)
    problems = check_if_readable(caller, cluster, node)
    takeover = None if errors(problems) else take_over(caller, cluster, node)
    if takeover is not None:
        problems = (*problems, *judge(takeover, cluster))
    return Move(cluster, node, problems, takeover, dict(caller.aws.calls - before))


def plan(caller: Caller, cluster: Cluster, node: Node) -> Plan:
    """Return what `move` would do; this reads and changes nothing. Raises OpsError."""
    cli = CliText(cluster)
    problems = check_if_readable(caller, cluster, node)
    routes = read_live_routes(caller, cluster)
    tables = dict.fromkeys((*stack_tables(cluster), *routes.targets))
    calls = (
        cli.describe_instance(node),
        *(cli.replace_route(table, node) for table in tables),
        cli.describe_route_tables(),
    )
    return Plan(calls, (*problems, *judge_routes(routes, cluster, node)))


def _times(takeover: Takeover) -> dict[str, float | None]:
    return {
        "seconds": takeover.ended - takeover.began,
        "replacing_seconds": takeover.replacing,
        "skew_seconds": takeover.skew,
    }


def _tables(takeover: Takeover) -> list[dict[str, Any]]:
    targets = {} if takeover.routes is None else dict(takeover.routes.targets)
    return [
        {
            "table": table,
            "target": targets.get(table),
            "attempts": reply.attempts,
            "throttled": reply.throttled,
            "sent_seconds": reply.sent - takeover.began,
            "answered_seconds": reply.answered - takeover.began,
            "error": None if reply.error is None else str(reply.error),
        }
        for table, reply in takeover.replies.items()
    ]
