"""Inputs of a `Cluster` in the article's network."""

from typing import Any

from components import ClusterArgs

TABLE = "arn:aws:ec2:us-east-1:123456789012:route-table/rtb-"


def args(**other: Any) -> ClusterArgs:
    """Return the inputs, with other values where they are given."""
    seed: dict[str, Any] = {
        "cluster_name": "ha-cluster-test",
        "vpc_id": "vpc-1",
        "vpc_cidr_blocks": ["10.0.0.0/16"],
        "region": "us-east-1",
        "virtual_ip": "20.0.0.100",
        "route_table_ids": {"main": "rtb-1", "public": "rtb-2", "private_a": "rtb-3"},
        "route_table_arns": [f"{TABLE}1", f"{TABLE}2", f"{TABLE}3"],
        "nodes": {
            "a": {
                "availability_zone": "us-east-1a",
                "subnet_id": "subnet-a",
                "address": "10.0.110.10",
            },
            "b": {
                "availability_zone": "us-east-1b",
                "subnet_id": "subnet-b",
                "address": "10.0.120.10",
            },
        },
        "initial_owner": "a",
        "instance_type": "m6i.large",
        "image_id": "ami-1",
        "mirror_volume_gib": 20,
        "admin_cidr_blocks": ["10.0.10.0/24"],
        "expresscluster": {"system": "linux"},
        "protect_nodes": True,
    }
    return ClusterArgs(**(seed | other))
