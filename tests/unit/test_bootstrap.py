"""The boot script, run for real; what it calls is a recording stand-in on PATH."""

import os
import subprocess
from pathlib import Path

import pytest

from components import bootstrap

SCRIPT = Path(bootstrap.__file__).parent / "linux.sh"
VOLUME = "vol-0123456789abcdef0"
DISK_BY_ID = "dev/disk/by-id/nvme-Amazon_Elastic_Block_Store_vol0123456789abcdef0"
MIB = 1024 * 1024

# Each notes its call and its input; sfdisk also makes the partitions appear, as the kernel does.
STAND_INS = {
    "hostnamectl": "",
    "udevadm": "",
    "wipefs": 'cat "${@: -1}.signature" 2>/dev/null || true',
    "mkfs.ext4": 'echo ext4 >"${@: -1}.signature"',
    "sfdisk": (
        'cat >>"$CALLS"; disk="${@: -1}"; case "$disk" in *[0-9]) p=p ;; *) p= ;; esac\n'
        'truncate -s 2M "$disk${p}1" "$disk${p}2"; echo gpt >"$disk.signature"'
    ),
}


class Machine:
    """A root folder with stand-ins, in which the script runs."""

    def __init__(self, folder: Path) -> None:
        self.root = folder / "root"
        self.calls_file = folder / "calls"
        self.programs = folder / "bin"
        (self.root / "dev/disk/by-id").mkdir(parents=True)
        self.programs.mkdir()
        for name, does in STAND_INS.items():
            program = self.programs / name
            program.write_text(f'#!/bin/bash\necho "{name} $*" >>"$CALLS"\n{does}\n')
            program.chmod(0o755)

    def add_disk(self, name: str = "nvme1n1", content: bytes = b"") -> Path:
        disk = self.root / "dev" / name
        disk.write_bytes(content)
        os.truncate(disk, 2 * MIB)
        return disk

    def attach(self, disk: Path) -> None:
        (self.root / DISK_BY_ID).symlink_to(disk)

    def boot(self, **values: str) -> subprocess.CompletedProcess[str]:
        variables = {
            "HOST_NAME": "node-a",
            "REGION": "eu-west-1",
            "MIRROR_VOLUME": VOLUME,
            "MIRROR_DEVICE": "/dev/xvdb",
            "ROOT": str(self.root),
            "CALLS": str(self.calls_file),
            "PATIENCE": "0",
            "PAUSE": "1",
            "PATH": f"{self.programs}:{os.environ['PATH']}",
        }
        return subprocess.run(
            ["bash", str(SCRIPT)],
            env=variables | values,
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        )

    def calls(self) -> list[str]:
        """What was called, with the paths of this machine shortened."""
        return self.calls_file.read_text().replace(str(self.root), "").splitlines()


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def test_a_new_node_gets_its_name_its_region_and_its_partitions(machine: Machine) -> None:
    machine.attach(machine.add_disk())
    done = machine.boot(HOST_NAME="Node-A")
    assert (done.returncode, done.stderr) == (0, "hacluster: this node is prepared\n")
    assert machine.calls() == [
        "hostnamectl set-hostname node-a",
        "wipefs --noheadings /dev/nvme1n1",
        "sfdisk --quiet /dev/nvme1n1",
        "label: gpt",
        "start=1MiB, size=1024MiB, name=cluster",
        "name=data",
        "udevadm settle",
        "wipefs --noheadings /dev/nvme1n1p2",
        "mkfs.ext4 -q -O ^64bit -L data /dev/nvme1n1p2",
    ]
    assert (machine.root / "root/.aws/config").read_text() == "[default]\nregion = eu-west-1\n"
    kept = machine.root / "etc/cloud/cloud.cfg.d/99-hacluster.cfg"
    assert kept.read_text() == "preserve_hostname: true\n"


def test_a_second_run_formats_nothing_and_repeats_no_line(machine: Machine) -> None:
    machine.attach(machine.add_disk())
    machine.boot()
    machine.calls_file.unlink()
    done = machine.boot()
    assert done.returncode == 0
    assert not any(call.startswith(("sfdisk", "mkfs")) for call in machine.calls())
    assert (machine.root / "root/.aws/config").read_text().count("region") == 1


def test_a_run_that_was_cut_short_is_finished_by_the_next(machine: Machine) -> None:
    machine.attach(machine.add_disk())
    broken = machine.programs / "mkfs.ext4"
    whole = broken.read_text()
    broken.write_text("#!/bin/bash\nexit 1\n")
    assert machine.boot().returncode == 1
    broken.write_text(whole)
    assert machine.boot().returncode == 0
    assert "mkfs.ext4 -q -O ^64bit -L data /dev/nvme1n1p2" in machine.calls()
    assert sum(call.startswith("sfdisk") for call in machine.calls()) == 1


def test_the_cluster_partition_stays_raw(machine: Machine) -> None:
    machine.attach(machine.add_disk())
    machine.boot()
    assert not (machine.root / "dev/nvme1n1p1.signature").exists()


