"""Generated stacks: tables, routes, subnets, endpoints and a virtual IP in any combination."""

from typing import Any

from hypothesis import strategies as st

from tests.support.policy_stacks import Made, Stack

SIGNS: list[dict[str, Any]] = [
    {},
    {"mapPublicIpOnLaunch": True},
    {"tags": {"Type": "public"}},
    {"tags": {"Type": "private"}, "mapPublicIpOnLaunch": True},
]
"""What else a subnet may say of itself, and hand out."""


def gateway(stack: Stack, draw: Any, vpc: Made, at: int, nat: str = "nat") -> dict[str, Any]:
    kind = draw(st.sampled_from(["internet", nat, nat, "vpn", "peer", "local"]))
    if kind == "internet":
        made = stack.add("ec2/internetGateway:InternetGateway", f"out-{at}", vpcId=vpc)
        return {"gatewayId": made}
    if kind == "vpn":
        return {"gatewayId": stack.add("ec2/vpnGateway:VpnGateway", f"vpn-{at}", vpcId=vpc)}
    if kind == "peer":
        peer = stack.add(
            "ec2/vpcPeeringConnection:VpcPeeringConnection",
            f"peer-{at}",
            vpcId=vpc,
            peerVpcId="vpc-elsewhere",
        )
        return {"vpcPeeringConnectionId": peer}
    if kind == "local":
        return {"gatewayId": "local"}
    return {
        "natGatewayId": stack.add(
            "ec2/natGateway:NatGateway",
            f"nat-{at}",
            subnetId=f"subnet-elsewhere-{at}",
            connectivityType="private" if kind == "private nat" else "public",
        )
    }


def routing(stack: Stack, draw: Any, vpc: Made, at: int) -> Made:
    """Add a table with inline or stand-alone routes.

    Its NAT gateways are all public or all private: a preview does not tell which of several inline
    routes leads to which, so that with both kinds it says less than the state.
    """
    nat = draw(st.sampled_from(["nat", "private nat"]))
    destinations = st.sampled_from(["0.0.0.0/0", "10.9.0.0/16", "128.0.0.0/1", "20.0.0.100/32"])
    routes = [
        (draw(destinations), gateway(stack, draw, vpc, at * 10 + place, nat))
        for place in range(draw(st.integers(0, 2)))
    ]
    inline = draw(st.booleans())
    rows = [{"cidrBlock": cidr, **target} for cidr, target in routes]
    table = stack.add(
        "ec2/routeTable:RouteTable",
        f"table-{at}",
        vpcId=vpc,
        **({"routes": rows} if inline and rows else {}),
    )
    for place, (cidr, target) in enumerate(() if inline else routes):
        stack.add(
            "ec2/route:Route",
            f"route-{at}-{place}",
            routeTableId=table,
            destinationCidrBlock=cidr,
            **target,
        )
    return table


@st.composite
def stacks(draw: Any) -> Stack:
    stack = Stack()
    vpc = stack.add(
        "ec2/vpc:Vpc", "hub", cidrBlock=draw(st.sampled_from(["10.0.0.0/16", "20.0.0.0/16"]))
    )
    tables = [routing(stack, draw, vpc, at) for at in range(draw(st.integers(1, 2)))]
    for at in range(draw(st.integers(1, 2))):
        tier = draw(st.sampled_from(["private", "public", "odd", "public-private"]))
        subnet = stack.add(
            "ec2/subnet:Subnet",
            f"{tier}-{at}",
            vpcId=vpc,
            cidrBlock=f"10.0.{at}.0/24",
            **draw(st.sampled_from(SIGNS)),
        )
        if draw(st.booleans()):
            stack.add(
                "ec2/routeTableAssociation:RouteTableAssociation",
                f"bound-{at}",
                subnetId=subnet,
                routeTableId=draw(st.sampled_from(tables)),
            )
    main_table(stack, draw, vpc, tables[0])
    if draw(st.booleans()):
        virtual_ip(stack, draw, tables)
    endpoint(stack, draw, vpc)
    return stack


