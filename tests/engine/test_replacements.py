"""Replacements of what a node is made of: an interface with a fixed address, the instance on it."""

from collections.abc import Callable

import pytest

from sandbox.runtime import Sandbox
from tests.support.sandbox import StackUnderTest

# `delete_before_replace` everywhere: two interfaces cannot have one fixed address.
PROGRAM = """
import pulumi
import pulumi_aws as aws

config = pulumi.Config()
options = pulumi.ResourceOptions(delete_before_replace=True)
vpc = aws.ec2.Vpc("vpc", cidr_block="10.0.0.0/16")
subnet = aws.ec2.Subnet(
    "subnet",
    vpc_id=vpc.id,
    cidr_block=config.require("range"),
    availability_zone="us-east-1a",
    opts=options,
)
interface = aws.ec2.NetworkInterface(
    "interface", subnet_id=subnet.id, private_ips=[config.require("address")], opts=options
)
volume = aws.ebs.Volume("volume", availability_zone="us-east-1a", size=8, type="gp3")
image = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64"
instance = aws.ec2.Instance(
    "instance",
    ami=aws.ssm.get_parameter(name=image).insecure_value,
    instance_type="t3.micro",
    primary_network_interface={"network_interface_id": interface.id},
    opts=options,
)
aws.ec2.VolumeAttachment(
    "attachment",
    device_name="/dev/xvdb",
    instance_id=instance.id,
    volume_id=volume.id,
    opts=options,
)
pulumi.export("address", instance.private_ip)
pulumi.export("instance", instance.id)
"""
RANGE, ADDRESS = "10.0.1.0/24", "10.0.1.11"


@pytest.fixture
def node(empty_cloud: Sandbox, make_stack: Callable[..., StackUnderTest]) -> StackUnderTest:
    """A node, up."""
    del empty_cloud
    stack = make_stack(PROGRAM, range=RANGE, address=ADDRESS)
    stack.up()
    return stack


def configure(stack: StackUnderTest, **config: str) -> None:
    pairs = [f"{key}={value}" for key, value in config.items()]
    stack.pulumi("config", "set-all", *[word for each in pairs for word in ("--plaintext", each)])


def test_an_instance_follows_its_interface_to_another_address_and_back(
    node: StackUnderTest,
) -> None:
    first = node.outputs()
    configure(node, address="10.0.1.12")
    node.up()
    second = node.outputs()
    assert second["address"] == "10.0.1.12"
    assert second["instance"] != first["instance"]
    configure(node, address=ADDRESS)
    node.up()
    assert node.outputs()["address"] == ADDRESS


def test_a_change_of_the_range_and_the_address_together_can_be_reverted(
    node: StackUnderTest,
) -> None:
    configure(node, range="10.0.2.0/24", address="10.0.2.11")
    node.up()
    assert node.outputs()["address"] == "10.0.2.11"
    configure(node, range=RANGE, address=ADDRESS)
    node.up()
    assert node.outputs()["address"] == ADDRESS
