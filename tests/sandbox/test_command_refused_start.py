import errno
import os
from pathlib import Path

import pytest

from sandbox.errors import SandboxError, naming_folder
from tests.support.engineless import CommandLine


@pytest.fixture
def sandbox(tmp_path: Path) -> CommandLine:
    return CommandLine(tmp_path / "box")


def break_the_copy(sandbox: CommandLine) -> Path:
    broken = sandbox.directory / "project" / "Pulumi.dev.yaml"
    broken.parent.mkdir(parents=True)
    broken.write_text("config: [\n")
    return broken


def test_a_project_that_cannot_be_copied_is_named_and_no_server_started(
    sandbox: CommandLine,
) -> None:
    broken = break_the_copy(sandbox)
    done = sandbox("start")
    assert (done.returncode, "Traceback" in done.stderr) == (1, False)
    assert f"error: {broken} is not YAML: " in done.stderr
    assert f'in "{broken}", line 2, column 1' in done.stderr
    assert not (sandbox.directory / "state.json").exists()


def test_a_fresh_start_discards_a_broken_copy(sandbox: CommandLine) -> None:
    break_the_copy(sandbox)
    started = sandbox("start", "--fresh")
    sandbox("stop")
    assert started.returncode == 0, started.stderr


@pytest.mark.parametrize("words", [["start"], ["start", "--fresh"], ["stop"], ["demo"]])
def test_a_folder_that_cannot_be_made_is_named(words: list[str], tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    for folder in (Path("/proc/no-such-folder"), tmp_path / "file", tmp_path / "file" / "box"):
        done = CommandLine(folder)(*words)
        assert (done.returncode, "Traceback" in done.stderr) == (1, False), done.stderr
        assert f"error: the sandbox's folder {folder} cannot be used: " in done.stderr
        assert "or name another one with --directory" in done.stderr


def test_a_disk_that_is_full_is_told_of_the_folder(tmp_path: Path) -> None:
    with (
        pytest.raises(SandboxError, match=f"folder {tmp_path} cannot be used: .*No space left"),
        naming_folder(tmp_path),
    ):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def test_a_fault_of_something_else_is_not_blamed_on_the_folder(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError), naming_folder(tmp_path / "box"):
        (tmp_path / "elsewhere").read_text()
