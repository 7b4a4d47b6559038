"""The lab's command line: what is sent to the lab, and the exit code that comes of its answer."""

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from lab import control
from lab.__main__ import main

Requests = list[dict[str, Any]]


@pytest.fixture
def asked() -> Requests:
    """What the lab was asked."""
    return []


@pytest.fixture
def directory(tmp_path: Path, asked: Requests) -> Iterator[Path]:
    """A lab that repeats its command's name, and whose exit code is 7."""

    def answer(request: dict[str, Any], tell: control.Tell) -> int:
        asked.append(request)
        tell(request["command"])
        return 7

    server = control.listen(tmp_path / control.NAME, answer)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield tmp_path
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize(
    ("words", "request_"),
    [
        (["status"], {"command": "status"}),
        (["accept"], {"command": "accept"}),
        (["drill"], {"command": "drill", "scenarios": []}),
        (["drill", "d2", "D10"], {"command": "drill", "scenarios": ["D2", "D10"]}),
        (["bench"], {"command": "bench", "runs": 3, "data": "", "picture": ""}),
        (
            ["run", "node-a", "--", "crm_mon", "-1"],
            {"command": "run", "host": "node-a", "words": ["crm_mon", "-1"]},
        ),
        (
            ["run", "node-a", "ip", "--", "addr"],
            {"command": "run", "host": "node-a", "words": ["ip", "--", "addr"]},
        ),
    ],
)
def test_a_command_is_a_request_and_its_exit_code_is_the_labs(
    directory: Path,
    asked: Requests,
    capsys: pytest.CaptureFixture[str],
    words: list[str],
    request_: dict[str, Any],
) -> None:
    assert main(["--directory", str(directory), *words]) == 7
    assert asked == [request_]
    assert capsys.readouterr().out == f"{request_['command']}\n"


def test_files_are_named_to_the_lab_by_their_whole_paths(
    directory: Path, asked: Requests, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The lab works in another folder than who asks it."""
    monkeypatch.chdir(directory)
    main(["--directory", ".", "bench", "--runs", "2", "--data", "a.json", "--picture", "b.svg"])
    files = {"data": str(directory / "a.json"), "picture": str(directory / "b.svg")}
    assert asked == [{"command": "bench", "runs": 2, **files}]


def test_without_a_lab_the_remedy_is_to_start_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--directory", str(tmp_path / "lab"), "status"]) == 1
    assert capsys.readouterr().out == "error: no lab runs. Remedy: python -m lab up\n"
    assert main(["--directory", str(tmp_path), "status"]) == 1
    assert "Remedy: python -m lab up" in capsys.readouterr().out


@pytest.mark.parametrize("words", [[], ["run"], ["run", "node-a"], ["run", "node-a", "--"]])
def test_a_command_that_is_not_whole_is_a_mistake_of_usage(
    tmp_path: Path, words: list[str]
) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["--directory", str(tmp_path), *words])
    assert caught.value.code == 2


@pytest.mark.parametrize("count", ["0", "-1", "many"])
def test_a_comparison_takes_one_run_of_each_scenario_at_least(tmp_path: Path, count: str) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["--directory", str(tmp_path), "bench", "--runs", count])
    assert caught.value.code == 2
