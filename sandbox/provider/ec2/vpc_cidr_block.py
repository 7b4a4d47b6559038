"""Further ranges of a VPC.

Upstream: vpc_ipv4_cidr_block_association.go, vpc_ipv6_cidr_block_association.go. What AWS refuses:
https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html
"""

from collections.abc import Iterable
from typing import Any, ClassVar

from sandbox.provider.check import Fault
from sandbox.provider.cloud import Cloud, refuse
from sandbox.provider.ec2.ranges import is_inside, ranges_of
from sandbox.provider.ec2.vpc import LONGEST, SHORTEST
from sandbox.provider.resource import Resource
from sandbox.provider.schema import boolean, string
from sandbox.provider.values import canonical_network, prefix_length
from sandbox.provider.wire import UNKNOWN, Properties


class VpcIpv4CidrBlockAssociation(Resource):
    """A secondary IPv4 range of a VPC."""

    pulumi_name = "aws:ec2/vpcIpv4CidrBlockAssociation:VpcIpv4CidrBlockAssociation"
    noun = "EC2 VPC IPv4 CIDR Block Association"
    properties: ClassVar = {
        "vpcId": string(required=True, replaces=True),
        "cidrBlock": string(
            computed=True, replaces=True, valid=(prefix_length(SHORTEST, LONGEST),)
        ),
    }
    unmodelled = ("ipv4IpamPoolId", "ipv4NetmaskLength")

    def faults(self, inputs: Properties) -> Iterable[Fault]:
        """Ask for the range, which AWS otherwise takes from an IPAM pool."""
        if inputs.get("cidrBlock") is None:
            yield Fault("cidrBlock", "cidrBlock must be given: the sandbox models no IPAM pools")

    def create(self, cloud: Cloud, inputs: Properties) -> str:
        """Associate the range with the VPC."""
        _refuse_overlap(cloud, inputs["vpcId"], inputs["cidrBlock"])
        answer = cloud.ec2.associate_vpc_cidr_block(
            VpcId=inputs["vpcId"], CidrBlock=inputs["cidrBlock"]
        )
        return answer["CidrBlockAssociation"]["AssociationId"]

    def read(self, cloud: Cloud, identity: str, known: Properties) -> Properties | None:
        """Return the association."""
        del known
        vpc, found = _find(cloud, identity, "CidrBlockAssociationSet", "CidrBlockState")
        return found and {"vpcId": vpc, "cidrBlock": found["CidrBlock"]}

    def delete(self, cloud: Cloud, identity: str, state: Properties) -> None:
        """Take away a range in which no subnet lies."""
        _refuse_used(cloud, state["vpcId"], state["cidrBlock"])
        cloud.ec2.disassociate_vpc_cidr_block(AssociationId=identity)


class VpcIpv6CidrBlockAssociation(Resource):
    """A further IPv6 range of a VPC, from Amazon's pool."""

    pulumi_name = "aws:ec2/vpcIpv6CidrBlockAssociation:VpcIpv6CidrBlockAssociation"
    noun = "EC2 VPC IPv6 CIDR Block Association"
    properties: ClassVar = {
        "vpcId": string(required=True, replaces=True),
        "assignGeneratedIpv6CidrBlock": boolean(
            computed=True, replaces=True, conflicts_with=("ipv6Pool", "ipv6CidrBlock")
        ),
        "ipv6CidrBlock": string(computed=True, replaces=True),
        "ipv6Pool": string(
            computed=True, replaces=True, conflicts_with=("assignGeneratedIpv6CidrBlock",)
        ),
        "ipSource": string(output=True),
        "ipv6AddressAttribute": string(output=True),
    }
    unmodelled = ("ipv6IpamPoolId", "ipv6NetmaskLength")

    def faults(self, inputs: Properties) -> Iterable[Fault]:
        """Ask for a range that Amazon chooses: the sandbox models no other source."""
        if inputs.get("assignGeneratedIpv6CidrBlock") not in (True, UNKNOWN):
            yield Fault(
                "assignGeneratedIpv6CidrBlock",
                "assignGeneratedIpv6CidrBlock must be true: the sandbox models no other source of "
                "IPv6 ranges",
            )

    def create(self, cloud: Cloud, inputs: Properties) -> str:
        """Associate a range with the VPC."""
        answer = cloud.ec2.associate_vpc_cidr_block(
            VpcId=inputs["vpcId"], AmazonProvidedIpv6CidrBlock=True
        )
        return answer["Ipv6CidrBlockAssociation"]["AssociationId"]

    def read(self, cloud: Cloud, identity: str, known: Properties) -> Properties | None:
        """Return the association."""
        del known
        vpc, found = _find(cloud, identity, "Ipv6CidrBlockAssociationSet", "Ipv6CidrBlockState")
        return found and {
            "vpcId": vpc,
            "assignGeneratedIpv6CidrBlock": found.get("Ipv6Pool") == "Amazon",
            "ipv6CidrBlock": canonical_network(found["Ipv6CidrBlock"]),
            "ipv6Pool": found.get("Ipv6Pool", ""),
            "ipSource": found.get("IpSource", "amazon"),
            "ipv6AddressAttribute": found.get("Ipv6AddressAttribute", "public"),
        }

    def delete(self, cloud: Cloud, identity: str, state: Properties) -> None:
        """Take away a range in which no subnet lies."""
        _refuse_used(cloud, state["vpcId"], state["ipv6CidrBlock"])
        cloud.ec2.disassociate_vpc_cidr_block(AssociationId=identity)


def _find(cloud: Cloud, identity: str, key: str, state: str) -> tuple[str, dict[str, Any] | None]:
    for vpc in cloud.list_all("describe_vpcs", "Vpcs"):
        for each in vpc.get(key, []):
            if each["AssociationId"] == identity and each[state]["State"] == "associated":
                return vpc["VpcId"], each
    return "", None


def _refuse_overlap(cloud: Cloud, vpc: str, text: str) -> None:
    found: dict[str, Any] = cloud.find("describe_vpcs", "Vpcs", VpcIds=[vpc]) or {}
    for each in ranges_of(found):
        if is_inside(text, each) or is_inside(each, text):
            refuse(
                "AssociateVpcCidrBlock",
                "InvalidVpc.Range",
                f"The CIDR '{text}' conflicts with another association",
            )


def _refuse_used(cloud: Cloud, vpc: str, text: str) -> None:
    for subnet in cloud.list_all("describe_subnets", "Subnets", vpc_id=vpc):
        if any(is_inside(each, text) for each in ranges_of(subnet)):
            refuse(
                "DisassociateVpcCidrBlock",
                "InvalidCidrBlock.InUse",
                f"The vpc {vpc} currently has a subnet within CIDR block {text}",
            )
