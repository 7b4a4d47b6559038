"""A private endpoint to one AWS API, under the API's own name."""

from collections.abc import Mapping, Sequence
from typing import TypedDict

import pulumi
import pulumi_aws as aws

from .guard import Guard
from .naming import merged

# AWS decides these. A provider that takes what it reads back for a difference would replace the
# endpoint at every update (terraform-provider-aws #47583).
DECIDED_BY_AWS = ["dns_options", "subnet_configurations"]


class InterfaceEndpointArgs(TypedDict):
    """What one endpoint needs to know."""

    vpc_id: pulumi.Input[str]
    """The VPC that hosts the endpoint."""

    subnet_ids: pulumi.Input[Sequence[pulumi.Input[str]]]
    """One subnet per availability zone."""

    service_name: pulumi.Input[str]
    """Full name of the AWS service, for example `com.amazonaws.us-east-1.ec2`."""

    guard: Guard
    """The group that admits the clients."""

    policy: pulumi.Output[str]
    """The endpoint policy (JSON)."""

    tags: pulumi.Input[Mapping[str, pulumi.Input[str]]]
    """Tags of the endpoint."""


class InterfaceEndpoint(pulumi.ComponentResource):
    """A private door to one AWS API, for nodes that have no route to the internet.

    Private DNS is on, so the unmodified AWS CLI and SDKs find the endpoint under the API's public
    name: cluster software needs no option for it.
    """

    endpoint_id: pulumi.Output[str]
    """ID of the interface endpoint."""

    def __init__(
        self, name: str, args: InterfaceEndpointArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("hacluster:index:InterfaceEndpoint", name, {}, opts)
        guard = args["guard"]
        endpoint = aws.ec2.VpcEndpoint(
            f"{name}-endpoint",
            vpc_id=args["vpc_id"],
            vpc_endpoint_type="Interface",
            service_name=args["service_name"],
            subnet_ids=args["subnet_ids"],
            security_group_ids=[guard.group.id],
            private_dns_enabled=True,
            policy=args["policy"],
            tags=merged(args["tags"], f"{name}-endpoint"),
            opts=pulumi.ResourceOptions(
                parent=self,
                depends_on=guard.rules,
                ignore_changes=DECIDED_BY_AWS,
                # Two endpoints of a VPC cannot have the service's private DNS name at once.
                delete_before_replace=True,
            ),
        )
        self.endpoint_id = endpoint.id
        self.register_outputs({"endpointId": self.endpoint_id})
