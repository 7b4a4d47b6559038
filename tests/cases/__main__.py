"""Small stacks on which a network check goes wrong easily; `case` chooses one.

tests/engine/test_policy_cases.py has the verdict of each.
"""

from typing import Any

import pulumi
import pulumi_aws as aws

WORLD = "0.0.0.0/0"
case = pulumi.Config().require("case")
vpc = aws.ec2.Vpc("private-net" if case == "public name" else "net", cidr_block="10.0.0.0/16")
gateway = aws.ec2.InternetGateway("gateway", vpc_id=vpc.id)
TO_GATEWAY = {"cidr_block": WORLD, "gateway_id": gateway.id}


def subnet(name: str, third: int, **more: Any) -> aws.ec2.Subnet:
    return aws.ec2.Subnet(name, vpc_id=vpc.id, cidr_block=f"10.0.{third}.0/24", **more)


def table(name: str, bound: aws.ec2.Subnet | None = None, *routes: Any) -> aws.ec2.RouteTable:
    made = aws.ec2.RouteTable(name, vpc_id=vpc.id, routes=list(routes) or None)
    if bound is not None:
        aws.ec2.RouteTableAssociation(name, subnet_id=bound.id, route_table_id=made.id)
    return made


def nat() -> aws.ec2.NatGateway:
    public = subnet("public-a", 0)
    table("public", public, TO_GATEWAY)
    address = aws.ec2.Eip("address", domain="vpc")
    return aws.ec2.NatGateway("nat", subnet_id=public.id, allocation_id=address.id)


def inspected() -> None:
    before = subnet("firewall-a", 2)
    table("firewall", before, {"cidr_block": WORLD, "nat_gateway_id": nat().id})
    firewall = aws.networkfirewall.Firewall(
        "inspection",
        vpc_id=vpc.id,
        firewall_policy_arn="arn:aws:network-firewall:us-east-1:123456789012:firewall-policy/p",
        subnet_mappings=[{"subnet_id": before.id}],
    )
    endpoint = firewall.firewall_statuses[0].sync_states[0].attachments[0].endpoint_id
    table("private", subnet("private-a", 1), {"cidr_block": WORLD, "vpc_endpoint_id": endpoint})


def commands() -> None:
    table("private", subnet("private-a", 1))
    pulumi.CustomResource("command:local:Command", "parent-only", {})
    pulumi.CustomResource("command:local:Command", "render", {"create": "envsubst < a > b"})


def adopted_plain_table() -> None:
    plain = table("web")
    route = aws.ec2.DefaultRouteTableRouteArgs(cidr_block=WORLD, gateway_id=gateway.id)
    aws.ec2.DefaultRouteTable("adopted", default_route_table_id=plain.id, routes=[route])
    subnet("private-db", 1)


def route(over: pulumi.Input[str], **target: Any) -> None:
    aws.ec2.Route("out", route_table_id=over, destination_cidr_block=WORLD, **target)


def looked_up_table() -> None:
    private = subnet("private-a", 1)
    table("private", private)
    route(aws.ec2.get_route_table_output(subnet_id=private.id).id, nat_gateway_id=nat().id)


def private_name(**tags: str) -> None:
    tags = {"Name": "app-private-1", **tags}
    private = subnet("app-private-1", 1, map_public_ip_on_launch=False, tags=tags)
    table("private", private, {"cidr_block": WORLD, "nat_gateway_id": nat().id})


def peered() -> None:
    other = aws.ec2.Vpc("other", cidr_block="10.1.0.0/16")
    peering = aws.ec2.VpcPeeringConnection(
        "peering", vpc_id=vpc.id, peer_vpc_id=other.id, auto_accept=True
    )
    leads = {"cidr_block": WORLD, "vpc_peering_connection_id": peering.id}
    table("private", subnet("private-a", 1), leads)


def virtual_ip() -> None:
    private = table("private", subnet("private-a", 1))
    aws.ec2.Route(
        "virtual-ip",
        route_table_id=private.id,
        destination_cidr_block="192.168.10.9/32",
        network_interface_id="eni-0123456789abcdef0",
    )


def private_table(**leads: Any) -> aws.ec2.RouteTable:
    return table("private", subnet("private-a", 1), *([leads] if leads else []))


ELB = {"kubernetes.io/role/elb": "1"}
OPEN = {"map_public_ip_on_launch": True}
CASES = {
    "public name": lambda: table(
        "edge", subnet("subnet-public-0-private-net", 1, **OPEN), TO_GATEWAY
    ),
    "public addresses": lambda: table("edge", subnet("web-1", 1, **OPEN), TO_GATEWAY),
    "NAT as gateway, inline": lambda: private_table(cidr_block=WORLD, gateway_id=nat().id),
    "NAT as gateway": lambda: route(private_table().id, gateway_id=nat().id),
    "firewall": inspected,
    "commands": commands,
    "adopted plain table": adopted_plain_table,
    "looked-up table": looked_up_table,
    "private name, public role": lambda: private_name(**ELB),
    "private name, public type": lambda: private_name(Type="public"),
    "public sector": lambda: table("edge", subnet("public-sector-db-a", 1), TO_GATEWAY),
    "private name at a gateway": lambda: table(
        "edge", subnet("private-b", 1, tags=ELB), TO_GATEWAY
    ),
    "private range to NAT": lambda: private_table(
        cidr_block="172.20.0.0/16", nat_gateway_id=nat().id
    ),
    "peering": peered,
    "virtual IP to nowhere": virtual_ip,
}
CASES[case]()
