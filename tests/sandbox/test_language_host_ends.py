import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import grpc
import psutil
import pytest
from google.protobuf import empty_pb2
from pulumi.runtime.proto import language_pb2, language_pb2_grpc

from tests.support.language_host import (
    ENGINE_ADDRESS,
    Host,
    eventually,
    link_host,
    program_info,
    run_request,
    running_host,
    stand_in_tools,
)

PATIENT = """
import pathlib, subprocess, time
child = subprocess.Popen(["sleep", "300"])
pathlib.Path("child").write_text(str(child.pid))
try:
    time.sleep(300)
finally:
    pathlib.Path("cleaned-up").touch()
"""
STUBBORN = "import signal\nfor n in (2, 15): signal.signal(n, signal.SIG_IGN)\n" + PATIENT


@pytest.fixture
def host(tmp_path: Path) -> Iterator[Host]:
    with running_host(tmp_path) as host:
        yield host


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    folder.mkdir()
    return folder


def started(project: Path) -> psutil.Process:
    """Wait until the program has started its child, and return that child's parent."""
    file = project / "child"
    pid = int(eventually(lambda: file.exists() and file.read_text()))
    parent = psutil.Process(pid).parent()
    assert parent is not None
    return parent


def family(*processes: psutil.Process) -> list[psutil.Process]:
    return [p for process in processes for p in (process, *process.children(recursive=True))]


def all_gone(processes: list[psutil.Process]) -> bool:
    return not [p for p in processes if p.is_running() and p.status() != psutil.STATUS_ZOMBIE]


def run(host: Host, project: Path, program: str) -> tuple[Any, list[psutil.Process]]:
    answer = host.service.Run.future(run_request(project, program))
    return answer, family(started(project))


def test_cancel_interrupts_the_program_and_lets_it_clean_up(host: Host, project: Path) -> None:
    answer, processes = run(host, project, PATIENT)
    host.service.Cancel(empty_pb2.Empty())
    assert "program" in answer.result(timeout=20).error
    assert (project / "cleaned-up").exists()
    eventually(lambda: all_gone(processes))


def test_a_cancelled_program_shows_no_traceback(host: Host, project: Path) -> None:
    answer, _ = run(host, project, PATIENT)
    host.service.Cancel(empty_pb2.Empty())
    answer.result(timeout=20)
    assert host.output() == ("", "")


def test_cancel_answers_before_the_program_has_ended(host: Host, project: Path) -> None:
    answer, _ = run(host, project, STUBBORN)
    host.service.Cancel(empty_pb2.Empty(), timeout=1)
    assert not answer.done()


def test_a_host_that_waits_for_a_dropped_program_still_answers(host: Host, project: Path) -> None:
    answer, _ = run(host, project, STUBBORN)
    answer.cancel()
    host.service.GetPluginInfo(empty_pb2.Empty(), timeout=1)


def test_a_program_that_ignores_interrupts_is_killed_with_its_children(
    host: Host, project: Path
) -> None:
    answer, processes = run(host, project, STUBBORN)
    host.service.Cancel(empty_pb2.Empty())
    assert answer.result(timeout=20).error == "program was ended by signal 9"
    eventually(lambda: all_gone(processes))


def test_nothing_is_started_after_cancel(host: Host, project: Path) -> None:
    host.service.Cancel(empty_pb2.Empty())
    request = run_request(project, "")

    def refused() -> bool:
        try:
            host.service.Run(request)
        except grpc.RpcError as error:
            return "starts nothing more" in error.details()
        return False

    eventually(refused)


def test_a_dropped_connection_ends_the_program(host: Host, project: Path) -> None:
    answer, processes = run(host, project, PATIENT)
    answer.cancel()
    host.channel.close()
    eventually(lambda: all_gone(processes))
    assert (project / "cleaned-up").exists()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_idle_host_ends_silently_and_at_once(host: Host, number: int) -> None:
    host.process.send_signal(number)
    out, err = host.process.communicate(timeout=3)
    assert (out, err, host.process.returncode) == (b"", b"", 0)


def test_an_interrupt_of_the_whole_group_is_silent_and_leaves_no_process(
    host: Host, project: Path
) -> None:
    _, processes = run(host, project, PATIENT)
    assert host.output() == ("", "")
    eventually(lambda: all_gone(processes))


def test_a_stubborn_program_is_gone_before_the_engine_loses_patience(
    host: Host, project: Path
) -> None:
    _, processes = run(host, project, STUBBORN)
    os.killpg(host.process.pid, signal.SIGINT)
    host.process.wait(timeout=4)
    eventually(lambda: all_gone(processes))


def test_the_host_and_all_that_it_runs_end_with_an_engine_that_is_killed(
    tmp_path: Path, project: Path
) -> None:
    engine = (
        "import subprocess, sys, time;"
        "host = subprocess.Popen(sys.argv[1:], stdout=subprocess.PIPE, start_new_session=True);"
        "print(int(host.stdout.readline()), flush=True); time.sleep(300)"
    )
    process = subprocess.Popen(
        [
            sys.executable,
            "-c",
            engine,
            link_host(tmp_path, stand_in_tools(tmp_path)),
            ENGINE_ADDRESS,
        ],
        env={**os.environ, "SEEN": str(tmp_path / "seen.json")},
        stdout=subprocess.PIPE,
    )
    assert process.stdout is not None
    with grpc.insecure_channel(f"127.0.0.1:{int(process.stdout.readline())}") as channel:
        service = language_pb2_grpc.LanguageRuntimeStub(channel)
        answer = service.Run.future(run_request(project, STUBBORN))
        started(project)
        processes = family(psutil.Process(process.pid))
        assert len(processes) == 4
        process.kill()
        process.communicate()
        eventually(lambda: all_gone(processes))
        answer.cancel()


@pytest.mark.parametrize("ending", ["cancel", "interrupt"])
def test_a_plugin_that_ignores_signals_ends_when_its_call_does(
    host: Host, project: Path, ending: str
) -> None:
    (project / "__main__.py").write_text(STUBBORN)
    request = language_pb2.RunPluginRequest(kind="resource", info=program_info(project))
    request.pwd = str(project)
    call = host.service.RunPlugin(request)
    processes = family(started(project))
    if ending == "cancel":
        call.cancel()
    else:
        os.killpg(host.process.pid, signal.SIGINT)
        host.process.wait(timeout=4)
    eventually(lambda: all_gone(processes))
