"""The one file of the agent: what is in it, and what it says without boto3 and without AWS."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from agents.__main__ import ENTRY
from agents.archive import build, modules
from agents.virtual_ip.client import ACTIONS
from agents.virtual_ip.parameters import Parameters

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def agent(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("agent") / "dist" / "virtual-ip"
    build(ENTRY, path)
    return path


def run(agent: Path, *words: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run the agent with the standard library alone, as a user to whom it is not installed."""
    return subprocess.run(
        [sys.executable, "-I", "-S", str(agent), *words],
        capture_output=True,
        text=True,
        check=False,
        cwd="/",
        env={"PATH": os.environ["PATH"], "HA_CLUSTER_RUN": f"{agent.parent}/run", **variables},
    )


def test_the_command_writes_an_executable_file_of_python(tmp_path: Path) -> None:
    path = tmp_path / "virtual-ip"
    done = subprocess.run(
        [sys.executable, "-m", "agents", "build", "--output", str(path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert str(path) in done.stdout
    assert path.stat().st_mode & 0o777 == 0o755
    assert path.read_bytes().startswith(b"#!/usr/bin/python3\n")


def test_two_builds_are_equal(agent: Path, tmp_path: Path) -> None:
    build(ENTRY, tmp_path / "again")
    assert (tmp_path / "again").read_bytes() == agent.read_bytes()


def test_no_time_of_the_build_is_in_the_file(agent: Path) -> None:
    with zipfile.ZipFile(agent) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_the_file_holds_the_parts_of_ops_that_move_routes_and_no_more(agent: Path) -> None:
    with zipfile.ZipFile(agent) as archive:
        names = {name for name in archive.namelist() if not name.startswith("agents/virtual_ip/")}
    assert names == {
        "__main__.py",
        "agents/__init__.py",
        "ops/__init__.py",
        "ops/aws.py",
        "ops/cluster.py",
        "ops/described.py",
        "ops/engine.py",
        "ops/errors.py",
        "ops/move/__init__.py",
        "ops/move/caller.py",
        "ops/move/live_routes.py",
        "ops/move/problem.py",
        "ops/move/takeover.py",
    }


def test_the_file_holds_every_module_of_the_agent() -> None:
    folder = ROOT / "agents" / "virtual_ip"
    written = {f"agents.virtual_ip.{path.stem}" for path in folder.glob("[!_]*.py")}
    assert written <= modules(ENTRY)


def test_a_module_that_another_archive_needs_of_the_judge_is_found() -> None:
    assert "guardrails.judge" in modules("ops.audit.command")


def test_meta_data_name_the_parameters_and_actions_that_there_are(agent: Path) -> None:
    done = run(agent, "meta-data")
    assert (done.returncode, done.stderr) == (0, "")
    told = ET.fromstring(done.stdout)
    assert told.attrib["name"] == "virtual-ip"
    assert told.findtext("version") == "1.1"
    assert [each.tag for each in told] == [
        "version",
        "longdesc",
        "shortdesc",
        "parameters",
        "actions",
    ]
    assert {each.attrib["name"] for each in told.iter("parameter")} == {
        *Parameters.__dataclass_fields__
    }
    assert {each.attrib["name"] for each in told.iter("action")} == {*ACTIONS}


@pytest.mark.parametrize("words", [(), ("promote",), ("serve",)])
def test_an_unknown_action_is_unimplemented(agent: Path, words: tuple[str, ...]) -> None:
    done = run(agent, *words)
    assert done.returncode == 3
    assert done.stderr.startswith("ERROR: ")
    assert "use start, stop, monitor, meta-data, validate-all" in done.stderr


def test_a_resource_without_parameters_is_not_configured(agent: Path) -> None:
    done = run(agent, "validate-all")
    assert done.returncode == 6
    assert done.stderr.startswith("ocf-exit-reason:ip '' must be an IPv4 address")
    assert done.stderr.count("\n") == 1


def test_a_node_without_iproute2_is_told_so(agent: Path) -> None:
    done = run(agent, "stop", OCF_RESKEY_ip="20.0.0.100", PATH="/nowhere")
    assert done.returncode == 5
    assert done.stderr == "ocf-exit-reason:the program ip is missing: install iproute2\n"
