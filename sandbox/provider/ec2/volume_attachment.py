"""aws:ec2/volumeAttachment:VolumeAttachment.

Schema and rules: hashicorp/terraform-provider-aws, internal/service/ec2/ebs_volume_attachment.go.
"""

import re
import zlib
from typing import Any, ClassVar

from sandbox.provider.cloud import Cloud, refuse
from sandbox.provider.ec2.instance_states import stop_instance
from sandbox.provider.resource import Resource
from sandbox.provider.schema import boolean, string
from sandbox.provider.wire import Properties

_DEVICE = re.compile(r"(/dev/)?(sd[a-z][0-9]{0,2}|xvd[a-z]{1,2}[0-9]{0,2}|nvme[0-9]+n1)")


class VolumeAttachment(Resource):
    """A volume's place in an instance."""

    pulumi_name = "aws:ec2/volumeAttachment:VolumeAttachment"
    noun = "EBS Volume Attachment"
    properties: ClassVar = {
        "deviceName": string(required=True, replaces=True),
        "forceDetach": boolean(),
        "instanceId": string(required=True, replaces=True),
        "skipDestroy": boolean(),
        "stopInstanceBeforeDetaching": boolean(),
        "volumeId": string(required=True, replaces=True),
    }

    def create(self, cloud: Cloud, inputs: Properties) -> str:
        """Attach the volume, unless it sits in that place already."""
        device, volume, instance = _place(inputs)
        if not _is_attached(cloud, device, volume, instance):
            _check(cloud, device, volume, instance)
            cloud.ec2.attach_volume(Device=device, VolumeId=volume, InstanceId=instance)
        return _identity(device, volume, instance)

    def read(self, cloud: Cloud, identity: str, known: Properties) -> Properties | None:
        """Look whether the volume still sits where the state says."""
        del identity
        device, volume, instance = _place(known)
        if not _is_attached(cloud, device, volume, instance):
            return None
        return {"deviceName": device, "volumeId": volume, "instanceId": instance}

    def delete(self, cloud: Cloud, identity: str, state: Properties) -> None:
        """Detach the volume; one that an ended instance let go is fine.

        Stopping an instance that was terminated is not: upstream reports AWS's refusal, and the
        attachment stays in the state until a refresh.
        """
        del identity
        if state.get("skipDestroy"):
            return
        device, volume, instance = _place(state)
        if state.get("stopInstanceBeforeDetaching"):
            stop_instance(cloud, instance)
        if _is_attached(cloud, device, volume, instance):
            _check_root(cloud, device, volume, instance)
            cloud.ec2.detach_volume(
                Device=device,
                VolumeId=volume,
                InstanceId=instance,
                Force=bool(state.get("forceDetach")),
            )

    def adopt(self, cloud: Cloud, import_id: str) -> tuple[str, Properties]:
        """Take `DEVICE_NAME:VOLUME_ID:INSTANCE_ID` apart."""
        del cloud
        parts = import_id.split(":")
        if len(parts) != 3 or not all(parts):  # noqa: PLR2004 - the three parts of the id
            raise ValueError(
                f'Unexpected format of ID ("{import_id}"), expected '
                "DEVICE_NAME:VOLUME_ID:INSTANCE_ID"
            )
        device, volume, instance = parts
        place = {"deviceName": device, "volumeId": volume, "instanceId": instance}
        return _identity(device, volume, instance), place


def _place(properties: Properties) -> tuple[str, str, str]:
    return properties["deviceName"], properties["volumeId"], properties["instanceId"]


def _identity(device: str, volume: str, instance: str) -> str:
    return f"vai-{zlib.crc32(f'{device}-{instance}-{volume}-'.encode())}"


def _is_attached(cloud: Cloud, device: str, volume: str, instance: str) -> bool:
    live = cloud.find("describe_volumes", "Volumes", VolumeIds=[volume])
    return any(
        each["Device"] == device and each["InstanceId"] == instance
        for each in (live or {}).get("Attachments", [])
    )


def _check(cloud: Cloud, device: str, volume_id: str, instance_id: str) -> None:
    """Refuse what AWS refuses of AttachVolume; moto moves an attached volume away instead."""
    volume = cloud.ec2.describe_volumes(VolumeIds=[volume_id])["Volumes"][0]
    instance = _instance(cloud, instance_id)
    taken = {each["DeviceName"] for each in instance.get("BlockDeviceMappings", [])}
    if not _DEVICE.fullmatch(device):
        words = (
            f"Value ({device}) for parameter device is invalid. "
            f"{device} is not a valid EBS device name."
        )
        refuse("AttachVolume", "InvalidParameterValue", words)
    if volume["AvailabilityZone"] != instance["Placement"]["AvailabilityZone"]:
        words = (
            f"The volume '{volume_id}' is not in the same availability zone "
            f"as instance '{instance_id}'"
        )
        refuse("AttachVolume", "InvalidVolume.ZoneMismatch", words)
    if volume["Attachments"]:
        refuse("AttachVolume", "VolumeInUse", f"{volume_id} is already attached to an instance")
    if device in taken:
        words = (
            f"Invalid value '{device}' for unixDevice. Attachment point {device} is already in use"
        )
        refuse("AttachVolume", "InvalidParameterValue", words)
    if instance["State"]["Name"] not in {"running", "stopped"}:
        words = f"Instance '{instance_id}' is not 'running'."
        refuse("AttachVolume", "IncorrectState", words)


def _check_root(cloud: Cloud, device: str, volume: str, instance_id: str) -> None:
    instance = _instance(cloud, instance_id)
    if instance.get("RootDeviceName") == device and instance["State"]["Name"] == "running":
        words = f"Unable to detach root volume '{volume}' from instance '{instance_id}'"
        refuse("DetachVolume", "OperationNotPermitted", words)


def _instance(cloud: Cloud, identity: str) -> dict[str, Any]:
    answer = cloud.ec2.describe_instances(InstanceIds=[identity])
    return answer["Reservations"][0]["Instances"][0]
