"""Two machines of a cluster in one world: one network, one S3, one product that reaches its peer.

The product's stand-ins do what NEC's recipes expect of the real one: clpcfctrl carries files from
root to root, clplcnsc keeps licences, clpcl makes a configured server online.
"""

import dataclasses
import hashlib
import shutil
from pathlib import Path

from components.bootstrap import ClusterBoot
from components.cluster_description import ClusterDescription, LinuxMirror, Server
from components.expresscluster import configuration
from components.mirror_partition import volume_partition
from tests.support.machine import NODE, Machine, stand_in

ADDRESSES = {"node-a": "10.0.110.10", "node-b": "10.0.120.10"}
VOLUMES = {"node-a": "vol-0aaaaaaaaaaaaaaaa", "node-b": "vol-0bbbbbbbbbbbbbbbb"}
PACKAGE = b"the package"
LICENCES = {"licences/base.key": "SECRET-BASE", "licences/replicator.key": "SECRET-REPLICATOR"}

_HOME = 'home="$ROOT/opt/nec/clusterpro"\n'
_CONFIGURED = 'grep -qs "<name>ha</name>" "$home/etc/clp.conf"'
_INSTALL = 'mkdir -p "$home"; cp -r "$WORLD/product/." "$home"; touch "$home/up"'
# Commands of the machine.
_MACHINE = {
    "usr/bin/rpm": (
        f'case "$1" in -qp) echo expresscls ;; -q) [[ -e "$home/up" ]] ;; -i) {_INSTALL} ;; esac'
    ),
    "usr/bin/systemctl": (
        'case "$*" in\n'
        '*firewalld) [[ -e "$ROOT/firewalld" ]] ;;\n'
        'is-active*) [[ -e "$home/agent" ]] ;;\n'
        'cat*) [[ "$2" != clusterpro_api ]] ;;\n'
        '"restart clusterpro_md") touch "$home/agent" ;;\n'
        "esac"
    ),
    "usr/bin/journalctl": (
        '[[ ! -e "$home/agent" ]] || echo "The Mirror Agent has started successfully."'
    ),
}
# Commands that the package brings.
_PRODUCT = {
    "clplcnsc": 'cat "$2" >>"$home/etc/licences"; echo "registered $(cat "$2")"',
    "clpfwctrl.sh": "",
    "clpcl": f'{_CONFIGURED} && touch "$home/online"',
    "clpstat": (
        'if [[ -e "$home/online" ]]; then n=$(cat "$ROOT/name"); echo "  *$n .......: Online"\n'
        'else echo "Could not connect to the server."; exit 1; fi'
    ),
    "clpcfctrl": (
        'case "$1 $2" in\n'
        '"--pull -h") cp "$WORLD/servers/$3/opt/nec/clusterpro/etc/clp.conf" "$5" ;;\n'
        '"--push -h") cp "$5/clp.conf" "$WORLD/servers/$3/opt/nec/clusterpro/etc/" ;;\n'
        '"--push --force") for server in "$WORLD"/servers/*; do\n'
        '[[ -e "$server/opt/nec/clusterpro/up" ]] || exit 1\n'
        'cp "$4/clp.conf" "$server/opt/nec/clusterpro/etc/"; done ;;\n'
        "*) exit 2 ;; esac"
    ),
}


def _recorded(name: str, does: str) -> str:
    """Note the call, and fail if the world's file `fail` has its beginning and a message."""
    return (
        f'echo "{name} $*" >>"$CALLS"\n{_HOME}'
        'if [[ -e "$WORLD/fail" ]]; then IFS== read -r call message <"$WORLD/fail"\n'
        f'if [[ "{name} $*" == "$call"* ]]; then echo "$message" >&2; exit 1; fi; fi\n{does or ":"}'
    )


