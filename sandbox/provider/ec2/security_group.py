"""The security group with inline rules.

Upstream: internal/service/ec2/vpc_security_group.go of hashicorp/terraform-provider-aws; name and
description as pulumi-aws overrides them.
"""

from collections.abc import Iterator
from typing import Any, ClassVar

from sandbox.provider.check import Fault, join_path
from sandbox.provider.cloud import Cloud, refuse
from sandbox.provider.ec2.network_interface_live import interfaces_in_use
from sandbox.provider.ec2.security_group_permissions import (
    Grant,
    grants_of,
    protocol_name,
    rules_as_live,
)
from sandbox.provider.ec2.security_group_rules import (
    Direction,
    authorize,
    find_group,
    group_grants,
    live_rules,
    revoke,
    revoke_everything,
    revoke_ids,
)
from sandbox.provider.names import name_from, prefix_of
from sandbox.provider.resource import Change, Resource, pick
from sandbox.provider.schema import Property, boolean, number, object_of, set_of, string
from sandbox.provider.tags import from_aws, specification
from sandbox.provider.values import ipv4_network, ipv6_network, length, matches
from sandbox.provider.wire import UNKNOWN, Properties, contains_unknown

DEFAULT_GROUP = "default"
RULE_DESCRIPTION = (
    length(0, 255),
    matches(
        r"[0-9A-Za-z_ .:/()#,@\[\]+=&;{}!$*-]*",
        "hold only letters, digits, blanks and ._-:/()#,@[]+=&;{}!$*",
    ),
)
_NAME_RULES = (
    length(0, 255),
    matches(r"(?!sg-)[\s\S]*", "not begin with sg-"),
)

# Upstream keeps cidrBlocks as a list but identifies a rule by its sorted content: a set.
RULES: Property = set_of(
    object_of(
        {
            "cidrBlocks": set_of(string(valid=(ipv4_network,))),
            "description": string(valid=RULE_DESCRIPTION),
            "fromPort": number(required=True),
            "ipv6CidrBlocks": set_of(string(valid=(ipv6_network,))),
            "prefixListIds": set_of(string()),
            "protocol": string(required=True, normal=protocol_name),
            "securityGroups": set_of(string()),
            "self": boolean(default=False),
            "toPort": number(required=True),
        }
    ),
    computed=True,
)


class InlineRulesGroup(Resource):
    """What a group has in common with a VPC's default one: inline rules, and how it reads."""

    def faults(self, inputs: Properties) -> Iterator[Fault]:
        """Name rules for all protocols that give ports."""
        for direction in Direction:
            rules = inputs.get(direction)
            for index, rule in enumerate([] if rules in (None, UNKNOWN) else rules):
                if contains_unknown(rule) or protocol_name(rule["protocol"]) != "-1":
                    continue
                if rule["fromPort"] or rule["toPort"]:
                    yield Fault(
                        join_path(direction, index),
                        f"from_port ({rule['fromPort']}) and to_port ({rule['toPort']}) must both "
                        "be 0 to use the 'ALL' \"-1\" protocol!",
                    )

    def configure(self, cloud: Cloud, identity: str, inputs: Properties) -> None:
        """Start from no rules, AWS's own included, and add those that are given."""
        revoke_everything(cloud, identity)
        for direction in Direction:
            authorize(cloud, identity, direction, _grants(inputs.get(direction), identity))

    def read(self, cloud: Cloud, identity: str, known: Properties) -> Properties | None:
        """Describe the group; rules keep the known cut where they hold."""
        group = find_group(cloud, identity)
        if group is None:
            return None
        return {
            "arn": cloud.arn("ec2", f"security-group/{identity}", group["OwnerId"]),
            "description": group["Description"],
            "name": group["GroupName"],
            "namePrefix": prefix_of(group["GroupName"]),
            "ownerId": group["OwnerId"],
            "vpcId": group["VpcId"],
            "revokeRulesOnDelete": known.get("revokeRulesOnDelete", False),
            "tags": from_aws(group["Tags"]),
        } | {
            direction: rules_as_live(
                known.get(direction) or (), group_grants(group, direction), identity
            )
            for direction in Direction
        }

    def update(self, cloud: Cloud, identity: str, change: Change) -> None:
        """Take away the grants that are gone and add the new ones, as upstream in this order."""
        for direction in Direction:
            if not change.touches(direction):
                continue
            old = _grants(change.state.get(direction), identity)
            new = _grants(change.inputs.get(direction), identity)
            revoke(cloud, identity, direction, [grant for grant in old if grant not in new])
            authorize(cloud, identity, direction, [grant for grant in new if grant not in old])


