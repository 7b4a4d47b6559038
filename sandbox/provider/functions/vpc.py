"""aws.ec2.getVpc and aws.ec2.getVpcs.

Rules: internal/service/ec2/vpc_data_source.go and vpc_vpcs_data_source.go of
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
from sandbox.provider.schema import boolean, list_of, map_of, object_of, string
from sandbox.provider.tags import from_aws
from sandbox.provider.wire import Properties

_NAMES: Names = {
    "cidr": "CidrBlock",
    "cidr-block": "CidrBlock",
    "cidr-block-association.cidr-block": lambda vpc: _each(vpc, "CidrBlock"),
    "cidr-block-association.association-id": lambda vpc: _each(vpc, "AssociationId"),
    "dhcp-options-id": "DhcpOptionsId",
    "is-default": "IsDefault",
    "isDefault": "IsDefault",
    "owner-id": "OwnerId",
    "state": "State",
    "vpc-id": "VpcId",
}
_ATTRIBUTES = {
    "enableDnsHostnames": "EnableDnsHostnames",
    "enableDnsSupport": "EnableDnsSupport",
    "enableNetworkAddressUsageMetrics": "EnableNetworkAddressUsageMetrics",
}
_ASSOCIATIONS = list_of(object_of({}), output=True)


class GetVpc(Function):
    """One VPC."""

    pulumi_name = "aws:ec2/getVpc:getVpc"
    properties: ClassVar = {
        "arn": string(output=True),
        "cidrBlock": string(computed=True),
        "cidrBlockAssociations": _ASSOCIATIONS,
        "default": boolean(computed=True),
        "dhcpOptionsId": string(computed=True),
        "enableDnsHostnames": boolean(output=True),
        "enableDnsSupport": boolean(output=True),
        "enableNetworkAddressUsageMetrics": boolean(output=True),
        "filters": FILTERS,
        "id": string(computed=True),
        "instanceTenancy": string(output=True),
        "ipv6AssociationId": string(output=True),
        "ipv6CidrBlock": string(output=True),
        "ipv6CidrBlockAssociations": _ASSOCIATIONS,
        "mainRouteTableId": string(output=True),
        "ownerId": string(output=True),
        "state": string(computed=True),
        "tags": map_of(string(), computed=True),
    }

    def call(self, cloud: Cloud, arguments: Properties) -> Properties:
        """Find the VPC."""
        wanted = {
            "cidr": arguments.get("cidrBlock"),
            "dhcp-options-id": arguments.get("dhcpOptionsId"),
            "isDefault": "true" if arguments.get("default") else None,
            "state": arguments.get("state"),
            "vpc-id": arguments.get("id"),
        }
        vpc = only(_find(cloud, arguments, wanted), "EC2 VPC")
        identity = vpc["VpcId"]
        return {
            **{name: _attribute(cloud, identity, name) for name in _ATTRIBUTES},
            **_ranges(vpc),
            "arn": cloud.arn("ec2", f"vpc/{identity}", vpc["OwnerId"]),
            "default": vpc["IsDefault"],
            "dhcpOptionsId": vpc["DhcpOptionsId"],
            "id": identity,
            "instanceTenancy": vpc["InstanceTenancy"],
            "mainRouteTableId": _main_table(cloud, identity),
            "ownerId": vpc["OwnerId"],
            "state": vpc["State"],
            "tags": from_aws(vpc.get("Tags", [])),
        }


class GetVpcs(Function):
    """The ids of all VPCs that fit."""

    pulumi_name = "aws:ec2/getVpcs:getVpcs"
    properties: ClassVar = LISTING

    def call(self, cloud: Cloud, arguments: Properties) -> Properties:
        """List the VPCs."""
        found = _find(cloud, arguments, {})
        return listing(cloud.region, arguments, [vpc["VpcId"] for vpc in found])


def _find(cloud: Cloud, arguments: Properties, wanted: dict[str, str | None]) -> list[Thing]:
    filters = asked(arguments, wanted)
    return choose("DescribeVpcs", cloud.list_all("describe_vpcs", "Vpcs"), filters, _NAMES)


def _attribute(cloud: Cloud, vpc: str, name: str) -> bool:
    answer = cloud.ec2.describe_vpc_attribute(VpcId=vpc, Attribute=name)
    return answer[_ATTRIBUTES[name]]["Value"]


def _main_table(cloud: Cloud, vpc: str) -> str:
    listing = ("describe_route_tables", "RouteTables")
    tables = cloud.list_all(*listing, vpc_id=vpc, association__main="true")
    return tables[0]["RouteTableId"] if tables else ""


def _ranges(vpc: Thing) -> Properties:
    sixes = vpc.get("Ipv6CidrBlockAssociationSet", [])
    first: Thing = sixes[0] if sixes else {}
    return {
        "cidrBlock": vpc["CidrBlock"],
        "cidrBlockAssociations": [
            {
                "associationId": each["AssociationId"],
                "cidrBlock": each["CidrBlock"],
                "state": each["CidrBlockState"]["State"],
            }
            for each in vpc.get("CidrBlockAssociationSet", [])
        ],
        "ipv6AssociationId": first.get("AssociationId", ""),
        "ipv6CidrBlock": first.get("Ipv6CidrBlock", ""),
        "ipv6CidrBlockAssociations": [
            {
                "associationId": each["AssociationId"],
                "ipSource": each.get("IpSource", ""),
                "ipv6AddressAttribute": each.get("Ipv6AddressAttribute", ""),
                "ipv6CidrBlock": each["Ipv6CidrBlock"],
                "ipv6Pool": each.get("Ipv6Pool", ""),
                "networkBorderGroup": each.get("NetworkBorderGroup", ""),
                "state": each["Ipv6CidrBlockState"]["State"],
            }
            for each in sixes
        ],
    }


def _each(vpc: Thing, key: str) -> list[Any]:
    return [each[key] for each in vpc.get("CidrBlockAssociationSet", [])]
