"""What the lab needs of the machine is named by the package that brings it."""

import platform
import re
import subprocess
import sys
from pathlib import Path

import pytest

from lab import programs
from lab.errors import LabError
from lab.programs import PACKAGES, missing_packages, require_programs


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine with everything, in one folder: programs there, and a file for each agent."""
    monkeypatch.setattr(programs, "SEARCH_PATH", str(tmp_path))
    files = {
        package: tuple(str(tmp_path / "agent") if "/" in each else each for each in brought)
        for package, brought in PACKAGES.items()
    }
    monkeypatch.setattr(programs, "PACKAGES", files)
    for name in (each for brought in files.values() for each in brought):
        (tmp_path / name).touch(mode=0o755)
    return tmp_path


def test_nothing_is_missing_where_every_program_is(folder: Path) -> None:
    assert missing_packages() == []
    (folder / "of-no-use").touch()
    assert missing_packages() == []


def test_a_package_is_missing_as_soon_as_one_of_its_programs_is(folder: Path) -> None:
    for name in ("setpriv", "agent", "ip"):
        (folder / name).unlink()
    assert missing_packages() == ["iproute2", "util-linux", "resource-agents"]


def test_a_file_that_cannot_be_run_is_no_program(folder: Path) -> None:
    (folder / "nft").chmod(0o644)
    assert missing_packages() == ["nftables"]


def test_what_is_missing_is_named_as_apt_get_takes_it(folder: Path) -> None:
    for name in ("corosync", "crm_mon"):
        (folder / name).unlink()
    with pytest.raises(LabError) as caught:
        require_programs()
    assert str(caught.value) == (
        "the lab needs programs of Debian packages that are not here. Remedy: "
        "apt-get install --no-install-recommends corosync pacemaker-cli-utils"
    )


@pytest.mark.parametrize(
    ("release", "name"),
    [
        ({"ID": "debian", "VERSION_ID": "12"}, "fence-agents"),
        ({"ID": "debian", "VERSION_ID": "13"}, "fence-agents-aws"),
        ({"ID": "debian"}, "fence-agents-aws"),
        ({"ID": "other", "VERSION_ID": "12"}, "fence-agents-aws"),
    ],
    ids=str,
)
def test_a_package_is_named_as_this_release_of_debian_calls_it(
    folder: Path, monkeypatch: pytest.MonkeyPatch, release: dict[str, str], name: str
) -> None:
    for program in ("fence_aws", "nft"):
        (folder / program).unlink()
    monkeypatch.setattr(platform, "freedesktop_os_release", lambda: release)
    assert missing_packages() == ["nftables", name]


def test_a_system_without_a_name_is_taken_for_the_newest(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unknown() -> None:
        raise FileNotFoundError

    (folder / "fence_aws").unlink()
    monkeypatch.setattr(platform, "freedesktop_os_release", unknown)
    assert missing_packages() == ["fence-agents-aws"]


def test_a_user_who_may_not_make_namespaces_is_told_how_to(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "unshare").write_text("#!/bin/sh\nexit 1\n")
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")
    with pytest.raises(LabError, match=r"^this user may not make namespaces\. Remedy: allow user"):
        require_programs()
    (folder / "unshare").write_text("#!/bin/sh\nexit 0\n")
    require_programs()


def test_a_python_without_any_package_says_what_is_missing(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-S", "-m", "lab.programs"],
        cwd=Path(__file__).parents[2],
        env={"PATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr == ""
    assert re.fullmatch(
        r"error: the lab needs programs of Debian packages that are not here\. Remedy: "
        r"apt-get install --no-install-recommends .*\butil-linux\b.*\n",
        done.stdout,
    )
