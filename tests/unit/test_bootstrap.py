"""The boot script without a cluster, run for real; what it calls is a recording stand-in."""

import subprocess
from pathlib import Path

import pytest

from components.cluster_description import LinuxMirror
from tests.support.machine import Machine


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def test_a_new_node_gets_its_name_its_region_and_its_partitions(machine: Machine) -> None:
    machine.attach(machine.add_disk())
    machine.change(host_name="Node-A")
    done = machine.boot()
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
        (
            "aws ec2 describe-vpcs --vpc-ids vpc-0123456789abcdef0 --output text"
            " --query Vpcs[0].[VpcId,CidrBlock]"
        ),
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


def test_a_mirror_of_xfs_gets_xfs(machine: Machine) -> None:
    machine.change(mirror=LinuxMirror("sync", "xfs", "/mnt/mirror"))
    machine.replace("usr/sbin/mkfs.xfs", 'echo "mkfs.xfs $*" >>"$CALLS"')
    machine.tool("usr/sbin/mkfs.ext4").unlink()
    machine.attach(machine.add_disk())
    assert machine.boot().returncode == 0
    assert "mkfs.xfs -q -L data /dev/nvme1n1p2" in machine.calls()


def test_the_script_is_valid_bash(machine: Machine) -> None:
    checked = subprocess.run(["bash", "-n", machine.script()], capture_output=True, check=False)
    assert (checked.returncode, checked.stderr) == (0, b"")


def test_sourcing_the_script_does_nothing(machine: Machine) -> None:
    assert machine.call("true").returncode == 0
    assert machine.calls() == []
