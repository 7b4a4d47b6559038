"""The VPC of a cluster as AWS describes it, for tests of the lab: three subnets and an endpoint."""

from dataclasses import replace
from typing import Any

from lab.vpc.plan import Plan, plan_lab
from lab.vpc.snapshot import Snapshot
from ops.cluster import Cluster, Node

VIP = "20.0.0.100/32"
ROLE = "arn:aws:iam::123456789012:role/ha-cluster-dev-nodes"
CLUSTER = Cluster(
    name="ha-cluster-dev",
    region="us-east-1",
    vpc_id="vpc-1",
    virtual_ip="20.0.0.100",
    nodes=(
        Node("node-a", "a", "i-a", "eni-a", "10.0.110.10"),
        Node("node-b", "b", "i-b", "eni-b", "10.0.120.10"),
    ),
    subnet_ids={
        "public_a": "subnet-public",
        "private_a": "subnet-a",
        "private_b": "subnet-b",
    },
    route_table_ids={"main": "rtb-main", "private_a": "rtb-a"},
    endpoint_ids={"ec2": "vpce-ec2"},
    node_role_arn=ROLE,
)
PORTS = {
    "node-a": "port1",
    "node-b": "port2",
    "ec2-private-a": "port3",
    "client-public-a": "port4",
    "client-private-a": "port5",
    "client-private-b": "port6",
}
"""The router's port of each host."""


def interface(identity: str, subnet: str, address: str, **more: Any) -> dict[str, Any]:
    """A network interface; it is a node's where `instance` is given."""
    instance = more.pop("instance", "")
    attached = {"Attachment": {"InstanceId": instance}} if instance else {}
    return {
        "NetworkInterfaceId": identity,
        "SubnetId": subnet,
        "MacAddress": f"02:00:00:00:00:{address.rpartition('.')[2]}",
        "PrivateIpAddress": address,
        "PrivateIpAddresses": [{"PrivateIpAddress": address, "Primary": True}],
        "SourceDestCheck": not instance,
        "Groups": [{"GroupId": "sg-nodes" if instance else "sg-endpoint"}],
        **attached,
        **more,
    }


def table(identity: str, *routes: dict[str, str], subnets: tuple[str, ...] = ()) -> dict[str, Any]:
    """A route table with the local route; without subnets it is the VPC's main one."""
    bound = [{"Main": False, "SubnetId": each} for each in subnets]
    return {
        "RouteTableId": identity,
        "VpcId": "vpc-1",
        "Routes": [{"DestinationCidrBlock": "10.0.0.0/16", "GatewayId": "local"}, *routes],
        "Associations": bound or [{"Main": True}],
    }


def to(destination: str, **target: str) -> dict[str, str]:
    """A route; its target by AWS's own name."""
    return {"DestinationCidrBlock": destination, **target}


def group(
    identity: str, inbound: list[dict[str, Any]], outbound: list[dict[str, Any]] | None = None
) -> dict[str, Any]:
    """A security group."""
    return {
        "GroupId": identity,
        "IpPermissions": inbound,
        "IpPermissionsEgress": outbound or [],
    }


def admit(protocol: str, *sources: str, ports: tuple[int, int] | None = None) -> dict[str, Any]:
    """A permission; sources are CIDR ranges, or ids of security groups."""
    numbers = {} if ports is None else {"FromPort": ports[0], "ToPort": ports[1]}
    return {
        "IpProtocol": protocol,
        **numbers,
        "IpRanges": [{"CidrIp": each} for each in sources if not each.startswith("sg-")],
        "UserIdGroupPairs": [{"GroupId": each} for each in sources if each.startswith("sg-")],
    }


def instance(identity: str, state: str = "running", **tags: str) -> dict[str, Any]:
    """An instance."""
    return {
        "InstanceId": identity,
        "State": {"Name": state},
        "Tags": [{"Key": key, "Value": value} for key, value in tags.items()],
    }


SNAPSHOT = Snapshot(
    vpc={"VpcId": "vpc-1"},
    dns={"enableDnsSupport": True, "enableDnsHostnames": True},
    subnets=[
        {"SubnetId": "subnet-public", "CidrBlock": "10.0.10.0/24"},
        {"SubnetId": "subnet-a", "CidrBlock": "10.0.110.0/24"},
        {"SubnetId": "subnet-b", "CidrBlock": "10.0.120.0/24"},
    ],
    tables=[
        table("rtb-main", to(VIP, NetworkInterfaceId="eni-a")),
        table("rtb-a", to(VIP, NetworkInterfaceId="eni-a"), subnets=("subnet-a",)),
    ],
    interfaces=[
        interface("eni-a", "subnet-a", "10.0.110.10", instance="i-a"),
        interface("eni-b", "subnet-b", "10.0.120.10", instance="i-b"),
        interface("eni-ec2", "subnet-a", "10.0.110.20"),
    ],
    groups=[group("sg-nodes", []), group("sg-endpoint", [])],
    endpoints=[
        {
            "VpcEndpointId": "vpce-ec2",
            "NetworkInterfaceIds": ["eni-ec2"],
            "PrivateDnsEnabled": True,
        }
    ],
    instances=[instance("i-a"), instance("i-b")],
)


def plan(snapshot: Snapshot = SNAPSHOT) -> Plan:
    """The hosts of the cluster; their ports are `PORTS`."""
    return plan_lab(CLUSTER, snapshot)


def changed(**changes: Any) -> Snapshot:
    """The VPC with something else of it."""
    return replace(SNAPSHOT, **changes)


def with_interface(identity: str, **changes: Any) -> Snapshot:
    """The VPC with something else of one interface."""
    return changed(
        interfaces=[
            {**each, **(changes if each["NetworkInterfaceId"] == identity else {})}
            for each in SNAPSHOT.interfaces
        ]
    )
