"""Which Pulumi types can be meant by a reference, and under which property they show their id."""

from enum import Enum, auto
from typing import Final


class Kind(Enum):
    """What a property such as `vpcId` or `gatewayId` can point at."""

    VPC = auto()
    SUBNET = auto()
    ROUTE_TABLE = auto()
    INTERNET_GATEWAY = auto()
    VIRTUAL_PRIVATE_GATEWAY = auto()
    NAT_GATEWAY = auto()
    EGRESS_ONLY_GATEWAY = auto()
    CARRIER_GATEWAY = auto()
    TRANSIT_GATEWAY = auto()
    PEERING = auto()
    INTERFACE = auto()
    INSTANCE = auto()
    ENDPOINT = auto()
    LOCAL_GATEWAY = auto()
    CORE_NETWORK = auto()
    ODB_NETWORK = auto()
    ROUTE_SERVER = auto()
    PREFIX_LIST = auto()
    GROUP = auto()
    RULE = auto()
    POOL = auto()
    FIREWALL = auto()
    ATTACHMENT = auto()
    TRANSIT_TABLE = auto()


KINDS: Final = {
    "aws:ec2/vpc:Vpc": Kind.VPC,
    "aws:ec2/defaultVpc:DefaultVpc": Kind.VPC,
    "aws:ec2/subnet:Subnet": Kind.SUBNET,
    "aws:ec2/defaultSubnet:DefaultSubnet": Kind.SUBNET,
    "aws:ec2/routeTable:RouteTable": Kind.ROUTE_TABLE,
    "aws:ec2/defaultRouteTable:DefaultRouteTable": Kind.ROUTE_TABLE,
    "aws:ec2/internetGateway:InternetGateway": Kind.INTERNET_GATEWAY,
    "aws:ec2/vpnGateway:VpnGateway": Kind.VIRTUAL_PRIVATE_GATEWAY,
    "aws:ec2/natGateway:NatGateway": Kind.NAT_GATEWAY,
    "aws:ec2/egressOnlyInternetGateway:EgressOnlyInternetGateway": Kind.EGRESS_ONLY_GATEWAY,
    "aws:ec2/carrierGateway:CarrierGateway": Kind.CARRIER_GATEWAY,
    "aws:ec2transitgateway/transitGateway:TransitGateway": Kind.TRANSIT_GATEWAY,
    "aws:ec2/vpcPeeringConnection:VpcPeeringConnection": Kind.PEERING,
    "aws:ec2/vpcPeeringConnectionAccepter:VpcPeeringConnectionAccepter": Kind.PEERING,
    "aws:ec2/networkInterface:NetworkInterface": Kind.INTERFACE,
    "aws:ec2/instance:Instance": Kind.INSTANCE,
    "aws:ec2/spotInstanceRequest:SpotInstanceRequest": Kind.INSTANCE,
    "aws:ec2/vpcEndpoint:VpcEndpoint": Kind.ENDPOINT,
    "aws:networkmanager/coreNetwork:CoreNetwork": Kind.CORE_NETWORK,
    "aws:odb/network:Network": Kind.ODB_NETWORK,
    "aws:vpc/routeServer:RouteServer": Kind.ROUTE_SERVER,
    "aws:ec2/managedPrefixList:ManagedPrefixList": Kind.PREFIX_LIST,
    "aws:ec2/securityGroup:SecurityGroup": Kind.GROUP,
    "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup": Kind.GROUP,
    "aws:ec2/securityGroupRule:SecurityGroupRule": Kind.RULE,
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": Kind.RULE,
    "aws:ec2/vpcIpamPool:VpcIpamPool": Kind.POOL,
    "aws:networkfirewall/firewall:Firewall": Kind.FIREWALL,
    "aws:networkfirewall/vpcEndpointAssociation:VpcEndpointAssociation": Kind.FIREWALL,
    "aws:ec2transitgateway/vpcAttachment:VpcAttachment": Kind.ATTACHMENT,
    "aws:ec2transitgateway/routeTable:RouteTable": Kind.TRANSIT_TABLE,
    "aws-native:ec2:Vpc": Kind.VPC,
    "aws-native:ec2:Subnet": Kind.SUBNET,
    "aws-native:ec2:RouteTable": Kind.ROUTE_TABLE,
    "aws-native:ec2:InternetGateway": Kind.INTERNET_GATEWAY,
    "aws-native:ec2:VpnGateway": Kind.VIRTUAL_PRIVATE_GATEWAY,
    "aws-native:ec2:NatGateway": Kind.NAT_GATEWAY,
    "aws-native:ec2:EgressOnlyInternetGateway": Kind.EGRESS_ONLY_GATEWAY,
    "aws-native:ec2:CarrierGateway": Kind.CARRIER_GATEWAY,
    "aws-native:ec2:TransitGateway": Kind.TRANSIT_GATEWAY,
    "aws-native:ec2:TransitGatewayAttachment": Kind.ATTACHMENT,
    "aws-native:ec2:TransitGatewayVpcAttachment": Kind.ATTACHMENT,
    "aws-native:ec2:TransitGatewayRouteTable": Kind.TRANSIT_TABLE,
    "aws-native:ec2:VpcPeeringConnection": Kind.PEERING,
    "aws-native:ec2:NetworkInterface": Kind.INTERFACE,
    "aws-native:ec2:Instance": Kind.INSTANCE,
    "aws-native:ec2:VpcEndpoint": Kind.ENDPOINT,
    "aws-native:ec2:RouteServer": Kind.ROUTE_SERVER,
    "aws-native:ec2:PrefixList": Kind.PREFIX_LIST,
    "aws-native:ec2:SecurityGroup": Kind.GROUP,
    "aws-native:ec2:SecurityGroupIngress": Kind.RULE,
    "aws-native:ec2:IpamPool": Kind.POOL,
    "aws-native:networkmanager:CoreNetwork": Kind.CORE_NETWORK,
    "aws-native:networkfirewall:Firewall": Kind.FIREWALL,
}
"""Every type that a reference can resolve to."""

ID_PROPERTIES: Final = {
    Kind.VPC: ("vpcId",),
    Kind.SUBNET: ("subnetId",),
    Kind.ROUTE_TABLE: ("routeTableId", "defaultRouteTableId"),
    Kind.INTERNET_GATEWAY: ("internetGatewayId",),
    Kind.VIRTUAL_PRIVATE_GATEWAY: ("vpnGatewayId",),
    Kind.NAT_GATEWAY: ("natGatewayId",),
    Kind.CARRIER_GATEWAY: ("carrierGatewayId",),
    Kind.TRANSIT_GATEWAY: ("arn", "transitGatewayArn"),
    Kind.TRANSIT_TABLE: ("transitGatewayRouteTableId",),
    Kind.PEERING: ("vpcPeeringConnectionId",),
    Kind.INSTANCE: ("instanceId", "spotInstanceId"),
    Kind.ROUTE_SERVER: ("routeServerId",),
    Kind.PREFIX_LIST: ("prefixListId",),
    Kind.GROUP: ("groupId",),
    Kind.RULE: ("securityGroupRuleId",),
    Kind.POOL: ("ipamPoolId",),
    Kind.CORE_NETWORK: ("arn", "coreNetworkArn", "coreNetworkId"),
    Kind.ODB_NETWORK: ("arn",),
    Kind.FIREWALL: ("arn", "firewallArn"),
}
"""Where a kind shows its own identity besides `id` and `awsId` (aws-native names it anew)."""
