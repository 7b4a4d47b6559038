"""The network interface (upstream: internal/service/ec2/vpc_network_interface.go)."""

import ipaddress
from collections.abc import Iterator
from typing import Any, ClassVar

from sandbox.provider.check import Fault
from sandbox.provider.cloud import Cloud, refuse
from sandbox.provider.ec2.network_interface_addresses import set_order
from sandbox.provider.ec2.network_interface_attachment import attach, detach
from sandbox.provider.ec2.network_interface_changes import change_interface
from sandbox.provider.ec2.network_interface_live import (
    addresses_of,
    attachment_of,
    choose_addresses,
    find_interface,
    find_subnet,
    refuse_bad_groups,
)
from sandbox.provider.ec2.vpc_endpoint_interfaces import is_of_an_endpoint
from sandbox.provider.resource import Change, Resource, pick
from sandbox.provider.schema import boolean, list_of, number, object_of, set_of, string
from sandbox.provider.tags import from_aws, specification
from sandbox.provider.values import ipv6_address
from sandbox.provider.wire import UNKNOWN, Properties

_CREATE = "CreateNetworkInterface"


class NetworkInterface(Resource):
    """A network card of its own, which an instance may be given."""

    pulumi_name = "aws:ec2/networkInterface:NetworkInterface"
    noun = "EC2 Network Interface"
    properties: ClassVar = {
        "arn": string(output=True),
        "attachments": set_of(
            object_of(
                {
                    "attachmentId": string(output=True),
                    "deviceIndex": number(required=True),
                    "instance": string(required=True),
                    "networkCardIndex": number(computed=True),
                }
            ),
            computed=True,
        ),
        "connectionTrackingSpecification": object_of({}, output=True),
        "description": string(),
        "enablePrimaryIpv6": boolean(output=True),
        "interfaceType": string(output=True),
        "ipv4PrefixCount": number(output=True),
        "ipv4Prefixes": set_of(string(), output=True),
        "ipv6AddressCount": number(
            computed=True,
            conflicts_with=("ipv6Addresses", "ipv6AddressLists"),
            unknown_after=("ipv6Addresses", "ipv6AddressLists"),
        ),
        "ipv6AddressListEnabled": boolean(default=False),
        "ipv6Addresses": set_of(
            string(valid=(ipv6_address,)),
            computed=True,
            conflicts_with=("ipv6AddressCount", "ipv6AddressLists"),
            unknown_after=("ipv6AddressCount", "ipv6AddressLists"),
        ),
        "ipv6AddressLists": list_of(
            string(),
            computed=True,
            conflicts_with=("ipv6Addresses", "ipv6AddressCount"),
            unknown_after=("ipv6Addresses", "ipv6AddressCount"),
        ),
        "ipv6PrefixCount": number(output=True),
        "ipv6Prefixes": set_of(string(), output=True),
        "macAddress": string(output=True),
        "outpostArn": string(output=True),
        "ownerId": string(output=True),
        "privateDnsName": string(output=True),
        "privateIp": string(output=True),
        "privateIpListEnabled": boolean(default=False),
        "privateIps": set_of(
            string(),
            computed=True,
            conflicts_with=("privateIpLists",),
            unknown_after=("privateIpsCount", "privateIpLists"),
        ),
        "privateIpsCount": number(
            computed=True,
            conflicts_with=("privateIpLists",),
            unknown_after=("privateIps", "privateIpLists"),
        ),
        "privateIpLists": list_of(
            string(),
            computed=True,
            conflicts_with=("privateIps", "privateIpsCount"),
            unknown_after=("privateIps", "privateIpsCount"),
        ),
        "securityGroups": set_of(string(), computed=True),
        "sourceDestCheck": boolean(default=True),
        "subnetId": string(required=True, replaces=True),
    }
    # Upstream takes `privateIp` and does nothing with it: `privateIps` gives the address.
    unmodelled = (
        "connectionTrackingSpecification", "enaSrdSpecification", "enablePrimaryIpv6",
        "interfaceType", "ipv4PrefixCount", "ipv4Prefixes", "ipv6PrefixCount", "ipv6Prefixes",
        "privateIp",
    )  # fmt: skip
    tagged = True

    def faults(self, inputs: Properties) -> Iterator[Fault]:
        """Name a second network card, which the sandbox's instances do not have."""
        attachments = inputs.get("attachments")
        for index, each in enumerate(() if attachments in (None, UNKNOWN) else attachments):
            if each is not UNKNOWN and each.get("networkCardIndex") not in (None, 0, UNKNOWN):
                where = f"attachments[{index}].networkCardIndex"
                yield Fault(where, f"{where} must be 0: the sandbox models one network card")

    def forces_replacement(self, name: str, state: Properties, inputs: Properties) -> bool:
        """Replace an interface whose primary address goes."""
        former = (state.get("privateIpLists") or [""])[0]
        listed = bool(inputs.get("privateIpListEnabled"))
        new: Any = inputs.get(name)
        if name == "privateIps" and not listed:
            return new is UNKNOWN or former not in (new or [])
        if name == "privateIpLists" and listed:
            return new is UNKNOWN or former != (new or [""])[0]
        return False

    def create(self, cloud: Cloud, inputs: Properties) -> str:
        """Create the interface with its addresses."""
        subnet = find_subnet(cloud, _CREATE, inputs["subnetId"])
        refuse_bad_groups(cloud, _CREATE, subnet, inputs.get("securityGroups") or [])
        fixed, count = _wanted(inputs)
        addresses = choose_addresses(cloud, _CREATE, subnet, fixed, count)
        answer = cloud.ec2.create_network_interface(
            PrivateIpAddresses=[
                {"PrivateIpAddress": address, "Primary": index == 0}
                for index, address in enumerate(addresses)
            ],
            TagSpecifications=specification("network-interface", inputs),
            **pick(
                inputs,
                {
                    "subnetId": "SubnetId",
                    "description": "Description",
                    "securityGroups": "Groups",
                },
            ),
            **_wanted_ipv6(subnet, inputs),
        )
        return answer["NetworkInterface"]["NetworkInterfaceId"]

    def configure(self, cloud: Cloud, identity: str, inputs: Properties) -> None:
        """Turn off the source/destination check and attach the interface, where asked for."""
        if not inputs["sourceDestCheck"]:
            cloud.ec2.modify_network_interface_attribute(
                NetworkInterfaceId=identity, SourceDestCheck={"Value": False}
            )
        for each in (inputs.get("attachments") or ())[:1]:
            attach(cloud, identity, each["instance"], each["deviceIndex"])

    def read(self, cloud: Cloud, identity: str, known: Properties) -> Properties | None:
        """Describe the interface."""
        del known
        interface = find_interface(cloud, identity)
        if interface is None:
            return None
        addresses = addresses_of(interface)
        ipv6 = [each["Ipv6Address"] for each in interface.get("Ipv6Addresses", [])]
        endpoint = is_of_an_endpoint(interface)
        return {
            "arn": cloud.arn("ec2", f"network-interface/{identity}", interface["OwnerId"]),
            "attachments": _attachments(cloud, interface),
            "description": interface["Description"],
            "interfaceType": "vpc_endpoint" if endpoint else interface["InterfaceType"],
            "ipv4PrefixCount": 0,
            "ipv4Prefixes": [],
            "ipv6AddressCount": len(ipv6),
            "ipv6Addresses": ipv6,
            "ipv6AddressLists": ipv6,
            "ipv6PrefixCount": 0,
            "ipv6Prefixes": [],
            "macAddress": interface["MacAddress"],
            "outpostArn": "",
            "ownerId": interface["OwnerId"],
            "privateDnsName": interface.get("PrivateDnsName", ""),
            "privateIp": addresses[0],
            "privateIps": addresses,
            "privateIpsCount": len(addresses) - 1,
            "privateIpLists": addresses,
            "securityGroups": [group["GroupId"] for group in interface["Groups"]],
            "sourceDestCheck": interface["SourceDestCheck"],
            "subnetId": interface["SubnetId"],
            "tags": from_aws(interface.get("TagSet", [])),
        }

    def update(self, cloud: Cloud, identity: str, change: Change) -> None:
        """Change whatever does not need another interface."""
        change_interface(cloud, identity, change)

    def delete(self, cloud: Cloud, identity: str, state: Properties) -> None:
        """Detach the interface from the instance that the state knows, and delete it."""
        for each in state.get("attachments") or ():
            detach(cloud, each["attachmentId"])
        interface = find_interface(cloud, identity)
        if interface is None:
            return
        if attachment_of(cloud, interface) or is_of_an_endpoint(interface):
            words = f"Network interface '{identity}' is currently in use."
            refuse("DeleteNetworkInterface", "InvalidParameterValue", words)
        cloud.ec2.delete_network_interface(NetworkInterfaceId=identity)


