"""The keys of EXPRESSCLUSTER and of the application, and each fault with its remedy."""

from typing import Any

import pytest

from components.expresscluster_args import ExpressclusterArgs
from settings import read_settings
from tests.support.configured import configured, faults_of
from tests.support.stack_config import changed

SUM = "0123456789abcdef" * 4
PACKAGES = {
    "bucket": "media.example",
    "prefix": "expresscluster/5.3",
    "file": "expresscls-5.3.0-1.x86_64.rpm",
    "sha256": SUM,
}
UNSET = {
    "monitor_zones": False,
    "packages": None,
    "partition_witness": None,
    "heartbeat_timeout_seconds": None,
    "aws_cli_timeout_seconds": None,
    "mirror_mode": "sync",
    "forced_stop": False,
}


def config(system: str = "linux", **keys: Any) -> dict[str, Any]:
    """The dev configuration with another system and these keys of `expresscluster`."""
    return {**changed("nodes.os", system), "ha-cluster:expresscluster": keys}


def expresscluster(system: str = "linux", **keys: Any) -> ExpressclusterArgs:
    with configured(config(system, **keys)):
        return read_settings().expresscluster


def test_nothing_needs_to_be_set() -> None:
    linux = {"system": "linux", "file_system": "ext4", "mount_point": "/mnt/md1"}
    windows = {"system": "windows", "data_drive": "E", "cluster_drive": "X"}
    assert expresscluster() == UNSET | linux
    assert expresscluster("windows") == UNSET | windows


def test_everything_can_be_set_on_linux() -> None:
    found = expresscluster(
        packages=PACKAGES,
        licences=["base.key", "replicator.key"],
        partitionWitness="10.0.10.20:8080",
        heartbeatTimeoutSeconds=45,
        awsCliTimeoutSeconds=30,
        mirror={"mode": "async", "fileSystem": "xfs", "mountPoint": "/srv/data"},
        forcedStop=True,
    )
    assert found == {
        "system": "linux",
        "monitor_zones": False,
        "packages": {**PACKAGES, "licences": ["base.key", "replicator.key"]},
        "partition_witness": "10.0.10.20:8080",
        "heartbeat_timeout_seconds": 45,
        "aws_cli_timeout_seconds": 30,
        "mirror_mode": "async",
        "file_system": "xfs",
        "mount_point": "/srv/data",
        "forced_stop": True,
    }


def test_the_drives_can_be_set_on_windows() -> None:
    mirror = {"mode": "async", "dataDrive": "G", "clusterDrive": "F"}
    found = expresscluster("windows", mirror=mirror)
    assert (found["mirror_mode"], found["data_drive"], found["cluster_drive"]) == (
        "async",
        "G",
        "F",
    )


def test_the_zone_monitor_is_off_until_it_is_switched_on() -> None:
    with configured(config()):
        assert not read_settings().nodes.monitor_zones
    with configured(changed("nodes.monitorZones", value=True)):
        assert read_settings().nodes.monitor_zones


def test_a_port_of_the_application_has_the_ranges_of_its_clients() -> None:
    port = {"protocol": "tcp", "port": 443, "from": ["10.0.0.0/16", "192.168.0.0/24"]}
    with configured(changed("applicationPorts", [port])):
        assert read_settings().application_ports == (
            {"protocol": "tcp", "port": 443, "cidr_blocks": ("10.0.0.0/16", "192.168.0.0/24")},
        )


@pytest.mark.parametrize(
    ("key", "value", "remedy"),
    [
        ("partitionWitness", "10.0.10.20", "host:port"),
        ("partitionWitness", "http://10.0.10.20:80", "host:port"),
        ("partitionWitness", "10.0.10.20:0", "host:port"),
        ("partitionWitness", "10.0.10.20:65536", "a port ends at 65535"),
        ("partitionWitness", "a..b:80", "host:port"),
        ("partitionWitness", "-a:80", "host:port"),
        ("partitionWitness", "20.0.0.100:29003", "a node would vouch for itself"),
        ("partitionWitness", "10.0.110.10:80", "a node would vouch for itself"),
        ("partitionWitness", "10.0.120.10:80", "a node would vouch for itself"),
        ("partitionWitness", "localhost:80", "a node would vouch for itself"),
        ("partitionWitness", "127.0.0.1:80", "inside network.cidr, 10.0.0.0/16"),
        ("partitionWitness", "203.0.113.9:80", "inside network.cidr, 10.0.0.0/16"),
        ("partitionWitness", "10.0.0.999:80", "inside network.cidr, 10.0.0.0/16"),
        ("heartbeatTimeoutSeconds", 3, "a whole number of seconds, 4 to 9999"),
        ("heartbeatTimeoutSeconds", "90", "a whole number of seconds, 4 to 9999"),
        ("awsCliTimeoutSeconds", 0, "a whole number of seconds, 1 to 999"),
        ("awsCliTimeoutSeconds", 1000, "a whole number of seconds, 1 to 999"),
        ("forcedStop", "maybe", "write true or false"),
        ("licences", "base.key", "a list of files, like [base.key]"),
        ("mirror", "sync", "an object with the fields mode, fileSystem"),
        ("packages", "s3://media/ecx.rpm", "an object with the fields bucket, prefix"),
        ("package", {}, "did you mean packages?"),
    ],
)
def test_a_fault_names_key_value_and_remedy(key: str, value: object, remedy: str) -> None:
    (fault,) = faults_of(config(**{key: value}))
    assert (fault.key, fault.value) == (f"ha-cluster:expresscluster.{key}", value)
    assert remedy in fault.remedy


