"""An update that AWS stops half-way: what the state holds then, and the next `up`."""

from collections.abc import Callable

import pytest

from sandbox.runtime import Sandbox
from tests.support.sandbox import StackUnderTest

MakeStack = Callable[..., StackUnderTest]

NETWORK = """
import pulumi
import pulumi_aws as aws

vpc = aws.ec2.Vpc("vpc", cidr_block="10.1.0.0/16", enable_dns_hostnames=True)
subnet = aws.ec2.Subnet("subnet", vpc_id=vpc.id, cidr_block="10.1.1.0/24")
table = aws.ec2.RouteTable("table", vpc_id=vpc.id)
aws.ec2.RouteTableAssociation("bound", subnet_id=subnet.id, route_table_id=table.id)
pulumi.export("vpc", vpc.id)
"""


def kinds(stack: StackUnderTest) -> set[str]:
    return {each["type"].rpartition(":")[2] for each in stack.resources() if each["custom"]}


def test_an_update_that_failed_at_a_call_is_completed_by_the_next(
    make_stack: MakeStack, empty_cloud: Sandbox
) -> None:
    stack = make_stack(NETWORK)
    empty_cloud.fail("CreateSubnet", "RequestLimitExceeded", message="slower")
    failed = stack.up("--parallel", "1", check=False)
    assert failed.returncode != 0
    assert "creating EC2 Subnet: CreateSubnet: RequestLimitExceeded: slower" in failed.stdout
    assert "up to 25 times" in failed.stdout
    assert "Subnet" not in kinds(stack)
    assert "Vpc" in kinds(stack)
    stack.up()
    assert kinds(stack) >= {"Vpc", "Subnet", "RouteTable", "RouteTableAssociation"}
    vpcs = empty_cloud.client("ec2", "us-east-1").describe_subnets(
        Filters=[{"Name": "vpc-id", "Values": [stack.outputs()["vpc"]]}]
    )
    assert len(vpcs["Subnets"]) == 1
    stack.preview("--refresh", "--expect-no-changes")


@pytest.mark.parametrize("repairs", [("up", "up"), ("up --refresh",)])
def test_a_resource_that_was_half_made_is_finished_after_a_refresh_or_by_the_second_update(
    make_stack: MakeStack, empty_cloud: Sandbox, repairs: tuple[str, ...]
) -> None:
    """The first update after the failure only reads what lives: the state has what was planned."""
    stack = make_stack(NETWORK)
    empty_cloud.fail("ModifyVpcAttribute", "Unavailable")
    assert stack.up(check=False).returncode != 0
    (made,) = [each["id"] for each in stack.resources() if each["type"] == "aws:ec2/vpc:Vpc"]
    ec2 = empty_cloud.client("ec2", "us-east-1")
    seen: list[bool] = []
    for repair in repairs:
        stack.up(*repair.split()[1:])
        named = ec2.describe_vpc_attribute(VpcId=made, Attribute="enableDnsHostnames")
        seen.append(named["EnableDnsHostnames"]["Value"])
    assert seen == [False] * (len(repairs) - 1) + [True]
    assert stack.outputs()["vpc"] == made


def test_a_destroy_that_failed_is_completed_by_the_next(
    make_stack: MakeStack, empty_cloud: Sandbox
) -> None:
    stack = make_stack(NETWORK)
    stack.up()
    empty_cloud.fail("any-change", "RequestLimitExceeded", after=1)
    assert stack.destroy("--parallel", "1", check=False).returncode != 0
    assert len(empty_cloud.pending_faults()) == 0
    assert "Vpc" in kinds(stack)
    stack.destroy()
    assert kinds(stack) == set()
