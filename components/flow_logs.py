"""A record of the VPC's connections, refused ones too, in a log group of CloudWatch."""

import json
from collections.abc import Mapping
from typing import NotRequired, TypedDict

import pulumi
import pulumi_aws as aws

from . import monitoring_documents as documents
from .naming import merged


class FlowLogsArgs(TypedDict):
    """Inputs of `FlowLogs`."""

    vpc_id: pulumi.Input[str]
    """The VPC whose connections are recorded."""

    region: pulumi.Input[str]
    """The region of the VPC."""

    account_id: pulumi.Input[str]
    """The account of the VPC: in its name alone the service may take on the role."""

    traffic: NotRequired[pulumi.Input[str]]
    """`ALL`, which is the default, `ACCEPT` or `REJECT`."""

    retention_days: pulumi.Input[int]
    """Days after which CloudWatch forgets a record; it takes certain numbers only."""

    tags: NotRequired[pulumi.Input[Mapping[str, pulumi.Input[str]]]]
    """Tags for every child, on top of the provider's default tags."""


class FlowLogs(pulumi.ComponentResource):
    """The VPC's flow log, its log group, and the role by which AWS writes there.

    AWS writes by itself: the nodes need no endpoint for it. The role may not create log groups, so
    a record that comes late does not bring the group back after it was deleted.
    https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-iam-role.html
    """

    log_group_name: pulumi.Output[str]
    """Name of the log group."""

    def __init__(
        self, name: str, args: FlowLogsArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("hacluster:index:FlowLogs", name, {}, opts)
        child = pulumi.ResourceOptions(parent=self)
        tags = args.get("tags")
        group = aws.cloudwatch.LogGroup(
            f"{name}-group",
            retention_in_days=args["retention_days"],
            tags=merged(tags, f"{name}-group"),
            opts=child,
        )
        trust = pulumi.Output.all(args["region"], args["account_id"]).apply(
            lambda known: json.dumps(documents.flow_log_trust(*known))
        )
        role = aws.iam.Role(
            f"{name}-role",
            assume_role_policy=trust,
            tags=merged(tags, f"{name}-role"),
            opts=child,
        )
        policy = aws.iam.RolePolicy(
            f"{name}-permissions",
            role=role.name,
            policy=group.arn.apply(lambda arn: json.dumps(documents.flow_log_permissions(arn))),
            opts=child,
        )
        aws.ec2.FlowLog(
            f"{name}-log",
            vpc_id=args["vpc_id"],
            traffic_type=args.get("traffic", "ALL"),
            iam_role_arn=role.arn,
            log_destination=group.arn,
            tags=merged(tags, f"{name}-log"),
            # A VPC takes no second log to the same group, so a replacement deletes first.
            opts=pulumi.ResourceOptions(
                parent=self, depends_on=[policy], delete_before_replace=True
            ),
        )
        self.log_group_name = group.name
        self.register_outputs({"logGroupName": self.log_group_name})
