"""What a takeover's replies and the routes afterwards mean: problems with id and remedy."""

from collections.abc import Iterator

from ops.cluster import Cluster, Node
from ops.errors import OpsError
from ops.move.caller import Reply
from ops.move.cli_text import CliText
from ops.move.live_routes import BLACKHOLE, LiveRoutes
from ops.move.problem import SLOW_SECONDS, Problem, id_of
from ops.move.takeover import Takeover


def judge(takeover: Takeover, cluster: Cluster) -> tuple[Problem, ...]:
    """Return the problems of a takeover, those of a table under its name."""
    if takeover.routes is None:
        routes = ()
    else:
        routes = judge_routes(takeover.routes, cluster, takeover.node)
    return (*_unread(takeover, cluster), *routes, *_tables(takeover, cluster))


def judge_routes(routes: LiveRoutes, cluster: Cluster, node: Node) -> tuple[Problem, ...]:
    """Return the problems of tables that lack the route, which should lead to the node."""
    return (
        *(_missing(table, cluster, node) for table in routes.missing),
        *(_gone(table, cluster) for table in routes.gone),
    )


def table_name(cluster: Cluster, table: str) -> str:
    """Return the outputs' name of a table with its id, or the id alone."""
    named = (name for name, each in cluster.route_table_ids.items() if each == table)
    name = next(named, table)
    return table if name == table else f"{name} {table}"


def _unread(takeover: Takeover, cluster: Cluster) -> Iterator[Problem]:
    if takeover.unread is not None:
        yield Problem(
            "api-throttled" if takeover.unread.is_throttled else "virtual-ip-tables-disagree",
            "error",
            cluster.vpc_id,
            "the routes can be read after the move",
            str(takeover.unread),
            CliText(cluster).describe_route_tables(),
        )


def _tables(takeover: Takeover, cluster: Cluster) -> Iterator[Problem]:
    """Yield the problems of tables that have the route, or that could not be read."""
    replies, routes = takeover.replies, takeover.routes
    if routes is None:
        tables, targets = [*replies], dict[str, str]()
    else:
        tables, targets = [*routes.targets], routes.targets
    for table in tables:
        reply = replies.get(table)
        if targets.get(table) == takeover.node.network_interface_id:
            pass
        elif reply is not None and reply.error is not None:
            yield _failed(table, reply.error, takeover, cluster)
        elif targets.get(table) == f"{takeover.node.network_interface_id}{BLACKHOLE}":
            yield _dropping(table, targets[table], takeover.node, cluster)
        elif table in targets:
            yield _disagreeing(table, targets[table], takeover, cluster)
        if reply is not None and reply.error is None:
            yield from _hampered(table, reply, cluster)


def _disagreeing(table: str, target: str, takeover: Takeover, cluster: Cluster) -> Problem:
    node = takeover.node
    return Problem(
        "virtual-ip-tables-disagree",
        "error",
        table_name(cluster, table),
        f"the route leads to {node.name} {node.network_interface_id}",
        f"it leads to {target}, although AWS confirmed the replacement: another program moves it",
        CliText(cluster).replace_route(table, node),
    )


def _dropping(table: str, target: str, node: Node, cluster: Cluster) -> Problem:
    return Problem(
        "virtual-ip-target-not-running",
        "error",
        table_name(cluster, table),
        f"the route leads to {node.name} {node.network_interface_id}, and is active",
        f"it leads to {target}: AWS drops its packets, as it does while an instance is stopped",
        CliText(cluster).describe_instance(node),
    )


def _failed(table: str, error: OpsError, takeover: Takeover, cluster: Cluster) -> Problem:
    node, cli, identity = takeover.node, CliText(cluster), id_of(error)
    absent = identity == "virtual-ip-route-missing"
    return Problem(
        identity,
        "error",
        table_name(cluster, table),
        f"the route leads to {node.name} {node.network_interface_id}",
        str(error),
        cli.create_route(table, node) if absent else cli.replace_route(table, node),
    )


def _missing(table: str, cluster: Cluster, node: Node) -> Problem:
    return Problem(
        "virtual-ip-route-missing",
        "error",
        table_name(cluster, table),
        f"the table has a route to {cluster.destination}",
        "it has none",
        CliText(cluster).create_route(table, node),
    )


def _hampered(table: str, reply: Reply, cluster: Cluster) -> Iterator[Problem]:
    """Yield what delayed a replacement that succeeded."""
    name = table_name(cluster, table)
    if reply.throttled:
        yield _delay(
            "api-throttled",
            name,
            "AWS takes ReplaceRoute at once",
            f"{reply.throttled} of {reply.attempts} attempts throttled",
        )
    if reply.slowest > SLOW_SECONDS:
        yield _delay(
            "api-slow",
            name,
            f"AWS answers ReplaceRoute within {SLOW_SECONDS:g} s",
            f"an attempt took {reply.slowest:.1f} s",
        )


def _delay(identity: str, subject: str, expected: str, found: str) -> Problem:
    remedy = "Look in CloudWatch (AWS/Usage, CallCount) for who calls the EC2 API in this account"
    return Problem(identity, "warning", subject, expected, found, remedy)


def _gone(table: str, cluster: Cluster) -> Problem:
    return Problem(
        "route-table-missing",
        "warning",
        table_name(cluster, table),
        "the table that the outputs name is in the VPC",
        "AWS does not know it there",
        "Read the outputs again, after `pulumi up --refresh` if the table should be there",
    )
