"""aws.ec2.getNetworkInterface and aws.ec2.getNetworkInterfaces.

Rules: internal/service/ec2/vpc_network_interface_data_source.go and
vpc_network_interfaces_data_source.go of hashicorp/terraform-provider-aws.
"""

from collections.abc import Callable
from typing import Any, ClassVar

from sandbox.provider.cloud import Cloud
from sandbox.provider.ec2.network_interface_live import LISTING as INTERFACES
from sandbox.provider.ec2.network_interface_live import addresses_of, attachment_of
from sandbox.provider.ec2.vpc_endpoint_interfaces import is_of_an_endpoint
from sandbox.provider.function import Function
from sandbox.provider.functions.filters import (
    FILTERS,
    LISTING,
    Names,
    Thing,
    asked,
    choose,
    listing,
    only,
)
from sandbox.provider.schema import list_of, map_of, object_of, set_of, string
from sandbox.provider.tags import from_aws
from sandbox.provider.wire import Properties

_ASSOCIATION = {
    "allocationId": "AllocationId",
    "associationId": "AssociationId",
    "carrierIp": "CarrierIp",
    "customerOwnedIp": "CustomerOwnedIp",
    "ipOwnerId": "IpOwnerId",
    "publicDnsName": "PublicDnsName",
    "publicIp": "PublicIp",
}


def _of(part: str, key: str) -> Callable[[Thing], list[Any]]:
    return lambda interface: [interface[part].get(key)] if interface.get(part) else []


def _each(part: str, key: str) -> Callable[[Thing], list[Any]]:
    return lambda interface: [each.get(key) for each in interface.get(part, [])]


_NAMES: Names = {
    "addresses.association.public-ip": lambda interface: [
        each.get("Association", {}).get("PublicIp") for each in interface["PrivateIpAddresses"]
    ],
    "addresses.primary": _each("PrivateIpAddresses", "Primary"),
    "addresses.private-ip-address": _each("PrivateIpAddresses", "PrivateIpAddress"),
    "association.allocation-id": _of("Association", "AllocationId"),
    "association.association-id": _of("Association", "AssociationId"),
    "association.public-dns-name": _of("Association", "PublicDnsName"),
    "association.public-ip": _of("Association", "PublicIp"),
    "attachment.attachment-id": _of("Attachment", "AttachmentId"),
    "attachment.delete-on-termination": _of("Attachment", "DeleteOnTermination"),
    "attachment.device-index": _of("Attachment", "DeviceIndex"),
    "attachment.instance-id": _of("Attachment", "InstanceId"),
    "attachment.instance-owner-id": _of("Attachment", "InstanceOwnerId"),
    "attachment.status": _of("Attachment", "Status"),
    "availability-zone": "AvailabilityZone",
    "description": "Description",
    "group-id": _each("Groups", "GroupId"),
    "group-name": _each("Groups", "GroupName"),
    "interface-type": "InterfaceType",
    "mac-address": "MacAddress",
    "network-interface-id": "NetworkInterfaceId",
    "owner-id": "OwnerId",
    "private-dns-name": "PrivateDnsName",
    "private-ip-address": lambda interface: addresses_of(interface)[:1],
    "requester-id": "RequesterId",
    "requester-managed": "RequesterManaged",
    "source-dest-check": "SourceDestCheck",
    "status": "Status",
    "subnet-id": "SubnetId",
    "vpc-id": "VpcId",
}


class GetNetworkInterface(Function):
    """One network interface. Its `tags` are an answer: upstream does not look for them."""

    pulumi_name = "aws:ec2/getNetworkInterface:getNetworkInterface"
    properties: ClassVar = {
        "arn": string(output=True),
        "associations": list_of(object_of({}), output=True),
        "attachments": list_of(object_of({}), output=True),
        "availabilityZone": string(output=True),
        "description": string(output=True),
        "enaSrdSpecifications": list_of(object_of({}), output=True),
        "filters": FILTERS,
        "id": string(computed=True),
        "interfaceType": string(output=True),
        "ipv6Addresses": set_of(string(), output=True),
        "macAddress": string(output=True),
        "outpostArn": string(output=True),
        "ownerId": string(output=True),
        "privateDnsName": string(output=True),
        "privateIp": string(output=True),
        "privateIps": list_of(string(), output=True),
        "requesterId": string(output=True),
        "securityGroups": set_of(string(), output=True),
        "subnetId": string(output=True),
        "tags": map_of(string(), computed=True),
        "vpcId": string(output=True),
    }

    def call(self, cloud: Cloud, arguments: Properties) -> Properties:
        """Find the interface."""
        filters = asked(
            {"filters": arguments.get("filters")}, {"network-interface-id": arguments.get("id")}
        )
        return _described(cloud, only(_find(cloud, filters), "EC2 Network Interface"))


