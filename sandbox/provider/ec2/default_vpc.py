"""aws:ec2/defaultVpc:DefaultVpc (upstream: internal/service/ec2/vpc_default_vpc.go)."""

from collections.abc import Iterable
from typing import ClassVar

from sandbox.provider.check import Fault
from sandbox.provider.cloud import Cloud
from sandbox.provider.ec2.vpc import Vpc
from sandbox.provider.schema import boolean, string
from sandbox.provider.tags import to_aws
from sandbox.provider.wire import Properties

_DECIDED = ("cidrBlock", "instanceTenancy", "ipv6CidrBlock", "ipv6CidrBlockNetworkBorderGroup")


class DefaultVpc(Vpc):
    """The region's default VPC, taken over rather than made; made only where there is none."""

    pulumi_name = "aws:ec2/defaultVpc:DefaultVpc"
    noun = "EC2 Default VPC"
    properties: ClassVar = {
        **{name: each for name, each in Vpc.properties.items() if name not in _DECIDED},
        **{name: string(output=True) for name in _DECIDED},
        "enableDnsHostnames": boolean(default=True),
        "existingDefaultVpc": boolean(output=True),
        "forceDestroy": boolean(default=False),
    }
    unmodelled = (
        "ipv6CidrBlock",
        "ipv6CidrBlockNetworkBorderGroup",
        "ipv6IpamPoolId",
        "ipv6NetmaskLength",
    )

    def faults(self, inputs: Properties) -> Iterable[Fault]:
        """Ask for nothing: AWS has decided the range."""
        del inputs
        return ()

    def forces_replacement(self, name: str, state: Properties, inputs: Properties) -> bool:
        """Replace it never: there is one of it."""
        del name, state, inputs
        return False

    def create(self, cloud: Cloud, inputs: Properties) -> str:
        """Take the default VPC over, or have AWS make one."""
        existing = _find(cloud)
        inputs["existingDefaultVpc"] = bool(existing)
        identity = existing or cloud.ec2.create_default_vpc()["Vpc"]["VpcId"]
        if inputs.get("tagsAll"):
            cloud.ec2.create_tags(Resources=[identity], Tags=to_aws(inputs["tagsAll"]))
        return identity

    def read(self, cloud: Cloud, identity: str, known: Properties) -> Properties | None:
        """Return the VPC, and whether it was there before."""
        live = super().read(cloud, identity, known)
        if live is None:
            return None
        return {**live, "existingDefaultVpc": known.get("existingDefaultVpc", True)}

    def delete(self, cloud: Cloud, identity: str, state: Properties) -> None:
        """Leave it in AWS, unless it is to go with its subnets and its gateway."""
        if not state.get("forceDestroy"):
            return
        for gateway in cloud.list_all(
            "describe_internet_gateways", "InternetGateways", attachment__vpc_id=identity
        ):
            name = gateway["InternetGatewayId"]
            cloud.ec2.detach_internet_gateway(InternetGatewayId=name, VpcId=identity)
            cloud.ec2.delete_internet_gateway(InternetGatewayId=name)
        for subnet in cloud.list_all("describe_subnets", "Subnets", vpc_id=identity):
            cloud.ec2.delete_subnet(SubnetId=subnet["SubnetId"])
        super().delete(cloud, identity, state)


def _find(cloud: Cloud) -> str:
    found = cloud.list_all("describe_vpcs", "Vpcs", is_default="true")
    return found[0]["VpcId"] if found else ""
