"""The boot script of a Windows node, with its values in front, as user data; pure.

EC2Launch runs what stands between its tags, at every boot if the user data say so:
https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/user-data.html. The script is packed, as it
would not fit otherwise; it is no secret, and everybody on the instance can read it.
"""

import base64
import re
import zlib
from collections.abc import Mapping
from pathlib import Path
from xml.etree import ElementTree as ET

from ..cluster_description import WindowsMirror  # noqa: TID252 - one package
from ..expresscluster_names import (  # noqa: TID252 - one package
    GUID_PLACEHOLDER_PREFIX,
    guid_placeholder,
)
from ..partitions import service_host  # noqa: TID252 - one package
from .boot import USER_DATA_LIMIT, ClusterBoot, NodeBoot

Value = str | bool | tuple[str, ...]

# A computer's name has 15 characters at most; one of digits alone is refused.
# https://learn.microsoft.com/troubleshoot/windows-server/active-directory/naming-conventions-for-computer-domain-site-ou
_HOST_NAME = re.compile(r"(?!\d+$)[a-z0-9]([a-z0-9-]{0,13}[a-z0-9])?")
# D is free for a DVD or an instance store volume; A to C belong to the system.
_DRIVE = re.compile(r"[D-Z]")
_SHA256 = re.compile(r"[0-9a-fA-F]{64}")
# Windows PowerShell reads a script without a byte order mark in the system's own code page, and
# hands arguments with quotes or backslashes on in a form that programs read differently.
_PLAIN = re.compile(r"[ -~]*")
_MISREAD = re.compile(r'["\\]')

_USER_DATA = r"""<powershell>
$ErrorActionPreference = 'Stop'
$folder = 'C:\ProgramData\hacluster'
New-Item $folder -ItemType Directory -Force | Out-Null
$packed = [IO.MemoryStream]::new([Convert]::FromBase64String('{packed}'))
$plain = [IO.Compression.DeflateStream]::new($packed, [IO.Compression.CompressionMode]::Decompress)
[IO.File]::WriteAllText("$folder\boot.ps1", [IO.StreamReader]::new($plain).ReadToEnd())
& "$folder\boot.ps1"
exit $LASTEXITCODE
</powershell>
<persist>true</persist>
"""


def windows_user_data(node: NodeBoot, cluster: ClusterBoot | None) -> str:
    """Return the user data of a Windows node, which EC2Launch runs as administrator at every boot.

    Two builds of zlib may pack the same script into different bytes. Raises ValueError for a value
    that Windows cannot take, and for user data longer than `USER_DATA_LIMIT` in base64.
    """
    text = _USER_DATA.replace("{packed}", _pack(windows_script(node, cluster)))
    size = len(base64.b64encode(text.encode()))
    if size > USER_DATA_LIMIT:
        raise ValueError(
            f"the user data of {node.host_name} have {size} bytes in base64, more than"
            f" {USER_DATA_LIMIT}: shorten the names of the objects in {cluster and cluster.bucket}"
        )
    return text


def windows_script(node: NodeBoot, cluster: ClusterBoot | None) -> str:
    """Return the whole script, boot.ps1, that the user data unpack on the node."""
    values = {**_node_values(node), **_cluster_values(node, cluster)}
    front = "".join(f"${name} = {_literal(name, value)}\n" for name, value in values.items())
    return front + (Path(__file__).parent / "windows.ps1").read_text(encoding="utf-8")


def _node_values(node: NodeBoot) -> Mapping[str, Value]:
    if not isinstance(node.mirror, WindowsMirror):
        raise ValueError(f"{node.host_name} boots Windows, but its mirror is one for Linux")  # noqa: TRY004
    data, part = node.mirror.data_drive.upper(), node.mirror.cluster_drive.upper()
    if data == part:
        raise ValueError(f"both partitions of {node.host_name} have the drive letter {data}")
    return {
        "NodeName": _checked("a computer's name", node.host_name.lower(), _HOST_NAME),
        "Region": node.region,
        "Vpc": node.vpc_id,
        "ApiHost": service_host(node.region, "ec2"),
        "Serial": _serial(node.volume_id),
        "DataDrive": _checked("a drive letter from D to Z", data, _DRIVE),
        "ClusterDrive": _checked("a drive letter from D to Z", part, _DRIVE),
    }


