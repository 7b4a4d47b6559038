"""A security group together with its rules."""

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws


@dataclass(frozen=True)
class Guard:
    """The group, and its rules, which must exist before what the group protects starts."""

    group: aws.ec2.SecurityGroup
    rules: list[pulumi.Resource]
