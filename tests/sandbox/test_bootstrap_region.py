"""The region of root's AWS configuration: written by the real AWS CLI, read by the real botocore.

AWS CLI version 2, which nodes have, is not on PyPI; `aws configure` of version 1 edits files alike.
"""

import sys
from pathlib import Path
from typing import Any

import botocore.session
import pytest

from tests.support.machine import Machine

OTHER = "[profile backup]\nregion = us-east-1\noutput = json\n"


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    machine = Machine(tmp_path)
    machine.replace("usr/local/bin/aws", f'exec {sys.executable} -m awscli "$@"')
    return machine


@pytest.fixture
def config(machine: Machine) -> Path:
    path = machine.root / "root/.aws/config"
    path.parent.mkdir(parents=True)
    return path


def profiles(config: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Read the file as a program of root's does."""
    monkeypatch.setenv("AWS_CONFIG_FILE", str(config))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(config.with_name("credentials")))
    return botocore.session.Session().full_config["profiles"]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", {"default": {"region": "eu-west-1"}}),
        (
            "[default]\noutput = text\n",
            {"default": {"output": "text", "region": "eu-west-1"}},
        ),
        (
            "[default]\noutput = text",
            {"default": {"output": "text", "region": "eu-west-1"}},
        ),
        (
            "# written by hand\n[default]\n# region = us-east-2\noutput=text\n",
            {"default": {"output": "text", "region": "eu-west-1"}},
        ),
        (
            "[default]\r\noutput = text\r\n",
            {"default": {"output": "text", "region": "eu-west-1"}},
        ),
        (
            OTHER,
            {
                "backup": {"region": "us-east-1", "output": "json"},
                "default": {"region": "eu-west-1"},
            },
        ),
        (
            f"[default]\noutput = text\n\n{OTHER}",
            {
                "backup": {"region": "us-east-1", "output": "json"},
                "default": {"output": "text", "region": "eu-west-1"},
            },
        ),
    ],
    ids=["empty", "output", "no newline", "comments", "crlf", "other profile", "both"],
)
def test_a_file_without_a_default_region_gets_the_node_s(
    machine: Machine, config: Path, monkeypatch: pytest.MonkeyPatch, before: str, after: Any
) -> None:
    config.write_bytes(before.encode())
    done = machine.call("set_region")
    assert (done.returncode, done.stderr) == (0, "")
    assert profiles(config, monkeypatch) == after


def test_without_a_file_there_is_one_afterwards_for_root_alone(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = machine.call("set_region")
    assert (done.returncode, done.stderr) == (0, "")
    config = machine.root / "root/.aws/config"
    assert profiles(config, monkeypatch) == {"default": {"region": "eu-west-1"}}
    assert config.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("line", ["region = us-east-1", "region=us-east-1", "region  =  us-east-1"])
def test_the_node_s_own_region_replaces_another_and_the_log_says_so(
    machine: Machine, config: Path, monkeypatch: pytest.MonkeyPatch, line: str
) -> None:
    config.write_text(f"{OTHER}[default]\n{line}\noutput = text\n")
    done = machine.call("set_region")
    assert (done.returncode, done.stderr) == (
        0,
        "hacluster: root's default region was us-east-1: this node's own, eu-west-1, replaces it\n",
    )
    assert profiles(config, monkeypatch) == {
        "backup": {"region": "us-east-1", "output": "json"},
        "default": {"region": "eu-west-1", "output": "text"},
    }


def test_a_file_that_is_right_already_keeps_every_byte(machine: Machine, config: Path) -> None:
    config.write_bytes(b"[default]\r\nregion=eu-west-1 \r\n")
    assert machine.call("set_region").returncode == 0
    assert config.read_bytes() == b"[default]\r\nregion=eu-west-1 \r\n"


def test_a_profile_of_the_caller_s_is_not_the_one_that_is_set(
    machine: Machine, config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config.write_text(OTHER)
    assert machine.call("set_region", AWS_PROFILE="backup").returncode == 0
    assert profiles(config, monkeypatch)["backup"]["region"] == "us-east-1"
    assert profiles(config, monkeypatch)["default"] == {"region": "eu-west-1"}


def test_a_file_that_nobody_can_read_is_named_and_left_as_it_is(
    machine: Machine, config: Path
) -> None:
    twice = "[default]\noutput = text\n[default]\nregion = eu-west-1\n"
    config.write_text(twice)
    done = machine.call("set_region")
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1] == f"hacluster: {config} is not valid"
    assert config.read_text() == twice


def test_a_region_in_the_credentials_file_is_not_passed_over(
    machine: Machine, config: Path
) -> None:
    config.with_name("credentials").write_text("[default]\nregion = us-east-1\n")
    done = machine.call("set_region")
    assert done.returncode == 1
    assert "credentials do not give eu-west-1 as the default region" in done.stderr


def test_a_file_that_the_cli_itself_spoils_is_not_passed_over(
    machine: Machine, config: Path
) -> None:
    config.write_text(" [default]\noutput = text\n")  # botocore reads it, the CLI's writer does not
    done = machine.call("set_region")
    assert done.returncode == 1
    assert f"hacluster: {config} and credentials do not give eu-west-1" in done.stderr


def test_a_second_section_for_the_default_profile_is_not_passed_over(
    machine: Machine, config: Path
) -> None:
    config.write_text("[default]\nregion = us-east-1\n[profile default]\noutput = text\n")
    done = machine.call("set_region")  # the later section is the one that counts, and has no region
    assert done.returncode == 1
    assert f"hacluster: {config} and credentials do not give eu-west-1" in done.stderr
