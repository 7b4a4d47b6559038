"""The VPC (upstream: internal/service/ec2/vpc_.go)."""

from collections.abc import Iterable
from typing import Any, ClassVar

from sandbox.provider.check import Fault
from sandbox.provider.cloud import Cloud, refuse
from sandbox.provider.ec2.ranges import ipv6_associations
from sandbox.provider.resource import Change, Resource
from sandbox.provider.schema import boolean, string
from sandbox.provider.tags import from_aws, specification
from sandbox.provider.values import canonical_network, ipv6_network, one_of, prefix_length
from sandbox.provider.wire import Properties

# AWS attribute, and its value in a VPC that was just created.
_ATTRIBUTES = {
    "enableDnsSupport": ("EnableDnsSupport", True),
    "enableDnsHostnames": ("EnableDnsHostnames", False),
    "enableNetworkAddressUsageMetrics": ("EnableNetworkAddressUsageMetrics", False),
}
SHORTEST, LONGEST = 16, 28


class Vpc(Resource):
    """A virtual network with its main route table, default security group and default ACL."""

    pulumi_name = "aws:ec2/vpc:Vpc"
    noun = "EC2 VPC"
    properties: ClassVar = {
        "cidrBlock": string(
            computed=True,
            replaces=True,
            conflicts_with=("ipv4NetmaskLength",),
            valid=(prefix_length(SHORTEST, LONGEST),),
        ),
        "assignGeneratedIpv6CidrBlock": boolean(),
        "enableDnsHostnames": boolean(computed=True),
        "enableDnsSupport": boolean(default=True),
        "enableNetworkAddressUsageMetrics": boolean(computed=True),
        "instanceTenancy": string(default="default", valid=(one_of("default", "dedicated"),)),
        "ipv6CidrBlockNetworkBorderGroup": string(
            computed=True, required_with=("assignGeneratedIpv6CidrBlock",)
        ),
        "ipv6CidrBlock": string(
            computed=True,
            conflicts_with=("assignGeneratedIpv6CidrBlock",),
            required_with=("ipv6IpamPoolId",),
            valid=(ipv6_network,),
            unknown_after=("assignGeneratedIpv6CidrBlock",),
        ),
        "arn": string(output=True),
        "defaultNetworkAclId": string(output=True),
        "defaultRouteTableId": string(output=True),
        "defaultSecurityGroupId": string(output=True),
        "dhcpOptionsId": string(output=True),
        "ipv6AssociationId": string(output=True, unknown_after=("assignGeneratedIpv6CidrBlock",)),
        "mainRouteTableId": string(output=True),
        "ownerId": string(output=True),
    }
    unmodelled = ("ipv4IpamPoolId", "ipv4NetmaskLength", "ipv6IpamPoolId", "ipv6NetmaskLength")
    tagged = True

    def faults(self, inputs: Properties) -> Iterable[Fault]:
        """Ask for the range; upstream leaves that to AWS, which also takes one from IPAM."""
        if inputs.get("cidrBlock") is None:
            yield Fault("cidrBlock", "cidrBlock must be given: the sandbox models no IPAM pools")

    def forces_replacement(self, name: str, state: Properties, inputs: Properties) -> bool:
        """Replace a VPC that is to enter dedicated tenancy; leaving it is a change in place."""
        del state
        return name == "instanceTenancy" and inputs["instanceTenancy"] != "default"

    def create(self, cloud: Cloud, inputs: Properties) -> str:
        """Create the VPC."""
        answer = cloud.ec2.create_vpc(
            CidrBlock=inputs["cidrBlock"],
            AmazonProvidedIpv6CidrBlock=bool(inputs.get("assignGeneratedIpv6CidrBlock")),
            InstanceTenancy=inputs["instanceTenancy"],
            TagSpecifications=specification("vpc", inputs),
        )
        return answer["Vpc"]["VpcId"]

    def configure(self, cloud: Cloud, identity: str, inputs: Properties) -> None:
        """Set those attributes that differ from a new VPC's."""
        for name, (_, initially) in _ATTRIBUTES.items():
            if inputs.get(name) not in (None, initially):
                _set_attribute(cloud, identity, name, value=inputs[name])

    def read(self, cloud: Cloud, identity: str, known: Properties) -> Properties | None:
        """Return the VPC with what AWS made along with it."""
        vpc = cloud.find("describe_vpcs", "Vpcs", VpcIds=[identity])
        if vpc is None:
            return None
        return {
            "arn": cloud.arn("ec2", f"vpc/{identity}", vpc["OwnerId"]),
            "cidrBlock": vpc["CidrBlock"],
            "dhcpOptionsId": vpc["DhcpOptionsId"],
            "instanceTenancy": vpc["InstanceTenancy"],
            "ownerId": vpc["OwnerId"],
            "tags": from_aws(vpc.get("Tags", [])),
            **{name: _attribute(cloud, identity, name) for name in _ATTRIBUTES},
            **_companions(cloud, identity),
            **_ipv6(vpc, known.get("ipv6AssociationId", "")),
        }

    def update(self, cloud: Cloud, identity: str, change: Change) -> None:
        """Set attributes, tenancy and the generated IPv6 range."""
        for name in _ATTRIBUTES:
            if change.touches(name):
                _set_attribute(cloud, identity, name, value=bool(change.inputs.get(name)))
        if change.touches("instanceTenancy"):
            cloud.ec2.modify_vpc_tenancy(VpcId=identity, InstanceTenancy="default")
        if change.touches("assignGeneratedIpv6CidrBlock", "ipv6CidrBlockNetworkBorderGroup"):
            former = change.state.get("ipv6AssociationId")
            if former:
                cloud.ec2.disassociate_vpc_cidr_block(AssociationId=former)
            if change.inputs.get("assignGeneratedIpv6CidrBlock"):
                cloud.ec2.associate_vpc_cidr_block(VpcId=identity, AmazonProvidedIpv6CidrBlock=True)

    def delete(self, cloud: Cloud, identity: str, state: Properties) -> None:
        """Delete an empty VPC."""
        del state
        refuse_while_used(cloud, identity)
        cloud.ec2.delete_vpc(VpcId=identity)


