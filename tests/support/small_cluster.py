"""A cluster in moto with as many tables as a test wants, and the description `ops` has of it."""

from typing import Any

from ops.cluster import Cluster, Node
from sandbox.cloud import open_client
from tests.support.moto import add_route, make_endpoint, make_instance, make_interface, make_subnet

REGION = "us-east-1"
VIP = "20.0.0.100"


def build_cluster(endpoint_url: str, tables: int = 3, **changes: Any) -> Cluster:
    """Build two nodes, an endpoint and tables whose virtual IP leads to node-a."""
    ec2 = open_client(endpoint_url, "ec2", REGION)
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    subnets = [
        make_subnet(ec2, vpc, f"10.0.1{number}0.0/24", f"{REGION}{letter}")
        for number, letter in ((1, "a"), (2, "b"))
    ]
    nodes = tuple(_node(ec2, subnet, letter) for subnet, letter in zip(subnets, "ab", strict=True))
    made = {
        f"table_{number:02}": ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"]
        for number in range(tables)
    }
    for table in made.values():
        add_route(ec2, table, f"{VIP}/32", nodes[0].network_interface_id)
    given: dict[str, Any] = {
        "name": "ha-cluster-test",
        "region": REGION,
        "vpc_id": vpc,
        "virtual_ip": VIP,
        "nodes": nodes,
        "route_table_ids": made,
        "endpoint_ids": {"ec2": make_endpoint(ec2, vpc, subnets)["VpcEndpointId"]},
        "engine_configured": False,
    }
    return Cluster(**{**given, **changes})


def _node(ec2: Any, subnet: str, letter: str) -> Node:
    interface = make_interface(ec2, subnet)
    ec2.modify_network_interface_attribute(
        NetworkInterfaceId=interface, SourceDestCheck={"Value": False}
    )
    instance = make_instance(
        ec2, NetworkInterfaces=[{"DeviceIndex": 0, "NetworkInterfaceId": interface}]
    )
    return Node(
        name=f"node-{letter}",
        zone=f"{REGION}{letter}",
        instance_id=instance["InstanceId"],
        network_interface_id=interface,
        private_ip=instance["PrivateIpAddress"],
    )
