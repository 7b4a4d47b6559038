"""Types that admit traffic to endpoints: endpoints, security groups, and their rules."""

from collections.abc import Mapping
from typing import Final

from guardrails.pulumi_reader.types.kinds import Kind
from guardrails.pulumi_reader.types.type_row import Role, TypeRow

_PORTS: Final = ("fromPort", "toPort")
_OLDER_RULE: Final = (
    *("type", "protocol", "cidrBlocks", "ipv6CidrBlocks", "prefixListIds"),
    *_PORTS,
)
_RULE: Final = (*("ipProtocol", "cidrIpv4", "cidrIpv6", "prefixListId"), *_PORTS)
SECURITY_TYPES: Final[Mapping[str, TypeRow]] = {
    "aws:ec2/vpcEndpoint:VpcEndpoint": TypeRow(
        Role.ENDPOINT,
        Kind.ENDPOINT,
        passes_on_ids=True,
        part_of=("routeTableIds",),
        judged=("securityGroupIds",),
    ),
    "aws:ec2/securityGroup:SecurityGroup": TypeRow(
        Role.GROUP,
        Kind.GROUP,
        passes_on_ids=True,
        part_of=(),
        defaulted=("description",),
        judged=("ingress",),
    ),
    "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup": TypeRow(
        Role.GROUP, Kind.GROUP, adopts=True, judged=("ingress",)
    ),
    "aws:ec2/securityGroupRule:SecurityGroupRule": TypeRow(
        Role.GROUP_RULE,
        Kind.RULE,
        passes_on_ids=True,
        part_of=("securityGroupId",),
        judged=_OLDER_RULE,
    ),
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": TypeRow(
        Role.INGRESS_RULE,
        Kind.RULE,
        passes_on_ids=True,
        part_of=("securityGroupId",),
        judged=_RULE,
    ),
    "aws:ec2/securityGroupAssociation:SecurityGroupAssociation": TypeRow(
        Role.ENDPOINT_ATTACHMENT, passes_on_ids=True
    ),
    "aws:ec2/networkInterfaceSecurityGroupAttachment:NetworkInterfaceSecurityGroupAttachment": (
        TypeRow(Role.GROUP_ON_INTERFACE)
    ),
    "aws:ec2/vpcSecurityGroupRulesExclusive:VpcSecurityGroupRulesExclusive": TypeRow(
        Role.EXCLUSIVE_RULES
    ),
    "aws-native:ec2:VpcEndpoint": TypeRow(
        Role.ENDPOINT, Kind.ENDPOINT, part_of=("routeTableIds",), judged=("securityGroupIds",)
    ),
    "aws-native:ec2:SecurityGroup": TypeRow(
        Role.GROUP,
        Kind.GROUP,
        part_of=(),
        judged=("ingress",),
        spelling={
            "ingress": "securityGroupIngress",
            "protocol": "ipProtocol",
            "cidrIpv4": "cidrIp",
            "prefixListId": "sourcePrefixListId",
            "referencedSecurityGroupId": "sourceSecurityGroupId",
        },
    ),
    "aws-native:ec2:SecurityGroupIngress": TypeRow(
        Role.INGRESS_RULE,
        Kind.RULE,
        part_of=("groupId",),
        judged=_RULE,
        spelling={
            "securityGroupId": "groupId",
            "cidrIpv4": "cidrIp",
            "prefixListId": "sourcePrefixListId",
            "referencedSecurityGroupId": "sourceSecurityGroupId",
        },
    ),
    "aws:ec2/vpcEndpointSubnetAssociation:VpcEndpointSubnetAssociation": TypeRow(
        Role.SUBNET_OF_ENDPOINT, passes_on_ids=True
    ),
    "aws:ec2/vpcEndpointPolicy:VpcEndpointPolicy": TypeRow(passes_on_ids=True),
    "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": TypeRow(passes_on_ids=True),
    "aws:vpc/securityGroupVpcAssociation:SecurityGroupVpcAssociation": TypeRow(passes_on_ids=True),
}
