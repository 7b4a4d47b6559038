"""What a drill says when the former owner does not hold the address, or may not keep it."""

from collections.abc import Iterator
from dataclasses import dataclass

from ops.cluster import Cluster, Node
from ops.move.cli_text import CliText, move_command
from ops.move.live_routes import LiveRoutes
from ops.move.problem import Problem


@dataclass(frozen=True)
class Alarm:
    """The former owner is not restored. `routes` are the final ones, None where they are unread."""

    cluster: Cluster
    former: Node
    routes: LiveRoutes | None
    tables: tuple[str, ...]
    by_hand: str
    """The command that moves the address to the former owner."""
    by_cluster: bool
    refusal: tuple[Problem, ...] = ()
    """Why the routes were not moved back: the former owner cannot take the address."""

    @property
    def problem(self) -> Problem:
        """Say who holds the address, and what restores the former owner."""
        return Problem(
            "virtual-ip-not-restored",
            "error",
            self.cluster.destination,
            f"{self.former.name} holds the address again, as before the drill",
            self._found(),
            self._remedy(),
        )

    def commands(self) -> Iterator[str]:
        """Yield what leads each table back; nothing while the former owner cannot take it."""
        if self.refusal:
            return
        cli = CliText(self.cluster)
        for table in self.tables if self.routes is None else self._elsewhere(self.routes):
            yield cli.replace_route(table, self.former)
        for table in self.routes.missing if self.routes else ():
            yield cli.create_route(table, self.former)

    def _elsewhere(self, routes: LiveRoutes) -> list[str]:
        own = self.former.network_interface_id
        return [table for table, target in routes.targets.items() if target != own]

    def _found(self) -> str:
        found = "who holds it now is unknown"
        if self.routes is not None:
            targets = self.routes.targets
            tables = [*self._elsewhere(self.routes), *self.routes.missing]
            found = ", ".join(
                f"{table} leads to {self.cluster.owner_name(targets.get(table, 'nothing'))}"
                for table in tables
            )
        if not self.refusal:
            return found
        why = "; ".join(f"{each.subject}: {each.found}" for each in self.refusal)
        return f"{found}; not moved back, because {self.former.name} cannot take it: {why}"

    def _remedy(self) -> str:
        if self.refusal:
            first = "; ".join(each.remedy for each in self.refusal)
            return f"First: {first}. Then: {self.by_hand}"
        if self.by_cluster:
            move = self.cluster.engine.move_group
            return f"Move the group to {self.former.name} ({move}), or by hand: {self.by_hand}"
        return self.by_hand


def may_still_move(cluster: Cluster, former: Node, to: Node) -> Problem:
    """Say that the cluster may finish a takeover after the drill stopped watching it."""
    return Problem(
        "virtual-ip-not-moved",
        "error",
        cluster.destination,
        f"the group moves to {to.name} while the drill watches",
        "the drill did not see the takeover end: the group may still move",
        f"Look at `{cluster.engine.group_state}`; the group belongs on {former.name} "
        f"({cluster.engine.move_group})",
    )


def move_back(former: Node, options: str) -> str:
    """Return the command that restores the former owner; `options` name the cluster."""
    return move_command(former, options, interrupts_service=True)
