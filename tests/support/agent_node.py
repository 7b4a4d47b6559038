"""A node for the agent: its devices and its membership in files, its metadata on loopback."""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import textwrap
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from agents.__main__ import ENTRY
from agents.archive import build
from ops.cluster import Cluster
from tests.support.metadata_service import MetadataService, running_metadata_service

MAC = "02:00:00:00:00:01"
_IP = """
    import json, sys
    from pathlib import Path

    state = Path(__file__).with_name("devices.json")
    devices = json.loads(state.read_text())
    words = [word for word in sys.argv[1:] if word not in ("-json", "-4")]
    if words[:2] == ["route", "show"]:
        print(json.dumps([{"dst": "default", "dev": "eth0"}]))
    elif words[:2] == ["address", "show"]:
        print(json.dumps(devices))
    else:
        _, verb, address, _, name = words
        local, _, length = address.partition("/")
        entry = {"family": "inet", "local": local, "prefixlen": int(length)}
        held = next(each["addr_info"] for each in devices if each["ifname"] == name)
        if verb == "delete" and entry not in held:
            sys.exit("RTNETLINK answers: Cannot assign requested address")
        if verb == "replace" and entry not in held:
            held.append(entry)
        if verb == "delete":
            held.remove(entry)
        state.write_text(json.dumps(devices))
"""
_CRM_NODE = """
    import sys
    from pathlib import Path

    members = Path(__file__).with_name("members")
    sys.stdout.write(members.read_text()) if members.exists() else sys.exit(102)
"""


def built_agent(folder: Path) -> Path:
    """Build the agent into a folder."""
    build(ENTRY, folder / "virtual-ip")
    return folder / "virtual-ip"


@dataclass
class AgentNode:
    """A node of a cluster; `run` is its /run/ha-cluster, `programs` its `ip` and `crm_node`."""

    agent: Path
    cluster: Cluster
    own: str
    run: Path
    programs: Path
    metadata: MetadataService
    endpoint_url: str
    more: dict[str, str] = field(default_factory=dict[str, str])

    @property
    def environment(self) -> dict[str, str]:
        """Return what Pacemaker hands to the agent, and where the stand-ins are."""
        given = {
            "ip": self.cluster.virtual_ip,
            "route_tables": ",".join(self.cluster.route_table_ids.values()),
            "vpc_id": self.cluster.vpc_id,
            "region": self.cluster.region,
            "endpoint_url": self.endpoint_url,
        }
        return {
            **{f"OCF_RESKEY_{name}": value for name, value in given.items()},
            "OCF_RESOURCE_INSTANCE": "vip",
            "HA_CLUSTER_RUN": str(self.run),
            "AWS_EC2_METADATA_SERVICE_ENDPOINT": self.metadata.endpoint,
            "PATH": f"{self.programs}:{os.environ['PATH']}",
            **self.more,
        }

    def act(self, action: str, **parameters: str) -> subprocess.CompletedProcess[str]:
        """Run the built agent as Pacemaker does."""
        changed = {f"OCF_RESKEY_{name}": value for name, value in parameters.items()}
        return subprocess.run(
            [sys.executable, "-I", str(self.agent), action],
            env={**self.environment, **changed},
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
            cwd="/",
        )

    def addresses(self, device: str = "eth0") -> list[str]:
        """Return the addresses of a device."""
        devices = json.loads((self.programs / "devices.json").read_text())
        held = next(each["addr_info"] for each in devices if each["ifname"] == device)
        return [f"{each['local']}/{each['prefixlen']}" for each in held]

    def give(self, device: str, address: str) -> None:
        """Give a device an address, as an operator would."""
        command = [str(self.programs / "ip"), "address", "replace", address, "dev", device]
        subprocess.run(command, check=True)

    def set_down(self, device: str) -> None:
        """Set a device down."""
        state = self.programs / "devices.json"
        found = json.loads(state.read_text())
        for each in found:
            each["flags"] = [] if each["ifname"] == device else each["flags"]
        state.write_text(json.dumps(found))

    def sees(self, *members: str) -> None:
        """Let Pacemaker's membership be these nodes; without any it does not answer."""
        path = self.programs / "members"
        path.unlink(missing_ok=True)
        if members:
            path.write_text(" ".join(members))

    @property
    def helpers(self) -> list[int]:
        """Return the processes of helpers that run."""
        processes = (path for path in Path("/proc").iterdir() if path.name.isdecimal())
        return sorted(int(path.name) for path in processes if _is_helper(path, self.run))

    def kill_helpers(self) -> None:
        """Kill the helpers, and wait until they are gone."""
        for helper in self.helpers:
            os.kill(helper, signal.SIGKILL)
        while self.helpers:
            time.sleep(0.01)

    @property
    def note(self) -> Path:
        """Return where the agent notes that it gave the address up."""
        return self.run / f"yielded-{self.cluster.virtual_ip}.json"


@contextlib.contextmanager
def running_node(agent: Path, cluster: Cluster, endpoint_url: str) -> Iterator[AgentNode]:
    """Run the second node of a cluster, which sees the first; its helpers end with it."""
    own = cluster.nodes[1].network_interface_id
    folder = Path(tempfile.mkdtemp(prefix="node-"))
    programs, run = folder / "bin", folder / "run"
    programs.mkdir()
    run.mkdir(mode=0o700)
    for name, text in (("ip", _IP), ("crm_node", _CRM_NODE)):
        program = programs / name
        program.write_text(f"#!{sys.executable} -IS\n{textwrap.dedent(text)}")
        program.chmod(0o755)
    devices = [_device("lo", "00:00:00:00:00:00", "127.0.0.1", 8), _device("eth0", MAC)]
    (programs / "devices.json").write_text(json.dumps(devices))
    try:
        with running_metadata_service({MAC: own}) as metadata:
            node = AgentNode(agent, cluster, own, run, programs, metadata, endpoint_url)
            node.sees("node-a", "node-b")
            try:
                yield node
            finally:
                node.kill_helpers()
    finally:
        shutil.rmtree(folder)


def _is_helper(process: Path, run: Path) -> bool:
    try:
        words = (process / "cmdline").read_bytes().split(b"\0")
        variables = (process / "environ").read_bytes().split(b"\0")
    except OSError:
        return False
    return b"serve" in words and f"HA_CLUSTER_RUN={run}".encode() in variables


def _device(name: str, mac: str, local: str = "10.0.120.10", length: int = 24) -> dict[str, object]:
    info = [{"family": "inet", "local": local, "prefixlen": length}]
    return {"ifname": name, "address": mac, "flags": ["UP"], "addr_info": info}
