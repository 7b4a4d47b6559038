"""Whether a node can take the virtual IP: what AWS says of its instance and its interface."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ops.cluster import Cluster, Node
from ops.described import attached_to
from ops.errors import AwsError
from ops.move.caller import Caller
from ops.move.cli_text import CliText
from ops.move.problem import Problem, id_of


def check_nodes(caller: Caller, cluster: Cluster, nodes: Sequence[Node]) -> tuple[Problem, ...]:
    """Return what keeps these nodes from taking the virtual IP.

    One DescribeInstances for each node suffices while all is well: it describes the interfaces
    too. Raises OpsError.
    """
    problems: list[Problem] = []
    for node in nodes:
        instance = _instance(caller, node.instance_id)
        holder = _holder(instance, node) or _look_for_holder(caller, node)
        if isinstance(holder, Problem):
            problems.append(holder)
        else:
            problems += _faults(cluster, node, holder)
    return tuple(problems)


def check_if_readable(caller: Caller, cluster: Cluster, node: Node) -> tuple[Problem, ...]:
    """Check a node; where AWS does not answer the check, return a warning.

    In an outage of an Availability Zone, DescribeInstances may fail while ReplaceRoute works, which
    needs no answer about an instance. Raises OpsError for
    anything else, such as missing credentials.
    """
    try:
        return check_nodes(caller, cluster, [node])
    except AwsError as error:
        unread = Problem(
            id_of(error, "api-slow"),
            "warning",
            f"{node.name} {node.network_interface_id}",
            "AWS says whether the node can take the virtual IP",
            f"the node was not checked: {error}",
            CliText(cluster).describe_instance(node),
        )
        return (unread,)


def _instance(caller: Caller, identity: str) -> dict[str, Any] | None:
    """Describe an instance; None where the id is "", or AWS does not know it.

    By id, not by filter: a call with filters alone fails in an outage of an Availability Zone
    (https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeInstances.html).
    """
    if not identity:
        return None
    try:
        reservations = caller.pages("describe_instances", "Reservations", InstanceIds=[identity])
    except AwsError as error:
        if error.code == "InvalidInstanceID.NotFound":
            return None
        raise
    return next((each for one in reservations for each in one["Instances"]), None)


def _holder(instance: dict[str, Any] | None, node: Node) -> dict[str, Any] | None:
    """Return the instance if the node's interface is attached to it."""
    return instance if instance and _interface(instance, node) is not None else None


def _interface(instance: Mapping[str, Any], node: Node) -> Mapping[str, Any] | None:
    for each in instance.get("NetworkInterfaces", ()):
        if each["NetworkInterfaceId"] == node.network_interface_id:
            return each
    return None


def _look_for_holder(caller: Caller, node: Node) -> dict[str, Any] | Problem:
    """Return the instance that has the interface instead of the one that the outputs name."""
    found = _interfaces(caller, node.network_interface_id)
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
    holder = _holder(_instance(caller, attached_to(found[0])), node)
    return holder or Problem(
        "virtual-ip-target-detached",
        "error",
        subject,
        "the interface is attached to the node's instance",
        "it is attached to no instance",
        "Repair the node with `pulumi up --refresh`",
    )


def _interfaces(caller: Caller, identity: str) -> list[dict[str, Any]]:
    """Describe an interface, by id as `_instance` does; nothing where AWS does not know it."""
    try:
        return caller.pages(
            "describe_network_interfaces", "NetworkInterfaces", NetworkInterfaceIds=[identity]
        )
    except AwsError as error:
        if error.code == "InvalidNetworkInterfaceID.NotFound":
            return []
        raise


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
            cli.start(holder["InstanceId"]),
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