def refuse_while_used(cloud: Cloud, vpc: str) -> None:
    """Refuse to delete a VPC that holds what AWS does not delete along with it."""
    groups = cloud.list_all("describe_security_groups", "SecurityGroups", vpc_id=vpc)
    tables = cloud.list_all("describe_route_tables", "RouteTables", vpc_id=vpc)
    used = (
        cloud.list_all("describe_subnets", "Subnets", vpc_id=vpc)
        or cloud.list_all("describe_internet_gateways", "InternetGateways", attachment__vpc_id=vpc)
        or cloud.list_all("describe_network_interfaces", "NetworkInterfaces", vpc_id=vpc)
        or [group for group in groups if group["GroupName"] != "default"]
        or [table for table in tables if not any(each["Main"] for each in table["Associations"])]
    )
    if used:
        refuse(
            "DeleteVpc",
            "DependencyViolation",
            f"The vpc '{vpc}' has dependencies and cannot be deleted.",
        )


def _set_attribute(cloud: Cloud, vpc: str, name: str, *, value: bool) -> None:
    argument, _ = _ATTRIBUTES[name]
    cloud.ec2.modify_vpc_attribute(VpcId=vpc, **{argument: {"Value": value}})


def _attribute(cloud: Cloud, vpc: str, name: str) -> bool:
    key, _ = _ATTRIBUTES[name]
    return cloud.ec2.describe_vpc_attribute(VpcId=vpc, Attribute=name)[key]["Value"]


def _companions(cloud: Cloud, vpc: str) -> Properties:
    tables = cloud.list_all(
        "describe_route_tables", "RouteTables", vpc_id=vpc, association__main="true"
    )
    groups = cloud.list_all(
        "describe_security_groups", "SecurityGroups", vpc_id=vpc, group_name="default"
    )
    acls = cloud.list_all("describe_network_acls", "NetworkAcls", vpc_id=vpc, default="true")
    main = tables[0]["RouteTableId"] if tables else ""
    return {
        "mainRouteTableId": main,
        "defaultRouteTableId": main,
        "defaultSecurityGroupId": groups[0]["GroupId"] if groups else "",
        "defaultNetworkAclId": acls[0]["NetworkAclId"] if acls else "",
    }


def _ipv6(vpc: dict[str, Any], known: str) -> Properties:
    """Describe the VPC's own IPv6 range: the known one, else the first that is associated."""
    live = ipv6_associations(vpc)
    live.sort(key=lambda each: each["AssociationId"] != known)
    first: dict[str, Any] = live[0] if live else {}
    return {
        "assignGeneratedIpv6CidrBlock": bool(first) and first.get("Ipv6Pool") == "Amazon",
        "ipv6AssociationId": first.get("AssociationId", ""),
        "ipv6CidrBlock": canonical_network(first.get("Ipv6CidrBlock", "")),
        "ipv6CidrBlockNetworkBorderGroup": first.get("NetworkBorderGroup", ""),
    }
