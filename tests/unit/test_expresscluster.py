"""EXPRESSCLUSTER's configuration, whole and element by element.

The whole files were held against what NEC's own generator (github.com/EXPRESSCLUSTER/
CreateClusterOnLinux, version 2) writes for the same inputs: the same elements and attributes with
the same text, in the same order. So were the 576 combinations of system, witness, timeouts, zone
monitor, mirror mode, server names and equal or different device names, on 2026-11-30.
"""

from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from components.cluster_description import ClusterDescription, LinuxMirror, Server, WindowsMirror
from components.expresscluster import configuration
from tests.support.clusters import linux_cluster, windows_cluster

WHOLE = Path(__file__).parent / "configurations"
FULL: dict[str, Any] = {
    "partition_witness": ("10.0.10.20", 8080),
    "heartbeat_timeout_seconds": 45,
    "aws_cli_timeout_seconds": 30,
    "monitor_zones": True,
}
# Servers with other names, whose disks have names of their own.
SERVERS = [
    Server("server1", "10.1.1.11", "eu-west-1a", "eni-0a1", "/dev/sdb2", "/dev/sdb1"),
    Server("server2", "10.1.2.12", "eu-west-1c", "eni-0b2", "/dev/sdc2", "/dev/sdc1"),
]


def texts(cluster: ClusterDescription, path: str) -> list[str | None]:
    return [found.text for found in ET.fromstring(configuration(cluster)).findall(path)]


@pytest.mark.parametrize(
    ("name", "cluster"),
    [
        ("linux", linux_cluster()),
        ("linux-full", linux_cluster(**FULL)),
        ("linux-devices", linux_cluster(servers=SERVERS, partition_witness=("10.1.3.13", 80))),
        ("windows", windows_cluster()),
        ("windows-full", windows_cluster(**FULL)),
    ],
)
def test_the_whole_configuration_is_this_file(name: str, cluster: ClusterDescription) -> None:
    assert configuration(cluster) == (WHOLE / f"{name}.clp.conf").read_text()


def test_it_is_ascii_as_its_declaration_says() -> None:
    text = configuration(windows_cluster(**FULL))
    assert text.startswith('<?xml version="1.0" encoding="ASCII"?>\n<root>\n')
    assert text.isascii()


@pytest.mark.parametrize(
    ("cluster", "header"),
    [
        (linux_cluster(), ("ASCII", "linux", "ASCII")),
        (windows_cluster(), ("ASCII", "windows", "SJIS")),
    ],
)
def test_the_header_names_the_system(
    cluster: ClusterDescription, header: tuple[str, str, str]
) -> None:
    found = [texts(cluster, f"all/{name}") for name in ("charset", "serveros", "encode")]
    assert found == [[value] for value in header]


@pytest.mark.parametrize(
    ("changes", "count"),
    [({}, "15"), ({"partition_witness": ("w", 80)}, "17"), ({"monitor_zones": True}, "16")],
)
def test_it_counts_the_objects_as_nec_s_generator_does(changes: Any, count: str) -> None:
    assert texts(linux_cluster(**changes), "webmgr/client/objectnumber") == [count]


@pytest.mark.parametrize(
    ("cluster", "seconds", "delay"),
    [
        (linux_cluster, None, "98"),
        (windows_cluster, None, "38"),
        (linux_cluster, 120, "128"),
    ],
)
def test_the_service_starts_later_than_a_heartbeat_is_missed(
    cluster: Any, seconds: int | None, delay: str
) -> None:
    found = cluster(heartbeat_timeout_seconds=seconds)
    assert texts(found, "cluster/startupdelay") == [delay]
    assert texts(found, "cluster/heartbeat/timeout") == ([f"{seconds}000"] if seconds else [])


@pytest.mark.parametrize(("seconds", "found"), [(None, []), (100, []), (101, ["483"])])
def test_an_activation_gets_time_for_three_calls_of_the_aws_cli(
    seconds: int | None, found: list[str]
) -> None:
    cluster = linux_cluster(aws_cli_timeout_seconds=seconds)
    assert texts(cluster, "resource/awsvip/act/timeout") == found


def test_a_server_s_devices_are_written_only_where_they_differ() -> None:
    cluster = linux_cluster()
    first, second = cluster.servers
    same = replace(second, data_partition=first.data_partition)
    found = replace(cluster, servers=[first, same])
    assert texts(found, "resource/md/server/parameters/diskdev/dppath") == []
    assert texts(found, "resource/md/server/parameters/diskdev/cppath") == [
        second.cluster_partition
    ]


@pytest.mark.parametrize(
    ("mirror", "mode"),
    [
        (LinuxMirror("sync", "xfs", "/srv"), []),
        (LinuxMirror("async", "xfs", "/srv"), ["0"]),
        (WindowsMirror("async", "G", "F"), ["0"]),
    ],
)
def test_a_mode_other_than_the_default_is_written(
    mirror: LinuxMirror | WindowsMirror, mode: list[str]
) -> None:
    found = texts(linux_cluster(mirror=mirror), "resource/md/parameters/mddriver/syncmode")
    assert found == mode


@pytest.mark.parametrize("text", ["<host>&", "b\u00fcro"])
def test_what_is_not_plain_ascii_stays_the_same_text(text: str) -> None:
    cluster = linux_cluster(partition_witness=(text, 80))
    assert configuration(cluster).isascii()
    assert texts(cluster, "networkpartition/httpnp/host") == [text]