class SecurityGroup(InlineRulesGroup):
    """A security group of a VPC; without egress rules it lets nothing out."""

    pulumi_name = "aws:ec2/securityGroup:SecurityGroup"
    noun = "Security Group"
    properties: ClassVar = {
        "arn": string(output=True),
        "description": string(replaces=True, default="Managed by Pulumi", valid=(length(0, 255),)),
        "egress": RULES,
        "ingress": RULES,
        "name": string(
            named=True,
            computed=True,
            replaces=True,
            conflicts_with=("namePrefix",),
            valid=_NAME_RULES,
        ),
        "namePrefix": string(
            computed=True,
            replaces=True,
            conflicts_with=("name",),
            valid=(length(0, 229), _NAME_RULES[1]),
        ),
        "ownerId": string(output=True),
        "revokeRulesOnDelete": boolean(default=False),
        "vpcId": string(computed=True, replaces=True),
    }
    tagged = True

    def create(self, cloud: Cloud, inputs: Properties) -> str:
        """Create the group, still with the egress rule that AWS gives it."""
        name = name_from(inputs)
        vpc_id = inputs.get("vpcId") or default_vpc(cloud, "CreateSecurityGroup")
        _refuse_bad_group(cloud, name, inputs["description"], vpc_id)
        answer = cloud.ec2.create_security_group(
            GroupName=name,
            VpcId=vpc_id,
            TagSpecifications=specification("security-group", inputs),
            **pick(inputs, {"description": "Description"}),
        )
        return answer["GroupId"]

    def delete(self, cloud: Cloud, identity: str, state: Properties) -> None:
        """Delete the group unless something uses it."""
        group = find_group(cloud, identity)
        if group is None:
            return
        if group["GroupName"] == DEFAULT_GROUP:
            words = f'the specified group: "{identity}" name: "default" cannot be deleted by a user'
            refuse("DeleteSecurityGroup", "CannotDelete", words)
        if state.get("revokeRulesOnDelete"):
            _revoke_rules_touching(cloud, identity)
        if _in_use(cloud, identity):
            words = f"resource {identity} has a dependent object"
            refuse("DeleteSecurityGroup", "DependencyViolation", words)
        cloud.ec2.delete_security_group(GroupId=identity)


def default_vpc(cloud: Cloud, operation: str) -> str:
    """Return the id of the account's default VPC in the region."""
    vpcs = cloud.list_all("describe_vpcs", "Vpcs", is_default="true")
    if not vpcs:
        refuse(operation, "VPCIdNotSpecified", "No default VPC for this user")
    return vpcs[0]["VpcId"]


def _grants(rules: Any, group_id: str) -> list[Grant]:
    """Take inline rules apart; a grant that several of them make is one, as upstream's set."""
    return list(dict.fromkeys(each for rule in rules or () for each in grants_of(rule, group_id)))


def _refuse_bad_group(cloud: Cloud, name: str, description: str, vpc_id: str) -> None:
    for parameter, value in (("GroupName", name), ("GroupDescription", description)):
        if not value.isascii():
            words = (
                f"Value ({value}) for parameter {parameter} is invalid. "
                "Character sets beyond ASCII are not supported."
            )
            refuse("CreateSecurityGroup", "InvalidParameterValue", words)
    if name.lower() == DEFAULT_GROUP:
        words = f"Cannot use reserved security group name: {name}"
        refuse("CreateSecurityGroup", "InvalidParameterValue", words)
    if cloud.find("describe_vpcs", "Vpcs", VpcIds=[vpc_id]) is None:
        words = f"The vpc ID '{vpc_id}' does not exist"
        refuse("CreateSecurityGroup", "InvalidVpcID.NotFound", words)
    listing = ("describe_security_groups", "SecurityGroups")
    if cloud.list_all(*listing, vpc_id=vpc_id, group_name=name):
        words = f"The security group '{name}' already exists for VPC '{vpc_id}'"
        refuse("CreateSecurityGroup", "InvalidGroup.Duplicate", words)


def _revoke_rules_touching(cloud: Cloud, group_id: str) -> None:
    """Take away the group's rules, and those of other groups that name it."""
    for rule in live_rules(cloud):
        if group_id in (rule.group_id, rule.grant.peer):
            revoke_ids(cloud, rule.group_id, rule.direction, [rule.identity])


def _in_use(cloud: Cloud, group_id: str) -> bool:
    """Tell whether an interface, an endpoint or another group's rule still names the group."""
    if interfaces_in_use(cloud, group_id=group_id):
        return True
    endpoints = cloud.ec2.describe_vpc_endpoints()["VpcEndpoints"]
    if any(
        endpoint["State"] != "deleted"
        and group_id in {group["GroupId"] for group in endpoint["Groups"]}
        for endpoint in endpoints
    ):
        return True
    return any(
        rule.grant.peer == group_id and rule.group_id != group_id for rule in live_rules(cloud)
    )
