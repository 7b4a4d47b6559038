import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from sandbox.servers import CHECKOUT
from tests.support.engineless import CommandLine


def clean(checkout: Path) -> subprocess.CompletedProcess[str]:
    apart = {
        name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MF"))
    }
    return subprocess.run(
        ["make", "clean"], cwd=checkout, env=apart, capture_output=True, text=True, check=False
    )


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    shutil.copy(CHECKOUT / "Makefile", tmp_path)
    (tmp_path / "sandbox").symlink_to(CHECKOUT / "sandbox")
    return tmp_path


def give_a_python(checkout: Path, script: str) -> None:
    python = checkout / "venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text(f"#!/bin/sh\n{script}\n")
    python.chmod(0o755)


def test_make_clean_ends_the_servers_before_it_removes_their_record(checkout: Path) -> None:
    give_a_python(checkout, f'exec {shlex.quote(sys.executable)} "$@"')
    sandbox = CommandLine(checkout / ".sandbox")
    assert sandbox("start").returncode == 0
    state = sandbox.state()
    try:
        done = clean(checkout)
        assert [server.alive for server in state.servers] == [False, False]
    finally:
        for server in state.servers:
            server.process.end()
    assert (done.returncode, done.stderr) == (0, "")
    assert {path.name for path in checkout.iterdir()} == {"Makefile", "sandbox"}


@pytest.mark.parametrize("script", [None, "echo broken >&2; exit 1"])
def test_make_clean_is_quiet_without_a_python_that_works(
    checkout: Path, script: str | None
) -> None:
    if script is not None:
        give_a_python(checkout, script)
    (checkout / ".sandbox").mkdir()
    done = clean(checkout)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "rm -rf venv policy/venv .sandbox dist\n"
    assert not (checkout / ".sandbox").exists()
