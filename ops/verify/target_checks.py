"""Where the routes of the virtual IP lead, and whether a node answers there."""

from collections.abc import Iterator

from guardrails.findings import Severity
from ops.cluster import Node
from ops.described import Described, attached_to, target_of
from ops.errors import AwsError
from ops.move.cli_text import move_command
from ops.tags import NODE_TAG, cluster_of, tags_of
from ops.verify.check import Check, Fault
from ops.verify.situation import Situation


def tables_disagree(situation: Situation) -> Iterator[Fault]:
    """Find tables that lead the virtual IP to different targets (F01)."""
    by_target: dict[str, list[str]] = {}
    for table, route in situation.virtual_ip_routes.items():
        by_target.setdefault(target_of(route), []).append(table)
    if len(by_target) < 2:  # noqa: PLR2004  # one target is agreement
        return
    shown = "; ".join(
        f"{_called(situation, target)} in {', '.join(sorted(tables))}"
        for target, tables in sorted(by_target.items())
    )
    yield Fault(
        situation.cluster.virtual_ip,
        "one target in all tables",
        shown,
        f"{_move(situation)}, to the node on which the failover group is active",
        tuple(by_target),
    )


def target_missing(situation: Situation) -> Iterator[Fault]:
    """Find routes to an interface that is gone; AWS calls them `blackhole` (F06)."""
    for table, route in situation.virtual_ip_routes.items():
        target = route.get("NetworkInterfaceId")
        if target and target not in situation.interfaces:
            yield _fault_of_target(situation, table, target, "an interface of the VPC", "gone")


def target_detached(situation: Situation) -> Iterator[Fault]:
    """Find routes to an interface that no instance has (F07)."""
    for table, route in situation.virtual_ip_routes.items():
        target = route.get("NetworkInterfaceId", "")
        interface = situation.interfaces.get(target)
        if interface is not None and not attached_to(interface):
            found = f"{interface['Status']}, attached to nothing"
            yield _fault_of_target(situation, table, target, "attached to a node", found)


def target_not_running(situation: Situation) -> Iterator[Fault]:
    """Find routes to an instance that does not run (F08)."""
    targets = {
        route.get("NetworkInterfaceId", "") for route in situation.virtual_ip_routes.values()
    }
    for target in sorted(targets):
        instance = situation.instance_of(target)
        if instance is not None and instance["State"]["Name"] != "running":
            yield Fault(
                instance["InstanceId"],
                "running, because the virtual IP leads to it",
                instance["State"]["Name"],
                f"{_move(situation)}, or aws ec2 start-instances --instance-ids "
                f"{instance['InstanceId']}",
                (target,),
            )


def target_foreign(situation: Situation) -> Iterator[Fault]:
    """Find routes to an interface that is none of the nodes' (F09)."""
    for table, route in situation.virtual_ip_routes.items():
        target = route.get("NetworkInterfaceId", "")
        interface = situation.interfaces.get(target)
        if interface is None or situation.cluster.node_of(target) or _is_node(interface):
            continue
        yield _fault_of_target(situation, table, target, "an interface of a node", target)


def target_of_wrong_kind(situation: Situation) -> Iterator[Fault]:
    """Find routes of the virtual IP that lead to a gateway, not to an interface (F10)."""
    for table, route in situation.virtual_ip_routes.items():
        if not route.get("NetworkInterfaceId"):
            target = target_of(route)
            yield _fault_of_target(situation, table, target, "an interface of a node", target)


def claimed_twice(situation: Situation) -> Iterator[Fault]:
    """Find routes of the virtual IP to the nodes of another cluster (F15)."""
    for table, route in situation.virtual_ip_routes.items():
        target = route.get("NetworkInterfaceId", "")
        interface = situation.interfaces.get(target)
        if interface is None or situation.cluster.node_of(target) or not _is_node(interface):
            continue
        yield _fault_of_target(
            situation,
            table,
            target,
            f"{situation.cluster.virtual_ip} belongs to {situation.cluster.name} alone",
            f"{target} of cluster {cluster_of(interface)}",
            "Give one of the two clusters another virtualIp",
        )


def _fault_of_target(
    situation: Situation,
    table: str,
    target: str,
    expected: str,
    found: str,
    remedy: str = "",
) -> Fault:
    return Fault(table, expected, found, remedy or _move(situation), (target,))


def _move(situation: Situation) -> str:
    """Return the command that leads the routes to a node that runs."""
    configured = situation.cluster.engine_configured
    commands = [
        move_command(node, interrupts_service=configured)
        for node in situation.cluster.nodes
        if _runs(situation, node)
    ]
    return " or ".join(commands) or "Start a node: no node runs with its interface attached"


def _runs(situation: Situation, node: Node) -> bool:
    try:
        instance = situation.instance_of(node.network_interface_id)
    except AwsError:
        return True
    return instance is not None and instance["State"]["Name"] == "running"


def _called(situation: Situation, target: str) -> str:
    node = situation.cluster.node_of(target)
    return f"{target} ({node.name})" if node else target


def _is_node(interface: Described) -> bool:
    return NODE_TAG in tags_of(interface)


CHECKS = (
    Check(
        id="virtual-ip-tables-disagree",
        severity=Severity.CRITICAL,
        judge=tables_disagree,
        follows_from=(
            "node-interface-replaced",
            "virtual-ip-claimed-twice",
            "virtual-ip-target-missing",
            "virtual-ip-target-foreign",
            "virtual-ip-target-wrong-kind",
        ),
    ),
    Check(
        id="virtual-ip-target-missing",
        severity=Severity.CRITICAL,
        judge=target_missing,
        follows_from=("node-interface-replaced",),
    ),
    Check(
        id="virtual-ip-target-detached",
        severity=Severity.CRITICAL,
        judge=target_detached,
        follows_from=("node-interface-replaced",),
    ),
    Check(id="virtual-ip-target-not-running", severity=Severity.CRITICAL, judge=target_not_running),
    Check(
        id="virtual-ip-target-foreign",
        severity=Severity.CRITICAL,
        judge=target_foreign,
        follows_from=("node-interface-replaced",),
    ),
    Check(
        id="virtual-ip-target-wrong-kind", severity=Severity.CRITICAL, judge=target_of_wrong_kind
    ),
    Check(
        id="virtual-ip-claimed-twice",
        severity=Severity.CRITICAL,
        judge=claimed_twice,
        follows_from=("node-interface-replaced",),
    ),
)
