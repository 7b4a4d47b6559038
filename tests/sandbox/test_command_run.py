import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.engineless import CommandLine


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CommandLine]:
    command = CommandLine(tmp_path_factory.mktemp("run") / "box")
    assert command("start").returncode == 0
    yield command
    command("stop")


def test_the_command_runs_where_the_user_is_with_the_environment(
    sandbox: CommandLine, tmp_path: Path
) -> None:
    script = 'import os; print(os.getcwd(), os.environ["AWS_ENDPOINT_URL"])'
    done = sandbox("run", "--", sys.executable, "-c", script, cwd=tmp_path)
    assert done.stdout == f"{tmp_path} {sandbox.state().endpoint}\n"
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("code", [0, 1, 5, 77])
def test_the_exit_code_of_the_command_is_passed_on(sandbox: CommandLine, code: int) -> None:
    assert sandbox("run", "--", "sh", "-c", f"exit {code}").returncode == code


def test_a_signal_reaches_the_command_itself(sandbox: CommandLine) -> None:
    script = """
import signal, sys
signal.signal(signal.SIGTERM, lambda *_: sys.exit("caught"))
print("ready", flush=True)
signal.pause()
"""
    with sandbox.open("run", "--", sys.executable, "-c", script) as running:
        assert running.stdout is not None
        assert running.stdout.readline() == "ready\n"
        running.send_signal(signal.SIGTERM)
        _, stderr = running.communicate(timeout=20)
    assert (running.returncode, stderr) == (1, "caught\n")


def test_words_of_the_command_are_never_taken_for_options(sandbox: CommandLine) -> None:
    done = sandbox("run", "echo", "--directory", "x", "--", "a b", "$HOME")
    assert done.stdout == "--directory x -- a b $HOME\n"


def test_a_command_that_does_not_exist_is_named(sandbox: CommandLine) -> None:
    done = sandbox("run", "--", "no-such-command")
    assert done.returncode == 127
    assert done.stderr == "error: there is no command 'no-such-command' on PATH\n"


def test_a_file_that_is_not_executable_is_named(sandbox: CommandLine, tmp_path: Path) -> None:
    plain = tmp_path / "plain"
    plain.write_text("text")
    done = sandbox("run", "--", str(plain))
    assert done.returncode == 126
    assert done.stderr == f"error: {plain}: Permission denied\n"


def test_no_command_is_a_usage_error(sandbox: CommandLine) -> None:
    for words in (["run"], ["run", "--"], [], ["walk"], ["env", "--shell", "tcsh"]):
        done = sandbox(*words)
        assert (done.returncode, done.stdout) == (2, ""), words
        assert "usage: python -m sandbox" in done.stderr, words


@pytest.mark.parametrize("shell", ["sh", "bash"])
def test_eval_of_env_turns_a_hostile_shell_to_exactly_the_environment_of_run(
    sandbox: CommandLine, shell: str, tmp_path: Path
) -> None:
    hostile = {
        "AWS_PROFILE": "production",
        "AWS_ENDPOINT_URL_EC2": "https://ec2.amazonaws.com",
        "HTTPS_PROXY": "http://proxy.example:3128",
        "https_proxy": "http://proxy.example:3128",
        "PULUMI_ACCESS_TOKEN": "pul-1",
        "AWS_odd;touch hacked;": "name of a variable that is a command",
        "PATH": os.environ["PATH"] + ":/a b/$(touch hacked)/'q'",
    }
    lines = sandbox("env", env=hostile).stdout
    assert "hacked;" not in lines.replace("$(touch hacked)", "")
    (tmp_path / "lines").write_text(lines)
    names = f"{sys.executable} -c 'import os, json; print(json.dumps(dict(os.environ)))'"
    environment = {**os.environ, **hostile}
    eval_it = f'eval "$(cat lines)"; {names}'
    evaluated = subprocess.run(
        [shell, "-c", eval_it], cwd=tmp_path, env=environment, capture_output=True, check=True
    )
    ran = sandbox("run", "--", "sh", "-c", names, env=hostile)
    volatile = {"PWD", "OLDPWD", "_", "SHLVL", "AWS_odd;touch hacked;"}
    assert without(evaluated.stdout, volatile) == without(ran.stdout.encode(), volatile)
    assert not (tmp_path / "hacked").exists()


def without(text: bytes, names: set[str]) -> dict[str, str]:
    return {name: value for name, value in json.loads(text).items() if name not in names}
