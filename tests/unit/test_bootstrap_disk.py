"""What the boot script does to a disk, and what it never does."""

import os
from pathlib import Path

import pytest

from tests.support.machine import DISK_SIZE, MIB, VOLUME, Machine

IMAGES = Path(__file__).parents[2] / "docs/images.md"


def write(disk: Path, at: int) -> None:
    with disk.open("r+b") as opened:
        opened.seek(at)
        opened.write(b"x")


def advice(stderr: str, beginning: str) -> str:
    """Return the command that the line with this beginning gives."""
    found = [line.partition(beginning)[2] for line in stderr.splitlines() if beginning in line]
    assert len(found) == 1
    return found[0]


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def test_a_run_that_was_cut_short_is_finished_by_the_next(machine: Machine) -> None:
    machine.attach(machine.add_disk())
    broken = machine.tool("usr/sbin/mkfs.ext4")
    whole = broken.read_text()
    machine.replace("usr/sbin/mkfs.ext4", "exit 1")
    assert machine.boot().returncode == 1
    broken.write_text(whole)
    assert machine.boot().returncode == 0
    assert "mkfs.ext4 -q -O ^64bit -L data /dev/nvme1n1p2" in machine.calls()
    assert sum(call.startswith("sfdisk --quiet") for call in machine.calls()) == 1


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
    assert "nvme1n1 is not blank; nothing on it was changed" in done.stderr
    assert machine.changed_disks() == []


@pytest.mark.parametrize("at", [0, MIB - 1, MIB, 2 * MIB - 1, 1025 * MIB, 1026 * MIB - 1])
def test_a_disk_with_raw_data_and_no_signature_is_left_alone(machine: Machine, at: int) -> None:
    disk = machine.add_disk()
    write(disk, at)
    machine.attach(disk)
    assert machine.boot().returncode == 1
    assert machine.changed_disks() == []


def test_a_file_system_where_the_cluster_partition_belongs_is_left_alone(machine: Machine) -> None:
    machine.attach(machine.add_disk())
    machine.boot()
    (machine.root / "dev/nvme1n1p1.signature").write_text("ext4")
    machine.calls_file.unlink()
    done = machine.boot()
    assert done.returncode == 1
    assert "nvme1n1p1 must be raw, but has a signature; nothing on it was changed" in done.stderr
    assert machine.changed_disks() == []
    assert machine.type(advice(done.stderr, "to discard what is on it: ")).returncode == 0
    assert machine.boot().returncode == 0


def test_the_log_s_own_commands_discard_a_disk_and_prepare_the_node(machine: Machine) -> None:
    disk = machine.add_disk()
    Path(f"{disk}.signature").write_text("dos")
    for at in (0, 500 * MIB, 1025 * MIB):  # a file system begins where the data partition will
        write(disk, at)
    machine.attach(disk)
    refused = machine.boot()
    assert refused.returncode == 1
    again = advice(refused.stderr, "run this script again as root: ")
    assert again == f"bash {machine.root}/var/lib/cloud/instance/scripts/part-001 {VOLUME}"
    assert again.replace(str(machine.root), "").replace(VOLUME, "VOLUME") in IMAGES.read_text()
    assert machine.type(again).returncode == 1
    discard = advice(refused.stderr, "to discard all that is on it: ")
    assert discard.replace(str(disk), "DISK") in IMAGES.read_text()
    assert machine.type(discard).returncode == 0
    assert disk.stat().st_size == DISK_SIZE
    done = machine.type(again)
    assert (done.returncode, done.stderr) == (0, "hacluster: this node is prepared\n")
    assert "mkfs.ext4 -q -O ^64bit -L data /dev/nvme1n1p2" in machine.calls()
    disk.unlink()  # it is no longer sparse


