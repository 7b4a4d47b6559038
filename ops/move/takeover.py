"""The takeover itself: all tables' routes replaced at once, then read once to see the result."""

from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final

from ops.cluster import Cluster, Node
from ops.errors import OpsError
from ops.move.caller import Caller, Reply
from ops.move.live_routes import LiveRoutes, read_live_routes, stack_tables

_THREADS: Final = 32
_READS: Final = 3
"""How often to read when AWS still shows what it has already replaced."""
_STALE_SECONDS: Final = 0.2


@dataclass(frozen=True)
class Takeover:
    """What a takeover did: a reply for each table, and the routes afterwards, if readable."""

    node: Node
    began: float
    ended: float
    replies: dict[str, Reply]
    routes: LiveRoutes | None
    unread: OpsError | None = None
    """Why `routes` could not be read."""

    @property
    def is_complete(self) -> bool:
        """Whether all tables are seen to lead to the node."""
        return self.routes is not None and self.routes.all_lead_to(self.node.network_interface_id)

    @property
    def skew(self) -> float | None:
        """Seconds between AWS's first and last confirmation; None where it gave none."""
        confirmed = [each.answered for each in self.replies.values() if each.error is None]
        return max(confirmed) - min(confirmed) if confirmed else None

    @property
    def replacing(self) -> float | None:
        """Seconds from the first request to the last reply; None without requests."""
        if not self.replies:
            return None
        replies = self.replies.values()
        return max(each.answered for each in replies) - min(each.sent for each in replies)


def take_over(caller: Caller, cluster: Cluster, node: Node) -> Takeover:
    """Lead all tables to the node; what fails is in the result, and stops no other table.

    The stack names the tables, so nothing is read before them. What is read afterwards names
    tables that carry the virtual IP as well, and these follow in a second round.
    """
    began = caller.clock()
    replies = replace_routes(caller, cluster, stack_tables(cluster), node)
    try:
        routes = _read_settled(caller, cluster, node, replies)
        others = [
            table
            for table, target in routes.targets.items()
            if target != node.network_interface_id and table not in replies
        ]
        if others:
            replies |= replace_routes(caller, cluster, others, node)
            routes = _read_settled(caller, cluster, node, replies)
    except OpsError as error:
        return Takeover(node, began, caller.clock(), replies, None, error)
    return Takeover(node, began, caller.clock(), replies, routes)


def replace_routes(
    caller: Caller, cluster: Cluster, tables: Sequence[str], node: Node
) -> dict[str, Reply]:
    """Replace the route of each table, in as many threads as there are tables."""

    def replace(table: str) -> Reply:
        return caller.call(
            "replace_route",
            RouteTableId=table,
            DestinationCidrBlock=cluster.destination,
            NetworkInterfaceId=node.network_interface_id,
        )

    if not tables:
        return {}
    with ThreadPoolExecutor(min(len(tables), _THREADS)) as pool:
        return dict(zip(tables, pool.map(replace, tables), strict=True))


def _read_settled(
    caller: Caller, cluster: Cluster, node: Node, replies: dict[str, Reply]
) -> LiveRoutes:
    """Read the routes; again while they contradict what AWS has confirmed, which passes."""
    confirmed = [table for table, reply in replies.items() if reply.error is None]
    routes = read_live_routes(caller, cluster)
    for _ in range(_READS - 1):
        if not _is_stale(routes, confirmed, node):
            break
        caller.sleep(_STALE_SECONDS)
        routes = read_live_routes(caller, cluster)
    return routes


def _is_stale(routes: LiveRoutes, confirmed: Iterable[str], node: Node) -> bool:
    return any(
        routes.targets.get(table) != node.network_interface_id
        for table in confirmed
        if table not in routes.gone
    )
