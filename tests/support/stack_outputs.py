"""The outputs of a stack with one node, as `pulumi stack output --json` writes them."""

from typing import Any

NODE = {
    "name": "node-a",
    "zone": "a",
    "instance_id": "i-1",
    "network_interface_id": "eni-1",
    "private_ip": "10.0.110.10",
    "mirror_volume_id": "vol-1",
}
OUTPUTS: dict[str, Any] = {
    "cluster_name": "ha-cluster-dev",
    "region": "eu-west-1",
    "vpc_id": "vpc-1",
    "virtual_ip": "20.0.0.100",
    "node_role_arn": "arn:aws:iam::123456789012:role/node",
    "subnet_ids": {"public_a": "subnet-1", "private_a": "subnet-2"},
    "route_table_ids": {"public": "rtb-1", "private_a": "rtb-2"},
    "endpoint_ids": {"ec2": "vpce-1"},
    "nodes": [NODE],
    "client_ports": [{"protocol": "tcp", "port": 29003, "from": ["10.0.10.0/24"]}],
    "transit_gateway_route_table_ids": [],
    "monitoring": {"flow_log_group": "group", "alarms": ["one"], "route_change_rules": ["rule"]},
}
