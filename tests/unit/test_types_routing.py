"""Types that stand beside routes: none opens a closed subnet, none closes an open one."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.support.policy_stacks import Made, closed_network
from tests.support.type_rows import check, judged

RULE = "private-subnets-have-no-internet-route"
WORLD = "0.0.0.0/0"
Inputs = Callable[[dict[str, Made]], dict[str, Any]]

TO_PREMISES: dict[str, Inputs] = {
    "ec2/vpnGatewayAttachment:VpnGatewayAttachment": lambda made: {
        "vpcId": made["vpc"],
        "vpnGatewayId": "vgw-1",
    },
    "ec2/vpnConnection:VpnConnection": lambda _: {
        "vpnGatewayId": "vgw-1",
        "customerGatewayId": "cgw-1",
        "type": "ipsec.1",
        "staticRoutesOnly": True,
    },
    "ec2/vpnConnectionRoute:VpnConnectionRoute": lambda _: {
        "vpnConnectionId": "vpn-1",
        "destinationCidrBlock": WORLD,
    },
    "directconnect/connection:Connection": lambda _: {"bandwidth": "1Gbps", "location": "EqDC2"},
    "directconnect/connectionAssociation:ConnectionAssociation": lambda _: {
        "connectionId": "dxcon-1",
        "lagId": "dxlag-1",
    },
    "directconnect/linkAggregationGroup:LinkAggregationGroup": lambda _: {"location": "EqDC2"},
    "directconnect/gateway:Gateway": lambda _: {"amazonSideAsn": "64512"},
    "directconnect/gatewayAssociation:GatewayAssociation": lambda _: {
        "dxGatewayId": "dxgw-1",
        "associatedGatewayId": "vgw-1",
        "allowedPrefixes": [WORLD],
    },
    "directconnect/gatewayAssociationProposal:GatewayAssociationProposal": lambda _: {
        "dxGatewayId": "dxgw-1",
        "associatedGatewayId": "vgw-1",
    },
    "directconnect/privateVirtualInterface:PrivateVirtualInterface": lambda _: {
        "connectionId": "dxcon-1",
        "vpnGatewayId": "vgw-1",
        "bgpAsn": 65000,
    },
    "directconnect/publicVirtualInterface:PublicVirtualInterface": lambda _: {
        "connectionId": "dxcon-1",
        "routeFilterPrefixes": ["203.0.113.0/24"],
    },
    "directconnect/transitVirtualInterface:TransitVirtualInterface": lambda _: {
        "connectionId": "dxcon-1",
        "dxGatewayId": "dxgw-1",
    },
    "directconnect/bgpPeer:BgpPeer": lambda _: {"virtualInterfaceId": "dxvif-1", "bgpAsn": 65000},
    "ec2clientvpn/endpoint:Endpoint": lambda made: {
        "vpcId": made["vpc"],
        "clientCidrBlock": "10.99.0.0/22",
        "splitTunnel": False,
    },
    "ec2clientvpn/networkAssociation:NetworkAssociation": lambda made: {
        "clientVpnEndpointId": "cvpn-endpoint-1",
        "subnetId": made["subnet"],
    },
    "ec2clientvpn/route:Route": lambda made: {
        "clientVpnEndpointId": "cvpn-endpoint-1",
        "destinationCidrBlock": WORLD,
        "targetVpcSubnetId": made["subnet"],
    },
    "ec2clientvpn/authorizationRule:AuthorizationRule": lambda _: {
        "clientVpnEndpointId": "cvpn-endpoint-1",
        "targetNetworkCidr": WORLD,
        "authorizeAllGroups": True,
    },
    "ec2/localGatewayRouteTable:LocalGatewayRouteTable": lambda _: {"localGatewayId": "lgw-1"},
    "ec2/localGatewayRoute:LocalGatewayRoute": lambda _: {
        "destinationCidrBlock": WORLD,
        "localGatewayRouteTableId": "lgw-rtb-1",
        "localGatewayVirtualInterfaceGroupId": "lgw-vif-grp-1",
    },
    "ec2/localGatewayRouteTableVpcAssociation:LocalGatewayRouteTableVpcAssociation": lambda made: {
        "localGatewayRouteTableId": "lgw-rtb-1",
        "vpcId": made["vpc"],
    },
}
"""What leads to premises reaches a subnet only through its table: a route or a propagation."""

BETWEEN_NETWORKS: dict[str, Inputs] = {
    "vpc/routeServer:RouteServer": lambda _: {"amazonSideAsn": 65534},
    "vpc/routeServerEndpoint:RouteServerEndpoint": lambda made: {
        "routeServerId": "rs-1",
        "subnetId": made["subnet"],
    },
    "vpc/routeServerPeer:RouteServerPeer": lambda _: {
        "routeServerEndpointId": "rse-1",
        "peerAddress": "10.0.1.9",
    },
    "vpc/routeServerVpcAssociation:RouteServerVpcAssociation": lambda made: {
        "routeServerId": "rs-1",
        "vpcId": made["vpc"],
    },
    "ec2/vpcPeeringConnection:VpcPeeringConnection": lambda made: {
        "vpcId": made["vpc"],
        "peerVpcId": "vpc-1",
    },
    "ec2/vpcPeeringConnectionAccepter:VpcPeeringConnectionAccepter": lambda _: {
        "vpcPeeringConnectionId": "pcx-1",
        "autoAccept": True,
    },
    "ec2/peeringConnectionOptions:PeeringConnectionOptions": lambda _: {
        "vpcPeeringConnectionId": "pcx-1"
    },
    "ec2transitgateway/routeTable:RouteTable": lambda _: {"transitGatewayId": "tgw-1"},
    "ec2transitgateway/routeTableAssociation:RouteTableAssociation": lambda _: {
        "transitGatewayAttachmentId": "tgw-attach-1",
        "transitGatewayRouteTableId": "tgw-rtb-1",
    },
    "ec2transitgateway/routeTablePropagation:RouteTablePropagation": lambda _: {
        "transitGatewayAttachmentId": "tgw-attach-1",
        "transitGatewayRouteTableId": "tgw-rtb-1",
    },
    "ec2transitgateway/prefixListReference:PrefixListReference": lambda _: {
        "prefixListId": "pl-1",
        "transitGatewayAttachmentId": "tgw-attach-1",
        "transitGatewayRouteTableId": "tgw-rtb-1",
    },
    "ec2transitgateway/peeringAttachment:PeeringAttachment": lambda _: {
        "transitGatewayId": "tgw-1",
        "peerTransitGatewayId": "tgw-2",
        "peerRegion": "eu-west-1",
    },
    "ec2transitgateway/connect:Connect": lambda _: {
        "transitGatewayId": "tgw-1",
        "transportAttachmentId": "tgw-attach-1",
    },
    "ec2transitgateway/connectPeer:ConnectPeer": lambda _: {
        "transitGatewayAttachmentId": "tgw-attach-2",
        "peerAddress": "10.0.1.9",
        "insideCidrBlocks": ["169.254.100.0/29"],
    },
    "networkmanager/vpcAttachment:VpcAttachment": lambda _: {
        "coreNetworkId": "core-network-1",
        "vpcArn": "arn:aws:ec2:us-east-1:123456789012:vpc/vpc-1",
        "subnetArns": ["arn:aws:ec2:us-east-1:123456789012:subnet/subnet-1"],
    },
    "networkmanager/coreNetwork:CoreNetwork": lambda _: {"globalNetworkId": "global-network-1"},
    "networkmanager/coreNetworkPolicyAttachment:CoreNetworkPolicyAttachment": lambda _: {
        "coreNetworkId": "core-network-1",
        "policyDocument": '{"segment-actions": [{"destination-cidr-blocks": ["0.0.0.0/0"]}]}',
    },
    "networkfirewall/vpcEndpointAssociation:VpcEndpointAssociation": lambda made: {
        "firewallArn": "arn:aws:network-firewall:us-east-1:123456789012:firewall/wall",
        "vpcId": made["vpc"],
        "subnetMapping": {"subnetId": made["subnet"]},
    },
    "ram/resourceAssociation:ResourceAssociation": lambda _: {
        "resourceArn": "arn:aws:ec2:us-east-1:123456789012:subnet/subnet-1",
        "resourceShareArn": "arn:aws:ram:us-east-1:123456789012:resource-share/1",
    },
}
"""What joins networks: a participant of a shared subnet may not alter its table (AWS VPC guide)."""

INSIDE: dict[str, Inputs] = {
    "ec2/internetGatewayAttachment:InternetGatewayAttachment": lambda made: {
        "vpcId": made["vpc"],
        "internetGatewayId": "igw-1",
    },
    "ec2/vpcEndpointRouteTableAssociation:VpcEndpointRouteTableAssociation": lambda made: {
        "routeTableId": made["table"],
        "vpcEndpointId": "vpce-1",
    },
    "ec2/natGatewayEipAssociation:NatGatewayEipAssociation": lambda _: {
        "allocationId": "eipalloc-1",
        "natGatewayId": "nat-1",
    },
    "ec2/networkInterfaceAttachment:NetworkInterfaceAttachment": lambda _: {
        "instanceId": "i-1",
        "networkInterfaceId": "eni-1",
        "deviceIndex": 1,
    },
    "ec2/launchTemplate:LaunchTemplate": lambda made: {
        "networkInterfaces": [{"associatePublicIpAddress": "true", "subnetId": made["subnet"]}],
    },
    "ec2/spotInstanceRequest:SpotInstanceRequest": lambda made: {
        "subnetId": made["subnet"],
        "associatePublicIpAddress": True,
        "sourceDestCheck": False,
    },
    "ec2/eip:Eip": lambda _: {"domain": "vpc", "instance": "i-1"},
    "ec2/eipAssociation:EipAssociation": lambda _: {
        "allocationId": "eipalloc-1",
        "networkInterfaceId": "eni-1",
    },
    "ec2/secondarySubnet:SecondarySubnet": lambda _: {
        "secondaryNetworkId": "sn-1",
        "ipv4CidrBlock": "10.200.0.0/24",
    },
    "ec2/vpcBlockPublicAccessOptions:VpcBlockPublicAccessOptions": lambda _: {
        "internetGatewayBlockMode": "block-bidirectional"
    },
    "ec2/vpcBlockPublicAccessExclusion:VpcBlockPublicAccessExclusion": lambda made: {
        "vpcId": made["vpc"],
        "internetGatewayExclusionMode": "allow-bidirectional",
    },
    "ec2/networkAcl:NetworkAcl": lambda made: {
        "vpcId": made["vpc"],
        "subnetIds": [made["subnet"]],
        "egress": [],
    },
    "ec2/networkAclRule:NetworkAclRule": lambda _: {
        "networkAclId": "acl-1",
        "ruleNumber": 1,
        "egress": True,
        "protocol": "-1",
        "ruleAction": "deny",
        "cidrBlock": WORLD,
    },
    "ec2/networkAclAssociation:NetworkAclAssociation": lambda made: {
        "networkAclId": "acl-1",
        "subnetId": made["subnet"],
    },
    "ec2/defaultNetworkAcl:DefaultNetworkAcl": lambda _: {
        "defaultNetworkAclId": "acl-1",
        "egress": [],
    },
}
"""What stands inside of a VPC: neither network ACLs nor Block Public Access count as a remedy."""

FURTHER_LINKS: dict[str, Inputs] = {
    f"{module}/{name[0].lower()}{name[1:]}:{name}": lambda _: {"coreNetworkId": "core-network-1"}
    for module, names in {
        "directconnect": (
            "ConnectionConfirmation HostedConnection MacsecKeyAssociation"
            " HostedPrivateVirtualInterface HostedPrivateVirtualInterfaceAccepter"
            " HostedPublicVirtualInterface HostedPublicVirtualInterfaceAccepter"
            " HostedTransitVirtualInterface HostedTransitVirtualInterfaceAcceptor"
        ),
        "networkmanager": (
            "AttachmentAccepter ConnectAttachment ConnectPeer DxGatewayAttachment GlobalNetwork"
            " PrefixListAssociation SiteToSiteVpnAttachment TransitGatewayPeering"
            " TransitGatewayRegistration TransitGatewayRouteTableAttachment"
        ),
        "ec2transitgateway": (
            "DefaultRouteTablePropagation PeeringAttachmentAccepter PolicyTable"
            " PolicyTableAssociation VpcAttachmentAccepter"
        ),
    }.items()
    for name in names.split()
}
"""What only completes the links above; none of them has a property that names a VPC's table."""

FURNITURE = {**TO_PREMISES, **BETWEEN_NETWORKS, **INSIDE, **FURTHER_LINKS}


@pytest.mark.parametrize(("token", "inputs"), FURNITURE.items(), ids=list(FURNITURE))
def test_a_closed_subnet_is_kept_beside(token: str, inputs: Inputs) -> None:
    stack, made = closed_network()
    stack.add(token, "beside", **inputs(made))
    check(judged(stack, RULE), "kept")


@pytest.mark.parametrize(("token", "inputs"), FURNITURE.items(), ids=list(FURNITURE))
def test_an_open_subnet_is_not_rescued_by(token: str, inputs: Inputs) -> None:
    stack, made = closed_network()
    made["table"].inputs["routes"] = [{"cidrBlock": WORLD, "gatewayId": made["gateway"]}]
    stack.add(token, "beside", **inputs(made))
    check(judged(stack, RULE), "violated")
