"""A machine for the boot script: a root folder of its own, in which every tool is chosen here.

The script looks for its tools below ROOT alone, so what this folder lacks is missing for it.
"""

import os
import shlex
import shutil
import subprocess
from pathlib import Path

from components import bootstrap

SCRIPT = Path(bootstrap.__file__).parent / "linux.sh"
VOLUME = "vol-0123456789abcdef0"
_DISK_BY_ID = "dev/disk/by-id/nvme-Amazon_Elastic_Block_Store_"
MIB = 1024 * 1024
DISK_SIZE = 2048 * MIB
_BASH = shutil.which("bash") or "/bin/bash"

# These only read, or write below ROOT: the real ones serve.
_REAL = ["cmp", "mkdir", "readlink", "sleep"]
# Each notes its call and its input; sfdisk keeps the names of the partitions in a table, and makes
# the partitions appear, as the kernel does.
# aws keeps one region in one file: what the real one does to a file, tests/sandbox shows.
_STAND_INS = {
    "usr/local/bin/aws": (
        'case "$2" in\n'
        'get) cat "$AWS_CONFIG_FILE" 2>/dev/null ;;\n'
        'set) mkdir -p "${AWS_CONFIG_FILE%/*}"; echo "$4" >"$AWS_CONFIG_FILE" ;;\n'
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
        'echo cluster >"$disk.name1"; echo data >"$disk.name2"'
    ),
}


class Machine:
    """What the script finds at a first boot: tools, disks, and the variables of its user data."""

    def __init__(self, folder: Path) -> None:
        self.root = folder / "root"
        self.calls_file = folder / "calls"
        (self.root / "dev/disk/by-id").mkdir(parents=True)
        for name in _REAL:
            self.tool(f"usr/bin/{name}").symlink_to(shutil.which(name) or name)
        for path, does in _STAND_INS.items():
            self.replace(path, f'echo "{Path(path).name} $*" >>"$CALLS"\n{does}')

    def tool(self, path: str) -> Path:
        """Return the path of a tool in this root, in a folder that exists."""
        found = self.root / path
        found.parent.mkdir(parents=True, exist_ok=True)
        return found

    def replace(self, path: str, does: str) -> None:
        """Put a stand-in at `path`; it has the PATH of the test, whatever the script's is."""
        program = self.tool(path)
        program.unlink(missing_ok=True)
        program.write_text(f"#!{_BASH}\nPATH={shlex.quote(os.environ['PATH'])}\n{does}\n")
        program.chmod(0o755)

    def add_disk(self, name: str = "nvme1n1") -> Path:
        disk = self.root / "dev" / name
        disk.touch()
        os.truncate(disk, DISK_SIZE)
        return disk

    def attach(self, disk: Path, volume: str = VOLUME) -> None:
        self.link(volume).symlink_to(disk)

    def link(self, volume: str = VOLUME) -> Path:
        """Return the link by which udev leads from a volume's id to its disk on Nitro."""
        return self.root / f"{_DISK_BY_ID}{volume.replace('-', '')}"

    def boot(self, **values: str) -> subprocess.CompletedProcess[str]:
        """Run the script as cloud-init does: as a program, without HOME."""
        return self._bash([str(SCRIPT)], values)

    def boot_from_user_data(self) -> subprocess.CompletedProcess[str]:
        """Run the script from where cloud-init keeps user data that is a script."""
        instance = self.root / "var/lib/cloud/instances/i-0123456789abcdef0"
        (instance / "scripts").mkdir(parents=True, exist_ok=True)
        link = self.root / "var/lib/cloud/instance"
        link.unlink(missing_ok=True)
        link.symlink_to(instance)
        script = link / "scripts/part-001"
        script.write_text(bootstrap.linux_user_data("node-a", "eu-west-1", VOLUME, "/dev/xvdb"))
        script.chmod(0o700)
        return self._bash(["-c", str(script)], {})

    def type(self, command: str) -> subprocess.CompletedProcess[str]:
        """Run a command as root does who is logged in, with this root's tools first."""
        folders = [f"{self.root}/usr/sbin", f"{self.root}/usr/bin", os.environ["PATH"]]
        return self._bash(["-c", command], {"PATH": ":".join(folders)})

    def call(self, function: str, **values: str) -> subprocess.CompletedProcess[str]:
        """Call one function of the script."""
        return self._bash(["-c", f'source "{SCRIPT}"; {function}'], values)

    def _bash(
        self, arguments: list[str], values: dict[str, str]
    ) -> subprocess.CompletedProcess[str]:
        variables = {
            "HOST_NAME": "node-a",
            "REGION": "eu-west-1",
            "MIRROR_VOLUME": VOLUME,
            "MIRROR_DEVICE": "/dev/xvdb",
            "ROOT": str(self.root),
            "CALLS": str(self.calls_file),
            "PATIENCE": "0",
            "PAUSE": "1",
            "PATH": "/nowhere",
        }
        return subprocess.run(
            [_BASH, *arguments],
            env=variables | values,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    def calls(self) -> list[str]:
        """What was called, with the paths of this machine shortened."""
        if not self.calls_file.exists():
            return []
        return self.calls_file.read_text().replace(str(self.root), "").splitlines()

    def changed_disks(self) -> list[str]:
        """What was called that writes to a disk."""
        return [call for call in self.calls() if call.startswith(("sfdisk --quiet", "mkfs"))]
