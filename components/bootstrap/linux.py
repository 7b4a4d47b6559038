"""The boot script of a Linux node: its sections, with the node's values in front; pure."""

import base64
import gzip
import io
import re
import shlex
from collections.abc import Sequence
from pathlib import Path

from ..cluster_description import LinuxMirror  # noqa: TID252 - one package
from .boot import USER_DATA_LIMIT, ClusterBoot, NodeBoot, PacemakerBoot

_FOLDER = Path(__file__).parent / "linux"
_PREPARED = ("base", "prepare", "file_system", "api")
_SERVER = (*_PREPARED, "product", "configuration", "cluster", "start")
_UNDER_PACEMAKER = ("base", "prepare", "drbd", "api", "pacemaker")
_FILE_SYSTEMS = ("ext4", "xfs")
_PACKAGES = (".rpm", ".deb")
_DIRECTIVE = "# shellcheck shell=bash\n"
_PACEMAKER_COMMENT = """\
# Prepares a Linux node at its first boot and lets it join the cluster under Pacemaker. cloud-init
# runs it once, as root, with this node's values above. It may run again by hand, as often as
# needed: it changes only what is missing.
"""
_COMMENT_LINE = re.compile(r"^ *#(?! shellcheck ).*\n", re.MULTILINE)

Value = str | Sequence[str]


def linux_user_data(node: NodeBoot, cluster: ClusterBoot | PacemakerBoot | None) -> str:
    """Return the user data of a Linux node in base64, run by cloud-init as root at its first boot.

    It is compressed: cloud-init unpacks it. The same values give the same text; another edition of
    zlib may pack them otherwise.
    https://docs.cloud-init.io/en/latest/explanation/format.html
    """
    packed = io.BytesIO()
    with gzip.GzipFile(filename="", mode="wb", fileobj=packed, mtime=0) as file:
        file.write(linux_script(node, cluster).encode())
    text = base64.b64encode(packed.getvalue()).decode()
    if len(text) > USER_DATA_LIMIT:
        raise ValueError(
            f"the user data of {node.host_name} has {len(text)} characters, more than"
            f" {USER_DATA_LIMIT}: give the cluster fewer licence keys or shorter names"
        )
    return text


def linux_script(node: NodeBoot, cluster: ClusterBoot | PacemakerBoot | None) -> str:
    """Return the boot script in plain text, with its first comment and no other: they fill space.

    Raises `ValueError` for a mirror, a package or servers that no Linux node can have.
    """
    mirror = node.mirror
    if not isinstance(mirror, LinuxMirror) or mirror.file_system not in _FILE_SYSTEMS:
        raise ValueError(f"{node.host_name}: a Linux node mirrors {' or '.join(_FILE_SYSTEMS)}")
    values, sections = _node_values(node, mirror), _PREPARED
    if isinstance(cluster, ClusterBoot):
        values |= _cluster_values(node, cluster) | {"MOUNT_POINT": mirror.mount_point}
        sections = _SERVER
    elif cluster:
        values |= _pacemaker_values(node, cluster) | {"MOUNT_POINT": mirror.mount_point}
        sections = _UNDER_PACEMAKER
    texts = [(_FOLDER / f"{name}.sh").read_text(encoding="utf-8") for name in (*sections, "main")]
    interpreter, _, rest = texts[0].partition("\n")
    comment, settings, base = rest.partition("set -euo pipefail\n")
    if sections == _UNDER_PACEMAKER:
        comment = _PACEMAKER_COMMENT
    assignments = [f"{name}={_quoted(value)}" for name, value in values.items()]
    others = [text.removeprefix(_DIRECTIVE) for text in texts[1:]]
    parts = [_COMMENT_LINE.sub("", text) for text in (base, *others)]
    return "\n".join([interpreter, *assignments, f"{comment}{settings}", *parts])


def _node_values(node: NodeBoot, mirror: LinuxMirror) -> dict[str, Value]:
    return {
        "HOST_NAME": node.host_name,
        "REGION": node.region,
        "VPC_ID": node.vpc_id,
        "MIRROR_VOLUME": node.volume_id,
        "MIRROR_DEVICE": node.device_name,
        "FILE_SYSTEM": mirror.file_system,
    }


def _cluster_values(node: NodeBoot, cluster: ClusterBoot) -> dict[str, Value]:
    if not cluster.package_key.endswith(_PACKAGES):
        raise ValueError(f"{cluster.package_key} is not a package: it must end in .rpm or .deb")
    servers = list(cluster.addresses)
    peer = _peer(node, servers)
    return {
        "SERVERS": servers,
        "ADDRESSES": list(cluster.addresses.values()),
        "PRIORITY": str(servers.index(node.host_name)),
        "OWN_ADDRESS": cluster.addresses[node.host_name],
        "PEER": peer,
        "PEER_ADDRESS": cluster.addresses[peer],
        "BUCKET": cluster.bucket,
        "PACKAGE_KEY": cluster.package_key,
        "PACKAGE_SHA256": cluster.package_sha256,
        "LICENCE_KEYS": cluster.licence_keys,
        "CONFIGURATION": cluster.configuration,
    }


def _pacemaker_values(node: NodeBoot, cluster: PacemakerBoot) -> dict[str, Value]:
    return {
        "PRIORITY": str(cluster.host_names.index(node.host_name)),
        "PEER": _peer(node, cluster.host_names),
        "FENCING": "yes" if cluster.fencing else "",
        "APPLICATION_UNIT": cluster.application_unit or "",
        "COROSYNC_CONF": cluster.files["corosync_conf"],
        "DRBD_RESOURCE": cluster.files["drbd_resource"],
        "CIB": cluster.files["cib"],
    }


def _peer(node: NodeBoot, servers: Sequence[str]) -> str:
    """Return the host name of the other server."""
    peers = [server for server in servers if server != node.host_name]
    if len(servers) != 2 or len(peers) != 1:  # noqa: PLR2004 - a mirror has two sides
        raise ValueError(f"{node.host_name} must be one of two servers, not of {servers}")
    return peers[0]


def _quoted(value: Value) -> str:
    if isinstance(value, str):
        return shlex.quote(value)
    return f"({' '.join(map(shlex.quote, value))})"
