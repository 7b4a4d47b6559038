"""Two machines of a cluster under Pacemaker in one world: one CIB, one mirror.

The stand-ins do what the boot script expects of the real tools: whoever starts Pacemaker is a
member, members share a CIB, and DRBD shows its own volume's state and that of a peer that is up.
"""

import dataclasses
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from components.bootstrap import PacemakerBoot
from components.pacemaker_args import PacemakerArgs, describe
from components.pacemaker_files import render
from tests.support.cluster_machines import ADDRESSES, VOLUMES
from tests.support.machine import NODE, Machine

FACTS: Mapping[str, Any] = {
    "name": "ha",
    "region": "eu-west-1",
    "vpc_id": "vpc-0123456789abcdef0",
    "virtual_ip": "20.0.0.100",
    "route_table_ids": ["rtb-1", "rtb-2"],
    "nodes": [
        {"name": name, "address": ADDRESSES[name], "volume_id": VOLUMES[name]} for name in ADDRESSES
    ],
}

_AGENTS = ("ha-cluster/virtual-ip", "heartbeat/Filesystem", "linbit/drbd")
_STAND_INS = {
    "usr/bin/python3": '[[ ! -e "$ROOT/no-boto3" ]]',
    "usr/sbin/corosync": "",
    "usr/sbin/pacemakerd": "",
    "usr/sbin/fence_aws": "",
    "usr/sbin/modprobe": "",
    "usr/sbin/modinfo": (
        '[[ ! -e "$ROOT/no-module" ]] || exit 1\n'
        'cat "$ROOT/drbd-version" 2>/dev/null || echo 9.2.11'
    ),
    "usr/bin/firewall-cmd": "",
    "usr/bin/systemctl": (
        'case "$*" in\n'
        '*firewalld) [[ -e "$ROOT/firewalld" ]] ;;\n'
        'stop*) rm -f "$WORLD/members/$name" ;;\n'
        '*pacemaker) mkdir -p "$WORLD/members"; touch "$WORLD/members/$name" ;;\n'
        "esac"
    ),
    "usr/sbin/cibadmin": (
        '[[ -e "$WORLD/members/$name" ]] || exit 102\n'
        'case "$*" in\n'
        '"--query --scope status") for each in "$WORLD"/members/*; do\n'
        'echo "<node_state uname=\\"${each##*/}\\" join=\\"member\\"/>"; done ;;\n'
        '"--query --scope resources") cat "$WORLD/cib" 2>/dev/null || echo "<resources/>" ;;\n'
        '"--replace --scope configuration"*) [[ ! -e "$WORLD/refused" ]] ||\n'
        '{ echo "Update does not conform to the configured schema"; exit 78; }\n'
        'cp "$5" "$WORLD/cib" ;;\n'
        "*) exit 2 ;; esac"
    ),
    "usr/sbin/crm_resource": (
        'grep -qs "id=\\"$2\\"" "$WORLD/cib" || { echo "Resource $2 not found"; exit 105; }\n'
        'case "$3" in\n'
        '--get-parameter) cat "$WORLD/map-$2" 2>/dev/null || echo placeholder ;;\n'
        '--set-parameter) echo "$6" >"$WORLD/map-$2" ;;\n'
        "esac"
    ),
    # The records of a volume are in a file beside its partition, and move with it.
    "usr/sbin/drbdadm": (
        'records="$ROOT/dev/nvme1n1p2.records"; peer="$WORLD/servers/$(cat "$ROOT/peer")"\n'
        'case "$1" in\n'
        'role) [[ -e "$ROOT/up" ]] ;;\n'
        'get-gi) [[ -e "$records" ]] ;;\n'
        'create-md) echo Inconsistent >"$records"; echo drbd >"${records%.records}.signature" ;;\n'
        'up) touch "$ROOT/up" ;;\n'
        'dstate) [[ -e "$ROOT/up" ]] || exit 10; other=DUnknown\n'
        '[[ ! -e "$peer/up" ]] || other=$(cat "$peer/dev/nvme1n1p2.records")\n'
        'echo "$(cat "$records")/$other" ;;\n'
        'primary) echo UpToDate >"$records"; touch "$ROOT/dev/drbd0" ;;\n'
        "secondary) ;;\n"
        "*) exit 2 ;; esac"
    ),
}


def boot(**options: Any) -> PacemakerBoot:
    """Return what both nodes boot with; `options` are inputs of Pacemaker."""
    cluster = describe(PacemakerArgs(**options), FACTS)
    return PacemakerBoot(
        render(cluster),
        [node.name for node in cluster.nodes],
        cluster.fencing,
        cluster.application_unit,
    )


class World:
    """What both machines share; `a` is the first node."""

    def __init__(self, folder: Path, **options: Any) -> None:
        self.folder = folder
        self.boot = boot(**options)
        (folder / "servers").mkdir()
        self.a, self.b = self.add("node-a"), self.add("node-b")

    def add(self, name: str, folder: str = "") -> Machine:
        """Add a machine, or replace one: it is another instance, with a blank volume."""
        node = dataclasses.replace(NODE, host_name=name, volume_id=VOLUMES[name])
        machine = Machine(self.folder / (folder or name), node, self.folder)
        machine.cluster = self.boot
        machine.instance = f"i-{len(list(self.folder.glob('node-*'))):017x}"
        (machine.root / "peer").write_text(
            next(ADDRESSES[each] for each in VOLUMES if each != name)
        )
        for path, does in _STAND_INS.items():
            tool = f'echo "{Path(path).name} $*" >>"$CALLS"; name={name}\n{does}'
            machine.replace(path, tool)
        for agent in _AGENTS:
            machine.replace(f"usr/lib/ocf/resource.d/{agent}", "")
        machine.attach(machine.add_disk(), VOLUMES[name])
        server = self.folder / "servers" / ADDRESSES[name]
        server.unlink(missing_ok=True)
        server.symlink_to(machine.root)
        return machine

    def replace(self, old: Machine) -> Machine:
        """Replace a machine by another instance, which has its volume with what is on it."""
        name = old.node.host_name
        (self.folder / "members" / name).unlink()
        new = self.add(name, f"{name}-2")
        new.take_disk(old, VOLUMES[name])
        return new

    def build(self) -> None:
        """Bring the cluster up: the second node waits until the first one has configured it."""
        first = self.a.start(PEER_PATIENCE="60", PAUSE="1")
        assert self.b.boot(PEER_PATIENCE="60", PAUSE="1").returncode == 0
        assert first.wait(60) == 0

    @property
    def cib(self) -> Path:
        """What the cluster has as its configuration."""
        return self.folder / "cib"

    def fenced_instance(self, name: str) -> str:
        """Which instance the cluster would stop to fence a node, by either of its devices."""
        paths = (self.folder / f"map-fence-{name}", self.folder / f"map-fence-{name}-off")
        [found] = {path.read_text().strip() for path in paths}
        return found


def changes(machine: Machine) -> list[str]:
    """What a machine's script called that changes something of its cluster."""
    looks = ("cibadmin --query", "crm_resource", "drbdadm role", "drbdadm get-gi", "drbdadm dstate")
    tools = ("cibadmin", "crm_resource", "drbdadm", "firewall-cmd", "mkfs", "systemctl", "sfdisk -")
    return [
        call
        for call in machine.calls()
        if call.startswith(tools)
        and not call.startswith((*looks, "sfdisk --part-label"))
        and "is-active" not in call
    ]
