"""One node: an interface with a fixed address, a mirror volume, and the instance that has both."""

from collections.abc import Mapping, Sequence
from typing import TypedDict

import pulumi
import pulumi_aws as aws

from .cluster_engine import EXPRESSCLUSTER
from .mirror_volume_args import MirrorVolumeArgs
from .naming import merged
from .node_user_data import MIRROR_DEVICES


class NodePlaceArgs(TypedDict):
    """Where a node stands."""

    availability_zone: pulumi.Input[str]
    """The zone of the node's subnet and of its mirror volume."""

    subnet_id: pulumi.Input[str]
    """The private subnet in which the node has its address."""

    address: pulumi.Input[str]
    """The node's fixed IPv4 address."""


class NodeKindArgs(TypedDict):
    """What all nodes of a cluster have in common."""

    engine: str
    """The engine that keeps the cluster."""

    system: str
    """Operating system of the image: `linux` or `windows`."""

    instance_type: pulumi.Input[str]
    """EC2 instance type."""

    image_id: pulumi.Input[str]
    """Image of the instance."""

    mirror_volume_gib: pulumi.Input[int]
    """Size of the mirror volume in GiB."""

    mirror_volume: MirrorVolumeArgs
    """What else is chosen of the mirror volume."""

    termination_protection: bool
    """Whether AWS refuses to terminate the instance for anybody but this program."""

    security_group_id: pulumi.Input[str]
    """The group that guards the interface."""

    instance_profile: pulumi.Input[str]
    """Name of the profile with which the instance calls AWS."""

    protect: bool
    """Whether interface and instance are protected from being destroyed. The volume always is."""

    tags: pulumi.Input[Mapping[str, pulumi.Input[str]]]
    """Tags of everything."""


# An instance's properties whose change replaces or restarts it, or takes its credentials away: an
# AWS CLI before 1.16.289 knows no session tokens of the metadata service.
DISRUPTIVE = [
    "ami",
    "instance_type",
    "metadata_options",
    "root_block_device",
    "user_data",
    "user_data_base64",
]
# The interface has this check off. Upstream gives the instance a default of `true` and writes it
# through to the interface at the second `up` (terraform-provider-aws #44768); the property cannot
# be set beside `primary_network_interface`. docs/real-aws.md.
OWNED_BY_INTERFACE = ["source_dest_check"]


def host_name(zone: str) -> str:
    """Return the host name of a zone's node; EXPRESSCLUSTER takes lower case only."""
    return f"node-{zone}"


