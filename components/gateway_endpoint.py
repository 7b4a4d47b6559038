"""The nodes' only way to S3: a gateway endpoint in their tables."""

from collections.abc import Mapping, Sequence
from typing import TypedDict

import pulumi
import pulumi_aws as aws

from .naming import merged


class GatewayEndpointArgs(TypedDict):
    """What the endpoint needs to know."""

    vpc_id: pulumi.Input[str]
    """The VPC that hosts the endpoint."""

    route_table_ids: pulumi.Input[Sequence[pulumi.Input[str]]]
    """Tables of the subnets that reach S3 through it."""

    service_name: pulumi.Input[str]
    """Full name of the AWS service, for example `com.amazonaws.us-east-1.s3`."""

    client_security_group_id: pulumi.Input[str]
    """The group of the nodes, which gets a rule to reach S3 by HTTPS."""

    policy: pulumi.Output[str]
    """The endpoint policy (JSON)."""

    tags: pulumi.Input[Mapping[str, pulumi.Input[str]]]
    """Tags of the endpoint and the rule."""


class GatewayEndpoint(pulumi.ComponentResource):
    """A private way to S3, for nodes that have no route to the internet.

    A gateway endpoint is a route to S3's public addresses that does not leave AWS's network. It
    costs nothing, takes no address, and reaches buckets of its own region only:
    https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-s3.html
    """

    endpoint_id: pulumi.Output[str]
    """ID of the gateway endpoint."""

    def __init__(
        self, name: str, args: GatewayEndpointArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("hacluster:index:GatewayEndpoint", name, {}, opts)
        child = pulumi.ResourceOptions(parent=self)
        endpoint = aws.ec2.VpcEndpoint(
            f"{name}-endpoint",
            vpc_id=args["vpc_id"],
            vpc_endpoint_type="Gateway",
            service_name=args["service_name"],
            route_table_ids=args["route_table_ids"],
            policy=args["policy"],
            tags=merged(args["tags"], f"{name}-endpoint"),
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
            tags=merged(args["tags"], f"{name}-https"),
            opts=child,
        )
        self.endpoint_id = endpoint.id
        self.register_outputs({"endpointId": self.endpoint_id})
