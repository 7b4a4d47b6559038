"""The calls that a drill would make, for `--dry-run`."""

from collections.abc import Iterator

from ops.cluster import Cluster, Node
from ops.drill.drill import Orders
from ops.move.cli_text import CliText


def planned_calls(
    cluster: Cluster, tables: tuple[str, ...], former: Node, orders: Orders, interval: float
) -> tuple[str, ...]:
    """Return the calls in their order, samples as one line with their interval."""
    cli = CliText(cluster)
    (to,) = (node for node in cluster.nodes if node != former)
    checks = (
        cli.describe_route_tables(),
        *(cli.describe_instance(node) for node in cluster.nodes),
        cli.describe_endpoints(),
    )
    passages = [
        line
        for node in (to, former) * orders.repeat
        for line in _passage(cli, tables, node, orders, interval)
    ]
    return (*checks, *passages, cli.describe_route_tables())


def _passage(
    cli: CliText, tables: tuple[str, ...], node: Node, orders: Orders, interval: float
) -> Iterator[str]:
    if orders.by == "route":
        yield cli.describe_instance(node)
    sample = f"{cli.describe_route_tables()}  # each {interval:g} s"
    if orders.by == "cluster":
        yield f"{sample} until the cluster has moved to {node.name}, {orders.wait:g} s at most"
        return
    yield f"{sample} until all tables lead to {node.name}"
    yield from (cli.replace_route(table, node) for table in tables)
    yield cli.describe_route_tables()
