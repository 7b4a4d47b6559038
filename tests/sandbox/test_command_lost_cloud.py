import re
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.engineless import CommandLine

LOST = "the cloud of these stacks is gone with all that it held: ha-cluster/dev (7 resources)"


@pytest.fixture
def sandbox(tmp_path: Path) -> Iterator[CommandLine]:
    command = CommandLine(tmp_path / "box")
    assert command("start").returncode == 0
    command.give_a_stack("ha-cluster", "dev", 7)
    command.give_a_stack("ha-cluster", "empty", 0)
    yield command
    command("stop")


def end_by_kill(sandbox: CommandLine) -> None:
    sandbox.kill_cloud()


def end_by_stop(sandbox: CommandLine) -> None:
    sandbox("stop")


def end_by_emptying(sandbox: CommandLine) -> None:
    url = f"{sandbox.state().endpoint}/moto-api/reset"
    urllib.request.urlopen(urllib.request.Request(url, method="POST")).read()


def end_with_the_record(sandbox: CommandLine) -> None:
    sandbox("stop")
    (sandbox.directory / "state.json").unlink()


@pytest.fixture(params=[end_by_kill, end_by_stop, end_by_emptying, end_with_the_record])
def lost(sandbox: CommandLine, request: pytest.FixtureRequest) -> CommandLine:
    request.param(sandbox)
    return sandbox


def test_nothing_runs_while_the_cloud_of_a_stack_is_lost(lost: CommandLine) -> None:
    for words, printed in (
        (["start"], ""),
        (["env"], "false\n"),
        (["run", "--", "echo", "ran"], ""),
    ):
        done = lost(*words)
        assert (done.returncode, done.stdout) == (1, printed), words
        assert LOST in done.stderr, words
        assert "empty" not in done.stderr.replace("empty cloud", ""), words
        assert "start --fresh discards these stacks" in done.stderr, words


def test_status_shows_whose_cloud_is_gone(lost: CommandLine) -> None:
    done = lost("status")
    assert done.returncode == 1
    rows = {line.split()[1]: line for line in done.stdout.splitlines() if "ha-cluster/" in line}
    assert "gone" in rows["ha-cluster/dev"]
    assert "gone" not in rows["ha-cluster/empty"]
    assert LOST in done.stderr


def test_a_fresh_start_discards_the_stacks_by_name_and_works(lost: CommandLine) -> None:
    history = lost.directory / "backend" / ".pulumi" / "history" / "ha-cluster"
    (lost.directory / "project").mkdir(exist_ok=True)
    for name in ("dev", "empty"):
        (lost.directory / "project" / f"Pulumi.{name}.yaml").write_text("encryptionsalt: old\n")
        (history / name).mkdir(parents=True)
    fresh = lost("start", "--fresh")
    assert fresh.returncode == 0, fresh.stderr
    assert "discarded: ha-cluster/dev (7 resources)\n" in fresh.stderr
    assert "kept, because they have no resources: ha-cluster/empty (0 resources)\n" in fresh.stderr
    assert lost("status").returncode == 0
    assert "ha-cluster/dev" not in lost("status").stdout
    assert "ha-cluster/empty" in lost("status").stdout
    assert [path.name for path in history.iterdir()] == ["empty"]
    assert "old" in (lost.directory / "project" / "Pulumi.empty.yaml").read_text()
    stack_file = lost.directory / "project" / "Pulumi.dev.yaml"
    assert not stack_file.exists() or "encryptionsalt" not in stack_file.read_text()


def test_a_fresh_start_names_the_stacks_of_other_projects_too(sandbox: CommandLine) -> None:
    sandbox.give_a_stack("shop", "dev", 2)
    sandbox.kill_cloud()
    fresh = sandbox("start", "--fresh")
    assert "discarded: ha-cluster/dev (7 resources), shop/dev (2 resources)\n" in fresh.stderr


def test_a_stack_that_has_its_cloud_says_so(sandbox: CommandLine) -> None:
    done = sandbox("status")
    assert done.returncode == 0, done.stderr
    rows = [
        [cell.strip(" ┃│") for cell in re.split("[┃│]", line)] for line in done.stdout.splitlines()
    ]
    assert ["", "stack", "in the cloud", "its cloud", ""] in rows
    assert ["", "ha-cluster/dev", "7", "this one", ""] in rows


def test_stacks_that_came_from_another_cloud_are_lost_although_a_cloud_runs(
    sandbox: CommandLine,
) -> None:
    (sandbox.directory / "backend" / "cloud-id").write_text("another\n")
    assert LOST in sandbox("start").stderr
    assert LOST in sandbox("env").stderr


def test_a_create_that_was_interrupted_counts_as_a_resource(sandbox: CommandLine) -> None:
    folder = sandbox.directory / "backend" / ".pulumi" / "stacks" / "ha-cluster"
    (folder / "dev.json").unlink()
    pending = '{"resource": {"type": "aws:ec2/vpc:Vpc", "custom": true}, "type": "creating"}'
    (folder / "cut.json").write_text(
        '{"version": 3, "checkpoint": {"latest": {"pending_operations": [' + pending + "]}}}"
    )
    sandbox.kill_cloud()
    assert "ha-cluster/cut (1 resources)" in sandbox("start").stderr


def test_a_checkpoint_that_cannot_be_read_is_named(sandbox: CommandLine) -> None:
    broken = sandbox.directory / "backend" / ".pulumi" / "stacks" / "ha-cluster" / "dev.json"
    broken.write_text('{"version": 3, "checkp')
    sandbox.kill_cloud()
    done = sandbox("start")
    assert (done.returncode, "Traceback" in done.stderr) == (1, False)
    assert f"the checkpoint {broken} cannot be read" in done.stderr
    fresh = sandbox("start", "--fresh")
    assert fresh.returncode == 0
    assert "discarded: ha-cluster/dev (its checkpoint cannot be read)\n" in fresh.stderr
    assert not broken.exists()
