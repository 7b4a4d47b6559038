"""How schemas other than the aws provider's spell the properties that the readers use."""

from collections.abc import Mapping
from typing import Final

_NATIVE: Final[Mapping[str, Mapping[str, str]]] = {
    "aws-native:ec2:Vpc": {"defaultSecurityGroupId": "defaultSecurityGroup"},
    "aws-native:ec2:Route": {
        "egressOnlyGatewayId": "egressOnlyInternetGatewayId",
        "cidrBlock": "destinationCidrBlock",
        "ipv6CidrBlock": "destinationIpv6CidrBlock",
    },
    "aws-native:ec2:SecurityGroup": {
        "ingress": "securityGroupIngress",
        "protocol": "ipProtocol",
        "cidrIpv4": "cidrIp",
        "prefixListId": "sourcePrefixListId",
        "referencedSecurityGroupId": "sourceSecurityGroupId",
    },
    "aws-native:ec2:SecurityGroupIngress": {
        "securityGroupId": "groupId",
        "cidrIpv4": "cidrIp",
        "prefixListId": "sourcePrefixListId",
        "referencedSecurityGroupId": "sourceSecurityGroupId",
    },
    "aws-native:ec2:NetworkInterface": {
        "privateIp": "primaryPrivateIpAddress",
        "privateIps": "secondaryPrivateIpAddresses",
        "privateIpLists": "privateIpAddress",
    },
    "aws-native:ec2:Instance": {"privateIp": "privateIpAddress"},
}
_NONE: Final[Mapping[str, str]] = {}


def names_of(token: str) -> Mapping[str, str]:
    """Return, for a type, its spelling of each property that it spells in a way of its own."""
    return _NATIVE.get(token, _NONE)
