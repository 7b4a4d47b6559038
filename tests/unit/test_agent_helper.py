"""The helper of the agent and those who ask it, by a socket in a folder of their own."""

import fcntl
import shutil
import socket
import stat
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from agents.virtual_ip import asking, protocol
from agents.virtual_ip.helper import serve
from agents.virtual_ip.launch import launch, prepare
from agents.virtual_ip.report import Outcome
from agents.virtual_ip.watch import Watch
from ops.errors import TimedOutError


@dataclass
class Actor:
    """What a helper does in these tests; `busy` makes it wait until the test lets it go on."""

    done: list[str] = field(default_factory=list[str])
    warmed: int = 0
    gone: threading.Event = field(default_factory=threading.Event)
    busy: threading.Event | None = None

    def act(self, action: str, watch: Watch) -> Outcome:
        self.done.append(action)
        if self.busy is not None:
            self.busy.wait(10)
            try:
                watch.require_time("a call")
            except TimedOutError:
                self.gone.set()
        return Outcome(7, ("INFO: first", "WARNING: second"))

    def warm(self) -> None:
        self.warmed += 1


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder whose name is short enough for sockets."""
    found = Path(tempfile.mkdtemp(prefix="run-"))
    yield found
    shutil.rmtree(found)


@pytest.fixture
def environment(folder: Path) -> dict[str, str]:
    return {"HA_CLUSTER_RUN": str(folder), "OCF_RESKEY_ip": "20.0.0.100"}


@pytest.fixture
def archive(tmp_path: Path) -> str:
    path = tmp_path / "virtual-ip"
    path.write_text("")
    return str(path)


@pytest.fixture
def path(archive: str, environment: dict[str, str]) -> str:
    return asking.path_of(protocol.key_of(archive, environment), environment)


@pytest.fixture
def helper(archive: str, path: str, environment: dict[str, str]) -> Iterator[Actor]:
    actor = Actor()
    with serving(path, protocol.key_of(archive, environment), actor):
        yield actor


class serving:  # noqa: N801 - it reads as a function
    """Serve in a thread; the end waits until the helper has been idle."""

    def __init__(self, path: str, key: str, actor: Actor, idle: float = 0.3) -> None:
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(path)
        self.listener.listen()
        self.thread = threading.Thread(target=serve, args=(self.listener, key, actor, idle))

    def __enter__(self) -> None:
        self.thread.start()

    def __exit__(self, *_: object) -> None:
        self.thread.join()
        self.listener.close()


def ask(archive: str, environment: dict[str, str], action: str = "monitor") -> asking.Answer:
    return asking.ask(archive, action, environment, budget=5, patience=5)


def test_an_answer_is_the_exit_code_and_the_lines(
    helper: Actor, archive: str, environment: dict[str, str]
) -> None:
    answer = ask(archive, environment)
    assert answer.words == ["7", "INFO: first", "WARNING: second"]
    assert answer.fault == ""
    assert helper.done == ["monitor"]


def test_a_helper_gets_ready_for_the_next_action_after_it_has_answered(
    helper: Actor, archive: str, environment: dict[str, str]
) -> None:
    ask(archive, environment)
    ask(archive, environment)
    assert helper.warmed >= 1


def test_a_helper_that_nobody_asks_ends(
    path: str, archive: str, environment: dict[str, str]
) -> None:
    with serving(path, protocol.key_of(archive, environment), Actor(), idle=0.05):
        connection = asking.connect(path)
    assert connection is not None
    connection.close()
    assert asking.connect(path) is None


@pytest.mark.parametrize(
    "change",
    [
        {"OCF_RESKEY_ip": "20.0.0.101"},
        {"AWS_CA_BUNDLE": "/etc/ca.pem"},
        {"OCF_RESOURCE_INSTANCE": "other"},
    ],
)
def test_other_parameters_have_another_helper(
    archive: str, environment: dict[str, str], change: dict[str, str]
) -> None:
    assert protocol.key_of(archive, {**environment, **change}) != protocol.key_of(
        archive, environment
    )


def test_another_version_has_another_helper(archive: str, environment: dict[str, str]) -> None:
    before = protocol.key_of(archive, environment)
    Path(archive).write_text("new")
    assert protocol.key_of(archive, environment) != before


def test_all_actions_of_a_resource_have_one_helper(
    archive: str, environment: dict[str, str]
) -> None:
    recurring = {**environment, "OCF_RESKEY_CRM_meta_interval": "10000"}
    assert protocol.key_of(archive, recurring) == protocol.key_of(archive, environment)


def test_a_helper_does_nothing_for_a_client_of_another_version(
    path: str, archive: str, environment: dict[str, str]
) -> None:
    actor = Actor()
    with serving(path, "another key", actor):
        answer = ask(archive, environment)
    assert answer.words == []
    assert answer.fault.startswith("the helper did not answer, so this is done without it: ")
    assert actor.done == []


def test_a_helper_learns_that_its_client_is_gone(path: str) -> None:
    actor = Actor(busy=threading.Event())
    with serving(path, "key", actor):
        with socket.socket(socket.AF_UNIX) as client:
            client.connect(path)
            protocol.send(client, ["key", "start", "5"])
            while not actor.done:
                time.sleep(0.01)
        assert actor.busy is not None
        actor.busy.set()
        assert actor.gone.wait(5)


def test_a_helper_lets_a_client_that_waits_have_its_time(
    archive: str, path: str, environment: dict[str, str]
) -> None:
    actor = Actor(busy=threading.Event())
    with serving(path, protocol.key_of(archive, environment), actor):
        threading.Timer(0.1, actor.busy.set if actor.busy else lambda: None).start()
        assert ask(archive, environment).words[0] == "7"
    assert not actor.gone.is_set()


def test_what_the_last_call_failed_by_is_told_when_the_time_is_up() -> None:
    watch = Watch(0)
    watch.last_error = "ec2:ReplaceRoute: ConnectTimeoutError"
    time.sleep(0.001)
    with pytest.raises(TimedOutError, match="its time is up, after ec2:ReplaceRoute: Connect"):
        watch.require_time("a call")


def test_an_action_makes_no_call_when_its_time_is_up() -> None:
    watch = Watch(0)
    time.sleep(0.001)
    with pytest.raises(TimedOutError, match="a call was not begun: its time is up"):
        watch.require_time("a call")


def test_a_helper_that_hangs_is_given_up_and_the_next_action_starts_another(
    archive: str, path: str, environment: dict[str, str]
) -> None:
    actor = Actor(busy=threading.Event())
    with serving(path, protocol.key_of(archive, environment), actor):
        answer = asking.ask(archive, "monitor", environment, budget=5, patience=0.05)
        assert answer.words == []
        assert answer.fault.startswith("the helper did not answer")
        assert not Path(path).exists()
        assert actor.busy is not None
        actor.busy.set()


def test_a_client_that_says_nothing_does_not_hold_the_helper(
    path: str, archive: str, environment: dict[str, str]
) -> None:
    with (
        serving(path, protocol.key_of(archive, environment), Actor(), idle=3),
        socket.socket(socket.AF_UNIX) as silent,
    ):
        silent.connect(path)
        assert ask(archive, environment).words[0] == "7"


def test_a_folder_that_others_can_enter_is_not_used(
    folder: Path, archive: str, environment: dict[str, str]
) -> None:
    folder.chmod(0o755)
    answer = ask(archive, environment)
    assert answer.words == []
    assert "must belong to the agent's user, with mode 0700" in answer.fault


def test_the_folder_is_made_for_one_user(folder: Path) -> None:
    prepare(folder / "made")
    assert stat.S_IMODE((folder / "made").stat().st_mode) == 0o700


def test_a_helper_that_cannot_be_started_is_a_fault_and_no_exception(
    archive: str, environment: dict[str, str]
) -> None:
    answer = ask(archive, {**environment, "HA_CLUSTER_RUN": "/proc/ha-cluster"})
    assert answer.words == []
    assert answer.fault.startswith("no helper can be started, so this takes longer: ")


def test_a_client_waits_while_another_one_starts_the_helper(folder: Path, archive: str) -> None:
    path = folder / "virtual-ip-0.sock"
    waiting = threading.Thread(target=lambda: launch(archive, str(path)).close())
    with (folder / f"{path.name}.lock").open("w") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        waiting.start()
        waiting.join(0.2)
        assert waiting.is_alive()
        assert not path.exists()
    waiting.join()
    assert path.exists()


def test_a_socket_that_a_dead_helper_left_is_replaced(folder: Path, archive: str) -> None:
    path = str(folder / "virtual-ip-0.sock")
    with socket.socket(socket.AF_UNIX) as dead:
        dead.bind(path)
    assert asking.connect(path) is None
    launch(archive, path).close()
    assert Path(path).exists()
