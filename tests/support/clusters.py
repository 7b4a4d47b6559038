"""Descriptions of clusters for tests of EXPRESSCLUSTER's configuration."""

from dataclasses import replace
from typing import Any

from components.cluster_description import (
    ClusterDescription,
    LinuxMirror,
    Server,
    WindowsMirror,
)
from components.expresscluster_names import guid_placeholder
from components.mirror_partition import volume_partition

VOLUMES = {"node-a": "vol-0aaaaaaaaaaaaaaaa", "node-b": "vol-0bbbbbbbbbbbbbbbb"}


def linux_cluster(**changes: Any) -> ClusterDescription:
    """A cluster of the article's addresses on Linux."""
    cluster = ClusterDescription(
        name="ha-cluster-dev",
        vpc_id="vpc-0123456789abcdef0",
        virtual_ip="20.0.0.100",
        servers=[
            _server(zone, address, [volume_partition(VOLUMES[f"node-{zone}"], n) for n in (2, 1)])
            for zone, address in (("a", "10.0.110.10"), ("b", "10.0.120.10"))
        ],
        mirror=LinuxMirror("sync", "ext4", "/mnt/md1"),
    )
    return replace(cluster, **changes)


def windows_cluster(**changes: Any) -> ClusterDescription:
    """The same on Windows, where nobody knows the GUIDs yet."""
    servers = [
        replace(
            server,
            data_partition=guid_placeholder("data", server.name),
            cluster_partition=guid_placeholder("cluster", server.name),
        )
        for server in linux_cluster().servers
    ]
    return linux_cluster(servers=servers, mirror=WindowsMirror("sync", "E", "X"), **changes)


def _server(zone: str, address: str, partitions: list[str]) -> Server:
    return Server(
        name=f"node-{zone}",
        address=address,
        availability_zone=f"us-east-1{zone}",
        interface_id=f"eni-0{zone * 16}",
        data_partition=partitions[0],
        cluster_partition=partitions[1],
    )
