import json
import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from sandbox.cloud import free_port, open_client
from sandbox.processes import ServerProcess
from sandbox.state import Server, State, write_state
from tests.support.engineless import CommandLine
from tests.support.recording import action


@pytest.fixture
def sandbox(tmp_path: Path) -> Iterator[CommandLine]:
    command = CommandLine(tmp_path / "box")
    yield command
    command("stop")


@pytest.fixture
def stranger() -> Iterator[psutil.Process]:
    with subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"]) as process:
        yield psutil.Process(process.pid)
        process.kill()


def listeners(server: Server) -> set[str]:
    connections = psutil.Process(server.process.pid).net_connections(kind="inet")
    listening = [c.laddr.ip for c in connections if c.status == psutil.CONN_LISTEN]
    return {address.removeprefix("::ffff:") for address in listening}


def test_a_start_leaves_a_cloud_and_a_provider_that_listen_on_127_0_0_1_only(
    sandbox: CommandLine,
) -> None:
    started = sandbox("start")
    assert started.returncode == 0, started.stderr
    state = sandbox.state()
    assert listeners(state.cloud) == {"127.0.0.1"}
    assert listeners(state.provider) == {"127.0.0.1"}
    assert f"listens at http://127.0.0.1:{state.cloud.port}" in started.stderr
    vpcs = open_client(state.endpoint, "ec2", "eu-west-1").describe_vpcs()["Vpcs"]
    assert [vpc["CidrBlock"] for vpc in vpcs] == ["172.31.0.0/16"]


def test_what_the_cloud_records_lies_in_the_sandbox_s_own_folder(sandbox: CommandLine) -> None:
    sandbox("start")
    endpoint = sandbox.state().endpoint
    request = urllib.request.Request(f"{endpoint}/moto-api/recorder/start-recording", method="POST")
    with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request) as answer:
        assert answer.status == 200
    open_client(endpoint, "ec2").describe_vpcs()
    (recorded,) = (sandbox.directory / "moto_recording").read_text().splitlines()
    assert action(json.loads(recorded)) == "ec2:DescribeVpcs"


def test_a_second_start_says_that_it_is_running_and_changes_nothing(sandbox: CommandLine) -> None:
    sandbox("start")
    first = sandbox.state()
    again = sandbox("start")
    assert again.returncode == 0
    assert "already running" in again.stderr
    assert sandbox.state() == first


def test_two_starts_at_once_make_one_sandbox(sandbox: CommandLine) -> None:
    both = [sandbox.open("start") for _ in range(2)]
    texts = [process.communicate(timeout=60)[1] for process in both]
    assert [process.returncode for process in both] == [0, 0], texts
    assert sum("listens at" in text for text in texts) == 1
    assert sum("already running" in text for text in texts) == 1


def test_stop_ends_both_servers_and_a_second_stop_has_nothing_to_do(sandbox: CommandLine) -> None:
    sandbox("start")
    state = sandbox.state()
    assert "ended 2 servers" in sandbox("stop").stderr
    assert [server.alive for server in state.servers] == [False, False]
    second = sandbox("stop")
    assert (second.returncode, "nothing was running" in second.stderr) == (0, True)


def test_stop_says_which_stacks_go_with_the_cloud(sandbox: CommandLine) -> None:
    sandbox("start")
    sandbox.give_a_stack("ha-cluster", "dev", 3)
    stopped = sandbox("stop").stderr
    assert "ha-cluster/dev (3 resources)" in stopped
    assert "start --fresh" in stopped


def test_start_says_what_comes_next(sandbox: CommandLine) -> None:
    sandbox.give_a_stack("other", "dev", 0)
    assert "then pulumi stack init dev; pulumi up\n" in sandbox("start").stderr
    sandbox.give_a_stack("ha-cluster", "dev", 0)
    assert "then pulumi up\n" in sandbox("start").stderr


