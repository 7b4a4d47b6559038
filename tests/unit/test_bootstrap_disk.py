"""What the boot script does to a disk, and what it never does."""

import os
from pathlib import Path

import pytest

from tests.support.machine import DISK_BY_ID, MIB, VOLUME, Machine


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
    machine.replace("usr/sbin/wipefs", "exit 1")
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
    machine.replace("usr/bin/sleep", f'ln -s "{disk}" "{machine.root / DISK_BY_ID}"')
    assert machine.boot(PATIENCE="60").returncode == 0
    assert "sfdisk --quiet /dev/late" in machine.calls()


def test_a_volume_that_never_comes_is_named(machine: Machine) -> None:
    machine.replace("usr/bin/sleep", 'echo "sleep $*" >>"$CALLS"')
    done = machine.boot(PATIENCE="20", PAUSE="5")
    assert done.returncode == 1
    assert done.stderr.startswith(f"hacluster: {VOLUME} was not attached within 20 s\n")
    assert machine.calls().count("sleep 5") == 4
