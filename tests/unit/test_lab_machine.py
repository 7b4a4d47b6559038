"""A machine of the lab, with a first process that needs no namespace."""

import sys
from pathlib import Path

import pytest

from lab.errors import LabError
from lab.nodes import machine as machines
from lab.nodes.machine import Machine

COMPLAINS = "import sys; sys.stderr.write('no such namespace'); sys.stderr.flush()"


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    """A machine of which more is written than a pipe holds while nobody reads."""
    system = {"name": "node-a", "files": {"/run/large": "large" * 100_000}}
    return Machine("node-a", system, {"LANG": "C.UTF-8"}, tmp_path / "node-a.log")


def booted_by(program: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let another program start machines."""
    words = [sys.executable, "-I", "-S", "-c", program]
    monkeypatch.setattr(machines, "inside", lambda *_: words)


def test_a_machine_that_was_never_booted_is_off(machine: Machine) -> None:
    assert not machine.runs
    machine.kill()
    with pytest.raises(LabError, match=r"^node-a is off$"):
        machine.run("true")
    with pytest.raises(LabError, match=r"^node-a is off: .*No such file"):
        machine.write("/etc/hosts", "")


@pytest.mark.parametrize(
    "program",
    [
        f"import os; {act}"
        for act in (
            "pass",
            "os.read(0, 99)",
            "os.close(1); sys.stdin.read(); __import__('time').sleep(60)",
        )
    ],
    ids=["it reads nothing", "it ends", "it says nothing"],
)
def test_a_machine_that_does_not_boot_is_off_and_its_log_is_named(
    machine: Machine, monkeypatch: pytest.MonkeyPatch, program: str
) -> None:
    booted_by(f"{COMPLAINS}; {program}", monkeypatch)
    with pytest.raises(LabError) as caught:
        machine.boot()
    assert str(caught.value) == f"node-a did not boot: see {machine.log}"
    assert "no such namespace" in machine.log.read_text()
    assert not machine.runs
    machine.kill()
