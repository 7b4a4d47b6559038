"""A security group that admits HTTPS from a network and nothing else."""

from collections.abc import Mapping, Sequence
from typing import TypedDict

import pulumi
import pulumi_aws as aws

from .guard import Guard
from .naming import GIVEN_ONCE, merged, slug
from .takeover import former_child


class HttpsGuardArgs(TypedDict):
    """What the group needs to know."""

    title: str
    """How the group's name begins, and its `Name` tag."""

    vpc_id: pulumi.Input[str]
    """The VPC of the endpoints."""

    client_cidr_blocks: Sequence[str]
    """Ranges from which port 443 may be opened."""

    former_name: str | None
    """Name of the component that had this group in an earlier edition."""

    tags: pulumi.Input[Mapping[str, pulumi.Input[str]]]
    """Tags of the group and its rules."""


def build_https_guard(prefix: str, args: HttpsGuardArgs, parent: pulumi.Resource) -> Guard:
    """Build the group and its rules.

    AWS allows one group of a name in a VPC, so the group's own name only begins with the title.
    It has no outbound rule. An endpoint opens no connection, and answers to those that it admits
    pass in any case; the article leaves AWS's default rule in place.
    https://docs.aws.amazon.com/vpc/latest/userguide/vpc-security-groups.html

    Neither is protected, so that endpoints can move to another group: AWS deletes no group that
    an endpoint uses, and the endpoint is protected.
    """

    def options(role: str) -> pulumi.ResourceOptions:
        aliases = former_child(args["former_name"], role)
        return pulumi.ResourceOptions(parent=parent, protect=False, aliases=aliases)

    group = aws.ec2.SecurityGroup(
        f"{prefix}-guard",
        name_prefix=f"{args['title']}-",
        description=args["title"],
        vpc_id=args["vpc_id"],
        tags=merged(args["tags"], args["title"]),
        opts=pulumi.ResourceOptions.merge(
            options("guard"), pulumi.ResourceOptions(ignore_changes=GIVEN_ONCE)
        ),
    )
    rules: list[pulumi.Resource] = [
        aws.vpc.SecurityGroupIngressRule(
            f"{prefix}-https-{slug(cidr_block)}",
            security_group_id=group.id,
            description="HTTPS from the network",
            ip_protocol="tcp",
            from_port=443,
            to_port=443,
            cidr_ipv4=cidr_block,
            tags=merged(args["tags"], f"{prefix}-https"),
            opts=options(f"https-{slug(cidr_block)}"),
        )
        for cidr_block in args["client_cidr_blocks"]
    ]
    return Guard(group, rules)
