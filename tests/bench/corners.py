"""Stacks in which many things meet many others: what grows faster than a stack does shows here."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final

from guardrails.pack import policies
from guardrails.testing import Analyzer, Given, analyze
from tests.support.policy_stacks import GUESSING, Made, Stack

Action = Callable[[], object]

RULE = "private-subnets-have-no-internet-route"
ASSOCIATION = "ec2/routeTableAssociation:RouteTableAssociation"
INGRESS = "vpc/securityGroupIngressRule:SecurityGroupIngressRule"


def _hub(stack: Stack, name: str = "hub") -> Made:
    return stack.add("ec2/vpc:Vpc", name, cidrBlock="10.0.0.0/8")


def _subnets(stack: Stack, vpc: Made, count: int) -> list[Made]:
    return [
        stack.add(
            "ec2/subnet:Subnet",
            f"private-{at}",
            vpcId=vpc,
            cidrBlock=f"10.{at >> 8}.{at & 255}.0/24",
        )
        for at in range(count)
    ]


def judged(given: list[Given], config: Any = None, *, preview: bool | None = None) -> Action:
    """Return a call that has the pack judge a stack."""
    return lambda: analyze(given, policies(), config=config, preview=preview)


def updated(stack: Stack) -> Action:
    """Return a call that registers a stack during an update, with every gate on."""
    given = stack.update()

    def run() -> None:
        analyzer = Analyzer(policies(), preview=False, config=GUESSING)
        for each in given:
            analyzer.register(each)

    return run


def exemptions(count: int) -> Action:
    """`count` exemptions, each of one private subnet with an egress path."""
    stack = Stack()
    vpc = _hub(stack)
    row = {"cidrBlock": "0.0.0.0/0", "gatewayId": "igw-0123456789abcdef0"}
    table = stack.add("ec2/routeTable:RouteTable", "open", vpcId=vpc, routes=[row])
    for at, subnet in enumerate(_subnets(stack, vpc, count)):
        stack.add(ASSOCIATION, f"bound-{at}", subnetId=subnet, routeTableId=table)
    exempt = [
        {"urn": f"*::private-{at}", "reason": "moves", "owner": "network", "expires": "2999-12-31"}
        for at in range(count)
    ]
    return judged(stack.state(), {RULE: {"exemptions": exempt}})


def members_of_a_list(count: int) -> Action:
    """`count` subnets, taken out of a list that a preview does not show, with a table each."""
    stack = Stack()
    vpc = _hub(stack)
    subnets = _subnets(stack, vpc, count)
    gateway = stack.add("ec2/internetGateway:InternetGateway", "gateway", vpcId=vpc)
    for at, subnet in enumerate(subnets):
        row = {"cidrBlock": "0.0.0.0/0", "gatewayId": gateway}
        name = "ec2/routeTable:RouteTable"
        table = stack.add(name, f"table-{at}", vpcId=vpc, routes=[row] if at % 4 else [])
        stack.add(ASSOCIATION, f"bound-{at}", subnetId=subnet, routeTableId=table)
    urns = [each.urn for each in subnets]
    return judged([_of_any(each, urns) for each in stack.preview()], preview=True)


def _of_any(given: Given, subnets: list[str]) -> Given:
    """Return what names a subnet as a preview shows it: linked to every member of the list."""
    if "subnetId" not in given.links:
        return given
    return replace(given, links={**given.links, "subnetId": subnets})


def _table_of(subnets: int, routes: int, first: str = "172.16") -> Action:
    """`routes` routes to neighbouring /24 ranges from `first`."""
    stack = Stack()
    vpc = _hub(stack)
    table = stack.add("ec2/routeTable:RouteTable", "shared", vpcId=vpc)
    for at, subnet in enumerate(_subnets(stack, vpc, subnets)):
        stack.add(ASSOCIATION, f"bound-{at}", subnetId=subnet, routeTableId=table)
    for at in range(routes):
        stack.add(
            "ec2/route:Route",
            f"partner-{at}",
            routeTableId=table,
            destinationCidrBlock=f"{_after(first, at)}.0/24",
            transitGatewayId="tgw-0123456789abcdef0",
        )
    return updated(stack)


def _after(first: str, count: int) -> str:
    """Return the beginning of the /24 that is `count` ranges after the first one of a /16."""
    head, second = first.split(".")
    return f"{head}.{int(second) + (count >> 8)}.{count & 255}"


def shared_table(count: int) -> Action:
    """`count` private subnets with one table, which gets its routes last."""
    return _table_of(count, 5)


def routes_and_subnets(count: int) -> Action:
    """`count` private subnets with one table, which gets as many routes."""
    return _table_of(count, count)


def public_routes_and_subnets(count: int) -> Action:
    """`count` private subnets with one table, which gets as many routes of public addresses."""
    return _table_of(count, count, first="20.0")


def own_tables(count: int) -> Action:
    """`count` private subnets, each with a table and a route of its own."""
    stack = Stack()
    vpc = _hub(stack)
    for at, subnet in enumerate(_subnets(stack, vpc, count)):
        table = stack.add("ec2/routeTable:RouteTable", f"table-{at}", vpcId=vpc)
        stack.add(ASSOCIATION, f"bound-{at}", subnetId=subnet, routeTableId=table)
        stack.add(
            "ec2/route:Route",
            f"partner-{at}",
            routeTableId=table,
            destinationCidrBlock="172.16.0.0/12",
            transitGatewayId="tgw-0123456789abcdef0",
        )
    return updated(stack)


def _endpoint(stack: Stack, name: str, vpc: Made, group: Made) -> None:
    stack.add(
        "ec2/vpcEndpoint:VpcEndpoint",
        name,
        vpcId=vpc,
        vpcEndpointType="Interface",
        serviceName="com.amazonaws.us-east-1.ec2",
        securityGroupIds=[group],
    )


def _admit(stack: Stack, name: str, group: Made, source: str, port: int = 443) -> None:
    ports = {"ipProtocol": "tcp", "fromPort": port, "toPort": port}
    stack.add(INGRESS, name, securityGroupId=group, cidrIpv4=source, **ports)


def _group_of(endpoints: int, rules: int) -> Action:
    stack = Stack()
    vpc = _hub(stack)
    group = stack.add("ec2/securityGroup:SecurityGroup", "https", vpcId=vpc)
    for at in range(endpoints):
        _endpoint(stack, f"endpoint-{at}", vpc, group)
    for at in range(rules):
        _admit(stack, f"https-{at}", group, f"10.{at >> 8}.{at & 255}.0/24")
    return updated(stack)


def shared_group(count: int) -> Action:
    """`count` endpoints with one group, which gets its rules last."""
    return _group_of(count, 5)


def rules_of_a_group(count: int) -> Action:
    """`count` rules of the one group of an endpoint."""
    return _group_of(1, count)


def rules_and_endpoints(count: int) -> Action:
    """`count` endpoints with one group, which gets as many rules."""
    return _group_of(count, count)


def rules_and_machines(count: int) -> Action:
    """`count` interfaces and instances with one group, which gets as many rules for SSH."""
    stack = Stack()
    vpc = _hub(stack)
    (subnet,) = _subnets(stack, vpc, 1)
    group = stack.add("ec2/securityGroup:SecurityGroup", "nodes", vpcId=vpc)
    for at in range(count // 2):
        stack.add(
            "ec2/networkInterface:NetworkInterface",
            f"interface-{at}",
            subnetId=subnet,
            securityGroups=[group],
        )
        stack.add(
            "ec2/instance:Instance", f"node-{at}", subnetId=subnet, vpcSecurityGroupIds=[group]
        )
    for at in range(count):
        source = f"10.{at >> 8}.{at & 255}.0/24"
        _admit(stack, f"ssh-{at}", group, source, port=22)
    return updated(stack)


def pairs_of_vpc_and_range(count: int) -> Action:
    """`count` VPCs with a second range each."""
    stack = Stack()
    for at in range(count):
        vpc = _hub(stack, f"hub-{at}")
        more = "ec2/vpcIpv4CidrBlockAssociation:VpcIpv4CidrBlockAssociation"
        stack.add(more, f"more-{at}", vpcId=vpc, cidrBlock="100.64.0.0/16")
    return updated(stack)


def adopted_tables(count: int) -> Action:
    """`count` VPCs whose main table is adopted."""
    stack = Stack()
    for at in range(count):
        vpc = _hub(stack, f"hub-{at}")
        default = "ec2/defaultRouteTable:DefaultRouteTable"
        made = vpc.output("defaultRouteTableId")
        stack.add(default, f"main-{at}", defaultRouteTableId=made, routes=[])
    return updated(stack)


def prefixes_and_hosts(count: int) -> Action:
    """`count` machines with a delegated prefix each, and as many virtual IP addresses."""
    stack = Stack()
    vpc = _hub(stack)
    (subnet,) = _subnets(stack, vpc, 1)
    table = stack.add("ec2/routeTable:RouteTable", "table", vpcId=vpc)
    for at in range(count):
        node = stack.add(
            "ec2/networkInterface:NetworkInterface",
            f"node-{at}",
            subnetId=subnet,
            ipv4Prefixes=[f"10.0.{at >> 4}.{(at & 15) * 16}/28"],
        )
        stack.add(
            "ec2/route:Route",
            f"virtual-{at}",
            routeTableId=table,
            destinationCidrBlock=f"20.0.{at >> 8}.{at & 255}/32",
            networkInterfaceId=node,
        )
    return judged(stack.state())


def hosts_of_a_prefix_list(count: int) -> Action:
    """A prefix list of `count` single addresses in ten tables, each of which is to carry each."""
    stack = Stack()
    vpc = _hub(stack)
    entries = [{"cidr": f"20.0.{at >> 8}.{at & 255}/32"} for at in range(count)]
    listed = stack.add("ec2/managedPrefixList:ManagedPrefixList", "hosts", entries=entries)
    (subnet,) = _subnets(stack, vpc, 1)
    node = stack.add("ec2/networkInterface:NetworkInterface", "node", subnetId=subnet)
    for at in range(10):
        table = stack.add("ec2/routeTable:RouteTable", f"table-{at}", vpcId=vpc)
        stack.add(
            "ec2/route:Route",
            f"virtual-{at}",
            routeTableId=table,
            destinationPrefixListId=listed,
            networkInterfaceId=node,
        )
    return judged(stack.state())


CORNERS: Final[dict[str, Callable[[int], Action]]] = {
    "exemptions": exemptions,
    "members of lists": members_of_a_list,
    "gates: subnets of a table": shared_table,
    "gates: tables": own_tables,
    "gates: endpoints of a group": shared_group,
    "gates: rules of a group": rules_of_a_group,
    "gates: rules and endpoints of a group": rules_and_endpoints,
    "gates: routes and subnets of a table": routes_and_subnets,
    "gates: public routes and subnets of a table": public_routes_and_subnets,
    "gates: rules and machines of a group": rules_and_machines,
    "gates: VPC and range": pairs_of_vpc_and_range,
    "gates: adopted tables": adopted_tables,
    "prefixes and hosts": prefixes_and_hosts,
    "hosts of a prefix list": hosts_of_a_prefix_list,
}
