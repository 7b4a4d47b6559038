"""Reads places and their address ranges: VPCs and subnets."""

from collections.abc import Iterator
from typing import Final

from guardrails.model.knowledge import Reference, whether_still_there
from guardrails.model.network import PublicAccessExclusion, Subnet, Vpc, VpcRange
from guardrails.model.routing import MainAssociation
from guardrails.pulumi_reader.identities import ids_made_with
from guardrails.pulumi_reader.resource import Resource
from guardrails.pulumi_reader.stack import Stack
from guardrails.pulumi_reader.tags import tags_of
from guardrails.pulumi_reader.types.kinds import Kind

_DEFAULT_RANGE: Final = "172.31.0.0/16"
_AMAZONS_IPV6: Final = ("assignGeneratedIpv6CidrBlock", "amazonProvidedIpv6CidrBlock")
_AMAZONS_RANGES: Final = ("2000::/3",)
"""Amazon's own IPv6 ranges are public ones (AWS VPC guide, "IP addressing")."""


def read_vpc(resource: Resource, stack: Stack) -> Iterator[object]:
    """Read a VPC and the ranges that it is made with."""
    default = resource.type.endswith(":DefaultVpc")
    yield Vpc(
        key=resource.urn,
        scope=resource.place.scope,
        name=resource.name,
        default=default,
        may_be_default=not default and _looks_like_the_default(resource),
        managed=default or not resource.only_read,
    )
    yield from _other_main_table(resource, stack)
    yield from _range(resource, stack, resource.urn, "cidrBlock", "ipv4IpamPoolId")
    if resource.text("ipv6CidrBlock", computed=_has_ipv6(resource)) is not None:
        yield from _range(resource, stack, resource.urn, "ipv6CidrBlock", "ipv6IpamPoolId")
    for seen in resource.texts("ipv6CidrBlocks"):
        # What an aws-native VPC had when it was last read: more may have come since.
        if isinstance(seen, str):
            yield VpcRange(key=resource.urn, vpc=resource.urn, cidr=seen, version=6)


def _looks_like_the_default(resource: Resource) -> bool:
    """Tell whether an existing VPC has what AWS gives its default one: it may be imported.

    AWS makes it with this range and with DNS names on (AWS VPC guide, "Default VPC components").
    """
    return (
        resource.exists
        and resource.text("cidrBlock") == _DEFAULT_RANGE
        and resource.flag("enableDnsHostnames") is True
    )


def _other_main_table(resource: Resource, stack: Stack) -> Iterator[MainAssociation]:
    """Read from a VPC's outputs that its main table is one that the stack makes.

    A managed VPC shows there what a main association did before the last refresh.
    """
    for main in filter(stack.makes_table, ids_made_with(resource, Kind.ROUTE_TABLE)):
        table = stack.refer_value(resource, "mainRouteTableId", main, frozenset({Kind.ROUTE_TABLE}))
        doubt = whether_still_there(f"the main association of {resource.label} with {main}")
        read = resource.only_read and not resource.type.endswith(":DefaultVpc")
        yield MainAssociation(
            key=resource.urn,
            vpc=resource.urn,
            table=table,
            doubt="" if resource.inputs is None or read else doubt,
        )


def _has_ipv6(resource: Resource) -> bool:
    """Tell whether AWS chooses an IPv6 range that the author did not write."""
    asked = any(resource.flag(name) not in {None, False} for name in _AMAZONS_IPV6)
    return asked or any(resource.text(name) is not None for name in ("ipv6IpamPoolId", "ipv6Pool"))


def read_range(resource: Resource, stack: Stack) -> Iterator[object]:
    """Read a range that is added to a VPC apart from it."""
    vpc = stack.refer(resource, "vpcId", Kind.VPC)
    typed = "Ipv6" in resource.type
    ipv6 = typed or resource.text("ipv6CidrBlock") is not None or _has_ipv6(resource)
    ipv4 = resource.text("cidrBlock") is not None or resource.text("ipv4IpamPoolId") is not None
    if ipv6:
        yield from _range(resource, stack, vpc, "ipv6CidrBlock", "ipv6IpamPoolId")
    if ipv4 or not ipv6:
        yield from _range(resource, stack, vpc, "cidrBlock", "ipv4IpamPoolId")


def _range(
    resource: Resource, stack: Stack, vpc: Reference, name: str, pool: str
) -> Iterator[VpcRange]:
    version = 6 if name.startswith("ipv6") else 4
    amazons = version == 6 and any(resource.flag(each) is True for each in _AMAZONS_IPV6)  # noqa: PLR2004 - as it is called
    yield VpcRange(
        key=resource.urn,
        vpc=vpc,
        cidr=resource.sure_text(name),
        within=_AMAZONS_RANGES if amazons else stack.pool_ranges(resource, pool),
        version=version,
    )


def read_subnet(resource: Resource, stack: Stack) -> Iterator[object]:
    """Read a subnet with its ranges and its tags from every source."""
    cidrs = [resource.text("cidrBlock", computed=True)]
    asked = resource.flag("assignIpv6AddressOnCreation")
    cidrs.append(resource.text("ipv6CidrBlock", computed=asked not in {None, False}))
    yield Subnet(
        key=resource.urn,
        scope=resource.place.scope,
        name=resource.name,
        vpc=stack.refer(resource, "vpcId", Kind.VPC, computed=True),
        cidrs=tuple(cidr for cidr in cidrs if cidr is not None),
        tags=tags_of(resource, stack),
        maps_public_address=resource.flag("mapPublicIpOnLaunch"),
        default=resource.type.endswith(":DefaultSubnet"),
    )


def read_public_access_exclusion(resource: Resource, stack: Stack) -> Iterator[object]:
    """Read what lets a VPC or a subnet through VPC Block Public Access."""
    yield PublicAccessExclusion(
        key=resource.urn,
        vpc=stack.refer(resource, "vpcId", Kind.VPC),
        subnet=stack.refer(resource, "subnetId", Kind.SUBNET),
    )
