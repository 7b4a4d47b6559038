"""Starting and ending a lab, with a supervisor that only says what a lab would say."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import psutil
import pytest

from lab import lifecycle
from lab.errors import LabError
from sandbox.processes import ServerProcess, start_server

SANDBOX = {"AWS_ENDPOINT_URL": "http://127.0.0.1:4566", "PATH": os.environ["PATH"]}
READY = "print('ready', flush=True); import time; time.sleep(60)"
Supervise = Callable[[str], None]


@pytest.fixture(autouse=True)
def everything_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lifecycle, "require_programs", lambda: None)


@pytest.fixture
def supervise(monkeypatch: pytest.MonkeyPatch) -> Supervise:
    """Let another program be the lab."""

    def by(program: str) -> None:
        def start(_command: list[str], **how: Any) -> ServerProcess:
            return start_server([sys.executable, "-I", "-S", "-c", program], **how)

        monkeypatch.setattr(lifecycle, "start_server", start)

    return by


@pytest.fixture
def directory(tmp_path: Path) -> Iterator[Path]:
    """A lab's directory, not made yet; a lab that a test leaves there is ended."""
    yield tmp_path / "lab"
    lifecycle.end(tmp_path / "lab", lambda _: None)


@pytest.fixture
def told() -> list[str]:
    return []


def start(directory: Path, told: list[str], environment: dict[str, str] = SANDBOX) -> None:
    lifecycle.start(directory, {"cluster_name": "ha-cluster-dev"}, environment, told.append)


@pytest.mark.parametrize(
    "environment",
    [{}, {"AWS_ENDPOINT_URL": "https://ec2.us-east-1.amazonaws.com"}],
    ids=["no endpoint", "an AWS that is real"],
)
def test_a_lab_starts_in_the_sandboxs_environment_alone(
    tmp_path: Path, told: list[str], environment: dict[str, str]
) -> None:
    with pytest.raises(LabError, match=r"^the lab shows a stack in the sandbox\. Remedy: eval "):
        start(tmp_path / "lab", told, environment)
    assert not (tmp_path / "lab").exists()


def test_a_lab_runs_until_it_is_ended_and_nothing_is_left(
    directory: Path, told: list[str], supervise: Supervise
) -> None:
    supervise(READY)
    start(directory, told)
    assert lifecycle.running(directory)
    assert json.loads((directory / "outputs.json").read_text())["cluster_name"] == "ha-cluster-dev"
    assert directory.stat().st_mode & 0o777 == 0o700
    lifecycle.end(directory, told.append)
    assert not lifecycle.running(directory)
    assert not directory.exists()
    assert told == ["ended; nothing is left"]


def test_a_lab_that_runs_is_not_started_again(
    directory: Path, told: list[str], supervise: Supervise
) -> None:
    supervise(READY)
    start(directory, told)
    before = (directory / "state.json").read_text()
    start(directory, told)
    assert (directory / "state.json").read_text() == before
    lifecycle.end(directory, told.append)
    assert told == ["the lab runs already; python -m lab down ends it", "ended; nothing is left"]


def test_what_a_killed_lab_has_left_is_removed_before_another_starts(
    directory: Path, told: list[str], supervise: Supervise
) -> None:
    supervise(READY)
    start(directory, told)
    killed = lifecycle.recorded(directory)
    assert killed is not None
    psutil.Process(killed.pid).kill()
    while killed.find() is not None:
        time.sleep(0.005)
    (directory / "virtual-ip").touch()
    (directory / "node-a.log").touch()
    start(directory, told)
    assert lifecycle.running(directory)
    assert lifecycle.recorded(directory) != killed
    left = {path.name for path in directory.iterdir()}
    assert left == {"lock", "outputs.json", "state.json", "lab.log", "lab.out"}
    lifecycle.end(directory, told.append)


def test_a_process_that_has_the_id_of_a_lab_by_chance_is_no_lab(
    tmp_path: Path, told: list[str]
) -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as another:
        state = asdict(ServerProcess(another.pid, created=1.0))
        (tmp_path / "state.json").write_text(json.dumps(state))
        assert not lifecycle.running(tmp_path)
        lifecycle.end(tmp_path, told.append)
        assert another.poll() is None
        another.communicate()
    assert told == ["no lab was running"]


def test_a_state_that_cannot_be_read_is_no_lab(tmp_path: Path) -> None:
    for text in ("", "{}", "[1]", '{"pid": 1}'):
        (tmp_path / "state.json").write_text(text)
        assert not lifecycle.running(tmp_path)


def test_where_no_lab_is_none_is_ended(tmp_path: Path, told: list[str]) -> None:
    lifecycle.end(tmp_path / "lab", told.append)
    assert told == ["no lab is there"]
    assert not (tmp_path / "lab").exists()


def test_a_lab_that_says_why_it_cannot_start_is_quoted(
    directory: Path, told: list[str], supervise: Supervise
) -> None:
    supervise("print('error: no plan', flush=True)")
    with pytest.raises(LabError, match=r"^no plan$"):
        start(directory, told)
    assert not lifecycle.running(directory)


def test_a_lab_that_dies_without_a_word_is_told_with_the_end_of_its_logs(
    directory: Path, told: list[str], supervise: Supervise
) -> None:
    supervise("import sys; sys.stderr.write('no such kernel module')")
    with pytest.raises(LabError, match=r"^it did not start\nno such kernel module$"):
        start(directory, told)
    assert (directory / "lab.log").exists()


@pytest.mark.parametrize("name", ["notes.txt", "folder"])
def test_a_folder_with_anything_else_in_it_is_neither_used_nor_removed(
    directory: Path, told: list[str], supervise: Supervise, name: str
) -> None:
    supervise(READY)
    directory.mkdir(exist_ok=True)
    (directory / name).mkdir()
    message = f"{directory} holds {name}, which is not the lab's"
    with pytest.raises(LabError, match=message):
        start(directory, told)
    with pytest.raises(LabError, match=message):
        lifecycle.end(directory, told.append)
    (directory / name).rmdir()  # it is there
