"""The nodes' only way to S3: a gateway endpoint in their tables, for their own objects."""

import json
from collections.abc import Mapping, Sequence
from typing import NotRequired, TypedDict

import pulumi
import pulumi_aws as aws

from . import documents
from .naming import merged


class StorageEndpointArgs(TypedDict):
    """Inputs of `StorageEndpoint`."""

    vpc_id: pulumi.Input[str]
    """The VPC that hosts the endpoint."""

    route_table_ids: pulumi.Input[Sequence[pulumi.Input[str]]]
    """Tables of the subnets that reach S3 through it."""

    service_name: pulumi.Input[str]
    """Full name of the AWS service, for example `com.amazonaws.us-east-1.s3`."""

    client_security_group_id: pulumi.Input[str]
    """The group of the nodes, which gets a rule to reach S3 by HTTPS."""

    caller_role_arn: pulumi.Input[str]
    """The one IAM role that the endpoint lets through."""

    caller_permissions: pulumi.Input[str]
    """That role's policy document for S3 (JSON): the endpoint admits the same and nothing else."""

    tags: NotRequired[pulumi.Input[Mapping[str, pulumi.Input[str]]]]
    """Tags for every child, on top of the provider's default tags."""


class StorageEndpoint(pulumi.ComponentResource):
    """A private way to S3, for nodes that have no route to the internet.

    A gateway endpoint is a route to S3's public addresses that does not leave AWS's network. It
    costs nothing, takes no address, and reaches buckets of its own region only:
    https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-s3.html
    """

    endpoint_id: pulumi.Output[str]
    """ID of the gateway endpoint."""

    def __init__(
        self, name: str, args: StorageEndpointArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("hacluster:index:StorageEndpoint", name, {}, opts)
        child = pulumi.ResourceOptions(parent=self)
        policy = pulumi.Output.all(args["caller_role_arn"], args["caller_permissions"]).apply(
            lambda known: json.dumps(documents.endpoint_policy(known[0], storage_part(known[1])))
        )
        endpoint = aws.ec2.VpcEndpoint(
            f"{name}-endpoint",
            vpc_id=args["vpc_id"],
            vpc_endpoint_type="Gateway",
            service_name=args["service_name"],
            route_table_ids=args["route_table_ids"],
            policy=policy,
            tags=merged(args.get("tags"), f"{name}-endpoint"),
            opts=child,
        )
        aws.vpc.SecurityGroupEgressRule(
            f"{name}-https",
            security_group_id=args["client_security_group_id"],
            description="HTTPS to S3",
            ip_protocol="tcp",
            from_port=443,
            to_port=443,
            prefix_list_id=endpoint.prefix_list_id,
            tags=merged(args.get("tags"), f"{name}-https"),
            opts=child,
        )
        self.endpoint_id = endpoint.id
        self.register_outputs({"endpointId": self.endpoint_id})


def storage_part(permissions: str) -> documents.Document:
    """Return the statements for S3 alone; S3 calls KMS itself, not through the endpoint."""
    return documents.document(
        [
            statement
            for statement in json.loads(permissions)["Statement"]
            if statement["Action"].startswith("s3:")
        ]
    )
