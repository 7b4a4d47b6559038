"""Changes to a cluster's routes and route tables, each undone at the end of its block."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tests.support.operations import Operated, tag_specifications


@contextmanager
def route_led_to(operated: Operated, table: str, **target: str) -> Iterator[str]:
    """Lead the virtual IP of a table, by its name in the outputs, to another target."""
    ec2, cluster = operated.ec2, operated.cluster
    key = cluster.route_table_ids[table]
    route = {"RouteTableId": key, "DestinationCidrBlock": cluster.destination}
    before = _route(operated, key)["NetworkInterfaceId"]
    ec2.replace_route(**route, **target)
    try:
        yield key
    finally:
        ec2.replace_route(**route, NetworkInterfaceId=before)


@contextmanager
def route_deleted(operated: Operated, table: str) -> Iterator[str]:
    """Delete the virtual IP's route of a table."""
    ec2, cluster = operated.ec2, operated.cluster
    key = cluster.route_table_ids[table]
    route = {"RouteTableId": key, "DestinationCidrBlock": cluster.destination}
    before = _route(operated, key)["NetworkInterfaceId"]
    ec2.delete_route(**route)
    try:
        yield key
    finally:
        ec2.create_route(**route, NetworkInterfaceId=before)


@contextmanager
def route_added(operated: Operated, table: str, destination: str, **target: str) -> Iterator[str]:
    """Add a route to a table."""
    key = operated.cluster.route_table_ids.get(table, table)
    route = {"RouteTableId": key, "DestinationCidrBlock": destination}
    operated.ec2.create_route(**route, **target)
    try:
        yield key
    finally:
        operated.ec2.delete_route(**route)


@contextmanager
def interface_added(operated: Operated, **tags: str) -> Iterator[str]:
    """Make a network interface in node A's subnet."""
    made = operated.ec2.create_network_interface(
        SubnetId=operated.cluster.subnet_ids["private_a"],
        TagSpecifications=tag_specifications("network-interface", tags),
    )["NetworkInterface"]["NetworkInterfaceId"]
    try:
        yield made
    finally:
        operated.ec2.delete_network_interface(NetworkInterfaceId=made)


@contextmanager
def table_added(operated: Operated) -> Iterator[str]:
    """Make a route table in the cluster's VPC."""
    made = operated.ec2.create_route_table(VpcId=operated.cluster.vpc_id)
    key = made["RouteTable"]["RouteTableId"]
    try:
        yield key
    finally:
        operated.ec2.delete_route_table(RouteTableId=key)


@contextmanager
def associated_with(operated: Operated, subnet: str, table: str | None) -> Iterator[str]:
    """Bind a subnet, by its name, to another table, or to none: then the main table counts."""
    ec2 = operated.ec2
    key = operated.cluster.subnet_ids[subnet]
    found = ec2.describe_route_tables(Filters=[{"Name": "association.subnet-id", "Values": [key]}])[
        "RouteTables"
    ][0]
    (association,) = (each for each in found["Associations"] if each.get("SubnetId") == key)
    ec2.disassociate_route_table(AssociationId=association["RouteTableAssociationId"])
    other = ec2.associate_route_table(SubnetId=key, RouteTableId=table) if table else None
    try:
        yield key
    finally:
        if other:
            ec2.disassociate_route_table(AssociationId=other["AssociationId"])
        ec2.associate_route_table(SubnetId=key, RouteTableId=found["RouteTableId"])


@contextmanager
def main_table(operated: Operated, table: str) -> Iterator[None]:
    """Make another table the VPC's main one."""
    ec2 = operated.ec2
    before = operated.cluster.route_table_ids["main"]
    associations = ec2.describe_route_tables(RouteTableIds=[before])["RouteTables"][0][
        "Associations"
    ]
    (association,) = (each for each in associations if each["Main"])
    new = ec2.replace_route_table_association(
        AssociationId=association["RouteTableAssociationId"], RouteTableId=table
    )
    try:
        yield
    finally:
        ec2.replace_route_table_association(
            AssociationId=new["NewAssociationId"], RouteTableId=before
        )


def _route(operated: Operated, table: str) -> dict[str, Any]:
    found = operated.ec2.describe_route_tables(RouteTableIds=[table])["RouteTables"][0]["Routes"]
    destination = operated.cluster.destination
    return next(each for each in found if each.get("DestinationCidrBlock") == destination)
