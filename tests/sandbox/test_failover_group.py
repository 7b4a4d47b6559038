"""The failover group in words, from the text of a configuration."""

from components.expresscluster import configuration
from sandbox.failover_group import describe_failover_group
from tests.support.clusters import linux_cluster, windows_cluster

DISK = "/dev/disk/by-id/nvme-Amazon_Elastic_Block_Store_vol0"


def test_on_linux_it_names_address_interfaces_and_partitions() -> None:
    assert describe_failover_group(configuration(linux_cluster())) == [
        "failover group failover1",
        "  AWS Virtual IP resource awsvip1",
        "    IP address: 20.0.0.100",
        "    interface of node-a: eni-0aaaaaaaaaaaaaaaa",
        "    interface of node-b: eni-0bbbbbbbbbbbbbbbb",
        "  mirror disk resource md1",
        "    mount point: /mnt/md1",
        "    file system: ext4",
        f"    data partition of node-a: {DISK}aaaaaaaaaaaaaaaa-part2",
        f"    cluster partition of node-a: {DISK}aaaaaaaaaaaaaaaa-part1",
        f"    data partition of node-b: {DISK}bbbbbbbbbbbbbbbb-part2",
        f"    cluster partition of node-b: {DISK}bbbbbbbbbbbbbbbb-part1",
    ]


def test_on_windows_it_names_drives_and_what_is_not_known_yet() -> None:
    lines = describe_failover_group(configuration(windows_cluster()))
    assert "    data drive: E" in lines
    assert "    cluster volume of node-b: GUID-OF-CLUSTER-PARTITION-OF-node-b" in lines
