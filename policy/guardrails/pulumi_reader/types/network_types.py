"""Types that make the places and machines of a network: VPCs, ranges, subnets, interfaces."""

from collections.abc import Mapping
from typing import Final

from guardrails.pulumi_reader.types.kinds import Kind
from guardrails.pulumi_reader.types.type_row import Role, TypeRow

_INTERFACES: Final = ("networkInterfaces", "primaryNetworkInterface")
NETWORK_TYPES: Final[Mapping[str, TypeRow]] = {
    "aws:ec2/vpc:Vpc": TypeRow(
        Role.VPC,
        Kind.VPC,
        required=(("cidrBlock", "ipv4IpamPoolId"),),
        defaulted=("enableDnsSupport", "instanceTenancy"),
    ),
    "aws:ec2/defaultVpc:DefaultVpc": TypeRow(Role.VPC, Kind.VPC),
    "aws:ec2/vpcIpv4CidrBlockAssociation:VpcIpv4CidrBlockAssociation": TypeRow(
        Role.VPC_RANGE, passes_on_ids=True
    ),
    "aws:ec2/vpcIpv6CidrBlockAssociation:VpcIpv6CidrBlockAssociation": TypeRow(
        Role.VPC_RANGE, passes_on_ids=True
    ),
    "aws:ec2/subnet:Subnet": TypeRow(
        Role.SUBNET, Kind.SUBNET, passes_on_ids=True, judged=("mapPublicIpOnLaunch",)
    ),
    "aws:ec2/defaultSubnet:DefaultSubnet": TypeRow(Role.SUBNET, Kind.SUBNET),
    "aws-native:ec2:Vpc": TypeRow(
        Role.VPC,
        Kind.VPC,
        spelling={"defaultSecurityGroupId": "defaultSecurityGroup"},
        required=(("cidrBlock", "ipv4IpamPoolId"),),
    ),
    "aws-native:ec2:VpcCidrBlock": TypeRow(Role.VPC_RANGE, passes_on_ids=True),
    "aws-native:ec2:Subnet": TypeRow(Role.SUBNET, Kind.SUBNET, judged=("mapPublicIpOnLaunch",)),
    "aws:ec2/vpcBlockPublicAccessExclusion:VpcBlockPublicAccessExclusion": TypeRow(
        Role.PUBLIC_ACCESS_EXCLUSION
    ),
    "aws-native:ec2:VpcBlockPublicAccessExclusion": TypeRow(Role.PUBLIC_ACCESS_EXCLUSION),
    "aws:ec2/networkInterface:NetworkInterface": TypeRow(
        Role.INTERFACE, Kind.INTERFACE, passes_on_ids=True, part_of=()
    ),
    "aws:ec2/instance:Instance": TypeRow(Role.INSTANCE, Kind.INSTANCE, part_of=_INTERFACES),
    "aws:ec2/spotInstanceRequest:SpotInstanceRequest": TypeRow(
        Role.INSTANCE, Kind.INSTANCE, part_of=_INTERFACES
    ),
    "aws-native:ec2:NetworkInterface": TypeRow(
        Role.INTERFACE,
        Kind.INTERFACE,
        passes_on_ids=True,
        part_of=(),
        spelling={
            "privateIp": "primaryPrivateIpAddress",
            "privateIps": "secondaryPrivateIpAddresses",
            "privateIpLists": "privateIpAddress",
        },
    ),
    "aws-native:ec2:Instance": TypeRow(
        Role.INSTANCE,
        Kind.INSTANCE,
        part_of=_INTERFACES,
        spelling={"privateIp": "privateIpAddress"},
    ),
    "hacluster:index:Cluster": TypeRow(Role.CLUSTER),
    "aws:ec2/tag:Tag": TypeRow(Role.TAG),
    "aws:ec2/networkInterfaceAttachment:NetworkInterfaceAttachment": TypeRow(
        Role.INTERFACE_ON_INSTANCE, passes_on_ids=True
    ),
    "aws-native:ec2:NetworkInterfaceAttachment": TypeRow(Role.INTERFACE_ON_INSTANCE),
    "aws:ec2/vpcIpamPoolCidr:VpcIpamPoolCidr": TypeRow(Role.POOL_RANGE),
    "aws-native:ec2:IpamPoolCidr": TypeRow(Role.POOL_RANGE),
    "aws-native:ec2:IpamPool": TypeRow(Role.POOL, Kind.POOL),
    "aws:ec2/vpcIpamPool:VpcIpamPool": TypeRow(None, Kind.POOL),
}
