"""Layouts that many networks have, as stacks: their private subnets are called `private-*`."""

from collections.abc import Callable
from typing import Any

from tests.support.policy_stacks import Made, Output, Stack

ANYWHERE, ANYWHERE_V6 = "0.0.0.0/0", "::/0"
ELSEWHERE = "tgw-0123456789abcdef0"
_DEFAULT_ROUTE = {"destinationCidrBlock": ANYWHERE}


class Layout(Stack):
    """A stack with a VPC, and words for what networks are made of."""

    def __init__(self) -> None:
        super().__init__()
        self.vpc = self.net("main", "10.0.0.0/16")

    def net(self, name: str, cidr: str) -> Made:
        return self.add("ec2/vpc:Vpc", name, cidrBlock=cidr, assignGeneratedIpv6CidrBlock=True)

    def subnet(self, name: str, *routes: dict[str, Any], **more: Any) -> Made:
        """Add a subnet with a table of its own, whose routes are resources of their own."""
        vpc = more.pop("vpcId", self.vpc)
        cidr = f"10.0.{len(self.made)}.0/24"
        subnet = self.add("ec2/subnet:Subnet", name, vpcId=vpc, cidrBlock=cidr, **more)
        table = self.add("ec2/routeTable:RouteTable", name, vpcId=vpc)
        kind = "ec2/routeTableAssociation:RouteTableAssociation"
        self.add(kind, name, subnetId=subnet, routeTableId=table)
        for at, route in enumerate(routes):
            default = {} if "destinationIpv6CidrBlock" in route else _DEFAULT_ROUTE
            self.add("ec2/route:Route", f"{name}-{at}", routeTableId=table, **{**default, **route})
        return subnet

    def public(self, name: str = "public-a", vpc: Made | None = None, **more: Any) -> Made:
        where = vpc or self.vpc
        gateway = self.add("ec2/internetGateway:InternetGateway", name, vpcId=where)
        route = {"gatewayId": gateway}
        return self.subnet(name, route, vpcId=where, mapPublicIpOnLaunch=True, **more)

    def nat(self, **more: Any) -> dict[str, Any]:
        """Add a NAT gateway in a public subnet, and return a route's target."""
        kind = "ec2/natGateway:NatGateway"
        return {"natGatewayId": self.add(kind, "nat", subnetId=self.public(**more))}

    def attach(self, transit: Made, vpc: Made, *subnets: Made) -> Made:
        kind = "ec2transitgateway/vpcAttachment:VpcAttachment"
        return self.add(
            kind, f"{vpc.name}-to-hub", transitGatewayId=transit, vpcId=vpc, subnetIds=[*subnets]
        )

    def firewall(self, name: str, vpc: Made, *routes: dict[str, Any]) -> dict[str, Any]:
        """Add a firewall in a subnet of its own, and return a route's target."""
        subnet = self.subnet(f"firewall-{name}", *routes, vpcId=vpc)
        endpoint = {"endpointId": "vpce-0123456789abcdef0", "subnetId": subnet.id}
        made = self.add(
            "networkfirewall/firewall:Firewall",
            name,
            vpcId=vpc,
            firewallPolicyArn="arn:aws:network-firewall:us-east-1:123456789012:firewall-policy/p",
            subnetMappings=[{"subnetId": subnet}],
            shown={
                "firewallStatuses": [
                    {"syncStates": [{"availabilityZone": "us-east-1a", "attachments": [endpoint]}]}
                ]
            },
        )
        return {"vpcEndpointId": Output(made, "firewallStatuses", found=endpoint["endpointId"])}


def awsx() -> Stack:
    stack = Layout()
    nat = stack.nat(name="vpc-public-1", tags={"SubnetType": "Public"})
    stack.subnet("private-1", nat, tags={"SubnetType": "Private"})
    return stack


def isolated() -> Stack:
    stack = Layout()
    stack.public()
    private = stack.subnet("private-1", tags={"SubnetType": "Isolated"})
    group = stack.add(
        "ec2/securityGroup:SecurityGroup",
        "https",
        vpcId=stack.vpc,
        ingress=[
            {"protocol": "tcp", "fromPort": 443, "toPort": 443, "cidrBlocks": ["10.0.0.0/16"]}
        ],
    )
    stack.add(
        "ec2/vpcEndpoint:VpcEndpoint",
        "api",
        vpcId=stack.vpc,
        serviceName="com.amazonaws.us-east-1.ec2",
        vpcEndpointType="Interface",
        subnetIds=[private],
        securityGroupIds=[group],
    )
    return stack


