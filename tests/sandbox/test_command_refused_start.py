from pathlib import Path

import pytest

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
