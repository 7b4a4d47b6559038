"""Reads places and their address ranges: VPCs and subnets."""

from collections.abc import Iterator

from guardrails.pulumi_reader.estate import Estate
from guardrails.pulumi_reader.kinds import Kind
from guardrails.pulumi_reader.resources import Resource
from guardrails.pulumi_reader.tags import tags_of
from guardrails.topology import (
    MainAssociation,
    Subnet,
    Vpc,
    VpcRange,
)
from guardrails.values import Reference


def read_vpc(resource: Resource, estate: Estate) -> Iterator[object]:
    """Read a VPC and the ranges that it is made with."""
    default = resource.type.endswith(":DefaultVpc")
    yield Vpc(
        key=resource.urn,
        scope=resource.place.scope,
        name=resource.name,
        default=default,
        managed=default or not resource.only_read,
    )
    yield from _other_main_table(resource, estate)
    yield from _range(resource, estate, resource.urn, "cidrBlock", "ipv4IpamPoolId")
    if resource.text("ipv6CidrBlock", computed=_has_ipv6(resource)) is not None:
        yield from _range(resource, estate, resource.urn, "ipv6CidrBlock", "ipv6IpamPoolId")


def _other_main_table(resource: Resource, estate: Estate) -> Iterator[MainAssociation]:
    """Read from a VPC's outputs that its main table is not the one that AWS made."""
    main, made = (resource.text(name) for name in ("mainRouteTableId", "defaultRouteTableId"))
    if isinstance(main, str) and isinstance(made, str) and main != made:
        table = estate.refer(resource, "mainRouteTableId", Kind.ROUTE_TABLE)
        yield MainAssociation(key=resource.urn, vpc=resource.urn, table=table)


def _has_ipv6(resource: Resource) -> bool:
    """Tell whether AWS chooses an IPv6 range that the author did not write."""
    asked = resource.flag("assignGeneratedIpv6CidrBlock")
    return (asked is not None and asked is not False) or bool(resource.text("ipv6IpamPoolId"))


def read_range(resource: Resource, estate: Estate) -> Iterator[object]:
    """Read a range that is added to a VPC apart from it."""
    vpc = estate.refer(resource, "vpcId", Kind.VPC)
    ipv4, ipv6 = resource.text("cidrBlock"), resource.text("ipv6CidrBlock")
    if ipv6 is not None or "Ipv6" in resource.type:
        yield from _range(resource, estate, vpc, "ipv6CidrBlock", "ipv6IpamPoolId")
    if ipv4 is not None or ("Ipv6" not in resource.type and ipv6 is None):
        yield from _range(resource, estate, vpc, "cidrBlock", "ipv4IpamPoolId")


def _range(
    resource: Resource, estate: Estate, vpc: Reference, name: str, pool: str
) -> Iterator[VpcRange]:
    yield VpcRange(
        key=resource.urn,
        vpc=vpc,
        cidr=resource.sure_text(name),
        within=estate.pool_ranges(resource, pool),
        version=6 if name.startswith("ipv6") else 4,
    )


def read_subnet(resource: Resource, estate: Estate) -> Iterator[object]:
    """Read a subnet with its ranges and its tags from every source."""
    cidrs = [resource.text("cidrBlock", computed=True)]
    asked = resource.flag("assignIpv6AddressOnCreation")
    cidrs.append(resource.text("ipv6CidrBlock", computed=asked not in {None, False}))
    yield Subnet(
        key=resource.urn,
        scope=resource.place.scope,
        name=resource.name,
        vpc=estate.refer(resource, "vpcId", Kind.VPC, computed=True),
        cidrs=tuple(cidr for cidr in cidrs if cidr is not None),
        tags=tags_of(resource, estate),
        maps_public_address=resource.flag("mapPublicIpOnLaunch"),
        default=resource.type.endswith(":DefaultSubnet"),
    )


NETWORK = {
    "aws:ec2/vpc:Vpc": read_vpc,
    "aws:ec2/defaultVpc:DefaultVpc": read_vpc,
    "aws:ec2/vpcIpv4CidrBlockAssociation:VpcIpv4CidrBlockAssociation": read_range,
    "aws:ec2/vpcIpv6CidrBlockAssociation:VpcIpv6CidrBlockAssociation": read_range,
    "aws:ec2/subnet:Subnet": read_subnet,
    "aws:ec2/defaultSubnet:DefaultSubnet": read_subnet,
    "aws-native:ec2:Vpc": read_vpc,
    "aws-native:ec2:VpcCidrBlock": read_range,
    "aws-native:ec2:Subnet": read_subnet,
}
