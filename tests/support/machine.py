"""A machine for the boot script: a root folder of its own, in which every tool is chosen here.

The script looks for its tools below ROOT alone, so what this folder lacks is missing for it.
"""

import dataclasses
import os
import shlex
import shutil
import subprocess
from pathlib import Path

from components.bootstrap import ClusterBoot, NodeBoot
from components.bootstrap.linux import linux_script
from components.cluster_description import LinuxMirror

VOLUME = "vol-0123456789abcdef0"
NODE = NodeBoot(
    host_name="node-a",
    region="eu-west-1",
    vpc_id="vpc-0123456789abcdef0",
    volume_id=VOLUME,
    device_name="/dev/xvdb",
    mirror=LinuxMirror("sync", "ext4", "/mnt/mirror"),
)
_DISK_BY_ID = "dev/disk/by-id/nvme-Amazon_Elastic_Block_Store_"
MIB = 1024 * 1024
DISK_SIZE = 2048 * MIB
_BASH = shutil.which("bash") or "/bin/bash"

# These only read, or write below ROOT: the real ones serve.
_REAL = ["cmp", "mkdir", "mv", "readlink", "rm", "sleep"]
# Each notes its call and its input; sfdisk keeps the names of the partitions in a table, and makes
# the partitions appear, as kernel and udev do.
# aws keeps one region in one file: what the real one does to a file, tests/sandbox shows. What the
# API, DNS and the network do is in files of the world; so is S3.
_STAND_INS = {
    "usr/local/bin/aws": (
        'error="An error occurred"; calling="when calling DescribeVpcs"\n'
        'case "$1 $2" in\n'
        '"configure get") cat "$AWS_CONFIG_FILE" 2>/dev/null ;;\n'
        '"configure set") mkdir -p "${AWS_CONFIG_FILE%/*}"; echo "$4" >"$AWS_CONFIG_FILE" ;;\n'
        '"ec2 describe-vpcs") case "$API_STATE" in\n'
        'ok) printf "%s\\t10.0.0.0/16\\n" "$4" ;;\n'
        'denied) echo "$error (UnauthorizedOperation) $calling: not allowed" >&2; exit 254 ;;\n'
        'absent) echo "$error (InvalidVpcID.NotFound) $calling: no vpc" >&2; exit 254 ;;\n'
        'keyless) echo "Unable to locate credentials." >&2; exit 253 ;;\n'
        'odd) echo "$error (InternalError)" >&2; exit 254 ;;\n'
        '*) echo "Could not connect to the endpoint URL" >&2; exit 255 ;; esac ;;\n'
        '"ec2 describe-route-tables") cat "$WORLD/routes" ;;\n'
        '"s3 cp") cp "$WORLD/s3/${4#s3://}" "$5" 2>/dev/null ||\n'
        '{ echo "fatal error: Key \\"${4#s3://*/}\\" does not exist" >&2; exit 1; } ;;\n'
        "esac"
    ),
    "usr/bin/getent": (
        'case "$API_STATE" in\n'
        "nameless) exit 2 ;;\n"
        'public) echo "52.1.2.3 STREAM $2" ;;\n'
        '*) echo "10.0.1.5 STREAM $2" ;;\n'
        "esac"
    ),
    "usr/bin/hostnamectl": "",
    "usr/bin/udevadm": "",
    "usr/sbin/wipefs": (
        'device="${@: -1}"\n'
        'if [[ $1 == --all ]]; then rm -f "$device.signature" "$device".name*\n'
        'elif [[ -e "$device.signature" ]]; then cat "$device.signature"; fi'
    ),
    "usr/sbin/mkfs.ext4": 'echo ext4 >"${@: -1}.signature"',
    "usr/sbin/sfdisk": (
        "if [[ $1 == --part-label ]]; then\n"
        '[[ -e "$2.signature" ]] || exit 1\n'
        'if (($# == 3)); then cat "$2.name$3" 2>/dev/null; else echo "$4" >"$2.name$3"; fi\n'
        "exit; fi\n"
        'cat >>"$CALLS"; disk="${@: -1}"; case "$disk" in *[0-9]) p=p ;; *) p= ;; esac\n'
        'truncate -s 2M "$disk${p}1" "$disk${p}2"; echo gpt >"$disk.signature"\n'
        'echo cluster >"$disk.name1"; echo data >"$disk.name2"\n'
        f'for link in "$ROOT"/{_DISK_BY_ID}*; do\n'
        '[[ "$(readlink "$link")" == "$disk" ]] || continue\n'
        'ln -sf "$disk${p}1" "$link-part1"; ln -sf "$disk${p}2" "$link-part2"; done'
    ),
}
# The script bounds commands with `timeout`, and asks the network through a bash that it bounds.
# Port 443 is the API's; at any other the machine that has the address answers if it is up.
_TIMEOUT = (
    'shift; [[ "$1" == */bash ]] || exec env PATH="$SCRIPT_PATH" "$@"\n'
    'echo "connect ${@: -2}" >>"$CALLS"\n'
    'if [[ "${@: -1}" == 443 ]]; then [[ "$API_STATE" != filtered ]]; exit; fi\n'
    '[[ -e "$WORLD/servers/${@: -2:1}/opt/nec/clusterpro/up" ]] && echo "HTTP/1.1 200 OK"'
)


