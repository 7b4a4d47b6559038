"""A VPC's default security group (upstream: internal/service/ec2/vpc_default_security_group.go)."""

from typing import ClassVar

from sandbox.provider.cloud import Cloud, refuse
from sandbox.provider.ec2.security_group import DEFAULT_GROUP, RULES, InlineRulesGroup, default_vpc
from sandbox.provider.ec2.security_group_rules import find_group, live_rules, revoke_ids
from sandbox.provider.schema import boolean, string
from sandbox.provider.tags import Tags, from_aws
from sandbox.provider.wire import Properties


class DefaultSecurityGroup(InlineRulesGroup):
    """The group that AWS makes along with a VPC: adopted and emptied, never deleted."""

    pulumi_name = "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup"
    noun = "Default Security Group"
    properties: ClassVar = {
        "arn": string(output=True),
        "description": string(output=True),
        "egress": RULES,
        "ingress": RULES,
        "name": string(output=True),
        "namePrefix": string(output=True),
        "ownerId": string(output=True),
        "revokeRulesOnDelete": boolean(default=False),
        "vpcId": string(computed=True, replaces=True),
    }
    tagged = True

    def create(self, cloud: Cloud, inputs: Properties) -> str:
        """Find the group of the VPC, the account's default one when none is named."""
        vpc_id = inputs.get("vpcId") or default_vpc(cloud, "DescribeSecurityGroups")
        group = default_group(cloud, vpc_id)
        if group is None:
            words = f"The default security group of VPC '{vpc_id}' does not exist"
            refuse("DescribeSecurityGroups", "InvalidGroup.NotFound", words)
        return group

    def configure(self, cloud: Cloud, identity: str, inputs: Properties) -> None:
        """Give it these tags and no others, and take away the rules of its peers that name it."""
        group = find_group(cloud, identity) or {}
        wanted: Tags = inputs.get("tagsAll") or {}
        former = [key for key in from_aws(group.get("Tags", [])) if not key.startswith("aws:")]
        self.retag(cloud, identity, [key for key in former if key not in wanted], wanted)
        own = {rule.grant.peer for rule in live_rules(cloud, group_id=identity)}
        for rule in live_rules(cloud):
            if rule.grant.peer == identity and rule.group_id in own - {identity}:
                revoke_ids(cloud, rule.group_id, rule.direction, [rule.identity])
        super().configure(cloud, identity, inputs)

    def delete(self, cloud: Cloud, identity: str, state: Properties) -> None:
        """Leave the group and its rules as they are: upstream only forgets it."""


def default_group(cloud: Cloud, vpc_id: str) -> str | None:
    """Return the id of a VPC's default security group."""
    groups = cloud.list_all(
        "describe_security_groups", "SecurityGroups", vpc_id=vpc_id, group_name=DEFAULT_GROUP
    )
    return groups[0]["GroupId"] if groups else None