def test_a_disk_that_is_partitioned_by_hand_is_taken_with_its_data(machine: Machine) -> None:
    disk = machine.add_disk()
    Path(f"{disk}.signature").write_text("gpt")
    machine.attach(disk)
    refused = machine.boot()
    assert refused.returncode == 1
    for number in (1, 2):
        machine.add_disk(f"nvme1n1p{number}")
    (machine.root / "dev/nvme1n1p2.signature").write_text("xfs")
    again = advice(refused.stderr, "run this script again as root: ")
    assert machine.type(again).returncode == 1
    keep = advice(refused.stderr, "if 1 is raw (1024MiB) and 2 holds the data: ")
    assert keep.replace(str(disk), "DISK") in IMAGES.read_text()
    assert machine.type(keep).returncode == 0
    done = machine.type(again)
    assert done.returncode == 0
    assert "nvme1n1p2 holds data already" in done.stderr
    assert machine.changed_disks() == []


@pytest.mark.parametrize("names", [(), ("cluster",), ("EFI", "root"), ("data", "cluster")])
def test_a_disk_of_another_system_is_left_alone(machine: Machine, names: tuple[str, ...]) -> None:
    disk = machine.add_disk()
    Path(f"{disk}.signature").write_text("gpt")
    for number in (1, 2):  # both look blank
        machine.add_disk(f"nvme1n1p{number}")
    for number, name in enumerate(names, 1):
        Path(f"{disk}.name{number}").write_text(f"{name}\n")
    machine.attach(disk)
    done = machine.boot()
    assert done.returncode == 1
    assert "nvme1n1 is not blank; nothing on it was changed" in done.stderr
    assert machine.changed_disks() == []


def test_it_waits_for_partitions_that_are_in_the_table_already(machine: Machine) -> None:
    disk = machine.add_disk()
    machine.attach(disk)
    machine.boot()
    partitions = [machine.root / f"dev/nvme1n1p{number}" for number in (1, 2)]
    for partition in partitions:
        partition.unlink()
    assert "the partitions of" in machine.boot().stderr
    machine.replace("usr/bin/sleep", "touch " + " ".join(map(str, partitions)))
    assert machine.boot(PATIENCE="60").returncode == 0


def test_another_volume_is_taken_when_its_id_is_given(machine: Machine) -> None:
    refused = machine.boot()
    assert f"hacluster: {VOLUME} was not attached within 0 s" in refused.stderr
    machine.attach(machine.add_disk("nvme2n1"), "vol-0fedcba9876543210")
    again = advice(refused.stderr, "run this script again as root: ")
    assert machine.type(again).returncode == 1
    done = machine.type(again.replace(VOLUME, "vol-0fedcba9876543210"))
    assert (done.returncode, done.stderr) == (0, "hacluster: this node is prepared\n")
    assert "sfdisk --quiet /dev/nvme2n1" in machine.calls()


def test_what_is_not_the_id_of_a_volume_is_named_before_anything_is_changed(
    machine: Machine,
) -> None:
    machine.change(volume_id="/dev/sdb")
    done = machine.boot()
    assert done.returncode == 1
    assert done.stderr.startswith("hacluster: /dev/sdb is not the id of a volume (vol-...)\n")
    assert machine.calls() == []


def test_a_disk_that_cannot_be_read_is_left_alone(machine: Machine) -> None:
    machine.attach(machine.add_disk())
    machine.replace("usr/sbin/wipefs", "exit 1")
    done = machine.boot()
    assert (done.returncode, "cannot be read" in done.stderr) == (1, True)
    assert machine.changed_disks() == []


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
    assert machine.changed_disks() == []


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
    machine.replace("usr/bin/sleep", f'ln -s "{disk}" "{machine.link()}"')
    assert machine.boot(PATIENCE="60").returncode == 0
    assert "sfdisk --quiet /dev/late" in machine.calls()


def test_a_volume_that_never_comes_is_named(machine: Machine) -> None:
    machine.replace("usr/bin/sleep", 'echo "sleep $*" >>"$CALLS"')
    done = machine.boot(PATIENCE="20", PAUSE="5")
    assert done.returncode == 1
    assert done.stderr.startswith(f"hacluster: {VOLUME} was not attached within 20 s: attach it, ")
    assert machine.calls().count("sleep 5") == 4