def _cluster_values(node: NodeBoot, cluster: ClusterBoot | None) -> Mapping[str, Value]:
    if cluster is None:
        return _NO_CLUSTER
    own = node.host_name.lower()
    servers = {name.lower(): address for name, address in cluster.addresses.items()}
    if own not in servers or len(servers) != 2:  # noqa: PLR2004 - a mirror has two sides
        raise ValueError(f"a cluster of {own} needs it and one peer, not {', '.join(servers)}")
    peer = next(name for name in servers if name != own)
    _checked("a computer's name", peer, _HOST_NAME)
    volumes = {name.lower(): volume for name, volume in cluster.volumes.items()}
    if peer not in volumes or volumes.get(own) != node.volume_id:
        raise ValueError(f"the cluster must know the mirror volumes of {own} and {peer}")
    bucket = f"s3://{cluster.bucket}/"
    exchange = f"{bucket}{cluster.exchange_prefix.rstrip('/')}/"
    return {
        "ClusterName": _cluster_name(cluster.configuration),
        "Configuration": re.sub(r">\s+<", "><", cluster.configuration).strip(),
        "Placeholders": _placeholders(cluster.configuration, own, peer),
        "HostLines": tuple(f"{servers[name]} {name} # hacluster" for name in servers),
        "OwnAddress": servers[own],
        "PeerAddress": servers[peer],
        "First": own == next(iter(servers)),
        "Package": bucket + cluster.package_key,
        "PackageHash": _checked("a SHA-256", cluster.package_sha256, _SHA256),
        "Licences": tuple(bucket + key for key in cluster.licence_keys),
        "OwnObject": f"{exchange}{own}.json",
        "PeerObject": f"{exchange}{peer}.json",
        "PeerSerial": _serial(volumes[peer]),
    }


_NO_CLUSTER: Mapping[str, Value] = {
    "ClusterName": "",
    "Configuration": "",
    "Placeholders": (),
    "HostLines": (),
    "OwnAddress": "",
    "PeerAddress": "",
    "First": False,
    "Package": "",
    "PackageHash": "",
    "Licences": (),
    "OwnObject": "",
    "PeerObject": "",
    "PeerSerial": "",
}


def _serial(volume_id: str) -> str:
    """Return how a disk's serial number begins on Nitro: the volume's id without its dash.

    https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/windows-list-disks-nvme.html
    """
    return volume_id.replace("-", "")


def _cluster_name(configuration: str) -> str:
    name = ET.fromstring(configuration).findtext("cluster/name")  # noqa: S314 - our own text
    if not name:
        raise ValueError("the configuration has no cluster/name: render it with expresscluster")
    return name


def _placeholders(configuration: str, own: str, peer: str) -> tuple[str, ...]:
    found = tuple(
        guid_placeholder(part, host) for host in (own, peer) for part in ("data", "cluster")
    )
    if configuration.count(GUID_PLACEHOLDER_PREFIX) != len(found):
        raise ValueError(f"the configuration must have {len(found)} placeholders of GUIDs")
    missing = [each for each in found if f">{each}<" not in configuration]
    if missing:
        raise ValueError(f"the configuration lacks the placeholder {missing[0]}")
    return found


def _checked(what: str, value: str, form: re.Pattern[str]) -> str:
    if not form.fullmatch(value):
        raise ValueError(f"{value!r} is not {what}")
    return value


def _literal(name: str, value: Value) -> str:
    if isinstance(value, bool):
        return "$true" if value else "$false"
    if isinstance(value, tuple):
        return f"@({', '.join(_literal(name, each) for each in value)})"
    if not _PLAIN.fullmatch(value) or (name != "Configuration" and _MISREAD.search(value)):
        raise ValueError(f'${name} cannot be {value!r}: use printable ASCII without " and \\')
    return "'" + value.replace("'", "''") + "'"


def _pack(script: str) -> str:
    packer = zlib.compressobj(level=9, wbits=-zlib.MAX_WBITS)
    return base64.b64encode(packer.compress(script.encode("ascii")) + packer.flush()).decode()
