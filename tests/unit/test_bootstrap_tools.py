"""The tools that the boot script needs, checked before it changes anything."""

import re
from pathlib import Path

import pytest

from tests.support.machine import SCRIPT, Machine

IMAGES = Path(__file__).parents[2] / "docs/images.md"


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    machine = Machine(tmp_path)
    machine.attach(machine.add_disk())
    return machine


def declared() -> list[str]:
    found = re.search(r"^TOOLS=\((.*)\)$", SCRIPT.read_text(), re.MULTILINE)
    assert found is not None
    return found[1].split()


def test_the_page_about_images_lists_the_tools_that_are_checked() -> None:
    rows = re.findall(r"^\| (`.*?`) \|", IMAGES.read_text(), re.MULTILINE)
    listed = re.findall(r"`(.*?)`", " ".join(rows))
    assert sorted(listed) == sorted([*declared(), "bash", "cloud-init"])


def test_it_needs_the_tools_that_it_declares_and_no_others(machine: Machine) -> None:
    tools = {path.name for path in machine.root.glob("usr/**/*bin/*")}
    assert tools == set(declared())
    assert machine.boot().returncode == 0


@pytest.mark.parametrize("tool", declared())
def test_a_missing_tool_is_named_before_anything_is_changed(machine: Machine, tool: str) -> None:
    for found in machine.root.glob(f"usr/**/{tool}"):
        found.unlink()
    done = machine.boot()
    assert done.returncode == 1
    assert done.stderr.startswith(f"hacluster: the image must bring {tool}: not found in ")
    assert machine.calls() == []
    assert not (machine.root / "etc").exists()


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
