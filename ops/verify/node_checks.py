"""Whether the instances of the nodes run, and can take the virtual IP."""

from collections.abc import Iterator, Mapping
from typing import Final

from guardrails.findings import Severity
from ops.cluster import Node
from ops.described import Described, attached_to
from ops.errors import NotCheckedError
from ops.tags import NODE_TAG, cluster_of, tags_of
from ops.verify.check import Check, Fault
from ops.verify.credits import is_burstable
from ops.verify.situation import Situation

_FEW_CREDITS: Final = 10
"""Credits with which one vCPU runs for ten minutes at full speed."""
# What AWS writes before the description of an event that is over.
_PAST_EVENTS: Final = ("[Completed]", "[Canceled]")
_STATUSES: Final = {
    "SystemStatus": "system status",
    "InstanceStatus": "instance status",
    "AttachedEbsStatus": "status of attached volumes",
}


def interface_replaced(situation: Situation) -> Iterator[Fault]:
    """Find nodes that run with another interface than the stack's, or whose own is gone (F11)."""
    for node in situation.cluster.nodes:
        own = situation.interfaces.get(node.network_interface_id)
        if own is not None and attached_to(own) == node.instance_id:
            continue
        others = [key for key in situation.interfaces if _belongs_to(situation, node, key)]
        if own is None or others:
            yield Fault(
                node.network_interface_id,
                f"the interface of {node.name}",
                f"{node.name} has {', '.join(others)}" if others else "gone",
                _roll_out(node),
                (node.instance_id, *others),
            )


def source_dest_check_on(situation: Situation) -> Iterator[Fault]:
    """Find nodes that drop packets to the virtual IP: no interface has that address (F18)."""
    for node in situation.cluster.nodes:
        interface = situation.interfaces.get(node.network_interface_id, {})
        if interface.get("SourceDestCheck"):
            yield Fault(
                node.network_interface_id,
                f"no source/destination check on {node.name}",
                "on",
                "pulumi up --refresh, or at once: aws ec2 modify-network-interface-attribute "
                f"--network-interface-id {node.network_interface_id} --no-source-dest-check",
                (node.instance_id,),
            )


def nodes_in_one_zone(situation: Situation) -> Iterator[Fault]:
    """Find nodes that fail together with their availability zone (F44)."""
    zones: dict[str, list[Node]] = {}
    for node in situation.cluster.nodes:
        interface = situation.interfaces.get(node.network_interface_id, {})
        subnet = situation.subnets.get(interface.get("SubnetId", ""), {})
        zone = subnet.get("AvailabilityZone")
        if zone:
            zones.setdefault(zone, []).append(node)
    for zone, nodes in zones.items():
        if len(nodes) > 1:
            yield Fault(
                zone,
                "nodes in different availability zones",
                f"{' and '.join(node.name for node in nodes)} in this one",
                "Build a second stack with two zones and move the data (docs/runbook.md, "
                "Another range or zone)",
                tuple(node.network_interface_id for node in nodes),
            )


def instance_impaired(situation: Situation) -> Iterator[Fault]:
    """Find nodes that AWS calls impaired or will restart, and a standby that is down (F45)."""
    statuses: Mapping[str, Described] = {
        each["InstanceId"]: each for each in situation.snapshot.get("statuses")
    }
    held = {route.get("NetworkInterfaceId") for route in situation.virtual_ip_routes.values()}
    for node in situation.cluster.nodes:
        instance = situation.instance_of_node(node) or {}
        key = instance.get("InstanceId", node.instance_id)
        state = instance.get("State", {}).get("Name", "gone")
        if state == "running":
            troubles = list(_troubles(statuses.get(key, {})))
            remedy = (
                f"Fail over if {node.name} has the virtual IP. Then aws ec2 stop-instances "
                f"--instance-ids {key}, and start-instances: AWS starts it on other hardware"
            )
        elif node.network_interface_id not in held:
            troubles, remedy = [state], _start(node, key, state)
        else:
            continue
        if troubles:
            yield Fault(
                key,
                f"{node.name} runs, and AWS sees nothing wrong with it",
                "; ".join(troubles),
                remedy,
                (node.network_interface_id,),
            )


