import shlex
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.engineless import CommandLine


@pytest.fixture
def sandbox(tmp_path: Path) -> Iterator[CommandLine]:
    command = CommandLine(tmp_path / "box")
    yield command
    command("stop")


def evaluate(sandbox: CommandLine, shell: str) -> subprocess.CompletedProcess[str]:
    line = f'eval "$({shlex.join(sandbox.words("env"))})" && echo reached; echo still here'
    return subprocess.run([shell, "-c", line], capture_output=True, text=True, check=False)


@pytest.mark.parametrize("shell", ["sh", "bash"])
def test_what_follows_the_eval_is_reached_only_while_the_sandbox_runs(
    sandbox: CommandLine, shell: str
) -> None:
    stopped = evaluate(sandbox, shell)
    assert stopped.stdout == "still here\n"
    assert "error: the sandbox is not running. Remedy: python -m sandbox start" in stopped.stderr
    sandbox("start")
    assert evaluate(sandbox, shell).stdout == "reached\nstill here\n"


@pytest.mark.parametrize(
    ("shell", "line"),
    [
        ("sh", "false"),
        ("fish", "false"),
        ("powershell", 'throw "the environment is unchanged: the sandbox cannot be used"'),
    ],
)
def test_without_a_running_sandbox_each_shell_gets_a_line_that_fails(
    sandbox: CommandLine, shell: str, line: str
) -> None:
    done = sandbox("env", "--shell", shell)
    assert (done.returncode, done.stdout) == (1, f"{line}\n")
