"""aws.ec2.getInstance and aws.ec2.getInstances.

Rules: internal/service/ec2/ec2_instance_data_source.go and ec2_instances_data_source.go of
hashicorp/terraform-provider-aws. An instance that was terminated is still found for about an
hour, without network and volumes: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/terminating-instances.html
"""

import base64
import hashlib
from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from sandbox.provider.cloud import Cloud
from sandbox.provider.ec2.instance_live import attribute, read_instance
from sandbox.provider.function import Function
from sandbox.provider.functions.filters import FILTERS, Names, Thing, asked, choose, only
from sandbox.provider.schema import (
    Property,
    boolean,
    list_of,
    map_of,
    number,
    object_of,
    set_of,
    string,
)
from sandbox.provider.tags import from_aws
from sandbox.provider.values import one_of
from sandbox.provider.wire import Properties

_STATES = one_of("pending", "running", "shutting-down", "terminated", "stopping", "stopped")
_BLOCKS = {  # what is one block of the resource type is a list of the data source
    "creditSpecification": "creditSpecifications",
    "enclaveOptions": "enclaveOptions",
    "maintenanceOptions": "maintenanceOptions",
    "metadataOptions": "metadataOptions",
    "rootBlockDevice": "rootBlockDevices",
}
_TEXTS = (
    "ami", "arn", "availabilityZone", "hostId", "iamInstanceProfile", "instanceState",
    "instanceType", "keyName", "outpostArn", "passwordData", "placementGroup", "placementGroupId",
    "privateDns", "privateIp", "publicDns", "publicIp", "subnetId", "tenancy",
)  # fmt: skip
_SWITCHES = (
    "associatePublicIpAddress", "disableApiStop", "disableApiTermination", "ebsOptimized",
    "monitoring", "sourceDestCheck",
)  # fmt: skip
_LISTS = (
    "ebsBlockDevices", "ephemeralBlockDevices", "ipv6Addresses", "secondaryPrivateIps",
    "securityGroups", "vpcSecurityGroupIds",
)  # fmt: skip
_GONE_WITH_AN_INSTANCE = ("SubnetId", "VpcId", "PrivateIpAddress", "PublicIpAddress")


def _of(part: str, key: str) -> Callable[[Thing], list[Any]]:
    return lambda instance: [instance.get(part, {}).get(key)]


def _interfaces(key: str) -> Callable[[Thing], list[Any]]:
    return lambda instance: [each.get(key) for each in instance["NetworkInterfaces"]]


def _volumes(key: str) -> Callable[[Thing], list[Any]]:
    return lambda instance: [each["Ebs"].get(key) for each in instance["BlockDeviceMappings"]]


_NAMES: Names = {
    "architecture": "Architecture",
    "availability-zone": _of("Placement", "AvailabilityZone"),
    "block-device-mapping.device-name": lambda instance: [
        each["DeviceName"] for each in instance["BlockDeviceMappings"]
    ],
    "block-device-mapping.volume-id": _volumes("VolumeId"),
    "dns-name": "PublicDnsName",
    "iam-instance-profile.arn": _of("IamInstanceProfile", "Arn"),
    "image-id": "ImageId",
    "instance-id": "InstanceId",
    "instance-state-name": _of("State", "Name"),
    "instance-type": "InstanceType",
    "instance.group-id": lambda instance: [each["GroupId"] for each in instance["SecurityGroups"]],
    "ip-address": "PublicIpAddress",
    "key-name": "KeyName",
    "network-interface.addresses.private-ip-address": lambda instance: [
        each["PrivateIpAddress"]
        for interface in instance["NetworkInterfaces"]
        for each in interface["PrivateIpAddresses"]
    ],
    "network-interface.network-interface-id": _interfaces("NetworkInterfaceId"),
    "network-interface.subnet-id": _interfaces("SubnetId"),
    "network-interface.vpc-id": _interfaces("VpcId"),
    "owner-id": "OwnerId",
    "private-dns-name": "PrivateDnsName",
    "private-ip-address": "PrivateIpAddress",
    "reservation-id": "ReservationId",
    "root-device-name": "RootDeviceName",
    "root-device-type": "RootDeviceType",
    "subnet-id": "SubnetId",
    "tenancy": _of("Placement", "Tenancy"),
    "virtualization-type": "VirtualizationType",
    "vpc-id": "VpcId",
}


def _answers() -> Mapping[str, Property]:
    return {
        **{name: string(output=True) for name in _TEXTS},
        **{name: boolean(output=True) for name in _SWITCHES},
        **{name: list_of(string(), output=True) for name in _LISTS},
        **{name: list_of(object_of({}), output=True) for name in _BLOCKS.values()},
        "hostResourceGroupArn": string(output=True),
        "launchTime": string(output=True),
        "networkInterfaceId": string(output=True),
        "placementPartitionNumber": number(output=True),
        "privateDnsNameOptions": list_of(object_of({}), output=True),
        "userData": string(output=True),
        "userDataBase64": string(output=True),
    }


