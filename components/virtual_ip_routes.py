"""The routes of the virtual IP: one in every table, with a target that belongs to the cluster."""

from collections.abc import Mapping

import pulumi
import pulumi_aws as aws

# Every kind of target a route can have. After the first failover the cluster owns the target:
# a change from here would be a failover that no node knows about.
ROUTE_TARGETS = [
    "carrier_gateway_id",
    "core_network_arn",
    "egress_only_gateway_id",
    "gateway_id",
    "local_gateway_id",
    "nat_gateway_id",
    "network_interface_id",
    "odb_network_arn",
    "transit_gateway_id",
    "vpc_endpoint_id",
    "vpc_peering_connection_id",
]


def build_virtual_ip_routes(
    prefix: str,
    destination: str,
    route_table_ids: Mapping[str, pulumi.Input[str]],
    interface_id: pulumi.Input[str],
    opts: pulumi.ResourceOptions,
    *,
    move: bool,
) -> list[aws.ec2.Route]:
    """Build the route to `destination` in every table; a new route leads to `interface_id`.

    An existing route keeps its target unless `move` is set. A replaced one is new: the engine
    then takes the program's inputs whatever `ignore_changes` says. A table has one route to a
    destination, so a replacement deletes first.
    """
    return [
        aws.ec2.Route(
            f"{prefix}-vip-{table.replace('_', '-')}",
            route_table_id=table_id,
            destination_cidr_block=destination,
            network_interface_id=interface_id,
            opts=pulumi.ResourceOptions.merge(
                opts,
                pulumi.ResourceOptions(
                    ignore_changes=None if move else ROUTE_TARGETS, delete_before_replace=True
                ),
            ),
        )
        for table, table_id in route_table_ids.items()
    ]
