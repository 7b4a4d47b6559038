"""The virtual IP's routes beyond the VPC: static ones in the tables of a transit gateway."""

import pulumi
import pulumi_aws as aws

from .clients_args import ClientsArgs


def build_client_routes(
    prefix: str, destination: str, clients: ClientsArgs, opts: pulumi.ResourceOptions
) -> list[pulumi.Resource]:
    """Build a static route to `destination` in every table of the transit gateway.

    No propagation brings it, because the address is outside the VPC. It leads to the VPC and not to
    a node, so it never moves: inside, the VPC's own tables know the active node.
    https://docs.aws.amazon.com/sap/latest/sap-hana/sap-oip-architecture.html
    """
    # A table has one route to a destination, so a replacement deletes first.
    first = pulumi.ResourceOptions(delete_before_replace=True)
    return [
        aws.ec2transitgateway.Route(
            f"{prefix}-vip-{table_id}",
            transit_gateway_route_table_id=table_id,
            destination_cidr_block=destination,
            transit_gateway_attachment_id=clients["attachment_id"],
            opts=pulumi.ResourceOptions.merge(opts, first),
        )
        for table_id in clients["transit_gateway_route_table_ids"]
    ]
