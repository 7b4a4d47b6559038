"""aws:ebs/volume:Volume.

Schema and rules: hashicorp/terraform-provider-aws, internal/service/ec2/ebs_volume.go.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

from sandbox.provider.check import Fault
from sandbox.provider.cloud import Cloud, refuse
from sandbox.provider.ec2.volume_limits import performance_of, refusal
from sandbox.provider.resource import Change, Resource, pick
from sandbox.provider.schema import boolean, number, string
from sandbox.provider.tags import from_aws, specification
from sandbox.provider.values import arn, between
from sandbox.provider.wire import UNKNOWN, Properties

_CREATE = {
    "availabilityZone": "AvailabilityZone",
    "encrypted": "Encrypted",
    "iops": "Iops",
    "kmsKeyId": "KmsKeyId",
    "size": "Size",
    "snapshotId": "SnapshotId",
    "throughput": "Throughput",
    "type": "VolumeType",
}
_MOST_MODIFICATIONS = 4
_PROVISIONED = ("io1", "io2")


class Volume(Resource):
    """A volume of block storage."""

    pulumi_name = "aws:ebs/volume:Volume"
    noun = "EBS Volume"
    properties: ClassVar = {
        "arn": string(output=True),
        "availabilityZone": string(required=True, replaces=True),
        "createTime": string(output=True),
        "encrypted": boolean(computed=True, replaces=True),
        "finalSnapshot": boolean(default=False),
        "iops": number(computed=True),
        "kmsKeyId": string(computed=True, replaces=True, valid=(arn,)),
        "multiAttachEnabled": boolean(replaces=True),
        "size": number(computed=True),
        "snapshotId": string(computed=True, replaces=True),
        "throughput": number(computed=True, valid=(between(125, 2000),)),
        "type": string(computed=True),
    }
    at_least_one_of = (("size", "snapshotId"),)
    unmodelled = ("outpostArn", "volumeInitializationRate")
    tagged = True

    def faults(self, inputs: Properties) -> Iterable[Fault]:
        """Hold `iops` and `throughput` against the type, as upstream does before a creation."""
        if inputs.get("multiAttachEnabled") is True:
            words = "multiAttachEnabled may only be false: the sandbox does not model it"
            yield Fault("multiAttachEnabled", words)
        kind = inputs.get("type", "")
        if kind is UNKNOWN:
            return
        if kind in _PROVISIONED and not inputs.get("iops"):
            yield Fault("iops", f"'iops' must be set when 'type' is '{kind}'")
        if kind not in (*_PROVISIONED, "gp3") and inputs.get("iops"):
            yield Fault("iops", f"'iops' must not be set when 'type' is '{kind}'")
        if kind != "gp3" and inputs.get("throughput"):
            yield Fault("throughput", f"'throughput' must not be set when 'type' is '{kind}'")

    def create(self, cloud: Cloud, inputs: Properties) -> str:
        """Create the volume; moto would take any zone, type and performance."""
        arguments = pick(inputs, _CREATE)
        zone = inputs["availabilityZone"]
        zones = cloud.ec2.describe_availability_zones()["AvailabilityZones"]
        if zone not in {each["ZoneName"] for each in zones}:
            refuse("CreateVolume", "InvalidZone.NotFound", f"The zone '{zone}' does not exist.")
        check_performance("CreateVolume", {"VolumeType": "gp2", **arguments})
        tags = specification("volume", inputs)
        return cloud.ec2.create_volume(**arguments, TagSpecifications=tags)["VolumeId"]

    def read(self, cloud: Cloud, identity: str, known: Properties) -> Properties | None:
        """Read it, with the performance that AWS gives where moto is silent."""
        del known
        live = cloud.find("describe_volumes", "Volumes", VolumeIds=[identity])
        if live is None:
            return None
        iops, throughput = performance_of(live)
        return {
            "arn": cloud.arn("ec2", f"volume/{identity}"),
            "availabilityZone": live["AvailabilityZone"],
            "createTime": live["CreateTime"].strftime("%Y-%m-%dT%H:%M:%SZ"),
            "encrypted": live["Encrypted"],
            "iops": iops,
            "kmsKeyId": live.get("KmsKeyId", ""),
            "multiAttachEnabled": False,
            "size": live["Size"],
            "snapshotId": live.get("SnapshotId", ""),
            "throughput": throughput,
            "type": live["VolumeType"],
            "tags": from_aws(live.get("Tags", [])),
        }

    def update(self, cloud: Cloud, identity: str, change: Change) -> None:
        """Change size, type and performance in place; `finalSnapshot` lives in the state only."""
        if change.touches("iops", "size", "throughput", "type"):
            modify_volume(cloud, identity, change.inputs)

    def delete(self, cloud: Cloud, identity: str, state: Properties) -> None:
        """Delete it, after a last snapshot when `finalSnapshot` asks for one."""
        if state.get("finalSnapshot"):
            tags = specification("snapshot", state)
            cloud.ec2.create_snapshot(VolumeId=identity, TagSpecifications=tags)
        cloud.ec2.delete_volume(VolumeId=identity)


def modify_volume(cloud: Cloud, identity: str, wanted: Properties) -> None:
    """Change a volume in place to the wanted `size`, `type`, `iops` and `throughput`."""
    live = cloud.ec2.describe_volumes(VolumeIds=[identity])["Volumes"][0]
    names = {name: _CREATE[name] for name in ("iops", "size", "throughput", "type")}
    arguments = pick(wanted, names)
    if arguments.get("Size", live["Size"]) < live["Size"]:
        words = "New size cannot be smaller than existing size"
        refuse("ModifyVolume", "InvalidParameterValue", words)
    kept = {"Size": live["Size"], "VolumeType": live["VolumeType"]}
    check_performance("ModifyVolume", {**kept, **arguments})
    changes = {name: value for name, value in arguments.items() if live.get(name) != value}
    if changes:
        _refuse_a_fifth(cloud, identity)
        cloud.ec2.modify_volume(VolumeId=identity, **changes)


def _refuse_a_fifth(cloud: Cloud, identity: str) -> None:
    """Refuse what AWS refuses: more than four modifications of a volume within 24 hours.

    https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifyVolume.html
    """
    listed = cloud.ec2.describe_volumes_modifications(VolumeIds=[identity])
    since = datetime.now(tz=UTC) - timedelta(hours=24)
    recent = [each for each in listed["VolumesModifications"] if each["StartTime"] > since]
    if len(recent) >= _MOST_MODIFICATIONS:
        words = (
            f"The volume {identity} was modified {_MOST_MODIFICATIONS} times within the last 24 "
            "hours. Wait before you modify it again."
        )
        refuse("ModifyVolume", "VolumeModificationRateExceeded", words)


def check_performance(operation: str, arguments: Mapping[str, Any]) -> None:
    """Refuse a `VolumeType` with a `Size`, `Iops` or `Throughput` that it does not offer."""
    refused = refusal(arguments)
    if refused:
        refuse(operation, *refused)
