"""The cluster's only way to an AWS API: a private endpoint that admits HTTPS and nothing else."""

import json
from collections.abc import Mapping, Sequence
from typing import NotRequired, TypedDict

import pulumi
import pulumi_aws as aws

from . import documents
from .naming import merged, slug

# The name that the article gives to this group.
GUARD = "SG-HTTPS"


class ControlEndpointArgs(TypedDict):
    """Inputs of `ControlEndpoint`."""

    vpc_id: pulumi.Input[str]
    """The VPC that hosts the endpoint. Both its DNS attributes must be on."""

    subnet_ids: pulumi.Input[Sequence[pulumi.Input[str]]]
    """One subnet per availability zone. The endpoint puts an interface in each."""

    client_cidr_blocks: Sequence[str]
    """Ranges from which the nodes call. Nobody else may open port 443; plain, a rule for each."""

    service_name: pulumi.Input[str]
    """Full name of the AWS service, for example `com.amazonaws.us-east-1.ec2`."""

    caller_role_arn: pulumi.Input[str]
    """The one IAM role that the endpoint lets through."""

    route_table_arns: pulumi.Input[Sequence[pulumi.Input[str]]]
    """The tables in which that role may replace routes."""

    tags: NotRequired[pulumi.Input[Mapping[str, pulumi.Input[str]]]]
    """Tags for every child, on top of the provider's default tags."""


class ControlEndpoint(pulumi.ComponentResource):
    """A private door to the EC2 API, for nodes that have no route to the internet.

    Private DNS is on, so the unmodified AWS CLI and SDKs find the endpoint under the API's public
    name: cluster software needs no option for it. The endpoint takes free addresses of its subnets,
    so what has a fixed address there must come first: name it in `depends_on`.
    """

    endpoint_id: pulumi.Output[str]
    """ID of the interface endpoint."""

    security_group_id: pulumi.Output[str]
    """ID of the security group that guards it."""

    def __init__(
        self, name: str, args: ControlEndpointArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("hacluster:index:ControlEndpoint", name, {}, opts)
        child = pulumi.ResourceOptions(parent=self)
        guard = aws.ec2.SecurityGroup(
            f"{name}-guard",
            name=GUARD,
            description=GUARD,
            vpc_id=args["vpc_id"],
            tags=merged(args.get("tags"), GUARD),
            opts=child,
        )
        for cidr_block in args["client_cidr_blocks"]:
            aws.vpc.SecurityGroupIngressRule(
                f"{name}-https-{slug(cidr_block)}",
                security_group_id=guard.id,
                description="HTTPS from the network",
                ip_protocol="tcp",
                from_port=443,
                to_port=443,
                cidr_ipv4=cidr_block,
                tags=merged(args.get("tags"), f"{name}-https"),
                opts=child,
            )
        aws.vpc.SecurityGroupEgressRule(
            f"{name}-outbound",
            security_group_id=guard.id,
            description="Everything, as AWS gives a new group",
            ip_protocol="-1",
            cidr_ipv4="0.0.0.0/0",
            tags=merged(args.get("tags"), f"{name}-outbound"),
            opts=child,
        )
        policy = pulumi.Output.all(args["caller_role_arn"], args["route_table_arns"]).apply(
            lambda known: json.dumps(documents.endpoint_policy(*known))
        )
        after = opts.depends_on if opts else None
        endpoint = aws.ec2.VpcEndpoint(
            f"{name}-endpoint",
            vpc_id=args["vpc_id"],
            vpc_endpoint_type="Interface",
            service_name=args["service_name"],
            subnet_ids=args["subnet_ids"],
            security_group_ids=[guard.id],
            private_dns_enabled=True,
            policy=policy,
            tags=merged(args.get("tags"), f"{name}-endpoint"),
            opts=pulumi.ResourceOptions(parent=self, depends_on=after),
        )
        self.endpoint_id = endpoint.id
        self.security_group_id = guard.id
        self.register_outputs(
            {"endpointId": self.endpoint_id, "securityGroupId": self.security_group_id}
        )
