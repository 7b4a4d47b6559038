"""Every resource type and function that the sandbox models; nothing is found by magic."""

from collections.abc import Iterable, Mapping

from sandbox.provider.check import TABLE
from sandbox.provider.cloudwatch.metric_alarm import MetricAlarm
from sandbox.provider.ec2.default_vpc import DefaultVpc
from sandbox.provider.ec2.elastic_ip import Eip, EipAssociation
from sandbox.provider.ec2.flow_log import FlowLog
from sandbox.provider.ec2.instance import Instance
from sandbox.provider.ec2.internet_gateway import (
    EgressOnlyInternetGateway,
    InternetGateway,
    InternetGatewayAttachment,
)
from sandbox.provider.ec2.key_pair import KeyPair
from sandbox.provider.ec2.nat_gateway import NatGateway
from sandbox.provider.ec2.network_interface import NetworkInterface
from sandbox.provider.ec2.network_interface_attachment import NetworkInterfaceAttachment
from sandbox.provider.ec2.network_interface_security_group import (
    NetworkInterfaceSecurityGroupAttachment,
)
from sandbox.provider.ec2.prefix_list import ManagedPrefixList, ManagedPrefixListEntry
from sandbox.provider.ec2.route import Route
from sandbox.provider.ec2.route_table import DefaultRouteTable, RouteTable
from sandbox.provider.ec2.route_table_association import (
    MainRouteTableAssociation,
    RouteTableAssociation,
)
from sandbox.provider.ec2.security_group import SecurityGroup
from sandbox.provider.ec2.security_group_default import DefaultSecurityGroup
from sandbox.provider.ec2.security_group_ingress_rule import (
    SecurityGroupEgressRule,
    SecurityGroupIngressRule,
)
from sandbox.provider.ec2.security_group_rule import SecurityGroupRule
from sandbox.provider.ec2.subnet import Subnet
from sandbox.provider.ec2.tag import Tag
from sandbox.provider.ec2.transit_gateway import TransitGateway
from sandbox.provider.ec2.transit_gateway_attachment import TransitGatewayVpcAttachment
from sandbox.provider.ec2.transit_gateway_link import (
    TransitGatewayRouteTableAssociation,
    TransitGatewayRouteTablePropagation,
)
from sandbox.provider.ec2.transit_gateway_route_table import (
    TransitGatewayRoute,
    TransitGatewayRouteTable,
)
from sandbox.provider.ec2.volume import Volume
from sandbox.provider.ec2.volume_attachment import VolumeAttachment
from sandbox.provider.ec2.vpc import Vpc
from sandbox.provider.ec2.vpc_cidr_block import (
    VpcIpv4CidrBlockAssociation,
    VpcIpv6CidrBlockAssociation,
)
from sandbox.provider.ec2.vpc_dhcp_options import VpcDhcpOptions, VpcDhcpOptionsAssociation
from sandbox.provider.ec2.vpc_endpoint import VpcEndpoint
from sandbox.provider.ec2.vpc_endpoint_association import (
    SecurityGroupAssociation,
    VpcEndpointRouteTableAssociation,
    VpcEndpointSubnetAssociation,
)
from sandbox.provider.ec2.vpc_endpoint_policy import VpcEndpointPolicy
from sandbox.provider.ec2.vpc_peering_connection import VpcPeeringConnection
from sandbox.provider.ec2.vpn_gateway import VpnGateway
from sandbox.provider.elb.listener import Listener
from sandbox.provider.elb.load_balancer import LoadBalancer
from sandbox.provider.elb.target_group import TargetGroup
from sandbox.provider.elb.target_group_attachment import TargetGroupAttachment
from sandbox.provider.events.rule import EventRule
from sandbox.provider.events.target import EventTarget
from sandbox.provider.function import Function
from sandbox.provider.functions.ami import GetAmi
from sandbox.provider.functions.endpoint_service import GetVpcEndpointService
from sandbox.provider.functions.identity import GetCallerIdentity, GetPartition
from sandbox.provider.functions.instance import GetInstance, GetInstances
from sandbox.provider.functions.instance_profile import GetInstanceProfile
from sandbox.provider.functions.instance_type import GetInstanceType
from sandbox.provider.functions.instance_type_offering import (
    GetInstanceTypeOffering,
    GetInstanceTypeOfferings,
)
from sandbox.provider.functions.network_interface import GetNetworkInterface, GetNetworkInterfaces
from sandbox.provider.functions.policy_document import GetPolicyDocument
from sandbox.provider.functions.region import GetRegion
from sandbox.provider.functions.route_table import GetRouteTable, GetRouteTables
from sandbox.provider.functions.subnet import GetSubnet, GetSubnets
from sandbox.provider.functions.transit_gateway_attachment import GetTransitGatewayAttachment
from sandbox.provider.functions.vpc import GetVpc, GetVpcs
from sandbox.provider.functions.vpc_endpoint import GetVpcEndpoint
from sandbox.provider.functions.zones import GetAvailabilityZone, GetAvailabilityZones
from sandbox.provider.iam.instance_profile import InstanceProfile
from sandbox.provider.iam.policy import Policy
from sandbox.provider.iam.role import Role
from sandbox.provider.iam.role_policy import RolePolicy, RolePolicyAttachment
from sandbox.provider.logs.log_group import LogGroup
from sandbox.provider.network_firewall.firewall import Firewall
from sandbox.provider.network_firewall.firewall_policy import FirewallPolicy
from sandbox.provider.network_firewall.rule_group import RuleGroup
from sandbox.provider.resource import Resource
from sandbox.provider.ssm.parameter import GetParameter, Parameter

_RESOURCES: tuple[type[Resource], ...] = (
    Vpc,
    DefaultVpc,
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
    TransitGatewayRouteTable,
    TransitGatewayRoute,
    TransitGatewayRouteTableAssociation,
    TransitGatewayRouteTablePropagation,
    RouteTable,
    DefaultRouteTable,
    RouteTableAssociation,
    MainRouteTableAssociation,
    Route,
    Tag,
    Instance,
    KeyPair,
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
    LogGroup,
    FlowLog,
    MetricAlarm,
    EventRule,
    EventTarget,
    LoadBalancer,
    TargetGroup,
    TargetGroupAttachment,
    Listener,
    Firewall,
    FirewallPolicy,
    RuleGroup,
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
    GetTransitGatewayAttachment,
    GetRouteTable,
    GetRouteTables,
    GetVpcEndpoint,
    GetVpcEndpointService,
    GetAmi,
    GetInstance,
    GetInstances,
    GetInstanceType,
    GetInstanceTypeOffering,
    GetInstanceTypeOfferings,
    GetNetworkInterface,
    GetNetworkInterfaces,
    GetInstanceProfile,
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
