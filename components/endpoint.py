"""The cluster's only way to an AWS API: a private endpoint that admits HTTPS and nothing else."""

import json
from collections.abc import Mapping, Sequence
from typing import NotRequired, TypedDict

import pulumi
import pulumi_aws as aws

from . import documents
from .naming import merged, slug

# The name that the article gives to this group. AWS allows one group of a name in a VPC, so the
# group's own name only begins with it: a second endpoint fits beside the first, and a replacement
# beside what it replaces.
GUARD = "SG-HTTPS"

# AWS decides these. A provider that takes what it reads back for a difference would replace the
# endpoint at every update (terraform-provider-aws #47583).
DECIDED_BY_AWS = ["dns_options", "subnet_configurations"]


class ControlEndpointArgs(TypedDict):
    """Inputs of `ControlEndpoint`."""

    vpc_id: pulumi.Input[str]
    """The VPC that hosts the endpoint. Both its DNS attributes must be on."""

    subnet_ids: pulumi.Input[Sequence[pulumi.Input[str]]]
    """One subnet per availability zone. The endpoint puts an interface in each, with a free
    address. Where fixed addresses are to be taken first, take these ids from their interfaces."""

    client_cidr_blocks: Sequence[str]
    """Ranges from which the nodes call. Nobody else may open port 443; plain, a rule for each."""

    service_name: pulumi.Input[str]
    """Full name of the AWS service, for example `com.amazonaws.us-east-1.ec2`."""

    caller_role_arn: pulumi.Input[str]
    """The one IAM role that the endpoint lets through."""

    caller_permissions: pulumi.Input[str]
    """That role's policy document for the service (JSON): the endpoint admits the same and nothing
    else."""

    guard_name: NotRequired[str]
    """How the security group's name begins, and its `Name` tag; `SG-HTTPS` where it is left out."""

    tags: NotRequired[pulumi.Input[Mapping[str, pulumi.Input[str]]]]
    """Tags for every child, on top of the provider's default tags."""


class ControlEndpoint(pulumi.ComponentResource):
    """A private door to the EC2 API, for nodes that have no route to the internet.

    Private DNS is on, so the unmodified AWS CLI and SDKs find the endpoint under the API's public
    name: cluster software needs no option for it.

    The group has no outbound rule. An endpoint opens no connection, and answers to those that it
    admits pass in any case; the article leaves AWS's default rule in place.
    https://docs.aws.amazon.com/vpc/latest/userguide/vpc-security-groups.html
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
        guard_name = args.get("guard_name", GUARD)
        guard = aws.ec2.SecurityGroup(
            f"{name}-guard",
            name_prefix=f"{guard_name}-",
            description=guard_name,
            vpc_id=args["vpc_id"],
            tags=merged(args.get("tags"), guard_name),
            opts=child,
        )
        rules = [
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
            for cidr_block in args["client_cidr_blocks"]
        ]
        policy = pulumi.Output.all(args["caller_role_arn"], args["caller_permissions"]).apply(
            lambda known: json.dumps(documents.endpoint_policy(known[0], json.loads(known[1])))
        )
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
            opts=pulumi.ResourceOptions(
                parent=self,
                depends_on=rules,
                ignore_changes=DECIDED_BY_AWS,
                # Two endpoints of a VPC cannot have the service's private DNS name at once.
                delete_before_replace=True,
            ),
        )
        self.endpoint_id = endpoint.id
        self.security_group_id = guard.id
        self.register_outputs(
            {"endpointId": self.endpoint_id, "securityGroupId": self.security_group_id}
        )
