"""The boot script, run for real; what it calls is a recording stand-in."""

import subprocess
from pathlib import Path

import pytest

from components import bootstrap
from tests.support.machine import SCRIPT, VOLUME, Machine


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def test_a_new_node_gets_its_name_its_region_and_its_partitions(machine: Machine) -> None:
    machine.attach(machine.add_disk())
    done = machine.boot(HOST_NAME="Node-A")
    assert (done.returncode, done.stderr) == (0, "hacluster: this node is prepared\n")
    assert machine.calls() == [
        "hostnamectl set-hostname node-a",
        "aws configure get default.region",
        "aws configure set region eu-west-1 --profile default",
        "aws configure get default.region",
        "sfdisk --part-label /dev/nvme1n1 1",
        "wipefs --noheadings /dev/nvme1n1",
        "sfdisk --quiet /dev/nvme1n1",
        "label: gpt",
        "start=1MiB, size=1024MiB, name=cluster",
        "name=data",
        "udevadm settle",
        "wipefs --noheadings /dev/nvme1n1p1",
        "wipefs --noheadings /dev/nvme1n1p2",
        "mkfs.ext4 -q -O ^64bit -L data /dev/nvme1n1p2",
    ]
    kept = machine.root / "etc/cloud/cloud.cfg.d/99-hacluster.cfg"
    assert kept.read_text() == "preserve_hostname: true\n"


def test_a_second_run_formats_nothing_and_repeats_no_line(machine: Machine) -> None:
    machine.attach(machine.add_disk())
    machine.boot()
    machine.calls_file.unlink()
    done = machine.boot()
    assert done.returncode == 0
    assert machine.changed_disks() == []
    assert not any(call.startswith("aws configure set") for call in machine.calls())


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
    assert machine.call("true").returncode == 0
    assert machine.calls() == []
