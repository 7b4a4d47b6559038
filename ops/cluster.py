"""A cluster as its stack's outputs describe it (docs/interfaces.md); nothing of it is live."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from ops.engine import ENGINES, EXPRESSCLUSTER, Engine
from ops.errors import UsageError


@dataclass(frozen=True)
class Node:
    """A node as the stack made it. `mirror_volume_id` is empty where it is not known."""

    name: str
    zone: str
    instance_id: str
    network_interface_id: str
    private_ip: str
    mirror_volume_id: str = ""


@dataclass(frozen=True)
class Port:
    """A port on which clients reach the application, from `sources`, which are CIDR ranges."""

    protocol: str
    port: int
    sources: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Cluster:
    """What a stack says of its cluster.

    `subnet_ids`, `route_table_ids` and `endpoint_ids` are by the outputs' names (`private_a`,
    `main`, `ec2`). `ports` and `transit_tables` are None where they are not known: a cluster that
    was found by its tags.
    """

    name: str
    region: str
    vpc_id: str
    virtual_ip: str
    nodes: tuple[Node, ...]
    subnet_ids: Mapping[str, str] = field(default_factory=dict[str, str])
    route_table_ids: Mapping[str, str] = field(default_factory=dict[str, str])
    tables_without_virtual_ip: frozenset[str] = frozenset()
    endpoint_ids: Mapping[str, str] = field(default_factory=dict[str, str])
    node_role_arn: str = ""
    ports: tuple[Port, ...] | None = None
    transit_tables: tuple[str, ...] | None = None
    flow_log_group: str = ""
    alarms: tuple[str, ...] = ()
    route_change_rules: tuple[str, ...] = ()
    engine_name: str = EXPRESSCLUSTER
    """The engine by its name in the configuration: `expresscluster`, `pacemaker` or `none`."""
    engine_configured: bool = True
    """Whether a cluster on the nodes may own the virtual IP; true where it is not known."""

    @property
    def engine(self) -> Engine:
        """The engine, with the commands by which an operator works with it."""
        return ENGINES[self.engine_name]

    @property
    def destination(self) -> str:
        """The virtual IP as route tables write it."""
        return f"{self.virtual_ip}/32"

    def node_of(self, interface_id: str) -> Node | None:
        """Return the node whose interface this is."""
        found = (node for node in self.nodes if node.network_interface_id == interface_id)
        return next(found, None)

    def owner_name(self, target: str) -> str:
        """Return the name of the node whose interface a target is, else the target itself."""
        node = self.node_of(target)
        return node.name if node else target

    def node_named(self, name: str) -> Node:
        """Return a node by its name, or by what ends it (`a` of `node-a`). Raises UsageError."""
        for node in self.nodes:
            if name in (node.name, node.name.rpartition("-")[2]):
                return node
        names = ", ".join(node.name for node in self.nodes)
        raise UsageError(f"{name!r} is not a node of cluster {self.name}: it has {names}")


def read_cluster(outputs: Mapping[str, Any], source: str) -> Cluster:
    """Read a stack's outputs; `source` names where they come from.

    Raises UsageError with everything that is missing or of another shape.
    """
    faults = list(_faults(outputs))
    if faults:
        raise UsageError(
            f"{source} does not hold the outputs of this project's stack: {'; '.join(faults)}. "
            "Write them with `pulumi stack output --json`"
        )
    monitoring: Mapping[str, Any] = outputs.get("monitoring") or {}
    ports = outputs.get("client_ports")
    transit = outputs.get("transit_gateway_route_table_ids")
    return Cluster(
        name=outputs["cluster_name"],
        region=outputs["region"],
        vpc_id=outputs["vpc_id"],
        virtual_ip=outputs["virtual_ip"],
        nodes=tuple(Node(**{key: node[key] for key in _NODE}) for node in outputs["nodes"]),
        subnet_ids=outputs["subnet_ids"],
        route_table_ids=outputs["route_table_ids"],
        tables_without_virtual_ip=frozenset(outputs.get("tables_without_virtual_ip") or ()),
        endpoint_ids=outputs["endpoint_ids"],
        node_role_arn=outputs["node_role_arn"],
        ports=None if ports is None else tuple(map(_port, ports)),
        transit_tables=None if transit is None else tuple(transit),
        flow_log_group=monitoring.get("flow_log_group", ""),
        alarms=tuple(monitoring.get("alarms") or ()),
        route_change_rules=tuple(monitoring.get("route_change_rules") or ()),
        engine_name=_engine_name(outputs),
        engine_configured=_is_configured(outputs),
    )


_TEXTS = ("cluster_name", "region", "vpc_id", "virtual_ip", "node_role_arn")
_MAPS = ("subnet_ids", "route_table_ids", "endpoint_ids")
_NODE = (
    "name",
    "zone",
    "instance_id",
    "network_interface_id",
    "private_ip",
    "mirror_volume_id",
)


def _faults(outputs: Mapping[str, Any]) -> Iterator[str]:
    if _engine_name(outputs) not in ENGINES:
        yield f"engine is not one of {', '.join(ENGINES)}"
    for key in _TEXTS:
        if not isinstance(outputs.get(key), str):
            yield f"{key} is not a text"
    for key in _MAPS:
        if not isinstance(outputs.get(key), dict):
            yield f"{key} is not a map"
    if not isinstance(outputs.get("nodes"), list) or not outputs["nodes"]:
        yield "nodes is not a list"
        return
    nodes: list[Any] = outputs["nodes"]
    for number, node in enumerate(nodes):
        for key in _NODE:
            if not isinstance(node, dict) or not isinstance(
                cast("dict[str, Any]", node).get(key), str
            ):
                yield f"nodes[{number}].{key} is not a text"


def _engine_name(outputs: Mapping[str, Any]) -> str:
    """Return the engine; a stack of an earlier edition does not name it."""
    return outputs.get("engine", EXPRESSCLUSTER)


def _is_configured(outputs: Mapping[str, Any]) -> bool:
    """Whether the nodes run the cluster, or could: its text is complete, or they complete it.

    Pacemaker's text is always complete. Of EXPRESSCLUSTER on Windows, the nodes complete the text
    themselves, with packages from S3. The endpoint `s3` comes with packages; one that was
    configured for other reasons counts as well.
    """
    if _engine_name(outputs) != EXPRESSCLUSTER:
        return bool(outputs.get("pacemaker"))
    summary: Mapping[str, Any] = outputs.get("expresscluster") or {}
    if summary.get("configuration") is None:
        return False
    return summary.get("complete") is True or "s3" in outputs["endpoint_ids"]


def _port(written: Mapping[str, Any]) -> Port:
    return Port(written["protocol"], int(written["port"]), tuple(written["from"]))
