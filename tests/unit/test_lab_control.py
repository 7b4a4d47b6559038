"""The lab's socket: a request goes in, lines of text and an exit code come out."""

import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from lab import control
from lab.errors import LabError

BOTH = threading.Barrier(2, timeout=5)
"""Where two commands meet, which they can only at one time."""


def answer(request: dict[str, Any], tell: control.Tell) -> int:
    """Do what the request says."""
    for line in request.get("lines", ()):
        tell(line)
    if request.get("meets"):
        BOTH.wait()
    if request.get("fails"):
        raise OSError
    return request.get("exit", 0)


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A lab's directory, whose path is longer than a socket's may be, with a lab that answers."""
    folder = tmp_path_factory.mktemp("lab")
    deep = folder / ("long" * 30)
    deep.mkdir()
    (folder / "short").symlink_to(deep)
    server = control.listen(folder / "short" / control.NAME, answer)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield deep
    server.shutdown()
    thread.join()
    server.server_close()


def test_text_comes_line_by_line_and_at_last_the_exit_code(directory: Path) -> None:
    request = {"lines": ["one", "of two\nlines", "Zürich"], "exit": 3}
    assert list(control.ask(directory, request)) == ["one", "of two\nlines", "Zürich", 3]


def test_a_directorys_path_may_be_longer_than_a_sockets(directory: Path) -> None:
    assert len(str(directory)) > 108
    assert list(control.ask(directory, {})) == [0]


def test_several_commands_are_answered_at_once(directory: Path) -> None:
    first = control.ask(directory, {"lines": ["one"], "meets": True})
    assert next(first) == "one"
    assert list(control.ask(directory, {"exit": 2, "meets": True})) == [2]
    assert list(first) == [0]


def test_a_command_that_breaks_off_says_no_exit_code_and_the_lab_goes_on(directory: Path) -> None:
    assert list(control.ask(directory, {"lines": ["one"], "fails": True})) == ["one"]
    assert list(control.ask(directory, {})) == [0]


def test_only_the_labs_own_user_may_open_the_socket(directory: Path) -> None:
    assert (directory / control.NAME).stat().st_mode & 0o777 == 0o600


def test_where_nobody_answers_the_remedy_is_to_start_a_lab(tmp_path: Path) -> None:
    with pytest.raises(
        LabError, match=r"^the lab does not answer \(.*\)\. Remedy: python -m lab up"
    ):
        list(control.ask(tmp_path, {}))


def test_what_a_killed_lab_has_left_answers_nobody(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as left:
        left.bind(str(tmp_path / control.NAME))
    with pytest.raises(LabError, match=r"Connection refused.*Remedy: python -m lab up"):
        list(control.ask(tmp_path, {}))
