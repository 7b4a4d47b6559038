"""Boot scripts of the nodes, one per operating system, and how a node's values reach them; pure."""

import base64
import gzip
import shlex
from pathlib import Path

from .boot import USER_DATA_LIMIT, ClusterBoot, NodeBoot

__all__ = ["USER_DATA_LIMIT", "ClusterBoot", "NodeBoot", "linux_user_data", "windows_user_data"]


def linux_user_data(node: NodeBoot, cluster: ClusterBoot | None) -> str:
    """Return the user data of a Linux node, run by cloud-init as root at its first boot."""
    values = {
        "HOST_NAME": node.host_name,
        "REGION": node.region,
        "VPC": node.vpc_id,
        "MIRROR_VOLUME": node.volume_id,
        "MIRROR_DEVICE": node.device_name,
        "CONFIGURATION": cluster.configuration if cluster else "",
    }
    assignments = "".join(f"{name}={shlex.quote(value)}\n" for name, value in values.items())
    script = (Path(__file__).parent / "linux.sh").read_text(encoding="utf-8")
    interpreter, _, body = script.partition("\n")
    text = f"{interpreter}\n{assignments}{body}"
    return base64.b64encode(gzip.compress(text.encode(), mtime=0)).decode()


def windows_user_data(node: NodeBoot, cluster: ClusterBoot | None) -> str:
    """Return the user data of a Windows node."""
    return f"<powershell>\n# {node.host_name} {cluster}\n</powershell>"
