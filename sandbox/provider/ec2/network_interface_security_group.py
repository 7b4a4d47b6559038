"""One security group of an interface, beside those that it has.

Upstream: internal/service/ec2/vpc_network_interface_sg_attachment.go of
hashicorp/terraform-provider-aws.
"""

from typing import Any, ClassVar

from sandbox.provider.cloud import Cloud, refuse
from sandbox.provider.ec2.network_interface_changes import set_groups
from sandbox.provider.ec2.network_interface_live import find_interface
from sandbox.provider.resource import Resource
from sandbox.provider.schema import string
from sandbox.provider.wire import Properties


class NetworkInterfaceSecurityGroupAttachment(Resource):
    """A security group that guards an interface."""

    pulumi_name = (
        "aws:ec2/networkInterfaceSecurityGroupAttachment:NetworkInterfaceSecurityGroupAttachment"
    )
    noun = "EC2 Network Interface Security Group Attachment"
    properties: ClassVar = {
        "networkInterfaceId": string(required=True, replaces=True),
        "securityGroupId": string(required=True, replaces=True),
    }

    def create(self, cloud: Cloud, inputs: Properties) -> str:
        """Add the group in front of the interface's groups."""
        identity, group = inputs["networkInterfaceId"], inputs["securityGroupId"]
        present = _groups(find_interface(cloud, identity))
        if group in present:
            words = (
                f"EC2 Security Group ({group}) already attached to EC2 Network Interface "
                f"({identity})"
            )
            refuse("ModifyNetworkInterfaceAttribute", "InvalidParameterValue", words)
        set_groups(cloud, identity, [group, *present])
        return f"{group}_{identity}"

    def read(self, cloud: Cloud, identity: str, known: Properties) -> Properties | None:
        """Look whether the interface still has the group."""
        del identity
        interface, group = known["networkInterfaceId"], known["securityGroupId"]
        if group not in _groups(find_interface(cloud, interface)):
            return None
        return {"networkInterfaceId": interface, "securityGroupId": group}

    def delete(self, cloud: Cloud, identity: str, state: Properties) -> None:
        """Take the group from the interface, which must keep another one."""
        del identity
        interface, group = state["networkInterfaceId"], state["securityGroupId"]
        present = _groups(find_interface(cloud, interface))
        if group in present:
            set_groups(cloud, interface, [each for each in present if each != group])

    def adopt(self, cloud: Cloud, import_id: str) -> tuple[str, Properties]:
        """Take `NETWORKINTERFACEID_SECURITYGROUPID` apart."""
        interface, underscore, group = import_id.partition("_")
        if not underscore or "_" in group:
            raise ValueError(
                f"Unexpected format for import: {import_id}. Please use "
                "'<NetworkInterfaceId>_<SecurityGroupID>'"
            )
        if group not in _groups(find_interface(cloud, interface)):
            words = f"Security Group {group} is not attached to Network Interface {interface}"
            raise ValueError(words)
        known = {"networkInterfaceId": interface, "securityGroupId": group}
        return f"{group}_{interface}", known


def _groups(interface: dict[str, Any] | None) -> list[str]:
    return [group["GroupId"] for group in interface["Groups"]] if interface else []
