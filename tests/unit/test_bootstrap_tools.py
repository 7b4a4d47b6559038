"""The tools that the boot script needs, checked before it changes anything."""

import dataclasses
import re
from pathlib import Path

import pytest

from components.cluster_description import LinuxMirror
from tests.support.cluster_machines import World
from tests.support.machine import Machine

IMAGES = Path(__file__).parents[2] / "docs/images.md"
TOOLS = ["aws", "cmp", "getent", "hostnamectl", "mkdir", "mkfs.ext4", "mv", "readlink", "rm"]
TOOLS += ["sfdisk", "sleep", "timeout", "udevadm", "wipefs"]
OF_THE_CLUSTER = ["journalctl", "rpm", "sha256sum", "systemctl"]
OF_A_DEB = ["dpkg", "dpkg-deb", "dpkg-query"]


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    machine = Machine(tmp_path)
    machine.attach(machine.add_disk())
    return machine


def declared(machine: Machine) -> list[str]:
    """Return the tools that the script checks."""
    return sorted(machine.call('echo "${TOOLS[@]}"').stdout.split())


def test_the_page_about_images_lists_the_tools_that_are_checked() -> None:
    rows = re.findall(r"^\| (`.*?`) \|", IMAGES.read_text(), re.MULTILINE)
    listed = re.findall(r"`(.*?)`", " ".join(rows))
    known = [*TOOLS, *OF_THE_CLUSTER, *OF_A_DEB, "mkfs.xfs", "bash", "cloud-init"]
    assert sorted(listed) == sorted(known)


def test_the_page_about_images_lists_what_the_status_file_says(machine: Machine) -> None:
    machine.boot()
    rows = re.findall(r"^\| `(\w+)` \|", IMAGES.read_text(), re.MULTILINE)
    assert set(machine.status()) <= set(rows)


def test_what_a_node_needs_depends_on_its_file_system_and_its_package(tmp_path: Path) -> None:
    machine = World(tmp_path).a
    assert machine.cluster is not None
    assert declared(machine) == sorted([*TOOLS, *OF_THE_CLUSTER])
    key = "expresscls-5.3.0-1.amd64.deb"
    machine.cluster = dataclasses.replace(machine.cluster, package_key=key)
    assert declared(machine) == sorted({*TOOLS, *OF_THE_CLUSTER, *OF_A_DEB} - {"rpm"})
    machine.cluster = None
    machine.change(mirror=LinuxMirror("sync", "xfs", "/mnt/mirror"))
    assert declared(machine) == sorted({*TOOLS, "mkfs.xfs"} - {"mkfs.ext4"})


def test_it_needs_the_tools_that_it_declares_and_no_others(machine: Machine) -> None:
    tools = {path.name for path in machine.root.glob("usr/**/*bin/*")}
    assert tools == set(TOOLS) == set(declared(machine))
    assert machine.boot().returncode == 0


def test_with_a_cluster_it_needs_those_of_the_product_s_steps_and_no_others(
    tmp_path: Path,
) -> None:
    world = World(tmp_path)
    tools = {path.name for path in world.a.root.glob("usr/**/*bin/*")}
    assert tools == {*TOOLS, *OF_THE_CLUSTER}
    world.build()


@pytest.mark.parametrize("tool", TOOLS)
def test_a_missing_tool_is_named_before_anything_is_changed(machine: Machine, tool: str) -> None:
    for found in machine.root.glob(f"usr/**/{tool}"):
        found.unlink()
    done = machine.boot()
    assert done.returncode == 1
    assert done.stderr.startswith(f"hacluster: the image must bring {tool}: not found in ")
    assert machine.calls() == []
    assert not (machine.root / "etc").exists()


@pytest.mark.parametrize("tool", OF_THE_CLUSTER)
def test_a_missing_tool_of_the_cluster_s_is_named_just_as_early(tmp_path: Path, tool: str) -> None:
    machine = World(tmp_path).a
    machine.tool(f"usr/bin/{tool}").unlink()
    done = machine.boot()
    assert done.stderr.startswith(f"hacluster: the image must bring {tool}: not found in ")
    assert machine.calls() == []


def test_all_missing_tools_are_named_in_one_message(machine: Machine) -> None:
    for name in ("local/bin/aws", "sbin/sfdisk", "sbin/wipefs"):
        machine.tool(f"usr/{name}").unlink()
    message = machine.boot().stderr.splitlines()[0]
    assert message.startswith("hacluster: the image must bring aws sfdisk wipefs: not found in ")


@pytest.mark.parametrize(
    "folder", ["usr/local/sbin", "usr/local/bin", "usr/sbin", "usr/bin", "sbin", "bin"]
)
def test_a_tool_is_found_whatever_path_cloud_init_has(machine: Machine, folder: str) -> None:
    machine.tool("usr/local/bin/aws").rename(machine.tool(f"{folder}/aws"))
    assert machine.boot().returncode == 0
