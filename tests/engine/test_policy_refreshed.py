"""The pack after a refresh: outputs still show what the next update takes away."""

from collections.abc import Callable

import pytest

from tests.support.cluster import PACK
from tests.support.sandbox import StackUnderTest
from tests.support.topologies import PRIVATE_RULE as RULE

Make = Callable[..., StackUnderTest]
SEEN = "(seen at the last refresh, declared nowhere)"

NETWORK = """
    import pulumi
    import pulumi_aws as aws

    first = pulumi.Config().get_int("step") != 2
    vpc = aws.ec2.Vpc("hub", cidr_block="10.0.0.0/16")
    gateway = aws.ec2.InternetGateway("way-out", vpc_id=vpc.id)
    subnet = aws.ec2.Subnet("private-a", vpc_id=vpc.id, cidr_block="10.0.1.0/24")
    closed = aws.ec2.RouteTable("closed", vpc_id=vpc.id)
"""
MAIN_ASSOCIATION = """
    if first:
        aws.ec2.MainRouteTableAssociation("main", vpc_id=vpc.id, route_table_id=closed.id)
"""
OPEN_MAIN_TABLE = {
    "a route": """
    aws.ec2.Route(
        "out",
        route_table_id=vpc.default_route_table_id,
        destination_cidr_block="0.0.0.0/0",
        gateway_id=gateway.id,
        opts=pulumi.ResourceOptions(ignore_changes=["routeTableId"]),
    )
""",
    "an adopter": """
    aws.ec2.DefaultRouteTable(
        "adopted",
        default_route_table_id=vpc.default_route_table_id,
        routes=[{"cidr_block": "0.0.0.0/0", "gateway_id": gateway.id}],
        opts=pulumi.ResourceOptions(ignore_changes=["defaultRouteTableId"]),
    )
""",
}
ROUTE_AND_RULE = """
    aws.ec2.RouteTableAssociation("a", subnet_id=subnet.id, route_table_id=closed.id)
    group = aws.ec2.SecurityGroup("group", vpc_id=vpc.id)
    aws.ec2.VpcEndpoint(
        "control",
        vpc_id=vpc.id,
        service_name="com.amazonaws.us-east-1.ec2",
        vpc_endpoint_type="Interface",
        security_group_ids=[group.id],
    )
    if first:
        aws.ec2.Route(
            "out",
            route_table_id=closed.id,
            destination_cidr_block="0.0.0.0/0",
            gateway_id=gateway.id,
        )
        aws.vpc.SecurityGroupIngressRule(
            "ssh",
            security_group_id=group.id,
            ip_protocol="tcp",
            from_port=22,
            to_port=22,
            cidr_ipv4="10.0.0.0/16",
        )
"""


def refreshed(stack: StackUnderTest) -> StackUnderTest:
    """Refresh a stack that is up, and let its program take something away."""
    stack.refresh()
    stack.pulumi("config", "set", "step", "2")
    return stack


@pytest.mark.parametrize("opened", OPEN_MAIN_TABLE.values(), ids=OPEN_MAIN_TABLE.keys())
def test_an_open_main_table_counts_again_when_its_replacement_is_removed(
    make_stack: Make, opened: str
) -> None:
    stack = make_stack(NETWORK + opened + MAIN_ASSOCIATION)
    stack.up()
    assert RULE not in stack.preview(*PACK).stdout
    removed = refreshed(stack).preview(*PACK)
    assert "1 to delete" in removed.stdout
    assert "subnet private-a may have an egress path to the internet" in removed.stdout
    assert SEEN in removed.stdout
    stack.up()
    stack.refresh()
    shown = stack.preview(*PACK, check=False)
    assert shown.returncode != 0
    assert "private subnet private-a reaches the internet" in shown.stdout


def test_removing_an_open_route_and_a_rule_is_not_refused_after_a_refresh(make_stack: Make) -> None:
    stack = make_stack(NETWORK + ROUTE_AND_RULE)
    refused = stack.preview(*PACK, check=False)
    assert refused.returncode != 0
    assert f"[mandatory] [severity: critical]  {RULE}" in refused.stdout
    assert "endpoints-admit-only-https" in refused.stdout
    stack.up()
    removed = refreshed(stack).preview(*PACK)
    assert "[mandatory]" not in removed.stdout
    assert removed.stdout.count(SEEN) == 2
    stack.up()
    stack.refresh()
    assert "facts-are-missing" not in stack.preview(*PACK).stdout
