"""Commands of the lab: what a failed one says, and sockets that listen elsewhere."""

import socket

import pytest

from lab import shell, sockets
from lab.errors import LabError


def test_what_a_command_prints_is_returned() -> None:
    assert shell.run("cat", stdin="one\ntwo\n") == "one\ntwo\n"


@pytest.mark.parametrize(
    ("script", "message"),
    [
        ("echo out; echo err >&2; exit 3", "`sh -c SCRIPT` exited with 3: err"),
        ("echo out; exit 1", "`sh -c SCRIPT` exited with 1: out"),
    ],
)
def test_a_command_that_fails_is_named_with_what_it_said(script: str, message: str) -> None:
    with pytest.raises(LabError) as caught:
        shell.run("sh", "-c", script)
    assert str(caught.value) == message.replace("SCRIPT", script)


def test_a_command_may_be_named_otherwise_than_it_is_run() -> None:
    with pytest.raises(LabError, match=r"^`node-a: true` exited with 1: $"):
        shell.run("false", shown="node-a: true")


def test_lines_go_to_iproute2_in_one_batch_and_none_at_all_start_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ran: list[tuple[tuple[str, ...], str]] = []
    monkeypatch.setattr(shell, "run", lambda *words, stdin: ran.append((words, stdin)))
    shell.batch(["link set lo up", "link set eth0 up"], "vpc")
    shell.batch(["link set lo up"])
    shell.batch([], "vpc")
    assert ran == [
        (("ip", "-netns", "vpc", "-batch", "-"), "link set lo up\nlink set eth0 up\n"),
        (("ip", "-batch", "-"), "link set lo up\n"),
    ]


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Run what would run in a namespace where the test is."""
    monkeypatch.setattr(sockets, "inside", lambda _, words: words)


@pytest.mark.usefixtures("here")
def test_a_socket_that_another_process_bound_accepts_connections() -> None:
    with (
        sockets.listen_in("node-a", "127.0.0.1", 0) as listener,
        socket.create_connection(listener.getsockname(), 5) as client,
        listener.accept()[0] as accepted,
    ):
        client.sendall(b"one")
        assert accepted.recv(3) == b"one"


@pytest.mark.usefixtures("here")
def test_an_address_that_is_taken_is_named_with_its_namespace() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(LabError) as caught:
            sockets.listen_in("node-a", "127.0.0.1", port)
    assert str(caught.value).startswith(f"nothing can listen at 127.0.0.1:{port} of node-a: ")
    assert "Address already in use" in str(caught.value)
