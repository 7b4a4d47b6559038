import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import grpc
import pytest
from google.protobuf import struct_pb2
from pulumi.runtime.proto import language_pb2

from tests.support.language_host import Host, program_info, run_request, running_host


@pytest.fixture
def host(tmp_path: Path) -> Iterator[Host]:
    with running_host(tmp_path) as host:
        yield host


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    folder.mkdir()
    return folder


def options(host: Host) -> dict[str, str]:
    arguments = host.seen()["arguments"]
    return dict(zip(arguments[::2], arguments[1::2], strict=False))


def test_a_program_gets_the_addresses_the_names_and_the_mode(host: Host, project: Path) -> None:
    request = run_request(
        project,
        "",
        project="shop",
        stack="dev",
        organization="acme",
        pwd=str(project),
        dryRun=True,
        parallel=7,
    )
    answer = host.service.Run(request)
    assert (answer.error, answer.bail) == ("", False)
    assert options(host) == {
        "--monitor": "127.0.0.1:8",
        "--engine": "127.0.0.1:9",
        "--project": "shop",
        "--root_directory": str(project),
        "--stack": "dev",
        "--pwd": str(project),
        "--dry_run": "true",
        "--parallel": "7",
        "--organization": "acme",
    }
    assert host.seen()["arguments"][-1] == "."


def test_an_update_is_not_a_dry_run(host: Host, project: Path) -> None:
    host.service.Run(run_request(project, "", dryRun=False))
    assert options(host)["--dry_run"] == "false"


def test_the_engine_of_a_later_handshake_is_the_one_told_to_the_program(
    host: Host, project: Path
) -> None:
    host.service.Handshake(language_pb2.LanguageHandshakeRequest(engine_address="127.0.0.1:7"))
    host.service.Run(run_request(project, ""))
    assert options(host)["--engine"] == "127.0.0.1:7"


def test_configuration_and_the_names_of_secrets_reach_the_program(
    host: Host, project: Path
) -> None:
    values = {"shop:name": "a ü", "shop:token": "t"}
    request = run_request(project, "", config=values, configSecretKeys=["shop:token"])
    host.service.Run(request)
    environment = host.seen()["environment"]
    assert json.loads(environment["PULUMI_CONFIG"]) == values
    assert environment["PULUMI_CONFIG_SECRET_KEYS"] == '["shop:token"]'


def test_main_names_the_folder_in_which_the_program_runs(host: Host, project: Path) -> None:
    (project / "code").mkdir()
    (project / "code" / "__main__.py").write_text("")
    (project / "__main__.py").write_text("raise SystemExit(9)")
    request = run_request(project, "raise SystemExit(9)", info=program_info(project, main="code"))
    assert host.service.Run(request).error == ""
    assert host.seen()["directory"] == str(project / "code")


def test_arguments_come_after_the_entry_point(host: Host, project: Path) -> None:
    request = run_request(project, "", args=["one", "__main__.py"])
    host.service.Run(request)
    assert host.seen()["arguments"][-3:] == [".", "one", "__main__.py"]


def test_the_virtual_environment_of_the_project_runs_it(host: Host, project: Path) -> None:
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", project / "own"], check=True)
    host.service.Run(run_request(project, "", info=program_info(project, virtualenv="own")))
    seen = host.seen()
    assert seen["prefix"] == str(project / "own")
    assert seen["environment"]["VIRTUAL_ENV"] == str(project / "own")
    assert seen["environment"]["PATH"].startswith(str(project / "own" / "bin") + ":")


def test_without_a_virtual_environment_the_first_python_on_path_runs_it(
    tmp_path: Path, project: Path
) -> None:
    first = tmp_path / "first"
    first.mkdir()
    (first / "python3").symlink_to(sys.executable)
    with running_host(tmp_path, PATH=f"{first}:/usr/bin:/bin") as host:
        host.service.Run(run_request(project, "", info=program_info(project, virtualenv=None)))
        assert host.seen()["python"] == str(first / "python3")


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"virtualenv": "gone"}, ["/gone, which does not exist", "`pulumi install`"]),
        ({"virtualenv": "."}, ["which is not a virtual environment", "`pulumi install`"]),
        ({"virtualenv": 3}, ["virtualenv is 3.0; it must be a string"]),
        ({"toolchain": "conda"}, ["`toolchain: conda` is none of pip, poetry, uv"]),
        ({"typechecker": "mypy"}, ["`typechecker` needs the official Pulumi"]),
    ],
)
def test_options_that_cannot_be_honoured_are_refused(
    host: Host, project: Path, wrong: dict[str, object], words: list[str]
) -> None:
    request = run_request(project, "", info=program_info(project, **wrong))
    with pytest.raises(grpc.RpcError) as refusal:
        host.service.Run(request)
    assert refusal.value.code() == grpc.StatusCode.FAILED_PRECONDITION
    assert [word for word in words if word not in refusal.value.details()] == []


def test_a_debugger_is_not_silently_left_out(host: Host, project: Path) -> None:
    with pytest.raises(grpc.RpcError) as refusal:
        host.service.Run(run_request(project, "", attach_debugger=True))
    assert "attaches no debugger" in refusal.value.details()


@pytest.mark.parametrize(
    ("program", "answer"),
    [
        ("raise SystemExit(0)", {"error": "", "bail": False}),
        ("raise SystemExit(32)", {"error": "", "bail": True}),
        ("raise SystemExit(3)", {"error": "program exited with non-zero exit code: 3"}),
        ("import os; os.kill(os.getpid(), 9)", {"error": "program was ended by signal 9"}),
    ],
)
def test_the_exit_code_of_the_program_is_the_answer(
    host: Host, project: Path, program: str, answer: dict[str, Any]
) -> None:
    response = host.service.Run(run_request(project, program))
    assert response == language_pb2.RunResponse(**answer)


def test_what_a_program_writes_is_passed_on(host: Host, project: Path) -> None:
    host.service.Run(run_request(project, "import sys; print('a'); print('b', file=sys.stderr)"))
    assert host.output() == ("a\n", "b\n")


def test_a_background_process_that_keeps_the_output_open_does_not_hold_up_the_answer(
    host: Host, project: Path
) -> None:
    program = "import subprocess; subprocess.Popen(['sleep', '60'])"
    assert host.service.Run(run_request(project, program), timeout=20).error == ""


def test_a_request_far_beyond_the_usual_size_is_taken(host: Host, project: Path) -> None:
    large = struct_pb2.Value(string_value="x" * 20_000_000)
    request = run_request(project, "", configPropertyMap={"fields": {"large": large}})
    assert request.ByteSize() > 20_000_000
    assert host.service.Run(request).error == ""
