"""Routes between the virtual IP and clients beyond the VPC, who come through a transit gateway."""

from collections.abc import Mapping, Sequence
from typing import TypedDict

import pulumi
import pulumi_aws as aws

from .clients_args import ClientsArgs
from .naming import slug

# A table has one route to a destination, so a replacement deletes first.
_DELETE_FIRST = pulumi.ResourceOptions(delete_before_replace=True)


class ClientReturnArgs(TypedDict):
    """The way from the nodes back to clients beyond the VPC."""

    transit_gateway_id: pulumi.Input[str]
    """The transit gateway to which the VPC is attached."""

    cidr_blocks: Sequence[str]
    """Ranges of the clients: private, and beyond the VPC; plain, a route for each."""

    route_table_ids: Mapping[str, pulumi.Input[str]]
    """The tables of the nodes' subnets, by the name that their routes get: `private_a`, ..."""


def build_client_routes(
    prefix: str, destination: str, clients: ClientsArgs, opts: pulumi.ResourceOptions
) -> list[pulumi.Resource]:
    """Build a static route to `destination` in every table of the transit gateway.

    No propagation brings it, because the address is outside the VPC. It leads to the VPC and not to
    a node, so it never moves: inside, the VPC's own tables know the active node.
    https://docs.aws.amazon.com/sap/latest/sap-hana/sap-oip-architecture.html
    """
    return [
        aws.ec2transitgateway.Route(
            f"{prefix}-vip-{table_id}",
            transit_gateway_route_table_id=table_id,
            destination_cidr_block=destination,
            transit_gateway_attachment_id=clients["attachment_id"],
            opts=pulumi.ResourceOptions.merge(opts, _DELETE_FIRST),
        )
        for table_id in clients["transit_gateway_route_table_ids"]
    ]


def build_return_routes(
    prefix: str, args: ClientReturnArgs, opts: pulumi.ResourceOptions
) -> list[pulumi.Resource]:
    """Build a route to every range of clients in every table of the nodes' subnets.

    The active node answers from the virtual IP, by the table of its own subnet.
    """
    return [
        aws.ec2.Route(
            f"{prefix}-clients-{table.replace('_', '-')}-{slug(cidr_block)}",
            route_table_id=table_id,
            destination_cidr_block=cidr_block,
            transit_gateway_id=args["transit_gateway_id"],
            opts=pulumi.ResourceOptions.merge(opts, _DELETE_FIRST),
        )
        for table, table_id in args["route_table_ids"].items()
        for cidr_block in args["cidr_blocks"]
    ]