def eks() -> Stack:
    stack = Layout()
    nat = stack.nat(name="eks-1", tags={"kubernetes.io/role/elb": "1"})
    stack.subnet("private-eks", nat, tags={"kubernetes.io/role/internal-elb": "1"})
    return stack


def nat_instance() -> Stack:
    stack = Layout()
    interface = stack.add(
        "ec2/networkInterface:NetworkInterface",
        "nat",
        subnetId=stack.public(),
        sourceDestCheck=False,
    )
    stack.subnet("private-a", {"networkInterfaceId": interface})
    return stack


def dual_stack() -> Stack:
    stack = Layout()
    kind = "ec2/egressOnlyInternetGateway:EgressOnlyInternetGateway"
    out = stack.add(kind, "out", vpcId=stack.vpc)
    egress = {"destinationIpv6CidrBlock": ANYWHERE_V6, "egressOnlyGatewayId": out}
    stack.subnet("private-a", stack.nat(), egress)
    return stack


def spoke() -> Stack:
    stack = Layout()
    stack.subnet("private-a", {"transitGatewayId": ELSEWHERE})
    return stack


def vpn() -> Stack:
    stack = Layout()
    stack.subnet("private-a")
    gateway = stack.add("ec2/vpnGateway:VpnGateway", "office", vpcId=stack.vpc)
    table = next(each for each in stack.made if each.kind == "RouteTable")
    kind = "ec2/vpnGatewayRoutePropagation:VpnGatewayRoutePropagation"
    stack.add(kind, "learned", routeTableId=table, vpnGatewayId=gateway)
    return stack


def peered() -> Stack:
    stack = Layout()
    other = stack.net("other", "10.1.0.0/16")
    kind = "ec2/vpcPeeringConnection:VpcPeeringConnection"
    peer = stack.add(kind, "peer", vpcId=stack.vpc, peerVpcId=other)
    stack.subnet(
        "private-a", {"destinationCidrBlock": "10.1.0.0/16", "vpcPeeringConnectionId": peer}
    )
    return stack


def firewall_and_nat() -> Stack:
    stack = Layout()
    stack.subnet("private-a", stack.firewall("inspection", stack.vpc, stack.nat()))
    return stack


def hub(*, inspected: bool = False) -> Stack:
    """A spoke whose default route leads through a transit gateway to an egress VPC."""
    stack = Layout()
    egress = stack.net("egress", "10.2.0.0/16")
    out = stack.nat(name="egress-public", vpc=egress)
    if inspected:
        out = stack.firewall("inspection", egress, out)
    attached = stack.subnet("egress-attached", out, vpcId=egress)
    transit = stack.add("ec2transitgateway/transitGateway:TransitGateway", "hub")
    private = stack.subnet("private-a", {"transitGatewayId": transit})
    near = stack.attach(transit, stack.vpc, private)
    far = stack.attach(transit, egress, attached)
    table = stack.add("ec2transitgateway/routeTable:RouteTable", "spokes", transitGatewayId=transit)
    stack.add(
        "ec2transitgateway/routeTableAssociation:RouteTableAssociation",
        "near",
        transitGatewayAttachmentId=near,
        transitGatewayRouteTableId=table,
    )
    stack.add(
        "ec2transitgateway/route:Route",
        "out",
        destinationCidrBlock=ANYWHERE,
        transitGatewayAttachmentId=far,
        transitGatewayRouteTableId=table,
    )
    return stack


LAYOUTS: dict[str, Callable[[], Stack]] = {
    "awsx default: public and private subnets, NAT gateways": awsx,
    "isolated subnets with VPC endpoints": isolated,
    "EKS: role tags, NAT gateways": eks,
    "NAT instance": nat_instance,
    "dual stack: NAT gateway and egress-only internet gateway": dual_stack,
    "spoke whose hub is in another stack": spoke,
    "hub and spoke, NAT gateway in the hub": hub,
    "hub and spoke, firewall and NAT gateway in the hub": lambda: hub(inspected=True),
    "firewall before a NAT gateway in one VPC": firewall_and_nat,
    "VPN with propagated routes": vpn,
    "peering with the peer's own ranges": peered,
}
"""By the row of docs/policy.md."""