@pytest.mark.parametrize(
    ("field", "value", "remedy"),
    [
        ("bucket", "Media", "name a bucket"),
        ("bucket", "10.0.0.1", "name a bucket"),
        ("bucket", "ab", "name a bucket"),
        ("bucket", None, "name a bucket"),
        ("prefix", "/expresscluster", "without slashes around it"),
        ("prefix", "expresscluster/", "without slashes around it"),
        ("prefix", "a*b", "without slashes around it"),
        ("file", "5.3/ecx.rpm", "without a slash"),
        ("file", "ecx.zip", "the package for nodes.os, linux: .rpm or .deb"),
        ("file", None, "name a file"),
        ("prefix", "a/../b", "without slashes around it"),
        ("file", "..", "without a slash"),
        ("sha256", SUM[1:], "64 hexadecimal digits"),
    ],
)
def test_a_faulty_field_of_the_package_is_named(field: str, value: Any, remedy: str) -> None:
    (fault,) = faults_of(config(packages={**PACKAGES, field: value}))
    assert (fault.key, fault.value) == (f"ha-cluster:expresscluster.packages.{field}", value)
    assert remedy in fault.remedy


def test_a_sum_in_capitals_is_the_same_sum() -> None:
    packages = expresscluster(packages={**PACKAGES, "sha256": SUM.upper()})["packages"]
    assert packages is not None
    assert packages["sha256"] == SUM


def test_the_package_is_no_licence() -> None:
    (fault,) = faults_of(config(packages=PACKAGES, licences=["base.key", PACKAGES["file"]]))
    assert fault.key == "ha-cluster:expresscluster.licences"
    assert fault.remedy == f"remove {PACKAGES['file']}: it is the package"


@pytest.mark.parametrize(
    "folder",
    [
        "/etc",
        "/usr",
        "/usr/lib/x",
        "/opt",
        "/opt/nec/clusterpro",
        "/var",
        "/var/lib",
        "/root/x",
        "/dev/md",
        "/run/hacluster",
        "/var/lib/hacluster",
        "/home",
        "/tmp/x",
    ],
)
def test_a_mount_point_hides_nothing_of_the_system(folder: str) -> None:
    (fault,) = faults_of(config(mirror={"mountPoint": folder}))
    assert fault.key == "ha-cluster:expresscluster.mirror.mountPoint"
    assert fault.remedy.startswith("name a folder of its own")


@pytest.mark.parametrize("folder", ["/srv", "/mnt", "/var/lib/pgsql/data", "/opt/app", "/usr/sap"])
def test_a_mount_point_may_be_any_other_folder(folder: str) -> None:
    assert expresscluster(mirror={"mountPoint": folder})["mount_point"] == folder


def test_a_package_for_windows_is_an_archive() -> None:
    (fault,) = faults_of(config("windows", packages=PACKAGES))
    assert fault.key == "ha-cluster:expresscluster.packages.file"
    assert fault.remedy == "name the package for nodes.os, windows: .zip"


