"""Types that route: tables, routes, what binds and fills tables, and what routes lead to."""

from collections.abc import Mapping
from typing import Final

from guardrails.model.routing import TargetKind
from guardrails.pulumi_reader.types.kinds import Kind
from guardrails.pulumi_reader.types.type_row import Role, TypeRow

_ROUTE: Final = (
    *("routeTableId", "destinationCidrBlock", "destinationIpv6CidrBlock"),
    *("destinationPrefixListId", "gatewayId", "natGatewayId", "egressOnlyGatewayId"),
    *("carrierGatewayId", "transitGatewayId", "vpcPeeringConnectionId", "networkInterfaceId"),
    *("vpcEndpointId", "localGatewayId", "coreNetworkArn"),
)
ROUTING_TYPES: Final[Mapping[str, TypeRow]] = {
    "aws:ec2/routeTable:RouteTable": TypeRow(
        Role.ROUTE_TABLE,
        Kind.ROUTE_TABLE,
        passes_on_ids=True,
        part_of=(),
        required=(("vpcId",),),
        judged=("routes", "propagatingVgws"),
    ),
    "aws:ec2/defaultRouteTable:DefaultRouteTable": TypeRow(
        Role.ROUTE_TABLE,
        Kind.ROUTE_TABLE,
        adopts=True,
        part_of=("defaultRouteTableId",),
        required=(("defaultRouteTableId",),),
        judged=("routes", "propagatingVgws"),
    ),
    "aws:ec2/route:Route": TypeRow(Role.ROUTE, part_of=("routeTableId",), judged=_ROUTE),
    "aws:ec2/routeTableAssociation:RouteTableAssociation": TypeRow(
        Role.ASSOCIATION,
        passes_on_ids=True,
        part_of=("gatewayId", "subnetId"),
        judged=("routeTableId", "subnetId"),
    ),
    "aws:ec2/mainRouteTableAssociation:MainRouteTableAssociation": TypeRow(
        Role.MAIN_ASSOCIATION, judged=("routeTableId", "vpcId")
    ),
    "aws:ec2/vpnGatewayRoutePropagation:VpnGatewayRoutePropagation": TypeRow(
        Role.GATEWAY_PROPAGATION
    ),
    "aws:vpc/routeServerPropagation:RouteServerPropagation": TypeRow(Role.SERVER_PROPAGATION),
    "aws:ec2/managedPrefixList:ManagedPrefixList": TypeRow(
        Role.PREFIX_LIST, Kind.PREFIX_LIST, judged=("entries",)
    ),
    "aws:ec2/managedPrefixListEntry:ManagedPrefixListEntry": TypeRow(Role.PREFIX_LIST_ENTRY),
    "aws-native:ec2:RouteTable": TypeRow(
        Role.ROUTE_TABLE, Kind.ROUTE_TABLE, part_of=(), required=(("vpcId",),)
    ),
    "aws-native:ec2:Route": TypeRow(
        Role.ROUTE,
        part_of=("routeTableId",),
        judged=_ROUTE,
        spelling={
            "egressOnlyGatewayId": "egressOnlyInternetGatewayId",
            "cidrBlock": "destinationCidrBlock",
            "ipv6CidrBlock": "destinationIpv6CidrBlock",
        },
    ),
    "aws-native:ec2:SubnetRouteTableAssociation": TypeRow(
        Role.ASSOCIATION,
        passes_on_ids=True,
        part_of=("subnetId",),
        judged=("routeTableId", "subnetId"),
    ),
    "aws-native:ec2:GatewayRouteTableAssociation": TypeRow(Role.ASSOCIATION),
    "aws-native:ec2:RouteServerPropagation": TypeRow(Role.SERVER_PROPAGATION),
    "aws-native:ec2:PrefixList": TypeRow(Role.PREFIX_LIST, Kind.PREFIX_LIST, judged=("entries",)),
    "aws:ec2/internetGateway:InternetGateway": TypeRow(
        Role.GATEWAY, Kind.INTERNET_GATEWAY, leads_to=TargetKind.INTERNET, passes_on_ids=True
    ),
    "aws:ec2/vpnGateway:VpnGateway": TypeRow(
        Role.GATEWAY, Kind.VIRTUAL_PRIVATE_GATEWAY, leads_to=TargetKind.VIRTUAL_PRIVATE
    ),
    "aws:ec2/natGateway:NatGateway": TypeRow(Role.NAT_GATEWAY, Kind.NAT_GATEWAY),
    "aws:ec2/egressOnlyInternetGateway:EgressOnlyInternetGateway": TypeRow(
        Role.GATEWAY, Kind.EGRESS_ONLY_GATEWAY, leads_to=TargetKind.EGRESS_ONLY
    ),
    "aws:ec2/carrierGateway:CarrierGateway": TypeRow(
        Role.GATEWAY, Kind.CARRIER_GATEWAY, leads_to=TargetKind.CARRIER
    ),
    "aws:ec2transitgateway/transitGateway:TransitGateway": TypeRow(
        Role.GATEWAY, Kind.TRANSIT_GATEWAY, leads_to=TargetKind.TRANSIT
    ),
    "aws:ec2/vpcPeeringConnection:VpcPeeringConnection": TypeRow(Role.PEERING, Kind.PEERING),
    "aws:ec2/vpcPeeringConnectionAccepter:VpcPeeringConnectionAccepter": TypeRow(
        Role.PEERING, Kind.PEERING
    ),
    "aws:networkmanager/coreNetwork:CoreNetwork": TypeRow(
        Role.CORE_NETWORK,
        Kind.CORE_NETWORK,
        leads_to=TargetKind.CORE_NETWORK,
        spelling={"policyDocument": "basePolicyDocument"},
    ),
    "aws:networkmanager/coreNetworkPolicyAttachment:CoreNetworkPolicyAttachment": TypeRow(
        Role.CORE_POLICY
    ),
    "aws:networkmanager/vpcAttachment:VpcAttachment": TypeRow(
        Role.CORE_ATTACHMENT, Kind.ATTACHMENT
    ),
    "aws:odb/network:Network": TypeRow(
        Role.GATEWAY, Kind.ODB_NETWORK, leads_to=TargetKind.ODB_NETWORK
    ),
    "aws:vpc/routeServer:RouteServer": TypeRow(
        Role.GATEWAY, Kind.ROUTE_SERVER, leads_to=TargetKind.ROUTE_SERVER
    ),
    "aws:networkfirewall/firewall:Firewall": TypeRow(Role.FIREWALL, Kind.FIREWALL),
    "aws:networkfirewall/vpcEndpointAssociation:VpcEndpointAssociation": TypeRow(
        Role.FIREWALL, Kind.FIREWALL
    ),
    "aws:ec2transitgateway/vpcAttachment:VpcAttachment": TypeRow(
        Role.TRANSIT_ATTACHMENT, Kind.ATTACHMENT
    ),
    "aws:ec2transitgateway/peeringAttachment:PeeringAttachment": TypeRow(None, Kind.ATTACHMENT),
    "aws:ec2transitgateway/connect:Connect": TypeRow(None, Kind.ATTACHMENT),
    "aws:ec2transitgateway/route:Route": TypeRow(Role.TRANSIT_ROUTE),
    "aws:ec2transitgateway/prefixListReference:PrefixListReference": TypeRow(Role.TRANSIT_ROUTE),
    "aws-native:ec2:InternetGateway": TypeRow(
        Role.GATEWAY, Kind.INTERNET_GATEWAY, leads_to=TargetKind.INTERNET
    ),
    "aws-native:ec2:VpnGateway": TypeRow(
        Role.GATEWAY, Kind.VIRTUAL_PRIVATE_GATEWAY, leads_to=TargetKind.VIRTUAL_PRIVATE
    ),
    "aws-native:ec2:NatGateway": TypeRow(Role.NAT_GATEWAY, Kind.NAT_GATEWAY),
    "aws-native:ec2:EgressOnlyInternetGateway": TypeRow(
        Role.GATEWAY, Kind.EGRESS_ONLY_GATEWAY, leads_to=TargetKind.EGRESS_ONLY
    ),
    "aws-native:ec2:CarrierGateway": TypeRow(
        Role.GATEWAY, Kind.CARRIER_GATEWAY, leads_to=TargetKind.CARRIER
    ),
    "aws-native:ec2:TransitGateway": TypeRow(
        Role.GATEWAY, Kind.TRANSIT_GATEWAY, leads_to=TargetKind.TRANSIT
    ),
    "aws-native:ec2:VpcPeeringConnection": TypeRow(Role.PEERING, Kind.PEERING),
    "aws-native:networkmanager:CoreNetwork": TypeRow(
        Role.CORE_NETWORK, Kind.CORE_NETWORK, leads_to=TargetKind.CORE_NETWORK
    ),
    "aws-native:networkmanager:VpcAttachment": TypeRow(Role.CORE_ATTACHMENT, Kind.ATTACHMENT),
    "aws-native:ec2:RouteServer": TypeRow(
        Role.GATEWAY, Kind.ROUTE_SERVER, leads_to=TargetKind.ROUTE_SERVER
    ),
    "aws-native:networkfirewall:Firewall": TypeRow(Role.FIREWALL, Kind.FIREWALL),
    "aws-native:networkfirewall:VpcEndpointAssociation": TypeRow(Role.FIREWALL, Kind.FIREWALL),
    "aws-native:ec2:TransitGatewayAttachment": TypeRow(Role.TRANSIT_ATTACHMENT, Kind.ATTACHMENT),
    "aws-native:ec2:TransitGatewayVpcAttachment": TypeRow(Role.TRANSIT_ATTACHMENT, Kind.ATTACHMENT),
    "aws-native:ec2:TransitGatewayRoute": TypeRow(Role.TRANSIT_ROUTE),
    "aws:ec2transitgateway/routeTableAssociation:RouteTableAssociation": TypeRow(
        Role.TRANSIT_ASSOCIATION
    ),
    "aws-native:ec2:TransitGatewayRouteTableAssociation": TypeRow(Role.TRANSIT_ASSOCIATION),
    "aws:ec2transitgateway/defaultRouteTableAssociation:DefaultRouteTableAssociation": TypeRow(
        Role.TRANSIT_DEFAULT
    ),
    "aws:ec2transitgateway/routeTable:RouteTable": TypeRow(None, Kind.TRANSIT_TABLE),
    "aws-native:ec2:TransitGatewayRouteTable": TypeRow(None, Kind.TRANSIT_TABLE),
    "aws-native:ec2:VpcGatewayAttachment": TypeRow(passes_on_ids=True),
    "aws:ec2/internetGatewayAttachment:InternetGatewayAttachment": TypeRow(passes_on_ids=True),
    "aws:ec2/vpnGatewayAttachment:VpnGatewayAttachment": TypeRow(passes_on_ids=True),
    "aws:ec2transitgateway/vpcAttachmentAccepter:VpcAttachmentAccepter": TypeRow(
        passes_on_ids=True
    ),
}
