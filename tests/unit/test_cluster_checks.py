"""What a cluster refuses before anything is built, whatever language its inputs come from."""

import re
from typing import Any

import pytest

from components import Cluster
from tests.support.cluster_args import args
from tests.support.recorder import Recorder

PORT = {"protocol": "tcp", "port": 443, "cidr_blocks": ["10.0.0.0/16"]}
BACK = {"transit_gateway_id": "tgw-1", "route_table_ids": {"private_a": "rtb-1"}}
PACKAGES = {"bucket": "packages", "file": "x.rpm", "sha256": "0" * 64}


def expresscluster(**other: Any) -> dict[str, Any]:
    return {"expresscluster": {"system": "linux", **other}}


def node(zone: str, address: str) -> dict[str, str]:
    return {
        "availability_zone": f"us-east-1{zone}",
        "subnet_id": f"subnet-{zone}",
        "address": address,
    }


@pytest.mark.parametrize(
    ("other", "message"),
    [
        ({"virtual_ip": "10.0.5.5"}, "virtual_ip: 10.0.5.5 is inside the VPC's range"),
        ({"virtual_ip": "20.0.0.100/32"}, "virtual_ip: '20.0.0.100/32' is not an IPv4 address"),
        ({"virtual_ip": "169.254.1.1"}, "choose an address outside 169.254.0.0/16"),
        ({"virtual_ip": "20.0.0.255"}, "the last number is 1 to 254"),
        ({"vpc_cidr_blocks": []}, "vpc_cidr_blocks: it is empty; name every one of the VPC"),
        ({"route_table_ids": {}}, "route_table_ids: it is empty; name every one of the VPC"),
        (
            {"clients": {"transit_gateway_route_table_ids": [], "attachment_id": "tgw-attach-1"}},
            "clients: a table and the attachment belong together; name both",
        ),
        (
            {"client_return": {**BACK, "cidr_blocks": ["20.0.0.0/24"]}},
            "client_return.cidr_blocks: 20.0.0.0/24: name a private range, inside 10.0.0.0/8,",
        ),
        (
            {"client_return": {**BACK, "cidr_blocks": ["10.0.110.0/24"]}},
            "client_return.cidr_blocks: 10.0.110.0/24: name a range beyond the VPC's, 10.0.0.0/16",
        ),
        ({"nodes": {}}, "nodes: a mirrored cluster has two, not 0"),
        (
            {"nodes": {"a": node("a", "10.0.110"), "b": node("b", "10.0.120.10")}},
            "nodes.a.address: '10.0.110' is not an IPv4 address",
        ),
        (
            {"nodes": {each: node(each, "10.0.110.10") for each in "ab"}},
            "nodes: both have the address 10.0.110.10; give each its own",
        ),
        ({"initial_owner": "c"}, "initial_owner: there is no node 'c'; take a or b"),
        ({"roll_out": "c"}, "roll_out: there is no node 'c'; take a or b"),
        ({"move_routes": True}, "move_routes: no target is given; set live_route_target too"),
        ({"mirror_volume_gib": 1}, "mirror_volume_gib: 1 is too small; take 2 or more"),
        ({"mirror_volume": {"iops": 10_001}}, "mirror_volume.iops: 10001 is not within 3000 to"),
        (
            {"mirror_volume": {"throughput": 1000}},
            "throughput: 1000 is not within 125 to 750; for more, raise iops",
        ),
        ({"admin_cidr_blocks": ["0.0.0.0/0"]}, "admin_cidr_blocks: 0.0.0.0/0 is too wide"),
        ({"admin_cidr_blocks": ["10.0.0.1/8"]}, "admin_cidr_blocks: '10.0.0.1/8' is not a range"),
        ({"admin_cidr_blocks": ["10.0.0.0/8"] * 2}, "10.0.0.0/8 is there twice; name each range"),
        (
            {"application_ports": [{**PORT, "protocol": "TCP"}]},
            "application_ports.protocol: 'TCP' does not fit; write tcp or udp",
        ),
        (
            {"application_ports": [{**PORT, "port": 65_536}]},
            "application_ports.port: 65536 does not fit; write 1 to 65535",
        ),
        ({"application_ports": [PORT, PORT]}, "tcp 443 is there twice; name each port once"),
        ({"services": ["ssm", "s4"]}, "services: 's4' is not known; name ssm, "),
        (expresscluster(system="Linux"), "expresscluster.system: 'Linux' does not fit; write"),
        (expresscluster(mirror_mode="fast"), "mirror_mode: 'fast' does not fit; write sync or"),
        (expresscluster(mount_point="/etc"), "mount_point: '/etc' does not fit; name a folder"),
        (expresscluster(partition_witness="w"), "partition_witness: 'w' does not fit; write host"),
        (
            expresscluster(heartbeat_timeout_seconds=3),
            "heartbeat_timeout_seconds: 3 does not fit; write a whole number of seconds, 4 to 9999",
        ),
        (
            expresscluster(packages={**PACKAGES, "file": "x.zip"}),
            "packages.file: 'x.zip' does not fit; name the package, .rpm or .deb",
        ),
        (
            expresscluster(packages={**PACKAGES, "sha256": "0"}),
            "packages.sha256: '0' does not fit; write the 64 hexadecimal digits",
        ),
    ],
)
def test_a_bad_input_is_named_before_anything_is_built(other: dict[str, Any], message: str) -> None:
    recorder = Recorder()
    with pytest.raises(ValueError, match=re.escape(message)):
        recorder.build(lambda: Cluster("ha", args(**other)))
    assert recorder.names() <= {"ha"}


def test_numbers_of_another_language_are_whole_numbers() -> None:
    built = Recorder().build(
        lambda: Cluster(
            "ha",
            args(
                application_ports=[{**PORT, "port": 443.0}],
                mirror_volume_gib=20.0,
                mirror_volume={"iops": 4000.0},
                expresscluster={
                    "system": "linux",
                    "heartbeat_timeout_seconds": 60.0,
                    "aws_cli_timeout_seconds": 30.0,
                },
            ),
        )
    )
    assert "ha-application-tcp-443-10-0-0-0-16" in built.names()
    configuration = built.outputs["ha"]["expresscluster"]["configuration"]
    assert "60000" in configuration
    assert ".0<" not in configuration.replace("10.0.", "")