class GetNetworkInterfaces(Function):
    """The ids of all network interfaces that fit; there may be none."""

    pulumi_name = "aws:ec2/getNetworkInterfaces:getNetworkInterfaces"
    properties: ClassVar = LISTING

    def call(self, cloud: Cloud, arguments: Properties) -> Properties:
        """List the interfaces."""
        found = _find(cloud, asked(arguments))
        ids = [interface["NetworkInterfaceId"] for interface in found]
        return listing(cloud.region, arguments, ids)


def _find(cloud: Cloud, filters: list[Thing]) -> list[Thing]:
    interfaces = [
        _as_aws_shows(cloud, interface)
        for interface in cloud.list_all(*INTERFACES)
        if not _went_with_its_instance(cloud, interface)
    ]
    return choose("DescribeNetworkInterfaces", interfaces, filters, _NAMES)


def _went_with_its_instance(cloud: Cloud, interface: Thing) -> bool:
    """Tell whether AWS deleted an interface that moto keeps attached to a terminated instance."""
    attachment: Thing = interface.get("Attachment", {})
    return bool(attachment.get("DeleteOnTermination")) and not attachment_of(cloud, interface)


def _as_aws_shows(cloud: Cloud, interface: Thing) -> Thing:
    """Describe an interface with its true attachment, type and the key that tags have elsewhere."""
    attachment = attachment_of(cloud, interface)
    freed = {} if attachment else {"Status": "available"}
    of_an_endpoint = {"InterfaceType": "vpc_endpoint"} if is_of_an_endpoint(interface) else {}
    return {
        **interface,
        **(freed if interface.get("Attachment") else {}),
        **of_an_endpoint,
        "Attachment": attachment,
        "Tags": interface.get("TagSet", []),
    }


def _described(cloud: Cloud, interface: Thing) -> Properties:
    identity = interface["NetworkInterfaceId"]
    addresses = addresses_of(interface)
    association = interface.get("Association")
    attachment = interface["Attachment"]
    return {
        "arn": cloud.arn("ec2", f"network-interface/{identity}", interface["OwnerId"]),
        "associations": [_association(association)] if association else [],
        "attachments": [_attachment(attachment)] if attachment else [],
        "availabilityZone": interface["AvailabilityZone"],
        "description": interface["Description"],
        "enaSrdSpecifications": [],
        "id": identity,
        "interfaceType": interface["InterfaceType"],
        "ipv6Addresses": [each["Ipv6Address"] for each in interface.get("Ipv6Addresses", [])],
        "macAddress": interface["MacAddress"],
        "outpostArn": "",
        "ownerId": interface["OwnerId"],
        "privateDnsName": interface.get("PrivateDnsName", ""),
        "privateIp": addresses[0],
        "privateIps": addresses,
        "requesterId": interface.get("RequesterId", ""),
        "securityGroups": [group["GroupId"] for group in interface["Groups"]],
        "subnetId": interface["SubnetId"],
        "tags": from_aws(interface["Tags"]),
        "vpcId": interface["VpcId"],
    }


def _association(association: Thing) -> Properties:
    return {name: association.get(key, "") for name, key in _ASSOCIATION.items()}


def _attachment(attachment: Thing) -> Properties:
    return {
        "attachmentId": attachment["AttachmentId"],
        "deviceIndex": attachment["DeviceIndex"],
        "instanceId": attachment.get("InstanceId", ""),
        "instanceOwnerId": attachment.get("InstanceOwnerId", ""),
        "networkCardIndex": attachment.get("NetworkCardIndex", 0),
    }