class NodeBuilder:
    """Builds the resources of one node as children of a component.

    A node keeps what would replace or restart it, unless it is `rolled_out` in this update.
    """

    def __init__(
        self,
        prefix: str,
        zone: str,
        kind: NodeKindArgs,
        parent: pulumi.Resource,
        *,
        rolled_out: bool,
    ) -> None:
        self.host_name = host_name(zone)
        self._prefix, self._zone, self._kind, self._parent = prefix, zone, kind, parent
        self._rolled_out = rolled_out

    def build_interface(
        self, place: NodePlaceArgs, after: Sequence[pulumi.Resource]
    ) -> aws.ec2.NetworkInterface:
        """Build the interface, which outlives the instance: the virtual IP's routes lead to it."""
        return aws.ec2.NetworkInterface(
            self._name("interface"),
            subnet_id=place["subnet_id"],
            private_ips=[place["address"]],
            security_groups=[self._kind["security_group_id"]],
            source_dest_check=False,
            tags=self._tags("interface", **{"hacluster:node": self.host_name}, **self._engine()),
            opts=self._fixed(after),
        )

    def build_mirror_volume(self, place: NodePlaceArgs) -> aws.ebs.Volume:
        """Build the volume; a mirror needs the same size on both sides.

        It holds the cluster's data, so it is always protected: no update replaces it.
        """
        chosen = self._kind["mirror_volume"]
        return aws.ebs.Volume(
            self._name("mirror"),
            availability_zone=place["availability_zone"],
            size=self._kind["mirror_volume_gib"],
            type="gp3",
            iops=chosen.get("iops"),
            throughput=chosen.get("throughput"),
            encrypted=True,
            kms_key_id=chosen.get("kms_key_arn"),
            tags=self._tags("mirror"),
            # A volume is encrypted when it is made; one that was imported may not be.
            opts=pulumi.ResourceOptions(
                parent=self._parent,
                protect=True,
                retain_on_delete=chosen.get("retain") or None,
                ignore_changes=["encrypted"],
            ),
        )

    def build_instance(
        self,
        interface: aws.ec2.NetworkInterface,
        volume: aws.ebs.Volume,
        boot: pulumi.Input[str],
        after: Sequence[pulumi.Resource],
    ) -> aws.ec2.Instance:
        """Build the instance with the user data `boot`, encoded on Linux, and attach the volume.

        The boot script counts at the first boot alone, so a new edition replaces the instance.
        """
        windows = self._kind["system"] == "windows"
        instance = aws.ec2.Instance(
            self._name("node"),
            ami=self._kind["image_id"],
            instance_type=self._kind["instance_type"],
            iam_instance_profile=self._kind["instance_profile"],
            primary_network_interface=aws.ec2.InstancePrimaryNetworkInterfaceArgs(
                network_interface_id=interface.id
            ),
            metadata_options=aws.ec2.InstanceMetadataOptionsArgs(
                http_endpoint="enabled", http_tokens="required", http_put_response_hop_limit=1
            ),
            root_block_device=aws.ec2.InstanceRootBlockDeviceArgs(
                encrypted=True, volume_type="gp3"
            ),
            user_data=boot if windows else None,
            user_data_base64=None if windows else boot,
            user_data_replace_on_change=True,
            disable_api_termination=self._kind["termination_protection"],
            # The program's own deletions are guarded by `protect`. A roll-out that AWS refused to
            # let terminate the old instance would stop halfway.
            force_destroy=self._kind["termination_protection"] or None,
            tags=self._tags("node", **{"hacluster:node": self.host_name}),
            opts=pulumi.ResourceOptions.merge(
                self._fixed(after, OWNED_BY_INTERFACE + ([] if self._rolled_out else DISRUPTIVE)),
                # While the interface is being replaced, the whole block is unknown. The engine must
                # not take that for an update in place and delete the interface first.
                pulumi.ResourceOptions(replace_on_changes=["primary_network_interface"]),
            ),
        )
        aws.ec2.VolumeAttachment(
            self._name("attachment"),
            device_name=MIRROR_DEVICES[self._kind["system"]],
            instance_id=instance.id,
            volume_id=volume.id,
            # An instance lets its volume go when it ends, and only then does this resource end. A
            # call to detach would fail where an update is taken up after the instance is gone.
            opts=pulumi.ResourceOptions(
                parent=self._parent,
                delete_before_replace=True,
                retain_on_delete=True,
                # An imported volume stays under its device name until its instance is replaced.
                ignore_changes=["device_name"],
            ),
        )
        return instance

    def _fixed(
        self, after: Sequence[pulumi.Resource], ignored: list[str] | None = None
    ) -> pulumi.ResourceOptions:
        """Return the options of what holds a fixed address: only one can exist at a time.

        A node that is not protected, or is rolled out, follows the component's own `protect`.
        """
        return pulumi.ResourceOptions(
            parent=self._parent,
            protect=(self._kind["protect"] and not self._rolled_out) or None,
            delete_before_replace=True,
            ignore_changes=ignored,
            depends_on=list(after),
        )

    def _engine(self) -> Mapping[str, str]:
        """Return the tag by which operators tell the engine; the default one needs none."""
        engine = self._kind["engine"]
        return {} if engine == EXPRESSCLUSTER else {"hacluster:engine": engine}

    def _name(self, role: str) -> str:
        return f"{self._prefix}-{role}-{self._zone}"

    def _tags(self, role: str, **own: str) -> pulumi.Output[Mapping[str, pulumi.Input[str]]]:
        return merged(self._kind["tags"], self._name(role), **own)
