"""Every resource type and function that the sandbox models; nothing is found by magic."""

from collections.abc import Iterable, Mapping

from sandbox.provider.check import TABLE
from sandbox.provider.elastic_ip import Eip, EipAssociation
from sandbox.provider.function import Function
from sandbox.provider.functions_ami import GetAmi
from sandbox.provider.functions_endpoint_service import GetVpcEndpointService
from sandbox.provider.functions_identity import GetCallerIdentity, GetPartition
from sandbox.provider.functions_policy_document import GetPolicyDocument
from sandbox.provider.functions_route_table import GetRouteTable
from sandbox.provider.functions_subnet import GetSubnet, GetSubnets
from sandbox.provider.functions_vpc import GetVpc, GetVpcs
from sandbox.provider.functions_zones import GetAvailabilityZone, GetAvailabilityZones
from sandbox.provider.iam_instance_profile import InstanceProfile
from sandbox.provider.iam_policy import Policy
from sandbox.provider.iam_role import Role
from sandbox.provider.iam_role_policy import RolePolicy, RolePolicyAttachment
from sandbox.provider.instance import Instance
from sandbox.provider.internet_gateway import (
    EgressOnlyInternetGateway,
    InternetGateway,
    InternetGatewayAttachment,
)
from sandbox.provider.nat_gateway import NatGateway
from sandbox.provider.network_interface import NetworkInterface
from sandbox.provider.network_interface_attachment import NetworkInterfaceAttachment
from sandbox.provider.network_interface_security_group import (
    NetworkInterfaceSecurityGroupAttachment,
)
from sandbox.provider.prefix_list import ManagedPrefixList, ManagedPrefixListEntry
from sandbox.provider.region_function import GetRegion
from sandbox.provider.resource import Resource
from sandbox.provider.route import Route
from sandbox.provider.route_table import DefaultRouteTable, RouteTable
from sandbox.provider.route_table_association import (
    MainRouteTableAssociation,
    RouteTableAssociation,
)
from sandbox.provider.security_group import SecurityGroup
from sandbox.provider.security_group_default import DefaultSecurityGroup
from sandbox.provider.security_group_ingress_rule import (
    SecurityGroupEgressRule,
    SecurityGroupIngressRule,
)
from sandbox.provider.security_group_rule import SecurityGroupRule
from sandbox.provider.ssm_parameter import GetParameter, Parameter
from sandbox.provider.subnet import Subnet
from sandbox.provider.tag import Tag
from sandbox.provider.transit_gateway import TransitGateway, TransitGatewayVpcAttachment
from sandbox.provider.volume import Volume
from sandbox.provider.volume_attachment import VolumeAttachment
from sandbox.provider.vpc import Vpc
from sandbox.provider.vpc_cidr_block import (
    VpcIpv4CidrBlockAssociation,
    VpcIpv6CidrBlockAssociation,
)
from sandbox.provider.vpc_dhcp_options import VpcDhcpOptions, VpcDhcpOptionsAssociation
from sandbox.provider.vpc_endpoint import VpcEndpoint
from sandbox.provider.vpc_endpoint_association import (
    SecurityGroupAssociation,
    VpcEndpointRouteTableAssociation,
    VpcEndpointSubnetAssociation,
)
from sandbox.provider.vpc_endpoint_policy import VpcEndpointPolicy
from sandbox.provider.vpc_peering_connection import VpcPeeringConnection
from sandbox.provider.vpn_gateway import VpnGateway

_RESOURCES: tuple[type[Resource], ...] = (
    Vpc,
    VpcIpv4CidrBlockAssociation,
    VpcIpv6CidrBlockAssociation,
    VpcDhcpOptions,
    VpcDhcpOptionsAssociation,
    VpcPeeringConnection,
    Subnet,
    InternetGateway,
    InternetGatewayAttachment,
    EgressOnlyInternetGateway,
    VpnGateway,
    TransitGateway,
    TransitGatewayVpcAttachment,
    RouteTable,
    DefaultRouteTable,
    RouteTableAssociation,
    MainRouteTableAssociation,
    Route,
    Tag,
    Instance,
    Volume,
    VolumeAttachment,
    Eip,
    EipAssociation,
    NatGateway,
    Role,
    RolePolicy,
    RolePolicyAttachment,
    InstanceProfile,
    Policy,
    Parameter,
    SecurityGroup,
    DefaultSecurityGroup,
    SecurityGroupEgressRule,
    SecurityGroupIngressRule,
    SecurityGroupRule,
    VpcEndpoint,
    SecurityGroupAssociation,
    VpcEndpointRouteTableAssociation,
    VpcEndpointSubnetAssociation,
    VpcEndpointPolicy,
    NetworkInterface,
    NetworkInterfaceAttachment,
    NetworkInterfaceSecurityGroupAttachment,
    ManagedPrefixList,
    ManagedPrefixListEntry,
)

_FUNCTIONS: tuple[type[Function], ...] = (
    GetRegion,
    GetPartition,
    GetCallerIdentity,
    GetAvailabilityZones,
    GetAvailabilityZone,
    GetVpc,
    GetVpcs,
    GetSubnet,
    GetSubnets,
    GetRouteTable,
    GetVpcEndpointService,
    GetAmi,
    GetPolicyDocument,
    GetParameter,
)


class UnmodelledError(Exception):
    """The sandbox does not model the type or function that was asked for."""


class Registry:
    """Resource types and functions by token."""

    def __init__(
        self,
        resources: Iterable[type[Resource]] = _RESOURCES,
        functions: Iterable[type[Function]] = _FUNCTIONS,
    ) -> None:
        self.resources: Mapping[str, Resource] = {each.pulumi_name: each() for each in resources}
        self.functions: Mapping[str, Function] = {each.pulumi_name: each() for each in functions}

    def resource(self, token: str) -> Resource:
        """Return a resource type."""
        if token not in self.resources:
            raise UnmodelledError(
                f"the sandbox does not model the resource type {token}; {TABLE} lists what it does"
            )
        return self.resources[token]

    def function(self, token: str) -> Function:
        """Return a function."""
        if token not in self.functions:
            raise UnmodelledError(
                f"the sandbox does not model the function {token}; {TABLE} lists what it does"
            )
        return self.functions[token]
