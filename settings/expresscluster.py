"""The keys that say how EXPRESSCLUSTER is installed and configured."""

import re
from collections.abc import Mapping
from ipaddress import IPv4Address, IPv4Network
from typing import Any

from components import expresscluster_args as defaults
from components import expresscluster_forms as forms
from components.cluster_engine import NO_ENGINE, PACEMAKER
from components.expresscluster_args import ExpressclusterArgs, PackagesArgs

from .file_systems import read_mount_point
from .reader import Reader
from .values import NetworkSettings, NodeSettings

EXPRESSCLUSTER_KEYS = (
    "packages",
    "licences",
    "partitionWitness",
    "heartbeatTimeoutSeconds",
    "awsCliTimeoutSeconds",
    "mirror",
    "forcedStop",
)
OTHER_ENGINES = (PACEMAKER, NO_ENGINE)
PACKAGE_KEYS = ("bucket", "prefix", "file", "sha256")
LINUX_MIRROR_KEYS, WINDOWS_MIRROR_KEYS = ("fileSystem", "mountPoint"), ("dataDrive", "clusterDrive")
MIRROR_KEYS = ("mode", *LINUX_MIRROR_KEYS, *WINDOWS_MIRROR_KEYS)


def read_expresscluster(
    reader: Reader, value: Any, nodes: NodeSettings, network: NetworkSettings, virtual_ip: str
) -> ExpressclusterArgs:
    """Return how the product is installed and configured on these nodes in this network."""
    fields = reader.mapping("expresscluster", value, EXPRESSCLUSTER_KEYS)
    get = fields.get
    if nodes.engine in OTHER_ENGINES:
        _refuse_other_engine(reader, fields, nodes)
        return ExpressclusterArgs(system=nodes.os)
    found = ExpressclusterArgs(system=nodes.os, monitor_zones=nodes.monitor_zones)
    found["packages"] = _packages(reader, get("packages"), get("licences", []), nodes.os)
    taken = {*nodes.addresses.values(), virtual_ip}
    found["partition_witness"] = _witness(reader, get("partitionWitness"), network.cidr, taken)
    found["heartbeat_timeout_seconds"] = _seconds(
        reader, "heartbeatTimeoutSeconds", get("heartbeatTimeoutSeconds"), forms.HEARTBEAT_SECONDS
    )
    found["aws_cli_timeout_seconds"] = _seconds(
        reader, "awsCliTimeoutSeconds", get("awsCliTimeoutSeconds"), forms.AWS_CLI_SECONDS
    )
    _read_mirror(reader, get("mirror", {}), found)
    found["forced_stop"] = reader.switch("expresscluster.forcedStop", get("forcedStop", False))
    return found


def _refuse_other_engine(reader: Reader, fields: Mapping[str, Any], nodes: NodeSettings) -> None:
    remedy = f"remove it: nodes.engine is {nodes.engine}, and this key is of EXPRESSCLUSTER"
    for name in fields:
        reader.fault(f"expresscluster.{name}", fields[name], remedy)
    if nodes.monitor_zones:
        reader.fault("nodes.monitorZones", nodes.monitor_zones, remedy)


def _packages(reader: Reader, value: Any, licences: Any, system: str) -> PackagesArgs | None:
    names = _licences(reader, licences)
    if value is None:
        if names:
            remedy = "set expresscluster.packages too: the licences lie below its prefix"
            reader.fault("expresscluster.licences", names, remedy)
        return None
    key = "expresscluster.packages"
    get = reader.mapping(key, value, PACKAGE_KEYS).get
    file = reader.matching(f"{key}.file", get("file"), forms.FILE)
    suffixes = forms.SUFFIXES.get(system, ())
    if file and suffixes and not file.endswith(suffixes):
        remedy = f"name the package for nodes.os, {system}: {' or '.join(suffixes)}"
        reader.fault(f"{key}.file", file, remedy)
    if file and file in names:
        reader.fault("expresscluster.licences", names, f"remove {file}: it is the package")
    return PackagesArgs(
        bucket=reader.matching(f"{key}.bucket", get("bucket"), forms.BUCKET),
        prefix=reader.matching(f"{key}.prefix", get("prefix", ""), forms.PREFIX),
        file=file,
        sha256=reader.matching(f"{key}.sha256", get("sha256"), forms.SHA256).lower(),
        licences=names,
    )


def _licences(reader: Reader, value: Any) -> list[str]:
    example = "of files, like [base.key]"
    return reader.distinct("expresscluster.licences", value, forms.FILE, "file", example)


def _witness(reader: Reader, value: Any, vpc: str, taken: set[str]) -> str | None:
    """Return the witness; it must be a third party that the closed network reaches."""
    if value is None:
        return None
    key = "expresscluster.partitionWitness"
    witness = reader.matching(key, value, forms.WITNESS)
    host, _, port = witness.rpartition(":")
    if int(port or 0) > forms.HIGHEST_PORT:
        reader.fault(key, value, f"a port ends at {forms.HIGHEST_PORT}")
    if host in taken or host == "localhost":
        reader.fault(key, value, "name a third host: a node would vouch for itself")
    elif re.fullmatch(r"[\d.]+", host):
        address = _address(host)
        if address is None or (vpc and address not in IPv4Network(vpc)):
            remedy = f"name an address inside network.cidr, {vpc}: the nodes reach no other"
            reader.fault(key, value, remedy)
    return witness


def _address(text: str) -> IPv4Address | None:
    try:
        return IPv4Address(text)
    except ValueError:
        return None


def _seconds(reader: Reader, name: str, value: Any, allowed: range) -> int | None:
    if value is None:
        return None
    return reader.integer(f"expresscluster.{name}", value, allowed, " of seconds")


def _read_mirror(reader: Reader, value: Any, found: ExpressclusterArgs) -> None:
    key = "expresscluster.mirror"
    fields = reader.mapping(key, value, MIRROR_KEYS)
    get = fields.get
    _refuse_other_system(reader, key, fields, found["system"])
    found["mirror_mode"] = reader.matching(
        f"{key}.mode", get("mode", defaults.MIRROR_MODE), forms.MODE
    )
    if found["system"] == "windows":
        data = reader.matching(
            f"{key}.dataDrive", get("dataDrive", defaults.DATA_DRIVE), forms.DRIVE
        )
        cluster = reader.matching(
            f"{key}.clusterDrive", get("clusterDrive", defaults.CLUSTER_DRIVE), forms.DRIVE
        )
        if data and data == cluster:
            reader.fault(f"{key}.clusterDrive", cluster, "write another letter than dataDrive's")
        found["data_drive"], found["cluster_drive"] = data, cluster
        return
    found["file_system"] = reader.matching(
        f"{key}.fileSystem", get("fileSystem", defaults.FILE_SYSTEM), forms.FILE_SYSTEM
    )
    found["mount_point"] = read_mount_point(
        reader, f"{key}.mountPoint", get("mountPoint", defaults.MOUNT_POINT)
    )


def _refuse_other_system(reader: Reader, key: str, fields: Mapping[str, Any], system: str) -> None:
    own, foreign = LINUX_MIRROR_KEYS, WINDOWS_MIRROR_KEYS
    if system == "windows":
        own, foreign = foreign, own
    for name in foreign:
        if system and name in fields:
            remedy = f"remove it: on {system}, nodes.os, set {' and '.join(own)}"
            reader.fault(f"{key}.{name}", fields[name], remedy)
