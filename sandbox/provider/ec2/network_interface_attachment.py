"""An interface's place in an instance.

Upstream: internal/service/ec2/vpc_network_interface_attachment.go of
hashicorp/terraform-provider-aws.
"""

from typing import Any, ClassVar

from sandbox.provider.cloud import Cloud, refuse
from sandbox.provider.ec2.network_interface_live import LISTING, attachment_of, find_interface
from sandbox.provider.resource import Resource
from sandbox.provider.schema import number, string
from sandbox.provider.wire import Properties

_ATTACH, _DETACH = "AttachNetworkInterface", "DetachNetworkInterface"


class NetworkInterfaceAttachment(Resource):
    """The use of an interface by an instance."""

    pulumi_name = "aws:ec2/networkInterfaceAttachment:NetworkInterfaceAttachment"
    noun = "EC2 Network Interface Attachment"
    properties: ClassVar = {
        "attachmentId": string(output=True),
        "deviceIndex": number(required=True, replaces=True),
        "instanceId": string(required=True, replaces=True),
        "networkCardIndex": number(computed=True, replaces=True),
        "networkInterfaceId": string(required=True, replaces=True),
        "status": string(output=True),
    }

    def create(self, cloud: Cloud, inputs: Properties) -> str:
        """Attach the interface; the attachment's id is the resource's."""
        if inputs.get("networkCardIndex"):
            words = "Network card index must be 0: the sandbox's instances have one network card."
            refuse(_ATTACH, "InvalidParameterValue", words)
        interface, instance = inputs["networkInterfaceId"], inputs["instanceId"]
        return attach(cloud, interface, instance, inputs["deviceIndex"])

    def read(self, cloud: Cloud, identity: str, known: Properties) -> Properties | None:
        """Find the interface that is attached."""
        del known
        interface = _by_attachment(cloud, identity)
        attachment = attachment_of(cloud, interface) if interface else None
        if not interface or not attachment:
            return None
        return {
            "attachmentId": identity,
            "deviceIndex": attachment["DeviceIndex"],
            "instanceId": attachment["InstanceId"],
            "networkCardIndex": attachment.get("NetworkCardIndex", 0),
            "networkInterfaceId": interface["NetworkInterfaceId"],
            "status": attachment["Status"],
        }

    def delete(self, cloud: Cloud, identity: str, state: Properties) -> None:
        """Detach the interface."""
        del state
        detach(cloud, identity)


def attach(cloud: Cloud, identity: str, instance_id: str, device_index: int) -> str:
    """Attach an interface and return the attachment's id; refuse what AWS refuses."""
    interface = find_interface(cloud, identity)
    if interface is None:
        words = f"The networkInterface ID '{identity}' does not exist"
        refuse(_ATTACH, "InvalidNetworkInterfaceID.NotFound", words)
    if attachment_of(cloud, interface):
        words = f"Interface: [{identity}] in use."
        refuse(_ATTACH, "InvalidNetworkInterface.InUse", words)
    answer = cloud.ec2.describe_instances(InstanceIds=[instance_id])
    instance = answer["Reservations"][0]["Instances"][0]
    if instance["Placement"]["AvailabilityZone"] != interface["AvailabilityZone"]:
        words = (
            "You may not attach a network interface to an instance if they are not in the same "
            "availability zone"
        )
        refuse(_ATTACH, "InvalidParameterCombination", words)
    used = [each["Attachment"]["DeviceIndex"] for each in instance["NetworkInterfaces"]]
    if device_index in used:
        words = (
            f"Instance '{instance_id}' already has an interface attached at device index "
            f"'{device_index}'."
        )
        refuse(_ATTACH, "InvalidParameterValue", words)
    return cloud.ec2.attach_network_interface(
        NetworkInterfaceId=identity, InstanceId=instance_id, DeviceIndex=device_index
    )["AttachmentId"]


def detach(cloud: Cloud, attachment_id: str) -> None:
    """Detach an interface, unless that happened already; AWS keeps an instance's first one."""
    interface = _by_attachment(cloud, attachment_id)
    attachment = interface and attachment_of(cloud, interface)
    if not attachment:
        return
    if attachment["DeviceIndex"] == 0:
        words = (
            "The network interface at device index 0 and networkCard index 0 cannot be detached."
        )
        refuse(_DETACH, "OperationNotPermitted", words)
    cloud.ec2.detach_network_interface(AttachmentId=attachment_id, Force=True)


def _by_attachment(cloud: Cloud, attachment_id: str) -> dict[str, Any] | None:
    found = cloud.list_all(*LISTING, attachment__attachment_id=attachment_id)
    return found[0] if found else None