class Machine:
    """What the script finds at a first boot: tools, disks, and what its user data says."""

    def __init__(self, folder: Path, node: NodeBoot = NODE, world: Path | None = None) -> None:
        self.node = node
        self.cluster: ClusterBoot | None = None
        self.instance = "i-0123456789abcdef0"
        self.root = folder / "root"
        self.world = world or folder
        self.calls_file = folder / "calls"
        (self.root / "dev/disk/by-id").mkdir(parents=True)
        for name in _REAL:
            self.tool(f"usr/bin/{name}").symlink_to(shutil.which(name) or name)
        for path, does in _STAND_INS.items():
            self.replace(path, f'echo "{Path(path).name} $*" >>"$CALLS"\n{does}')
        self.replace("usr/bin/timeout", _TIMEOUT)

    def tool(self, path: str) -> Path:
        """Return the path of a tool in this root, in a folder that exists."""
        found = self.root / path
        found.parent.mkdir(parents=True, exist_ok=True)
        return found

    def replace(self, path: str, does: str) -> None:
        """Put a stand-in at `path`; it has the PATH of the test, whatever the script's is."""
        program = self.tool(path)
        program.unlink(missing_ok=True)
        program.write_text(stand_in(does))
        program.chmod(0o755)

    def change(self, **values: str | LinuxMirror) -> None:
        """Boot with other values of the node."""
        self.node = dataclasses.replace(self.node, **values)  # pyright: ignore[reportArgumentType]

    def add_disk(self, name: str = "nvme1n1") -> Path:
        disk = self.root / "dev" / name
        disk.touch()
        os.truncate(disk, DISK_SIZE)
        return disk

    def attach(self, disk: Path, volume: str = VOLUME) -> None:
        self.link(volume).symlink_to(disk)

    def take_disk(self, other: "Machine", volume: str) -> None:
        """Attach the volume of a machine that this one replaces, with what is on it."""
        disk = self.root / "dev/nvme1n1"
        for file in other.root.glob("dev/nvme1n1?*"):
            shutil.copy(file, disk.parent)
        for number in (1, 2):
            Path(f"{self.link(volume)}-part{number}").symlink_to(f"{disk}p{number}")

    def link(self, volume: str = VOLUME) -> Path:
        """Return the link by which udev leads from a volume's id to its disk on Nitro."""
        return self.root / f"{_DISK_BY_ID}{volume.replace('-', '')}"

    def script(self) -> Path:
        """Return the script where cloud-init keeps it; cloud-init keeps the instance's id too."""
        instance = self.root / "var/lib/cloud/instances" / self.instance
        (instance / "scripts").mkdir(parents=True, exist_ok=True)
        self.tool("var/lib/cloud/data/instance-id").write_text(f"{self.instance}\n")
        link = self.root / "var/lib/cloud/instance"
        link.unlink(missing_ok=True)
        link.symlink_to(instance)
        script = link / "scripts/part-001"
        script.write_text(linux_script(self.node, self.cluster))
        script.chmod(0o700)
        return script

    def boot(self, **variables: str) -> subprocess.CompletedProcess[str]:
        """Run the script as cloud-init does: as a program, without HOME."""
        return self._bash(["-c", str(self.script())], variables)

    def start(self, **variables: str) -> subprocess.Popen[str]:
        """Begin the same, without waiting for its end."""
        return subprocess.Popen(
            [_BASH, "-c", str(self.script())],
            env=self._environment(variables),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def type(self, command: str) -> subprocess.CompletedProcess[str]:
        """Run a command as root does who is logged in, with this root's tools first."""
        folders = [f"{self.root}/usr/sbin", f"{self.root}/usr/bin", os.environ["PATH"]]
        return self._bash(["-c", command], {"PATH": ":".join(folders)})

    def call(self, function: str, **variables: str) -> subprocess.CompletedProcess[str]:
        """Call one function of the script."""
        return self._bash(["-c", f'source "{self.script()}"; {function}'], variables)

    def _bash(
        self, arguments: list[str], variables: dict[str, str]
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [_BASH, *arguments],
            env=self._environment(variables),
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    def _environment(self, variables: dict[str, str]) -> dict[str, str]:
        waits = ["", "API_", "FETCH_", "PEER_", "AGENT_", "START_"]
        return {
            "ROOT": str(self.root),
            "WORLD": str(self.world),
            "CALLS": str(self.calls_file),
            "API_STATE": "ok",
            **{f"{name}PATIENCE": "0" for name in waits},
            "GRACE": "0",
            "SETTLE": "0",
            "PAUSE": "1",
            "PATH": "/nowhere",
        } | variables

    def status(self) -> dict[str, str]:
        """What the script's status file says."""
        lines = (self.root / "var/lib/hacluster/status").read_text().splitlines()
        return dict(line.split("=", 1) for line in lines)

    def calls(self) -> list[str]:
        """What was called, with the paths of this machine shortened."""
        if not self.calls_file.exists():
            return []
        return self.calls_file.read_text().replace(str(self.root), "").splitlines()

    def changed_disks(self) -> list[str]:
        """What was called that writes to a disk."""
        return [call for call in self.calls() if call.startswith(("sfdisk --quiet", "mkfs"))]


def stand_in(does: str) -> str:
    """Return the text of a program with the PATH of the test."""
    path = shlex.quote(os.environ["PATH"])
    return f"#!{_BASH}\nSCRIPT_PATH=$PATH; PATH={path}\n{does}\n"