def virtual_ip(stack: Stack, draw: Any, tables: list[Made]) -> None:
    """Route a virtual IP to an interface, which an instance may have, or to one that is nowhere."""
    check = draw(st.sampled_from([{}, {"sourceDestCheck": False}]))
    node = stack.add("ec2/networkInterface:NetworkInterface", "node", subnetId="subnet-x", **check)
    block = draw(st.sampled_from([None, "primaryNetworkInterface", "networkInterfaces"]))
    if block is not None:
        given = {"networkInterfaceId": node}
        older = block == "networkInterfaces"
        stack.add(
            "ec2/instance:Instance",
            "machine",
            ignore_changes=draw(st.sampled_from([(), ("sourceDestCheck",)])),
            **{block: [{"deviceIndex": 0, **given}] if older else given},
        )
    for at, table in enumerate(tables):
        stack.add(
            "ec2/route:Route",
            f"virtual-{at}",
            routeTableId=table,
            destinationCidrBlock="20.0.0.200/32",
            networkInterfaceId=draw(st.sampled_from([node, node, "eni-nowhere"])),
        )


def endpoint(stack: Stack, draw: Any, vpc: Made) -> None:
    port = draw(st.sampled_from([443, 22]))
    rule = {"protocol": "tcp", "fromPort": port, "toPort": port, "cidrBlocks": ["10.0.0.0/16"]}
    group = stack.add(
        "ec2/securityGroup:SecurityGroup",
        "group",
        vpcId=vpc,
        **({"ingress": [rule]} if draw(st.booleans()) else {}),
    )
    if draw(st.booleans()):
        stack.add(
            "vpc/securityGroupIngressRule:SecurityGroupIngressRule",
            "rule",
            securityGroupId=group,
            ipProtocol="tcp",
            fromPort=443,
            toPort=draw(st.sampled_from([443, 8443])),
        )
    own = draw(st.booleans())
    control = stack.add(
        "ec2/vpcEndpoint:VpcEndpoint",
        "control",
        vpcId=vpc,
        vpcEndpointType=draw(st.sampled_from(["Interface", "Gateway"])),
        serviceName="com.amazonaws.us-east-1.ec2",
        shown={"securityGroupIds": [group.id if own else f"sg-default-{vpc.id}"]},
        **({"securityGroupIds": [group]} if own else {}),
    )
    if not own:
        default_group(stack, draw, vpc, control, group)


def main_table(stack: Stack, draw: Any, vpc: Made, table: Made) -> None:
    """Leave the main table as AWS makes it, take another one, or adopt it."""
    how = draw(st.sampled_from(["left", "associated", "adopted"]))
    if how == "associated":
        stack.add(
            "ec2/mainRouteTableAssociation:MainRouteTableAssociation",
            "main",
            vpcId=vpc,
            routeTableId=table,
        )
    if how == "adopted":
        rows = [{"cidrBlock": "0.0.0.0/0", **gateway(stack, draw, vpc, 90)}]
        stack.add(
            "ec2/defaultRouteTable:DefaultRouteTable",
            "default",
            shown={"id": f"rtb-main-{vpc.id}", "vpcId": vpc.id},
            defaultRouteTableId=vpc.output("defaultRouteTableId"),
            routes=draw(st.sampled_from([[], rows])),
        )


def default_group(stack: Stack, draw: Any, vpc: Made, control: Made, group: Made) -> None:
    """Adopt the VPC's default group, or put another one in its place."""
    if draw(st.booleans()):
        everything = [{"protocol": "-1", "fromPort": 0, "toPort": 0, "self": True}]
        stack.add(
            "ec2/defaultSecurityGroup:DefaultSecurityGroup",
            "adopted",
            shown={"id": f"sg-default-{vpc.id}"},
            vpcId=vpc,
            ingress=draw(st.sampled_from([[], everything])),
        )
    if draw(st.booleans()):
        stack.add(
            "ec2/securityGroupAssociation:SecurityGroupAssociation",
            "instead",
            vpcEndpointId=control,
            securityGroupId=group,
            replaceDefaultAssociation=draw(st.booleans()),
        )
