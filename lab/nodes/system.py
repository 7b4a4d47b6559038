"""What a node's machine consists of: files, hidden folders, and the programs that it starts."""

import os
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from lab.nodes.engine import Configuration

PAGE_PORT = 29003
"""Where the node's web page answers: the port that Cluster WebUI has with EXPRESSCLUSTER."""
AUTHORITY = "/run/lab/ca.pem"
HOSTS = "/run/lab/hosts"
"""The file that the nodes have as /etc/hosts."""
_USER = "hacluster"
_PACEMAKER = ("blackbox", "cib", "cores", "pengine")
_WITHOUT_PRIVILEGES = """
system {
    # The lab runs without privileges: no real-time scheduling, and smaller socket buffers.
    sched_rr: no
    allow_knet_handle_fallback: yes
}
"""


@dataclass(frozen=True)
class Image:
    """What all nodes have in common. `agents` are resource agents by PROVIDER/NAME."""

    configuration: Configuration
    authority: str
    """The certificate that the nodes trust (PEM)."""
    agents: Mapping[str, Path]


def environment() -> dict[str, str]:
    """Return the environment of everything that runs on a node: nothing of the caller's."""
    checkout = Path(__file__).parents[2]
    return {
        "PATH": f"{Path(sys.executable).parent}:/usr/sbin:/usr/bin:/sbin:/bin",
        "PYTHONPATH": str(checkout),
        "PYTHONDONTWRITEBYTECODE": "1",
        "HOME": "/run/lab",
        "LANG": "C.UTF-8",
        "AWS_CA_BUNDLE": AUTHORITY,
    }


def system_of(name: str, image: Image, *, privileged: bool) -> dict[str, object]:
    """Return what `lab.nodes.first_process` makes of a node's namespace."""
    files = {
        AUTHORITY: image.authority,
        HOSTS: "127.0.0.1 localhost\n",
        "/run/lab/.aws/config": "[default]\n",  # the profile that `aws-vpc-move-ip` names
        "/etc/corosync/corosync.conf": image.configuration.corosync_conf
        + ("" if privileged else _WITHOUT_PRIVILEGES),
        **_only_root(),
    }
    return {
        "name": name,
        "folders": [
            "/run",
            "/dev/shm",  # noqa: S108 - the node's own, where libqb keeps its buffers
            "/etc/corosync",
            "/var/lib/corosync",
            "/var/log/corosync",
            "/var/lib/pacemaker",
            "/var/log/pacemaker",
        ],
        "inner_folders": ["/run/crm", *(f"/var/lib/pacemaker/{each}" for each in _PACEMAKER)],
        "files": files,
        "binds": [
            (HOSTS, "/etc/hosts"),
            ("/run/lab/passwd", "/etc/passwd"),
            ("/run/lab/group", "/etc/group"),
        ],
        "agents": {name: str(path) for name, path in image.agents.items()},
        "commands": [
            [sys.executable, "-m", "lab.nodes.page", str(PAGE_PORT), name],
            ["corosync", "-f"],
            ["pacemakerd", "-f"],
        ],
    }


def is_privileged() -> bool:
    """Tell whether the lab's root is the machine's."""
    return Path("/proc/self/uid_map").read_text(encoding="ascii").split()[2] != "1"


def _only_root() -> dict[str, str]:
    """Return files of users and groups in which Pacemaker's user is root.

    Without privileges a namespace has one user. With them it has all, but Pacemaker's may not be
    allowed to read this Python, by which it asks the agent what it is.
    """
    users, groups = (Path("/etc", name).read_text(encoding="utf-8") for name in ("passwd", "group"))
    return {
        "/run/lab/passwd": re.sub(rf"(?m)^{_USER}:.*$", f"{_USER}:x:0:0::{os.sep}:", users),
        "/run/lab/group": re.sub(r"(?m)^haclient:.*$", "haclient:x:0:", groups),
    }