def _wanted(inputs: Properties) -> tuple[list[str], int]:
    """Return the fixed IPv4 addresses, the primary one first, and how many there are to be."""
    if inputs.get("privateIpListEnabled"):
        listed: list[str] = inputs.get("privateIpLists") or []
        return listed, max(len(listed), 1)
    fixed = set_order(inputs.get("privateIps") or [])
    secondary: int = inputs.get("privateIpsCount") or 0
    if secondary:
        fixed = fixed[: secondary + 1]
    return fixed, max(len(fixed), secondary + 1)


def _wanted_ipv6(subnet: dict[str, Any], inputs: Properties) -> dict[str, Any]:
    listed = inputs.get("ipv6AddressListEnabled")
    fixed: list[str] = inputs.get("ipv6AddressLists" if listed else "ipv6Addresses") or []
    ranges = [
        ipaddress.ip_network(each["Ipv6CidrBlock"])
        for each in subnet.get("Ipv6CidrBlockAssociationSet", [])
    ]
    for address in fixed:
        if not any(ipaddress.ip_address(address) in each for each in ranges):
            words = f"Address {address} does not fall within the subnet's address range"
            refuse(_CREATE, "InvalidParameterValue", words)
    count = inputs.get("ipv6AddressCount")
    if count and not ranges:
        words = f"The subnet '{subnet['SubnetId']}' has no IPv6 CIDR block"
        refuse(_CREATE, "InvalidParameterValue", words)
    addresses = {"Ipv6Addresses": [{"Ipv6Address": each} for each in fixed]} if fixed else {}
    return {**addresses, **({"Ipv6AddressCount": count} if count else {})}


def _attachments(cloud: Cloud, interface: dict[str, Any]) -> list[Properties]:
    attachment = attachment_of(cloud, interface)
    if attachment is None:
        return []
    return [
        {
            "attachmentId": attachment["AttachmentId"],
            "deviceIndex": attachment["DeviceIndex"],
            "instance": attachment.get("InstanceId", ""),
            "networkCardIndex": attachment.get("NetworkCardIndex", 0),
        }
    ]
