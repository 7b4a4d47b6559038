"""The subnet (upstream: internal/service/ec2/vpc_subnet.go)."""

from typing import Any, ClassVar

from sandbox.provider.cloud import Cloud, refuse
from sandbox.provider.ec2.ranges import ipv6_associations, is_inside, ranges_of
from sandbox.provider.ec2.vpc import LONGEST, SHORTEST
from sandbox.provider.resource import Change, Resource, pick
from sandbox.provider.schema import boolean, string
from sandbox.provider.tags import from_aws, specification
from sandbox.provider.values import canonical_network, ipv4_network, ipv6_network, one_of
from sandbox.provider.wire import Properties

_ARGUMENTS = {
    "vpcId": "VpcId",
    "cidrBlock": "CidrBlock",
    "ipv6CidrBlock": "Ipv6CidrBlock",
    "ipv6Native": "Ipv6Native",
    "availabilityZone": "AvailabilityZone",
    "availabilityZoneId": "AvailabilityZoneId",
}
# AWS changes one attribute per request. Value: the request's argument.
_FLAGS = {
    "assignIpv6AddressOnCreation": "AssignIpv6AddressOnCreation",
    "enableDns64": "EnableDns64",
    "enableResourceNameDnsAaaaRecordOnLaunch": "EnableResourceNameDnsAAAARecordOnLaunch",
    "enableResourceNameDnsARecordOnLaunch": "EnableResourceNameDnsARecordOnLaunch",
    "mapPublicIpOnLaunch": "MapPublicIpOnLaunch",
}
_HOSTNAME_TYPE = "PrivateDnsHostnameTypeOnLaunch"


class Subnet(Resource):
    """A range of a VPC in one availability zone."""

    pulumi_name = "aws:ec2/subnet:Subnet"
    noun = "EC2 Subnet"
    properties: ClassVar = {
        "vpcId": string(required=True, replaces=True),
        "cidrBlock": string(computed=True, replaces=True, valid=(ipv4_network,)),
        "availabilityZone": string(
            computed=True, replaces=True, conflicts_with=("availabilityZoneId",)
        ),
        "availabilityZoneId": string(
            computed=True, replaces=True, conflicts_with=("availabilityZone",)
        ),
        "ipv6CidrBlock": string(computed=True, valid=(ipv6_network,)),
        "ipv6Native": boolean(default=False, replaces=True),
        "assignIpv6AddressOnCreation": boolean(default=False),
        "enableDns64": boolean(default=False),
        "enableResourceNameDnsAaaaRecordOnLaunch": boolean(default=False),
        "enableResourceNameDnsARecordOnLaunch": boolean(default=False),
        "mapPublicIpOnLaunch": boolean(default=False),
        "privateDnsHostnameTypeOnLaunch": string(
            computed=True, valid=(one_of("ip-name", "resource-name"),)
        ),
        "arn": string(output=True),
        "ipv6CidrBlockAssociationId": string(output=True, unknown_after=("ipv6CidrBlock",)),
        "ownerId": string(output=True),
    }
    unmodelled = (
        "customerOwnedIpv4Pool", "enableLniAtDeviceIndex", "ipv4IpamPoolId", "ipv4NetmaskLength",
        "ipv6IpamPoolId", "ipv6NetmaskLength", "mapCustomerOwnedIpOnLaunch", "outpostArn",
    )  # fmt: skip
    tagged = True

    def forces_replacement(self, name: str, state: Properties, inputs: Properties) -> bool:
        """Replace a subnet whose IPv6 range changes while it assigns addresses of it."""
        del inputs
        return name == "ipv6CidrBlock" and bool(state.get("assignIpv6AddressOnCreation"))

    def create(self, cloud: Cloud, inputs: Properties) -> str:
        """Create the subnet."""
        _refuse_other_zone(cloud, inputs)
        _refuse_bad_range(cloud, inputs)
        answer = cloud.ec2.create_subnet(
            **pick(inputs, _ARGUMENTS), TagSpecifications=specification("subnet", inputs)
        )
        return answer["Subnet"]["SubnetId"]

    def configure(self, cloud: Cloud, identity: str, inputs: Properties) -> None:
        """Turn on what is off in a new subnet."""
        for name in _FLAGS:
            if inputs.get(name):
                _set_flag(cloud, identity, name, value=True)
        if inputs.get("privateDnsHostnameTypeOnLaunch"):
            _set_hostname_type(cloud, identity, inputs)

    def read(self, cloud: Cloud, identity: str, known: Properties) -> Properties | None:
        """Return the subnet."""
        del known
        subnet = cloud.find("describe_subnets", "Subnets", SubnetIds=[identity])
        if subnet is None:
            return None
        on_launch = subnet.get("PrivateDnsNameOptionsOnLaunch", {})
        return {
            "arn": subnet["SubnetArn"],
            "vpcId": subnet["VpcId"],
            "cidrBlock": subnet.get("CidrBlock", ""),
            "availabilityZone": subnet["AvailabilityZone"],
            "availabilityZoneId": subnet["AvailabilityZoneId"],
            "ipv6Native": subnet.get("Ipv6Native", False),
            "assignIpv6AddressOnCreation": subnet["AssignIpv6AddressOnCreation"],
            "mapPublicIpOnLaunch": subnet["MapPublicIpOnLaunch"],
            "privateDnsHostnameTypeOnLaunch": on_launch.get("HostnameType", "ip-name"),
            "ownerId": subnet["OwnerId"],
            "tags": from_aws(subnet.get("Tags", [])),
            **_ipv6(subnet),
        }

    def update(self, cloud: Cloud, identity: str, change: Change) -> None:
        """Change attributes one by one, and the IPv6 range."""
        _change_ipv6_range(cloud, identity, change)
        for name in _FLAGS:
            if change.touches(name):
                _set_flag(cloud, identity, name, value=change.inputs[name])
        if change.touches("privateDnsHostnameTypeOnLaunch"):
            _set_hostname_type(cloud, identity, change.inputs)

    def delete(self, cloud: Cloud, identity: str, state: Properties) -> None:
        """Delete a subnet in which nothing has an address."""
        del state
        if cloud.list_all("describe_network_interfaces", "NetworkInterfaces", subnet_id=identity):
            refuse(
                "DeleteSubnet",
                "DependencyViolation",
                f"The subnet '{identity}' has dependencies and cannot be deleted.",
            )
        cloud.ec2.delete_subnet(SubnetId=identity)


