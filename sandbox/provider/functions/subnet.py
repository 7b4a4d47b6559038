"""aws.ec2.getSubnet and aws.ec2.getSubnets.

Rules: internal/service/ec2/vpc_subnet_data_source.go and vpc_subnets_data_source.go of
hashicorp/terraform-provider-aws.
"""

from typing import Any, ClassVar

from sandbox.provider.cloud import Cloud
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
from sandbox.provider.schema import boolean, map_of, number, string
from sandbox.provider.tags import from_aws
from sandbox.provider.wire import Properties

_SIX = "ipv6-cidr-block-association.ipv6-cidr-block"
_NAMES: Names = {
    "availability-zone": "AvailabilityZone",
    "availability-zone-id": "AvailabilityZoneId",
    "availabilityZone": "AvailabilityZone",
    "availabilityZoneId": "AvailabilityZoneId",
    "available-ip-address-count": "AvailableIpAddressCount",
    "cidr": "CidrBlock",
    "cidr-block": "CidrBlock",
    "cidrBlock": "CidrBlock",
    "default-for-az": "DefaultForAz",
    "defaultForAz": "DefaultForAz",
    "ipv6-native": "Ipv6Native",
    "map-public-ip-on-launch": "MapPublicIpOnLaunch",
    "owner-id": "OwnerId",
    "state": "State",
    "subnet-arn": "SubnetArn",
    "subnet-id": "SubnetId",
    "vpc-id": "VpcId",
    _SIX: lambda subnet: [
        each["Ipv6CidrBlock"] for each in subnet.get("Ipv6CidrBlockAssociationSet", [])
    ],
}


class GetSubnet(Function):
    """One subnet."""

    pulumi_name = "aws:ec2/getSubnet:getSubnet"
    properties: ClassVar = {
        "arn": string(output=True),
        "assignIpv6AddressOnCreation": boolean(output=True),
        "availabilityZone": string(computed=True),
        "availabilityZoneId": string(computed=True),
        "availableIpAddressCount": number(output=True),
        "cidrBlock": string(computed=True),
        "customerOwnedIpv4Pool": string(output=True),
        "defaultForAz": boolean(computed=True),
        "enableDns64": boolean(output=True),
        "enableLniAtDeviceIndex": number(output=True),
        "enableResourceNameDnsARecordOnLaunch": boolean(output=True),
        "enableResourceNameDnsAaaaRecordOnLaunch": boolean(output=True),
        "filters": FILTERS,
        "id": string(computed=True),
        "ipv6CidrBlock": string(computed=True),
        "ipv6CidrBlockAssociationId": string(output=True),
        "ipv6Native": boolean(output=True),
        "mapCustomerOwnedIpOnLaunch": boolean(output=True),
        "mapPublicIpOnLaunch": boolean(output=True),
        "outpostArn": string(output=True),
        "ownerId": string(output=True),
        "privateDnsHostnameTypeOnLaunch": string(output=True),
        "state": string(computed=True),
        "tags": map_of(string(), computed=True),
        "vpcId": string(computed=True),
    }

    def call(self, cloud: Cloud, arguments: Properties) -> Properties:
        """Find the subnet."""
        wanted = {
            "availabilityZone": arguments.get("availabilityZone"),
            "availabilityZoneId": arguments.get("availabilityZoneId"),
            "cidrBlock": arguments.get("cidrBlock"),
            "defaultForAz": "true" if arguments.get("defaultForAz") else None,
            "state": arguments.get("state"),
            "subnet-id": arguments.get("id"),
            "vpc-id": arguments.get("vpcId"),
            _SIX: arguments.get("ipv6CidrBlock"),
        }
        return _described(only(_find(cloud, arguments, wanted), "EC2 Subnet"))


class GetSubnets(Function):
    """The ids of all subnets that fit."""

    pulumi_name = "aws:ec2/getSubnets:getSubnets"
    properties: ClassVar = LISTING

    def call(self, cloud: Cloud, arguments: Properties) -> Properties:
        """List the subnets."""
        found = _find(cloud, arguments, {})
        return listing(cloud.region, arguments, [subnet["SubnetId"] for subnet in found])


def _find(cloud: Cloud, arguments: Properties, wanted: dict[str, str | None]) -> list[Thing]:
    filters = asked(arguments, wanted)
    subnets = cloud.list_all("describe_subnets", "Subnets")
    return choose("DescribeSubnets", subnets, filters, _NAMES)


def _described(subnet: Thing) -> Properties:
    names: dict[str, Any] = subnet.get("PrivateDnsNameOptionsOnLaunch", {})
    sixes = [
        each
        for each in subnet.get("Ipv6CidrBlockAssociationSet", [])
        if each["Ipv6CidrBlockState"]["State"] == "associated"
    ]
    six: Thing = sixes[-1] if sixes else {}
    return {
        "arn": subnet["SubnetArn"],
        "assignIpv6AddressOnCreation": subnet["AssignIpv6AddressOnCreation"],
        "availabilityZone": subnet["AvailabilityZone"],
        "availabilityZoneId": subnet["AvailabilityZoneId"],
        "availableIpAddressCount": subnet["AvailableIpAddressCount"],
        "cidrBlock": subnet.get("CidrBlock", ""),
        "customerOwnedIpv4Pool": "",
        "defaultForAz": subnet["DefaultForAz"],
        "enableDns64": bool(subnet.get("EnableDns64")),
        "enableLniAtDeviceIndex": 0,
        "enableResourceNameDnsARecordOnLaunch": names.get("EnableResourceNameDnsARecord", False),
        "enableResourceNameDnsAaaaRecordOnLaunch": names.get(
            "EnableResourceNameDnsAAAARecord", False
        ),
        "id": subnet["SubnetId"],
        "ipv6CidrBlock": six.get("Ipv6CidrBlock", ""),
        "ipv6CidrBlockAssociationId": six.get("AssociationId", ""),
        "ipv6Native": subnet["Ipv6Native"],
        "mapCustomerOwnedIpOnLaunch": False,
        "mapPublicIpOnLaunch": subnet["MapPublicIpOnLaunch"],
        "outpostArn": "",
        "ownerId": subnet["OwnerId"],
        "privateDnsHostnameTypeOnLaunch": names.get("HostnameType", ""),
        "state": subnet["State"],
        "tags": from_aws(subnet.get("Tags", [])),
        "vpcId": subnet["VpcId"],
    }
