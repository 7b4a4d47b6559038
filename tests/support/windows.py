"""A Windows node and its cluster as the program would give them, and what its user data unpack."""

import base64
import re
import zlib
from typing import Any
from xml.etree import ElementTree as ET

from components.bootstrap.boot import ClusterBoot, NodeBoot
from components.cluster_description import ClusterDescription, Server, WindowsMirror
from components.expresscluster import configuration
from components.expresscluster_names import guid_placeholder

VOLUME = "vol-0123456789abcdef0"
VOLUMES = {"node-a": VOLUME, "node-b": "vol-0fedcba9876543210"}
ADDRESSES = {"node-a": "10.0.110.10", "node-b": "10.0.120.10"}
SHA256 = "0123456789abcdef" * 4


def node(host_name: str = "node-a", **changed: Any) -> NodeBoot:
    values: dict[str, Any] = {
        "region": "us-east-1",
        "vpc_id": "vpc-0123456789abcdef0",
        "volume_id": VOLUMES.get(host_name.lower(), VOLUME),
        "device_name": "/dev/xvdb",
        "mirror": WindowsMirror(mode="sync", data_drive="E", cluster_drive="X"),
    }
    return NodeBoot(host_name=host_name, **{**values, **changed})


def cluster(addresses: dict[str, str] = ADDRESSES, **changed: Any) -> ClusterBoot:
    values: dict[str, Any] = {
        "configuration": rendered(addresses),
        "bucket": "artefacts",
        "package_key": "ecx/ecx53w_x64.zip",
        "package_sha256": SHA256,
        "licence_keys": ("ecx/base.key", "ecx/replicator.key"),
        "exchange_prefix": "exchange/dev",
        "volumes": {host: VOLUMES.get(host, VOLUME) for host in addresses},
    }
    return ClusterBoot(addresses=addresses, **{**values, **changed})


def rendered(addresses: dict[str, str], name: str = "cluster-1", **changed: Any) -> str:
    servers = [
        Server(
            name=host,
            address=address,
            availability_zone="us-east-1a",
            interface_id=f"eni-0123456789abcdef{number}",
            data_partition=guid_placeholder("data", host),
            cluster_partition=guid_placeholder("cluster", host),
        )
        for number, (host, address) in enumerate(addresses.items())
    ]
    mirror = WindowsMirror(mode="sync", data_drive="E", cluster_drive="X")
    return configuration(
        ClusterDescription(
            name=name,
            vpc_id="vpc-0123456789abcdef0",
            virtual_ip="20.0.0.100",
            servers=servers,
            mirror=mirror,
            **changed,
        )
    )


def selected(root: ET.Element, path: str) -> list[str]:
    """Return the texts that an XPath selects; ElementTree itself knows no union and no `not()`."""
    found: list[str] = []
    for branch in path.split(" | "):
        outer, _, rest = branch.removeprefix("/root/").partition("[not(")
        inner, _, below = rest.partition(")]/")
        for each in root.iterfind(outer):
            if not rest:
                found.append(each.text or "")
            elif each.find(inner) is None:
                found += [text.text or "" for text in each.iterfind(below)]
    return found


def unpacked(user_data: str) -> str:
    """Return the script as the node unpacks it: base64, then deflate without a header."""
    found = re.search(r"FromBase64String\('([A-Za-z0-9+/=]+)'\)", user_data)
    assert found, user_data
    return zlib.decompress(base64.b64decode(found[1]), wbits=-15).decode("ascii")


def front(script: str) -> dict[str, str]:
    """Return the values in front of the script: the text behind each variable's `=`."""
    values = script.partition("# Prepares a Windows node")[0]
    return dict(re.findall(r"^\$(\w+) = (.*)$", values, re.MULTILINE))