def _refuse_other_zone(cloud: Cloud, inputs: Properties) -> None:
    """Refuse a zone that the region does not have; moto takes one of any other region."""
    zones = cloud.ec2.describe_availability_zones()["AvailabilityZones"]
    for name, key in (("availabilityZone", "ZoneName"), ("availabilityZoneId", "ZoneId")):
        known = [each[key] for each in zones]
        if inputs.get(name) and inputs[name] not in known:
            words = (
                f"Value ({inputs[name]}) for parameter {name} is invalid. Subnets can currently "
                f"only be created in the following availability zones: {', '.join(known)}."
            )
            refuse("CreateSubnet", "InvalidParameterValue", words)


def _refuse_bad_range(cloud: Cloud, inputs: Properties) -> None:
    """Refuse a range that is too wide, too narrow, or outside the VPC's; moto sees overlaps."""
    text = inputs.get("cidrBlock")
    if not text:
        return
    fits = SHORTEST <= int(text.partition("/")[2]) <= LONGEST
    vpc = cloud.find("describe_vpcs", "Vpcs", VpcIds=[inputs["vpcId"]])
    if not fits or (vpc and not any(is_inside(text, each) for each in ranges_of(vpc))):
        refuse("CreateSubnet", "InvalidSubnet.Range", f"The CIDR '{text}' is invalid.")


def _change_ipv6_range(cloud: Cloud, subnet: str, change: Change) -> None:
    """Give the subnet the wanted range; as upstream, take away one that is wanted no more."""
    wanted, native = change.inputs.get("ipv6CidrBlock"), change.inputs.get("ipv6Native")
    former = change.state.get("ipv6CidrBlockAssociationId")
    if not change.touches("ipv6CidrBlock") and (wanted or native):
        return
    if former:
        cloud.ec2.disassociate_subnet_cidr_block(AssociationId=former)
    if wanted:
        cloud.ec2.associate_subnet_cidr_block(SubnetId=subnet, Ipv6CidrBlock=wanted)


def _set_flag(cloud: Cloud, subnet: str, name: str, *, value: bool) -> None:
    cloud.ec2.modify_subnet_attribute(SubnetId=subnet, **{_FLAGS[name]: {"Value": value}})


def _set_hostname_type(cloud: Cloud, subnet: str, inputs: Properties) -> None:
    wanted = inputs["privateDnsHostnameTypeOnLaunch"]
    cloud.ec2.modify_subnet_attribute(SubnetId=subnet, **{_HOSTNAME_TYPE: wanted})


def _ipv6(subnet: dict[str, Any]) -> Properties:
    for each in ipv6_associations(subnet):
        return {
            "ipv6CidrBlock": canonical_network(each["Ipv6CidrBlock"]),
            "ipv6CidrBlockAssociationId": each["AssociationId"],
        }
    return {"ipv6CidrBlock": "", "ipv6CidrBlockAssociationId": ""}
