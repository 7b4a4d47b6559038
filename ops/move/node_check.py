"""Whether a node can take the virtual IP: what AWS says of its instance and its interface."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ops.cluster import Cluster, Node
from ops.move.caller import Caller
from ops.move.cli_text import CliText
from ops.move.problem import Problem


def check_nodes(caller: Caller, cluster: Cluster, nodes: Sequence[Node]) -> tuple[Problem, ...]:
    """Return what keeps these nodes from taking the virtual IP.

    One DescribeInstances suffices while all is well: it describes the interfaces too. Raises
    OpsError.
    """
    known = [node.instance_id for node in nodes if node.instance_id]
    instances = _instances(caller, known) if known else []
    problems: list[Problem] = []
    for node in nodes:
        holder = _holder(instances, node) or _look_for_holder(caller, node)
        if isinstance(holder, Problem):
            problems.append(holder)
        else:
            problems += _faults(cluster, node, holder)
    return tuple(problems)


def _instances(caller: Caller, ids: Sequence[str]) -> list[dict[str, Any]]:
    """Describe instances; a filter passes over those that are gone, ids would be refused."""
    filters = [{"Name": "instance-id", "Values": [*ids]}]
    reservations = caller.pages("describe_instances", "Reservations", Filters=filters)
    return [each for reservation in reservations for each in reservation["Instances"]]


def _holder(instances: Sequence[dict[str, Any]], node: Node) -> dict[str, Any] | None:
    """Return the instance to which the node's interface is attached."""
    for instance in instances:
        if _interface(instance, node) is not None:
            return instance
    return None


def _interface(instance: Mapping[str, Any], node: Node) -> Mapping[str, Any] | None:
    for each in instance.get("NetworkInterfaces", ()):
        if each["NetworkInterfaceId"] == node.network_interface_id:
            return each
    return None


def _look_for_holder(caller: Caller, node: Node) -> dict[str, Any] | Problem:
    """Return the instance that has the interface instead of the one that the outputs name."""
    filters = [{"Name": "network-interface-id", "Values": [node.network_interface_id]}]
    found = caller.pages("describe_network_interfaces", "NetworkInterfaces", Filters=filters)
    subject = f"{node.name} {node.network_interface_id}"
    if not found:
        return Problem(
            "virtual-ip-target-missing",
            "error",
            subject,
            "the node's network interface exists",
            "AWS does not know it",
            "Repair the node with `pulumi up --refresh`, then read the outputs again",
        )
    identity: str | None = found[0].get("Attachment", {}).get("InstanceId")
    holder = _holder(_instances(caller, [identity]), node) if identity else None
    return holder or Problem(
        "virtual-ip-target-detached",
        "error",
        subject,
        "the interface is attached to the node's instance",
        "it is attached to no instance",
        "Repair the node with `pulumi up --refresh`",
    )


def _faults(cluster: Cluster, node: Node, holder: Mapping[str, Any]) -> Iterator[Problem]:
    cli = CliText(cluster)
    interface: Mapping[str, Any] = _interface(holder, node) or {}
    attached: str = interface.get("Attachment", {}).get("Status", "detached")
    if attached != "attached":
        yield Problem(
            "virtual-ip-target-detached",
            "error",
            f"{node.name} {node.network_interface_id}",
            "the interface is attached to the node's instance",
            f"it is {attached}",
            "Wait until it is attached, or repair the node with `pulumi up --refresh`",
        )
    state = holder["State"]["Name"]
    if state != "running":
        yield Problem(
            "virtual-ip-target-not-running",
            "error",
            f"{node.name} {holder['InstanceId']}",
            "the instance is running",
            f"it is {state}",
            cli.start(node),
        )
    if interface.get("SourceDestCheck", True):
        yield Problem(
            "source-dest-check-on",
            "error",
            f"{node.name} {node.network_interface_id}",
            "the source/destination check is off",
            "it is on, so AWS drops packets for the virtual IP",
            cli.disable_check(node.network_interface_id),
        )