def test_a_process_that_inherited_the_id_of_a_server_is_left_alone(
    sandbox: CommandLine, stranger: psutil.Process
) -> None:
    sandbox.directory.mkdir()
    reused = ServerProcess(stranger.pid, stranger.create_time() - 3600)
    former = State("former", Server(reused, free_port()), Server(reused, free_port()))
    write_state(sandbox.directory / "state.json", former)
    assert "nothing was running" in sandbox("stop").stderr
    started = sandbox("start")
    assert (started.returncode, stranger.is_running()) == (0, True), started.stderr
    assert stranger.pid not in {s.process.pid for s in sandbox.state().servers}


def test_a_dead_provider_is_started_again_for_the_cloud_that_still_lives(
    sandbox: CommandLine,
) -> None:
    sandbox("start")
    before = sandbox.state()
    sandbox.give_a_stack("ha-cluster", "dev", 3)
    sandbox.kill_provider()
    refused = sandbox("env")
    assert (refused.returncode, refused.stdout) == (1, "false\n")
    assert "provider has ended; the cloud still lives" in refused.stderr
    started = sandbox("start")
    assert started.returncode == 0
    assert "aws provider had ended and was started again" in started.stderr
    after = sandbox.state()
    assert (after.cloud_id, after.cloud) == (before.cloud_id, before.cloud)
    assert after.provider.alive
    assert after.provider.port == before.provider.port


def test_a_dead_cloud_without_stacks_is_replaced_together_with_its_provider(
    sandbox: CommandLine,
) -> None:
    sandbox("start")
    before = sandbox.state()
    sandbox.kill_cloud()
    refused = sandbox("env")
    assert (refused.returncode, refused.stdout) == (1, "false\n")
    assert "the sandbox is not running. Remedy: python -m sandbox start" in refused.stderr
    assert sandbox("start").returncode == 0
    after = sandbox.state()
    assert not before.provider.alive
    assert after.cloud.alive
    assert after.provider.alive
    assert after.cloud_id != before.cloud_id


@pytest.mark.parametrize("text", ["", '{"cloud_id": "x", "clo', "[]", '{"cloud_id": "x"}'])
def test_a_half_written_state_is_an_error_that_names_the_file_and_the_remedy(
    sandbox: CommandLine, text: str
) -> None:
    sandbox.directory.mkdir()
    file = sandbox.directory / "state.json"
    file.write_text(text)
    for command in ("start", "stop", "status", "env"):
        done = sandbox(command)
        assert (done.returncode, "Traceback" in done.stderr) == (1, False), command
        assert f"{file} cannot be read" in done.stderr, command
        assert "start --fresh" in done.stderr, command
    fresh = sandbox("start", "--fresh")
    assert fresh.returncode == 0, fresh.stderr


def test_an_interrupted_start_leaves_no_process(sandbox: CommandLine) -> None:
    with sandbox.open("start") as starting:
        deadline = time.monotonic() + 30
        while not (sandbox.directory / "state.json").exists() and time.monotonic() < deadline:
            time.sleep(0.01)
        starting.send_signal(2)
        _, stderr = starting.communicate(timeout=30)
    assert (starting.returncode, "Traceback" in stderr) == (130, False)
    assert [server.alive for server in sandbox.state().servers] in ([False], [False, False])


def test_a_server_that_dies_while_starting_shows_its_log_and_leaves_no_other(
    sandbox: CommandLine,
) -> None:
    lame = {"PYTHONSAFEPATH": "1"}  # then `python -m` does not look into the checkout
    failed = sandbox("start", env=lame)
    assert failed.returncode == 1
    assert "the aws provider ended while it was starting; its log says:" in failed.stderr
    assert "No module named" in failed.stderr
    assert not sandbox.state().cloud.alive


def test_the_record_of_a_server_is_its_id_and_its_time_of_creation(sandbox: CommandLine) -> None:
    sandbox("start")
    raw = json.loads((sandbox.directory / "state.json").read_text())
    process = psutil.Process(raw["cloud"]["process"]["pid"])
    assert raw["cloud"]["process"]["created"] == pytest.approx(process.create_time(), abs=0.1)
    assert "sandbox.cloud_server" in process.cmdline()
    assert os.getsid(process.pid) == process.pid
    other = replace(sandbox.state().cloud.process, created=process.create_time() - 5)
    assert other.find() is None
