"""Generated stacks whose programs name resources of others: by ids from anywhere, without links."""

from dataclasses import replace
from typing import Any

from hypothesis import strategies as st

from guardrails.testing import Given
from tests.support.policy_generated import stacks
from tests.support.policy_stacks import Made, Stack

FOREIGN = ("0123456789abcdef0", "fedcba98765432100")


def named_anew(draw: Any, value: Any, own: set[str]) -> Any:
    """Take another resource's id, here and there, in place of one of the stack's own."""
    match value:
        case str() if value in own and draw(st.integers(0, 2)) == 0:
            return f"{value.partition('-')[0]}-{draw(st.sampled_from(FOREIGN))}"
        case list():
            return [named_anew(draw, each, own) for each in value]
        case dict():
            return {key: named_anew(draw, each, own) for key, each in value.items()}
        case _:
            return value


def with_inline_virtual_ip(stack: Stack, draw: Any, vpc: Made) -> None:
    """Write a virtual IP into a table, and a range that may hold it into the VPC."""
    row = {"cidrBlock": "100.64.0.9/32", "networkInterfaceId": f"eni-{FOREIGN[0]}"}
    stack.add("ec2/routeTable:RouteTable", "inline", vpcId=vpc, routes=[row])
    cidr = draw(st.sampled_from(["100.64.0.0/24", "100.65.0.0/24"]))
    more = "ec2/vpcIpv4CidrBlockAssociation:VpcIpv4CidrBlockAssociation"
    stack.add(more, "more", vpcId=vpc, cidrBlock=cidr)


def with_more_groups(stack: Stack, draw: Any, vpc: Made, control: Made) -> None:
    """Put a second group, open or closed by a rule of its own, on an endpoint."""
    group = stack.add("ec2/securityGroup:SecurityGroup", "second", vpcId=vpc)
    port = draw(st.sampled_from([443, 22]))
    ports = {"ipProtocol": "tcp", "fromPort": port, "toPort": port}
    ingress = "vpc/securityGroupIngressRule:SecurityGroupIngressRule"
    stack.add(ingress, "second", securityGroupId=group, cidrIpv4="10.0.0.0/16", **ports)
    association = "ec2/securityGroupAssociation:SecurityGroupAssociation"
    stack.add(association, "second", vpcEndpointId=control, securityGroupId=group)


@st.composite
def updates_with_foreign_ids(draw: Any) -> list[Given]:
    """An update in some order: every id that it names may be another stack's instead."""
    stack = draw(stacks())
    named = {made.name: made for made in stack.made}
    if draw(st.booleans()):
        with_inline_virtual_ip(stack, draw, named["hub"])
    if draw(st.booleans()):
        with_more_groups(stack, draw, named["hub"], named["control"])
    own = {each.id for each in stack.made}
    shown: list[Given] = []
    for each in draw(st.permutations(stack.update())):
        inputs = named_anew(draw, dict(each.inputs), own)
        outputs = {**(each.outputs or {}), **inputs}
        shown.append(replace(each, inputs=inputs, outputs=outputs, links={}))
    return shown