class World:
    """What both machines share; `a` is the server of priority 0."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._put("product/etc/clp.conf", b"<root>\n</root>\n")
        for name, does in _PRODUCT.items():
            path = self._put(f"product/bin/{name}", stand_in(_recorded(name, does)).encode())
            path.chmod(0o755)
        self._put("s3/bucket/expresscls-5.3.0-1.x86_64.rpm", PACKAGE)
        for key, content in LICENCES.items():
            self._put(f"s3/bucket/{key}", content.encode())
        (folder / "servers").mkdir()
        self.boot = ClusterBoot(
            configuration=configuration(describe()),
            addresses=ADDRESSES,
            bucket="bucket",
            package_key="expresscls-5.3.0-1.x86_64.rpm",
            package_sha256=hashlib.sha256(PACKAGE).hexdigest(),
            licence_keys=tuple(LICENCES),
            exchange_prefix="exchange/",
        )
        self.route("20.0.0.100")
        self.a, self.b = self.add("node-a"), self.add("node-b")

    def add(self, name: str, folder: str = "") -> Machine:
        """Add a machine, or replace one: it is another instance, with a blank volume."""
        node = dataclasses.replace(NODE, host_name=name, volume_id=VOLUMES[name])
        machine = Machine(self.folder / (folder or name), node, self.folder)
        machine.cluster = self.boot
        machine.instance = f"i-{len(list(self.folder.glob('node-*'))):017x}"
        (machine.root / "name").write_text(name)
        machine.tool("usr/bin/sha256sum").symlink_to("/usr/bin/sha256sum")
        for path, does in _MACHINE.items():
            machine.replace(path, _recorded(Path(path).name, does))
        machine.attach(machine.add_disk(), VOLUMES[name])
        self.answer(self.boot.addresses[name], machine)
        return machine

    def replace(self, old: Machine) -> Machine:
        """Replace a machine by another instance, which has its volume with what is on it."""
        name = old.node.host_name
        new = self.add(name, f"{name}-2")
        new.take_disk(old, VOLUMES[name])
        return new

    def answer(self, address: str, machine: Machine) -> None:
        """Let a machine have an address."""
        server = self.folder / "servers" / address
        server.unlink(missing_ok=True)
        server.symlink_to(machine.root)

    def route(self, *addresses: str) -> None:
        """Let route tables lead to interfaces for these addresses, each in two tables."""
        text = "\t".join(f"{address}/32" for address in addresses * 2)
        (self.folder / "routes").write_text(f"{text}\tNone\n")

    def build(self) -> None:
        """Bring the cluster up: the second server waits until the first one has configured it."""
        assert self.b.boot().returncode == 1
        assert self.a.boot().returncode == 0
        assert self.b.boot().returncode == 0

    def install(self, machine: Machine) -> None:
        """Leave a machine as its script does that waits for a configuration."""
        home = machine.root / "opt/nec/clusterpro"
        shutil.copytree(self.folder / "product", home)
        (home / "up").touch()

    def fail(self, call: str, message: str = "no") -> None:
        """Let calls that begin so fail with a message."""
        (self.folder / "fail").write_text(f"{call}={message}\n")

    def repair(self) -> None:
        (self.folder / "fail").unlink(missing_ok=True)

    def stored(self, key: str) -> Path:
        return self.folder / "s3/bucket" / key

    def _put(self, path: str, content: bytes) -> Path:
        found = self.folder / path
        found.parent.mkdir(parents=True, exist_ok=True)
        found.write_bytes(content)
        return found


def describe(name: str = "ha") -> ClusterDescription:
    servers = [
        Server(
            name=server,
            address=address,
            availability_zone=f"eu-west-1{server[-1]}",
            interface_id=f"eni-{server[-1]}",
            data_partition=volume_partition(VOLUMES[server], 2),
            cluster_partition=volume_partition(VOLUMES[server], 1),
        )
        for server, address in ADDRESSES.items()
    ]
    mirror = LinuxMirror("sync", "ext4", "/mnt/mirror")
    return ClusterDescription(name, "vpc-0123456789abcdef0", "20.0.0.100", servers, mirror)


def live(machine: Machine) -> Path:
    """Return the configuration with which a machine's product runs."""
    return machine.root / "opt/nec/clusterpro/etc/clp.conf"


def marks(machine: Machine) -> Path:
    """Return where a machine's script notes what this instance has done."""
    return machine.root / "var/lib/hacluster/done" / machine.instance


def changes(machine: Machine) -> list[str]:
    """What a machine's script called that changes something."""
    looks = ("aws configure get", "aws ec2", "rpm -q", "wipefs --noheadings", "sfdisk --part-label")
    looks += ("systemctl cat", "systemctl is-active", "journalctl", "clpstat", "getent", "connect")
    return [call for call in machine.calls() if not call.startswith(looks)]