@pytest.mark.parametrize(
    ("field", "value", "remedy"),
    [
        ("mode", "mirror", "write sync or async"),
        ("fileSystem", "ntfs", "write ext4 or xfs"),
        ("mountPoint", "mnt", "an absolute path"),
        ("mountPoint", "/mnt/my data", "an absolute path"),
        ("mountPoint", "/", "an absolute path"),
        ("mountPoint", "/mnt/..", "an absolute path"),
        ("dataDrive", "E", "remove it: on linux, nodes.os, set fileSystem and mountPoint"),
        ("clusterDrive", "X", "remove it: on linux, nodes.os, set fileSystem and mountPoint"),
        ("filesystem", "xfs", "did you mean fileSystem?"),
    ],
)
def test_a_faulty_field_of_the_mirror_is_named(field: str, value: str, remedy: str) -> None:
    (fault,) = faults_of(config(mirror={field: value}))
    assert (fault.key, fault.value) == (f"ha-cluster:expresscluster.mirror.{field}", value)
    assert remedy in fault.remedy


@pytest.mark.parametrize(
    ("mirror", "field", "remedy"),
    [
        ({"dataDrive": "C"}, "dataDrive", "one capital letter from D to Z"),
        ({"dataDrive": "e"}, "dataDrive", "one capital letter from D to Z"),
        ({"clusterDrive": "EF"}, "clusterDrive", "one capital letter from D to Z"),
        ({"clusterDrive": "E"}, "clusterDrive", "another letter than dataDrive's"),
        (
            {"mountPoint": "/mnt/md1"},
            "mountPoint",
            "remove it: on windows, nodes.os, set dataDrive and clusterDrive",
        ),
    ],
)
def test_a_faulty_drive_is_named(mirror: dict[str, str], field: str, remedy: str) -> None:
    (fault,) = faults_of(config("windows", mirror=mirror))
    assert fault.key == f"ha-cluster:expresscluster.mirror.{field}"
    assert remedy in fault.remedy


def test_licences_need_the_place_of_the_packages() -> None:
    (fault,) = faults_of(config(licences=["base.key"]))
    assert str(fault) == (
        'ha-cluster:expresscluster.licences is ["base.key"]: '
        "set expresscluster.packages too: the licences lie below its prefix"
    )


def test_a_licence_is_a_file_named_once() -> None:
    found = faults_of(config(packages=PACKAGES, licences=["base.key", "x/y", "base.key"]))
    assert [(fault.key, fault.value) for fault in found] == [
        ("ha-cluster:expresscluster.licences[1]", "x/y"),
        ("ha-cluster:expresscluster.licences[2]", "base.key"),
    ]


@pytest.mark.parametrize(
    ("changes", "field", "remedy"),
    [
        ({"protocol": "icmp"}, ".protocol", "write tcp or udp"),
        ({"port": 0}, ".port", "a whole number, 1 to 65535"),
        ({"port": 65536}, ".port", "a whole number, 1 to 65535"),
        ({"port": "443"}, ".port", "a whole number, 1 to 65535"),
        ({"from": []}, ".from", "name the ranges of the clients"),
        ({"from": ["0.0.0.0/0"]}, ".from[0]", "/8 or smaller"),
        ({"from": "10.0.0.0/16"}, ".from", "a list of ranges"),
        ({"to": 1}, ".to", "nothing reads it"),
    ],
)
def test_a_faulty_port_is_named_by_its_place(changes: Any, field: str, remedy: str) -> None:
    port = {"protocol": "tcp", "port": 443, "from": ["10.0.0.0/16"], **changes}
    (fault,) = faults_of(changed("applicationPorts", [port]))
    assert fault.key == f"ha-cluster:applicationPorts[0]{field}"
    assert remedy in fault.remedy


def test_the_port_of_cluster_webui_is_opened_once_to_a_range() -> None:
    port = {"protocol": "tcp", "port": 29003, "from": ["10.0.10.0/24", "10.0.20.0/24"]}
    (fault,) = faults_of(changed("applicationPorts", [port]))
    assert fault.key == "ha-cluster:applicationPorts[0].from"
    assert fault.remedy == "remove 10.0.10.0/24: adminCidrs opens this port to it already"


def test_a_port_is_named_once() -> None:
    port = {"protocol": "tcp", "port": 443, "from": ["10.0.0.0/16"]}
    (fault,) = faults_of(changed("applicationPorts", [port, {**port, "protocol": "udp"}, port]))
    assert fault.key == "ha-cluster:applicationPorts[2]"
    assert fault.remedy == "name each port once, with all its ranges"


def test_all_faults_come_together() -> None:
    found = faults_of(config("windows", packages={}, licences=[1], mirror={"fileSystem": "xfs"}))
    assert [fault.key.removeprefix("ha-cluster:expresscluster.") for fault in found] == [
        "licences[0]",
        "packages.file",
        "packages.bucket",
        "packages.sha256",
        "mirror.fileSystem",
    ]
