"""What a gate looks at for one resource: as little as decides about it."""

from google.protobuf.struct_pb2 import Struct

from guardrails.options.settings import Settings
from guardrails.pack.gates.guesses import Guesses
from guardrails.pack.gates.registered import Registrations
from guardrails.pulumi_reader.protobuf import Properties
from guardrails.pulumi_reader.resource import Resource
from tests.support.policy_stacks import Made, Stack


def neighbourhoods(stack: Stack) -> list[int]:
    """Return how many resources a gate looks at for each one that is registered."""
    registrations = Registrations(Guesses())
    sizes = []
    for each in stack.update():
        message = Struct()
        message.update(dict(each.inputs))
        inputs = Properties(message, set())
        resource = Resource(each.urn, inputs, inputs=inputs)
        registrations.add(resource, Settings())
        sizes.append(len(registrations.around(resource)))
    return sizes


def bound(stack: Stack, at: int, vpc: Made, table: Made) -> Made:
    subnet = stack.add("ec2/subnet:Subnet", f"private-{at}", vpcId=vpc)
    stack.add(
        "ec2/routeTableAssociation:RouteTableAssociation",
        f"bound-{at}",
        subnetId=subnet,
        routeTableId=table,
    )
    return subnet


def test_the_time_for_one_resource_does_not_grow_with_the_stack() -> None:
    stack = Stack()
    for at in range(60):
        vpc = stack.add("ec2/vpc:Vpc", f"hub-{at}", cidrBlock="10.0.0.0/16")
        bound(stack, at, vpc, stack.add("ec2/routeTable:RouteTable", f"inner-{at}", vpcId=vpc))
    assert max(neighbourhoods(stack)) <= 4


def test_the_time_for_one_resource_does_not_grow_with_what_uses_the_same_things() -> None:
    stack = Stack()
    vpc = stack.add("ec2/vpc:Vpc", "hub", cidrBlock="10.0.0.0/16")
    group = stack.add("ec2/securityGroup:SecurityGroup", "https", vpcId=vpc)
    shared = stack.add("ec2/routeTable:RouteTable", "shared", vpcId=vpc)
    for at in range(60):
        own = stack.add("ec2/routeTable:RouteTable", f"own-{at}", vpcId=vpc)
        stack.add(
            "ec2/route:Route",
            f"hub-{at}",
            routeTableId=own,
            destinationCidrBlock="10.0.0.0/8",
            transitGatewayId="tgw-0123",
        )
        stack.add(
            "ec2/vpcEndpoint:VpcEndpoint",
            f"endpoint-{at}",
            vpcId=vpc,
            subnetIds=[bound(stack, at, vpc, shared)],
            securityGroupIds=[group],
        )
    assert max(neighbourhoods(stack)) <= 6
