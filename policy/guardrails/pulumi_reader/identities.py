"""Under which ids a resource is known, what AWS makes along with it, and who hands ids on."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from guardrails.model.routing import main_table_of
from guardrails.model.security import default_group_of
from guardrails.pulumi_reader.kinds import ID_PROPERTIES, Kind
from guardrails.pulumi_reader.resource import Resource

_DEFAULT_TRANSIT_TABLE = "#default-transit-route-table"


@dataclass(frozen=True, slots=True)
class MadeBy:
    """What AWS makes along with a resource: whose it is, which outputs name it, its own key."""

    maker: Kind
    names: tuple[str, ...]
    key_of: Callable[[str], str]


MADE = {
    Kind.ROUTE_TABLE: MadeBy(Kind.VPC, ("defaultRouteTableId", "mainRouteTableId"), main_table_of),
    Kind.GROUP: MadeBy(Kind.VPC, ("defaultSecurityGroupId",), default_group_of),
    Kind.TRANSIT_TABLE: MadeBy(
        Kind.TRANSIT_GATEWAY,
        ("associationDefaultRouteTableId",),
        lambda transit: transit + _DEFAULT_TRANSIT_TABLE,
    ),
    Kind.INTERFACE: MadeBy(
        Kind.INSTANCE, ("primaryNetworkInterfaceId",), lambda instance: instance
    ),
}


def identities(resource: Resource, kind: Kind) -> Iterator[str]:
    """Return every AWS id that the resource shows as its own; an ARN ends with one."""
    for name in ("id", "awsId", *ID_PROPERTIES.get(kind, ())):
        value = resource.outputs[name]
        if isinstance(value, str) and value:
            yield value
    arn = resource.outputs["arn"]
    if isinstance(arn, str) and "/" in arn:
        yield arn.rpartition("/")[2]


HANDING_ON: Final = frozenset(
    {
        "aws:ec2/internetGateway:InternetGateway",
        "aws:ec2/internetGatewayAttachment:InternetGatewayAttachment",
        "aws:ec2/networkInterface:NetworkInterface",
        "aws:ec2/networkInterfaceAttachment:NetworkInterfaceAttachment",
        "aws:ec2/routeTable:RouteTable",
        "aws:ec2/routeTableAssociation:RouteTableAssociation",
        "aws:ec2/securityGroup:SecurityGroup",
        "aws:ec2/securityGroupAssociation:SecurityGroupAssociation",
        "aws:ec2/securityGroupRule:SecurityGroupRule",
        "aws:ec2/subnet:Subnet",
        "aws:ec2/vpcEndpoint:VpcEndpoint",
        "aws:ec2/vpcEndpointPolicy:VpcEndpointPolicy",
        "aws:ec2/vpcEndpointSubnetAssociation:VpcEndpointSubnetAssociation",
        "aws:ec2/vpcIpv4CidrBlockAssociation:VpcIpv4CidrBlockAssociation",
        "aws:ec2/vpcIpv6CidrBlockAssociation:VpcIpv6CidrBlockAssociation",
        "aws:ec2/vpnGatewayAttachment:VpnGatewayAttachment",
        "aws:ec2transitgateway/vpcAttachmentAccepter:VpcAttachmentAccepter",
        "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule",
        "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
        "aws:vpc/securityGroupVpcAssociation:SecurityGroupVpcAssociation",
        "aws-native:ec2:NetworkInterface",
        "aws-native:ec2:SubnetRouteTableAssociation",
        "aws-native:ec2:VpcCidrBlock",
        "aws-native:ec2:VpcGatewayAttachment",
    }
)
"""Types from which programs take an id that these were given, to wait for them as well."""

_GATEWAYS: Final = ("internetGatewayId", "vpnGatewayId")
_ALSO_CALLED: Final = {
    "gatewayId": _GATEWAYS,
    "peerVpcId": ("vpcId",),
    "routeTableIds": ("routeTableId",),
    "routes": (*_GATEWAYS, "networkInterfaceId"),
    "securityGroupId": ("securityGroupIds",),
    "securityGroupIds": ("securityGroupId",),
    "subnetIds": ("subnetId",),
}


def handed_on(resources: Mapping[str, Resource], urns: Iterable[str], name: str) -> Iterator[str]:
    """Yield what the resources of these URNs, where they hand ids on, were given as `name`."""
    for urn in urns:
        resource = resources.get(urn)
        if resource is not None and resource.type in HANDING_ON:
            for each in (name, *_ALSO_CALLED.get(name, ())):
                yield from resource.links(each)