def test_a_disk_with_a_signature_is_left_alone(machine: Machine) -> None:
    disk = machine.add_disk()
    Path(f"{disk}.signature").write_text("xfs")
    machine.attach(disk)
    done = machine.boot()
    assert done.returncode == 1
    assert "nvme1n1 is not blank: partition it by hand" in done.stderr
    assert not any(call.startswith(("sfdisk", "mkfs")) for call in machine.calls())


def test_a_disk_with_raw_data_and_no_signature_is_left_alone(machine: Machine) -> None:
    machine.attach(machine.add_disk(content=b"\0" * (MIB - 1) + b"x"))
    assert machine.boot().returncode == 1
    assert not any(call.startswith(("sfdisk", "mkfs")) for call in machine.calls())


def test_a_disk_that_cannot_be_read_is_left_alone(machine: Machine) -> None:
    machine.attach(machine.add_disk())
    (machine.programs / "wipefs").write_text("#!/bin/bash\nexit 1\n")
    done = machine.boot()
    assert (done.returncode, "cannot be read" in done.stderr) == (1, True)
    assert not any(call.startswith(("sfdisk", "mkfs")) for call in machine.calls())


@pytest.mark.parametrize("signature", [True, False])
def test_a_data_partition_in_use_is_never_formatted(machine: Machine, *, signature: bool) -> None:
    machine.attach(machine.add_disk())
    machine.boot()
    data = machine.root / "dev/nvme1n1p2"
    if not signature:
        Path(f"{data}.signature").unlink()
        data.write_bytes(b"records")
        os.truncate(data, 2 * MIB)
    machine.calls_file.unlink()
    done = machine.boot()
    assert (done.returncode, "holds data already" in done.stderr) == (0, True)
    assert not any(call.startswith("mkfs") for call in machine.calls())


def test_on_xen_the_device_name_leads_to_the_disk(machine: Machine) -> None:
    machine.add_disk("xvdb")
    assert machine.boot().returncode == 0
    assert "sfdisk --quiet /dev/xvdb" in machine.calls()
    assert "mkfs.ext4 -q -O ^64bit -L data /dev/xvdb2" in machine.calls()


def test_the_volume_s_id_wins_over_a_device_name(machine: Machine) -> None:
    machine.add_disk("xvdb")
    machine.attach(machine.add_disk("nvme7n1"))
    assert machine.boot().returncode == 0
    assert "sfdisk --quiet /dev/nvme7n1" in machine.calls()


def test_it_waits_for_a_volume_that_is_attached_after_the_boot(machine: Machine) -> None:
    disk = machine.add_disk("late")
    sleep = machine.programs / "sleep"
    sleep.write_text(f'#!/bin/bash\nln -s "{disk}" "{machine.root / DISK_BY_ID}"\n')
    sleep.chmod(0o755)
    assert machine.boot(PATIENCE="60").returncode == 0
    assert "sfdisk --quiet /dev/late" in machine.calls()


def test_a_volume_that_never_comes_is_named(machine: Machine) -> None:
    sleep = machine.programs / "sleep"
    sleep.write_text('#!/bin/bash\necho "sleep $*" >>"$CALLS"\n')
    sleep.chmod(0o755)
    done = machine.boot(PATIENCE="20", PAUSE="5")
    assert done.returncode == 1
    assert done.stderr == f"hacluster: {VOLUME} was not attached within 20 s\n"
    assert machine.calls().count("sleep 5") == 4


def test_user_data_is_the_script_with_the_node_s_values_in_front() -> None:
    text = bootstrap.linux_user_data("node-a", "us-east-1", VOLUME, "/dev/xvdb")
    lines = text.splitlines()
    assert lines[:5] == [
        "#!/bin/bash",
        "HOST_NAME=node-a",
        "REGION=us-east-1",
        f"MIRROR_VOLUME={VOLUME}",
        "MIRROR_DEVICE=/dev/xvdb",
    ]
    assert lines[5:] == SCRIPT.read_text().splitlines()[1:]


def test_a_hostile_value_stays_a_value(machine: Machine) -> None:
    text = bootstrap.linux_user_data("$(touch hacked); 'x", "r", "v", "d")
    shown = subprocess.run(
        ["bash", "-c", f'{text.splitlines()[1]}\necho "$HOST_NAME"'],
        capture_output=True,
        text=True,
        check=True,
        cwd=machine.root,
    )
    assert shown.stdout == "$(touch hacked); 'x\n"
    assert not (machine.root / "hacked").exists()


def test_user_data_fits_into_what_aws_takes() -> None:
    text = bootstrap.linux_user_data("n" * 63, "ap-southeast-1", VOLUME, "/dev/xvdb")
    assert len(text.encode()) < bootstrap.USER_DATA_LIMIT


def test_the_script_is_valid_bash() -> None:
    checked = subprocess.run(["bash", "-n", str(SCRIPT)], capture_output=True, check=False)
    assert (checked.returncode, checked.stderr) == (0, b"")


def test_sourcing_the_script_does_nothing(machine: Machine) -> None:
    variables = {"PATH": f"{machine.programs}:{os.environ['PATH']}"}
    subprocess.run(["bash", "-c", f"source {SCRIPT}"], env=variables, check=True)
    assert not machine.calls_file.exists()
