"""What tests of instances and volumes stand on: an image, a small network, an instance."""

from typing import Any, NamedTuple

from tests.support.provider import Created, Instance

INSTANCE = "aws:ec2/instance:Instance"
VOLUME = "aws:ebs/volume:Volume"
ZONE_A, ZONE_C = "ap-northeast-1a", "ap-northeast-1c"
_PARAMETER = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64"


class Network(NamedTuple):
    """A VPC with a subnet in each of two zones."""

    vpc: Created
    subnet_a: Created
    subnet_c: Created


def find_image(aws: Instance) -> str:
    """Return the id of an Amazon Linux image."""
    return aws.invoke("aws:ssm/getParameter:getParameter", name=_PARAMETER)["insecureValue"]


def make_network(aws: Instance) -> Network:
    """Create a VPC with two subnets."""
    vpc = aws.create("aws:ec2/vpc:Vpc", cidrBlock="10.0.0.0/16")
    subnets = [
        aws.create(
            "aws:ec2/subnet:Subnet", vpcId=vpc.id, cidrBlock=f"10.0.{number}.0/24",
            availabilityZone=zone,
        )
        for number, zone in ((1, ZONE_A), (2, ZONE_C))
    ]  # fmt: skip
    return Network(vpc, *subnets)


def launch(aws: Instance, network: Network, **more: Any) -> Created:
    """Create an instance in the first subnet, unless `more` says otherwise."""
    given = {"ami": find_image(aws), "instanceType": "t3.small", **more}
    if "networkInterfaces" not in given and "primaryNetworkInterface" not in given:
        given.setdefault("subnetId", network.subnet_a.id)
    return aws.create(INSTANCE, "node", **given)


def make_interface(ec2: Any, subnet: Created) -> str:
    """Create a network interface behind the provider's back."""
    made = ec2.create_network_interface(SubnetId=subnet.id)
    return made["NetworkInterface"]["NetworkInterfaceId"]
