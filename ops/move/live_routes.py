"""The routes to the virtual IP as the tables of the VPC hold them now."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from ops.cluster import Cluster
from ops.described import target_of
from ops.move.caller import Caller

BLACKHOLE: Final = " (blackhole)"
"""What ends a target that AWS shows with the state `blackhole`."""


@dataclass(frozen=True)
class LiveRoutes:
    """Which target each table gives the virtual IP.

    A target that AWS calls a black hole reads `eni-1 (blackhole)`, so it equals no interface.
    `missing` are tables of the stack without the route, `gone` those that AWS does not know.
    """

    targets: Mapping[str, str]
    missing: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()

    def all_lead_to(self, interface: str) -> bool:
        """Whether every table has the route, and to this interface."""
        return not self.missing and set(self.targets.values()) == {interface}


def stack_tables(cluster: Cluster) -> tuple[str, ...]:
    """Return the tables that carry the virtual IP as the stack's outputs say, without repeats."""
    listed = dict.fromkeys(cluster.route_table_ids.values())
    return tuple(each for each in listed if each not in cluster.tables_without_virtual_ip)


def read_live_routes(caller: Caller, cluster: Cluster) -> LiveRoutes:
    """Read the tables of the VPC, all in one call. Raises OpsError."""
    filters = [{"Name": "vpc-id", "Values": [cluster.vpc_id]}]
    return live_routes(
        caller.pages("describe_route_tables", "RouteTables", Filters=filters), cluster
    )


def live_routes(tables: Iterable[Mapping[str, Any]], cluster: Cluster) -> LiveRoutes:
    """Return the routes that DescribeRouteTables' answer holds."""
    found = {table["RouteTableId"]: _target(table, cluster.destination) for table in tables}
    expected = stack_tables(cluster)
    without = cluster.tables_without_virtual_ip
    return LiveRoutes(
        targets={
            table: target
            for table, target in found.items()
            if target is not None and table not in without
        },
        missing=tuple(each for each in expected if each in found and found[each] is None),
        gone=tuple(each for each in expected if each not in found),
    )


def _target(table: Mapping[str, Any], destination: str) -> str | None:
    for route in table["Routes"]:
        if route.get("DestinationCidrBlock") == destination:
            target = target_of(route)
            return f"{target}{BLACKHOLE}" if route.get("State") == "blackhole" else target
    return None
