"""What must hold before a drill: nothing may be changed while a finding would make it dangerous."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from ops.cluster import Cluster, Node
from ops.errors import UsageError
from ops.move.caller import Caller
from ops.move.cli_text import CliText
from ops.move.judgement import judge_routes, table_name
from ops.move.live_routes import BLACKHOLE, LiveRoutes, read_live_routes
from ops.move.node_check import check_nodes
from ops.move.problem import Problem, errors

_PAIR: Final = 2


@dataclass(frozen=True)
class Readiness:
    """Who holds the virtual IP, and what speaks against a drill."""

    owner: Node | None
    routes: LiveRoutes
    problems: tuple[Problem, ...]

    @property
    def is_refused(self) -> bool:
        """Whether the drill must not begin."""
        return bool(errors(self.problems))


def require_force(cluster: Cluster, *, force: bool) -> None:
    """Refuse a drill while the mirror's state is unknown. Raises UsageError."""
    if cluster.engine_configured and not force:
        raise UsageError(
            "the mirror disk's state is unknown: AWS does not show it, and a failover to a node"
            f" whose copy is old loses data. Look at it ({cluster.engine.mirror_state}),"
            " then add --force"
        )


def require_pair(cluster: Cluster) -> None:
    """Refuse a drill of other than two nodes: it goes from one to the other. Raises UsageError."""
    if len(cluster.nodes) != _PAIR:
        names = ", ".join(node.name for node in cluster.nodes)
        raise UsageError(
            f"a drill needs a cluster of two nodes, {cluster.name} has {len(cluster.nodes)}:"
            f" {names}. Name the cluster by its stack (--stack) or its outputs (--outputs)"
        )


def check_readiness(caller: Caller, cluster: Cluster) -> Readiness:
    """Make all checks. Raises OpsError where one cannot be made."""
    routes = read_live_routes(caller, cluster)
    owner = _owner(routes, cluster)
    nodes = check_nodes(caller, cluster, cluster.nodes)
    problems = (
        *judge_routes(routes, cluster, owner or cluster.nodes[0]),
        *_disagreement(routes, cluster),
        *nodes,
        *(_dropped(routes, cluster) if owner and not errors(nodes) else ()),
        *_endpoint(caller, cluster),
    )
    return Readiness(owner, routes, problems)


def _owner(routes: LiveRoutes, cluster: Cluster) -> Node | None:
    """Return the node to which all tables lead, also where AWS drops the packets."""
    targets = {each.removesuffix(BLACKHOLE) for each in routes.targets.values()}
    return cluster.node_of(targets.pop()) if len(targets) == 1 else None


def _disagreement(routes: LiveRoutes, cluster: Cluster) -> Iterator[Problem]:
    targets = {each.removesuffix(BLACKHOLE) for each in routes.targets.values()}
    if len(targets) > 1:
        found = ", ".join(
            f"{table_name(cluster, table)} to {cluster.owner_name(target)}"
            for table, target in routes.targets.items()
        )
        yield _refusal("virtual-ip-tables-disagree", cluster, "all tables lead to one node", found)
    elif not targets:
        yield _refusal("virtual-ip-route-missing", cluster, "tables have the route", "none has it")
    elif _owner(routes, cluster) is None:
        found = f"they lead to {targets.pop()}"
        yield _refusal("virtual-ip-target-foreign", cluster, "all tables lead to a node", found)


def _dropped(routes: LiveRoutes, cluster: Cluster) -> Iterator[Problem]:
    """Yield that AWS drops packets for an owner that looks sound, as it may after its start."""
    tables = [each for each, target in routes.targets.items() if target.endswith(BLACKHOLE)]
    if tables:
        found = ", ".join(f"{table_name(cluster, table)} is a blackhole" for table in tables)
        expected = "the routes are active"
        yield _refusal("virtual-ip-target-not-running", cluster, expected, found)


def _refusal(identity: str, cluster: Cluster, expected: str, found: str) -> Problem:
    remedy = "Have the cluster, or `python -m ops move --to NODE`, lead all tables to one node"
    return Problem(identity, "error", cluster.destination, expected, found, remedy)


def _endpoint(caller: Caller, cluster: Cluster) -> Iterator[Problem]:
    """Yield what keeps the nodes from the EC2 API, by which they move the address."""
    endpoint = cluster.endpoint_ids.get("ec2", "")
    filters = [{"Name": "vpc-id", "Values": [cluster.vpc_id]}]
    described = caller.pages("describe_vpc_endpoints", "VpcEndpoints", Filters=filters)
    found = [each["State"].lower() for each in described if each["VpcEndpointId"] == endpoint]
    if found != ["available"]:
        gone = not found or found == ["deleted"]
        yield Problem(
            "endpoint-missing" if gone else "endpoint-not-available",
            "error",
            endpoint or cluster.vpc_id,
            "the endpoint of the EC2 API is available",
            "there is none" if gone else f"it is {found[0]}",
            CliText(cluster).describe_endpoints(),
        )
