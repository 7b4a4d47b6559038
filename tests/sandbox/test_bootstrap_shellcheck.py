"""The boot script's sections and whole scripts under shellcheck."""

import subprocess
import sys
from pathlib import Path

import pytest

from components import bootstrap
from components.bootstrap.linux import linux_script
from tests.support.cluster_machines import World
from tests.support.machine import NODE
from tests.support.pacemaker_machines import boot

SHELLCHECK = Path(sys.executable).parent / "shellcheck"
SECTIONS = sorted((Path(bootstrap.__file__).parent / "linux").glob("*.sh"))
# A section alone uses and sets what other sections set and use.
OF_OTHER_SECTIONS = "SC2034,SC2153,SC2154"


def shellcheck(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [SHELLCHECK, "--norc", *arguments], capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize("section", SECTIONS, ids=lambda path: path.name)
def test_a_section_is_clean(section: Path) -> None:
    done = shellcheck(f"--exclude={OF_OTHER_SECTIONS}", str(section))
    assert (done.returncode, done.stdout) == (0, "")


def test_a_whole_script_is_clean_with_nothing_excluded(tmp_path: Path) -> None:
    world = World(tmp_path)
    scripts = {"cluster.sh": linux_script(world.a.node, world.boot)}
    scripts["node.sh"] = linux_script(NODE, None)
    scripts["pacemaker.sh"] = linux_script(NODE, boot())
    for name, text in scripts.items():
        (tmp_path / name).write_text(text)
        done = shellcheck(str(tmp_path / name))
        assert (done.returncode, done.stdout) == (0, "")


def test_shellcheck_finds_a_fault(tmp_path: Path) -> None:
    script = tmp_path / "script.sh"
    script.write_text(linux_script(NODE, None) + "rm $1\n")
    assert "SC2086" in shellcheck(str(script)).stdout