class GetInstance(Function):
    """One instance. Its `tags` are an answer: upstream looks for `instanceTags`."""

    pulumi_name = "aws:ec2/getInstance:getInstance"
    properties: ClassVar = {
        **_answers(),
        "filters": FILTERS,
        "getUserData": boolean(default=False),
        "id": string(output=True),
        "instanceId": string(),
        "instanceTags": map_of(string(), computed=True),
        "tags": map_of(string(), computed=True),
    }
    unmodelled = ("getPasswordData",)

    def call(self, cloud: Cloud, arguments: Properties) -> Properties:
        """Find the instance."""
        wanted = {"instance-id": arguments.get("instanceId")}
        instance = only(_find(cloud, arguments, wanted), "EC2 Instance")
        return {
            **_described(cloud, instance),
            **_user_data(cloud, instance["InstanceId"], told=arguments["getUserData"]),
            "instanceTags": arguments.get("instanceTags") or {},
        }


class GetInstances(Function):
    """The ids and addresses of all instances that fit, running ones by default."""

    pulumi_name = "aws:ec2/getInstances:getInstances"
    properties: ClassVar = {
        "filters": FILTERS,
        "id": string(output=True),
        "ids": list_of(string(), output=True),
        "instanceStateNames": set_of(string(valid=(_STATES,))),
        "instanceTags": map_of(string(), computed=True),
        "ipv6Addresses": list_of(string(), output=True),
        "privateIps": list_of(string(), output=True),
        "publicIps": list_of(string(), output=True),
    }

    def call(self, cloud: Cloud, arguments: Properties) -> Properties:
        """List the instances; there may be none."""
        states = arguments.get("instanceStateNames") or ["running"]
        found = [
            instance
            for instance in _find(cloud, arguments, {})
            if instance["State"]["Name"] in states
        ]
        return {
            "id": cloud.region,
            "ids": [instance["InstanceId"] for instance in found],
            "instanceTags": arguments.get("instanceTags") or {},
            "ipv6Addresses": [],
            "privateIps": _told(found, "PrivateIpAddress"),
            "publicIps": _told(found, "PublicIpAddress"),
        }


def _told(instances: list[Thing], key: str) -> list[str]:
    return [instance[key] for instance in instances if instance.get(key)]


def _find(cloud: Cloud, arguments: Properties, wanted: dict[str, str | None]) -> list[Thing]:
    asked_for = {"tags": arguments.get("instanceTags"), "filters": arguments.get("filters")}
    instances = [
        _as_aws_shows(reservation, instance)
        for reservation in cloud.list_all("describe_instances", "Reservations")
        for instance in reservation["Instances"]
    ]
    return choose("DescribeInstances", instances, asked(asked_for, wanted), _NAMES)


def _as_aws_shows(reservation: Thing, instance: Thing) -> Thing:
    """Describe an instance without what moto leaves on a terminated one."""
    complete: Thing = {
        "BlockDeviceMappings": [],
        "NetworkInterfaces": [],
        **instance,
        "OwnerId": reservation["OwnerId"],
        "ReservationId": reservation["ReservationId"],
    }
    if instance["State"]["Name"] != "terminated":
        return complete
    left = {key: value for key, value in complete.items() if key not in _GONE_WITH_AN_INSTANCE}
    return {**left, "BlockDeviceMappings": [], "NetworkInterfaces": [], "SecurityGroups": []}


def _described(cloud: Cloud, instance: Thing) -> Properties:
    identity = instance["InstanceId"]
    live = read_instance(cloud, identity, {}) or _ended(cloud, instance)
    blocks = {
        plural: [_without_all_tags(live[name])] if live.get(name) else []
        for name, plural in _BLOCKS.items()
    }
    return {
        **{name: live.get(name) or "" for name in _TEXTS},
        **{name: bool(live.get(name)) for name in _SWITCHES},
        **{name: live.get(name) or [] for name in _LISTS},
        **blocks,
        "ebsBlockDevices": [_without_all_tags(each) for each in live.get("ebsBlockDevices") or ()],
        "hostResourceGroupArn": "",
        "id": identity,
        "launchTime": instance["LaunchTime"].strftime("%Y-%m-%dT%H:%M:%SZ"),
        "networkInterfaceId": live.get("primaryNetworkInterfaceId") or "",
        "placementPartitionNumber": 0,
        "privateDnsNameOptions": [],
        "tags": from_aws(instance.get("Tags", [])),
    }


def _ended(cloud: Cloud, instance: Thing) -> Properties:
    return {
        "ami": instance["ImageId"],
        "arn": cloud.arn("ec2", f"instance/{instance['InstanceId']}"),
        "availabilityZone": instance["Placement"]["AvailabilityZone"],
        "instanceState": instance["State"]["Name"],
        "instanceType": instance["InstanceType"],
        "keyName": instance.get("KeyName", ""),
        "tenancy": instance["Placement"].get("Tenancy", "default"),
    }


def _without_all_tags(block: Properties) -> Properties:
    return {name: value for name, value in block.items() if name != "tagsAll"}


def _user_data(cloud: Cloud, identity: str, *, told: bool) -> Properties:
    """Return the user data's hash, and itself when it is asked for."""
    encoded: str = attribute(cloud, identity, "userData") or ""
    plain = base64.b64decode(encoded)
    digest = hashlib.sha1(plain, usedforsecurity=False).hexdigest() if encoded else ""
    return {"userData": digest, "userDataBase64": encoded if told else ""}
