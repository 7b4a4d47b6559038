"""Whether both nodes have their mirror volume, alike and encrypted."""

from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Any, Final

from guardrails.findings import Severity
from ops.cluster import Node
from ops.described import Described, is_windows
from ops.errors import NotCheckedError
from ops.instances import LINUX_MIRROR, WINDOWS_MIRROR
from ops.verify.check import RESTORE, Check, Fault
from ops.verify.situation import Situation

_UNITS: Final = {"Size": "GiB", "Iops": "IOPS", "Throughput": "MiB/s"}


def mirror_volumes_differ(situation: Situation) -> Iterator[Fault]:
    """Find mirror volumes that are gone, not in place, unlike each other, or short-lived (F47)."""
    volumes = _volumes(situation)
    yield from _gone(situation, volumes)
    attached: dict[Node, Described] = {}
    for node, volume in volumes.items():
        mapping = _mapping(situation, node, volume["VolumeId"])
        if mapping is None:
            yield _not_attached(situation, node, volume)
        else:
            attached[node] = mapping
    yield from _other_device(situation, attached)
    yield from _ends_with_instance(situation, attached)
    yield from _unlike(volumes)


def mirror_volume_unencrypted(situation: Situation) -> Iterator[Fault]:
    """Find mirror volumes that are not encrypted (F48)."""
    for node, volume in _volumes(situation).items():
        if volume.get("Encrypted") is False:
            yield Fault(
                volume["VolumeId"],
                "encrypted",
                f"the mirror volume of {node.name} is not encrypted",
                "A volume is encrypted when it is made: build a second stack and move the data, "
                "or copy a snapshot with aws ec2 copy-snapshot --encrypted",
            )


def _volumes(situation: Situation) -> dict[Node, Described]:
    """Return the mirror volumes that AWS knows. Raises NotCheckedError where none is known."""
    if not any(node.mirror_volume_id for node in situation.cluster.nodes):
        raise NotCheckedError("which volumes are the mirror is not known: give --outputs")
    described: Mapping[str, Any] = {
        each["VolumeId"]: each for each in situation.snapshot.get("volumes")
    }
    return {
        node: described[node.mirror_volume_id]
        for node in situation.cluster.nodes
        if node.mirror_volume_id in described
    }


def _gone(situation: Situation, found: Mapping[Node, Described]) -> Iterator[Fault]:
    for node in situation.cluster.nodes:
        if node.mirror_volume_id and node not in found:
            yield Fault(
                node.mirror_volume_id,
                f"the mirror volume of {node.name}",
                "gone",
                "pulumi up --refresh makes an empty one; then roll the node out and let the "
                "mirror copy (docs/runbook.md)",
            )


def _mapping(situation: Situation, node: Node, volume_id: str) -> Described | None:
    """Return how the node's instance has the volume: device name, and whether it outlives it."""
    instance = situation.instance_of_node(node) or {}
    for each in instance.get("BlockDeviceMappings", []):
        if each.get("Ebs", {}).get("VolumeId") == volume_id:
            return each
    return None


def _not_attached(situation: Situation, node: Node, volume: Described) -> Fault:
    instance = (situation.instance_of_node(node) or {}).get("InstanceId", node.instance_id)
    held = ", ".join(each["InstanceId"] for each in volume.get("Attachments", []))
    key = volume["VolumeId"]
    return Fault(
        key,
        f"attached to {node.name}, {instance}",
        f"attached to {held}" if held else "attached to nothing",
        RESTORE,
        (instance, node.network_interface_id),
    )


def _other_device(situation: Situation, attached: Mapping[Node, Described]) -> Iterator[Fault]:
    """Find the one of two volumes that is not at the stack's device.

    Imported ones keep their common device name until their instances are replaced.
    """
    if len({each["DeviceName"] for each in attached.values()}) < 2:  # noqa: PLR2004  # both alike
        return
    for node, mapping in attached.items():
        instance = situation.instance_of_node(node) or {}
        expected = WINDOWS_MIRROR if is_windows(instance) else LINUX_MIRROR
        if mapping["DeviceName"] != expected:
            yield Fault(
                node.mirror_volume_id,
                f"device {expected}",
                f"device {mapping['DeviceName']} of {node.name}",
                f"While {node.name} is the standby and stopped: aws ec2 detach-volume --volume-id "
                f"{node.mirror_volume_id}, then aws ec2 attach-volume --volume-id "
                f"{node.mirror_volume_id} --instance-id {instance['InstanceId']} "
                f"--device {expected}",
                (instance["InstanceId"],),
            )


def _ends_with_instance(
    situation: Situation, attached: Mapping[Node, Described]
) -> Iterator[Fault]:
    for node, mapping in attached.items():
        if mapping["Ebs"].get("DeleteOnTermination"):
            instance = (situation.instance_of_node(node) or {})["InstanceId"]
            change = (
                f'[{{"DeviceName": "{mapping["DeviceName"]}", '
                '"Ebs": {"DeleteOnTermination": false}}]'
            )
            yield Fault(
                node.mirror_volume_id,
                f"a volume that outlives the instance of {node.name}",
                "DeleteOnTermination true",
                f"aws ec2 modify-instance-attribute --instance-id {instance} "
                f"--block-device-mappings '{change}'",
                (instance,),
            )


def _unlike(volumes: Mapping[Node, Described]) -> Iterator[Fault]:
    """Find a volume that differs from the one of the node before."""
    for first, node in pairwise(volumes):
        pattern, volume = volumes[first], volumes[node]
        differing = [key for key in _UNITS if volume.get(key) != pattern.get(key)]
        if differing:
            yield Fault(
                volume["VolumeId"],
                f"as on {first.name}: {_shown(pattern, differing)}",
                f"on {node.name}: {_shown(volume, differing)}",
                _grown(pattern, volume) if "Size" in differing else RESTORE,
                (pattern["VolumeId"],),
            )


def _grown(one: Described, other: Described) -> str:
    """Return how both get the larger size: a volume does not shrink."""
    size = max(one["Size"], other["Size"])
    return (
        f"pulumi config set --path ha-cluster:nodes.mirrorVolumeGib {size}, "
        "then pulumi up --refresh"
    )


def _shown(volume: Described, keys: list[str]) -> str:
    return ", ".join(f"{volume.get(key, 'unknown')} {_UNITS[key]}" for key in keys)


CHECKS = (
    Check(
        id="mirror-volumes-differ",
        severity=Severity.HIGH,
        judge=mirror_volumes_differ,
        follows_from=(
            "node-interface-replaced",
            "instance-impaired",
            "virtual-ip-target-not-running",
            "virtual-ip-target-detached",
        ),
    ),
    Check(
        id="mirror-volume-unencrypted", severity=Severity.MEDIUM, judge=mirror_volume_unencrypted
    ),
)