def cpu_credits_low(situation: Situation) -> Iterator[Fault]:
    """Find nodes that are about to run at their type's baseline: heartbeats come late (F46)."""
    burstable = [
        instance["InstanceId"]
        for node in situation.cluster.nodes
        if (instance := situation.instance_of_node(node)) and is_burstable(instance)
    ]
    if not burstable:
        return
    specified = situation.snapshot.get("credit_specifications")
    standard = {each["InstanceId"] for each in specified if each.get("CpuCredits") == "standard"}
    balances: Mapping[str, float] = situation.snapshot.get("credit_balances") if standard else {}
    limited = [key for key in burstable if key in standard]
    low = [key for key in limited if balances.get(key, _FEW_CREDITS) < _FEW_CREDITS]
    for key in low:
        yield Fault(
            key,
            f"at least {_FEW_CREDITS} CPU credits, or unlimited mode",
            f"{balances[key]:g} credits in standard mode",
            "aws ec2 modify-instance-credit-specification --instance-credit-specification "
            f"InstanceId={key},CpuCredits=unlimited, or a larger nodes.instanceType",
        )
    unknown = [key for key in limited if key not in balances]
    if unknown and not low:
        raise NotCheckedError(
            f"CloudWatch has no CPUCreditBalance of {', '.join(unknown)} of the last half hour"
        )


def metadata_unreachable(situation: Situation) -> Iterator[Fault]:
    """Find nodes without the metadata service, from which they have their credentials (F36)."""
    for node in situation.cluster.nodes:
        instance = situation.instance_of_node(node) or {}
        options: Described = instance.get("MetadataOptions") or {}
        endpoint = options.get("HttpEndpoint", "enabled")
        hops = options.get("HttpPutResponseHopLimit", 1)
        if endpoint != "enabled" or hops < 1:
            yield Fault(
                instance["InstanceId"],
                "HttpEndpoint enabled, HttpPutResponseHopLimit at least 1",
                f"HttpEndpoint {endpoint}, HttpPutResponseHopLimit {hops}",
                f"aws ec2 modify-instance-metadata-options --instance-id {instance['InstanceId']} "
                "--http-endpoint enabled --http-tokens required --http-put-response-hop-limit 1",
            )


def _belongs_to(situation: Situation, node: Node, interface_id: str) -> bool:
    """Tell whether an interface makes an instance this node: by its instance, or by its tags."""
    interface = situation.interfaces[interface_id]
    if interface_id == node.network_interface_id or not attached_to(interface):
        return False
    tagged = tags_of(interface).get(NODE_TAG) == node.name
    same_cluster = cluster_of(interface) == situation.cluster.name
    return attached_to(interface) == node.instance_id or (tagged and same_cluster)


def _troubles(status: Described) -> Iterator[str]:
    for key, name in _STATUSES.items():
        if status.get(key, {}).get("Status") == "impaired":
            yield f"{name} impaired"
    for event in status.get("Events", []):
        if not event.get("Description", "").startswith(_PAST_EVENTS):
            yield f"{event.get('Code', 'event')} planned, not before {event.get('NotBefore', '?')}"


def _roll_out(node: Node) -> str:
    return f"pulumi config set ha-cluster:rollOut {node.zone}, then pulumi up --refresh"


def _start(node: Node, instance_id: str, state: str) -> str:
    if state in ("terminated", "shutting-down", "gone"):
        return _roll_out(node)
    return f"aws ec2 start-instances --instance-ids {instance_id}"


CHECKS = (
    Check(id="node-interface-replaced", severity=Severity.CRITICAL, judge=interface_replaced),
    Check(id="source-dest-check-on", severity=Severity.CRITICAL, judge=source_dest_check_on),
    Check(id="metadata-unreachable", severity=Severity.CRITICAL, judge=metadata_unreachable),
    Check(id="nodes-in-one-zone", severity=Severity.HIGH, judge=nodes_in_one_zone),
    Check(
        id="instance-impaired",
        severity=Severity.HIGH,
        judge=instance_impaired,
        follows_from=("node-interface-replaced",),
    ),
    Check(id="cpu-credits-low", severity=Severity.MEDIUM, judge=cpu_credits_low),
)
