import socket
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from sandbox.state import State
from tests.support.engineless import CommandLine


@pytest.fixture
def sandbox(tmp_path: Path) -> Iterator[CommandLine]:
    command = CommandLine(tmp_path / "box")
    assert command("start").returncode == 0
    yield command
    command("stop")


def ports(state: State) -> tuple[int, int]:
    assert state.provider is not None
    return state.cloud.port, state.provider.port


@pytest.mark.parametrize("words", [["start"], ["start", "--fresh"]])
def test_a_start_after_a_stop_takes_the_same_ports_so_that_open_shells_stay_right(
    sandbox: CommandLine, words: list[str]
) -> None:
    first = sandbox.state()
    sandbox("stop")
    assert sandbox(*words).returncode == 0
    second = sandbox.state()
    assert ports(second) == ports(first)
    assert second.cloud_id != first.cloud_id


def test_a_fresh_start_of_a_running_sandbox_keeps_its_ports(sandbox: CommandLine) -> None:
    first = sandbox.state()
    started = sandbox("start", "--fresh")
    assert (started.returncode, "is taken" in started.stderr) == (0, False), started.stderr
    second = sandbox.state()
    assert ports(second) == ports(first)
    assert second.cloud_id != first.cloud_id


def test_the_provider_listens_where_the_record_says(sandbox: CommandLine) -> None:
    provider = sandbox.state().provider
    connections = psutil.Process(provider.process.pid).net_connections(kind="tcp")
    listening = {c.laddr.port for c in connections if c.status == psutil.CONN_LISTEN}
    assert listening == {provider.port}


@pytest.mark.parametrize("name", ["cloud", "provider"])
def test_a_server_gets_another_port_when_somebody_has_taken_its_former_one(
    sandbox: CommandLine, name: str
) -> None:
    port = getattr(sandbox.state(), name).port
    sandbox("stop")
    with socket.socket() as taken:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        taken.bind(("127.0.0.1", port))
        taken.listen()
        started = sandbox("start")
        assert started.returncode == 0, started.stderr
        assert getattr(sandbox.state(), name).port != port
        said = f"port {port} is taken by another process: the {name} gets a new one"
        assert said in started.stderr
