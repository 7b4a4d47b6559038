import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from moto.server import ThreadedMotoServer

from sandbox.environment import Surroundings, sandbox_environment, shell_lines
from tests.support.egress import SocketRecord, Trap, hostile_variables, open_trap

HERE = Surroundings(Path("/box"), "http://127.0.0.1:4566", 4567)
CALLS = """
import boto3
for region in (None, "ap-northeast-1"):
    for service, call in (("ec2", "describe_vpcs"), ("sts", "get_caller_identity"),
        ("iam", "list_roles"), ("ssm", "describe_parameters"), ("s3", "list_buckets"),
        ("cloudwatch", "describe_alarms")):
        client = boto3.client(service, region_name=region)
        getattr(client, call)()
        print(client.meta.region_name, service)
"""


@pytest.fixture(scope="module")
def moto() -> Iterator[str]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0)
    server.start()
    _, port = server.get_host_and_port()
    yield f"http://127.0.0.1:{port}"
    server.stop()


@pytest.fixture
def trap() -> Iterator[Trap]:
    with open_trap() as trap:
        yield trap


@pytest.fixture
def hostile(trap: Trap, tmp_path: Path) -> dict[str, str]:
    return {"PATH": os.environ["PATH"], **hostile_variables(trap.url, tmp_path / "hostile")}


def run_calls(
    environment: dict[str, str], record: SocketRecord
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", CALLS],
        env={**environment, "PYTHONPATH": record.python_path, "AWS_MAX_ATTEMPTS": "1"},
        capture_output=True,
        text=True,
        check=False,
    )


def test_boto3_reaches_the_sandbox_alone_whatever_was_set_before(
    hostile: dict[str, str], moto: str, trap: Trap, tmp_path: Path
) -> None:
    record = SocketRecord(tmp_path / "record")
    environment = sandbox_environment(hostile, Surroundings(tmp_path / "box", moto, 1))
    done = run_calls(environment, record)
    assert done.returncode == 0, done.stderr
    services = ["ec2", "sts", "iam", "ssm", "s3", "cloudwatch"]
    regions = ["us-east-1", "ap-northeast-1"]
    expected = [f"{region} {service}" for region in regions for service in services]
    assert done.stdout.splitlines() == expected
    assert record.places() == {("127.0.0.1", moto.rsplit(":", 1)[1])}
    assert trap.caught == []


@pytest.mark.parametrize("name", ["AWS_ENDPOINT_URL_EC2", "HTTP_PROXY", "AWS_PROFILE"])
def test_one_hostile_variable_that_is_left_leads_elsewhere_or_breaks_the_calls(
    hostile: dict[str, str], moto: str, trap: Trap, tmp_path: Path, name: str
) -> None:
    environment = sandbox_environment(hostile, Surroundings(tmp_path / "box", moto, 1))
    del environment["NO_PROXY"], environment["no_proxy"]
    done = run_calls({**environment, name: hostile[name]}, SocketRecord(tmp_path / "record"))
    assert done.returncode == 1
    assert bool(trap.caught) == (name != "AWS_PROFILE")


def test_the_environment_is_exactly_the_documented_one() -> None:
    base = {"PATH": os.pathsep.join(["/usr/bin", "/bin"]), "LANG": "C.UTF-8", "TERM": "xterm"}
    made = sandbox_environment({**base, "AWS_PROFILE": "x", "https_proxy": "http://x"}, HERE)
    path = made.pop("PATH").split(os.pathsep)
    assert path == ["/box/shell", str(Path(sys.executable).parent), "/usr/bin", "/bin"]
    assert made == {
        "LANG": "C.UTF-8",
        "TERM": "xterm",
        "AWS_ENDPOINT_URL": "http://127.0.0.1:4566",
        "AWS_REGION": "us-east-1",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": "sandbox",
        "AWS_SECRET_ACCESS_KEY": "sandbox",
        "AWS_CONFIG_FILE": "/box/aws/config",
        "AWS_SHARED_CREDENTIALS_FILE": "/box/aws/credentials",
        "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "false",
        "AWS_EC2_METADATA_DISABLED": "true",
        "NO_PROXY": "127.0.0.1,localhost",
        "no_proxy": "127.0.0.1,localhost",
        "PULUMI_BACKEND_URL": "file:///box/backend",
        "PULUMI_HOME": "/box/home",
        "PULUMI_CONFIG_PASSPHRASE": "sandbox",
        "PULUMI_DEBUG_PROVIDERS": "aws:4567",
        "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
        "PULUMI_SKIP_UPDATE_CHECK": "1",
        "PULUMI_OPTION_GENERATE_CODE": "false",
    }


def test_every_variable_that_botocore_reads_is_ours_or_gone() -> None:
    from botocore.configprovider import BOTOCORE_DEFAUT_SESSION_VARIABLES as TABLE

    read: set[str] = set()
    for _, names, _, _ in TABLE.values():
        read.update([names] if isinstance(names, str) else names or [])
    assert len(read) > 30
    made = sandbox_environment(dict.fromkeys(read, "hostile"), HERE)
    assert "hostile" not in made.values()


def test_no_value_of_the_hostile_environment_survives(hostile: dict[str, str]) -> None:
    kept = {"HOME", "PATH"}
    made = sandbox_environment(hostile, HERE)
    same = {name for name, value in hostile.items() if made.get(name) == value}
    assert same == {"HOME"}
    assert set(hostile) & set(made) >= kept


def test_the_sandbox_twice_is_the_sandbox_once(hostile: dict[str, str]) -> None:
    once = sandbox_environment(hostile, HERE)
    assert sandbox_environment(once, HERE) == once


def test_lines_for_a_shell_unset_what_is_gone_and_export_what_changed() -> None:
    base = {"AWS_PROFILE": "p", "LANG": "C", "AWS_REGION": "old"}
    target = {"LANG": "C", "AWS_REGION": "it's $new\\", "NO_PROXY": "x"}
    assert shell_lines(base, target) == [
        "unset AWS_PROFILE;",
        "export AWS_REGION='it'\"'\"'s $new\\';",
        "export NO_PROXY=x;",
    ]
    assert shell_lines(base, target, "fish") == [
        "set -e AWS_PROFILE;",
        "set -gx AWS_REGION 'it\\'s $new\\\\';",
        "set -gx NO_PROXY 'x';",
    ]
    assert shell_lines(base, target, "powershell") == [
        "Remove-Item Env:AWS_PROFILE;",
        "$Env:AWS_REGION = 'it''s $new\\';",
        "$Env:NO_PROXY = 'x';",
    ]


def test_a_client_of_the_sandbox_itself_is_not_misled(
    hostile: dict[str, str], moto: str, trap: Trap
) -> None:
    script = f"""
import json
from sandbox.cloud import name_cloud, read_cloud_id
name_cloud({moto!r}, "a")
print(json.dumps(read_cloud_id({moto!r})))
"""
    done = subprocess.run(
        [sys.executable, "-c", script], env=hostile, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert (json.loads(done.stdout), trap.caught) == ("a", [])
