from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from sandbox.runtime import Sandbox
from tests.support.egress import SocketRecord, Trap, hostile_variables, open_trap
from tests.support.sandbox import StackUnderTest

PROGRAM = """
    import boto3, pulumi, pulumi_aws as aws
    vpc = aws.ec2.Vpc("vpc", cidr_block="10.0.0.0/16")
    pulumi.export("vpc_id", vpc.id)
    pulumi.export("seen", len(boto3.client("ec2").describe_vpcs()["Vpcs"]))
"""


@pytest.fixture
def trap() -> Iterator[Trap]:
    with open_trap() as trap:
        yield trap


@pytest.fixture
def proxies(trap: Trap) -> dict[str, str]:
    names = ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy")
    return dict.fromkeys(names, trap.url)


@pytest.fixture
def hostile(trap: Trap, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in hostile_variables(trap.url, tmp_path / "hostile").items():
        monkeypatch.setenv(name, value)


@pytest.mark.usefixtures("hostile")
def test_the_engine_its_program_and_its_provider_reach_nothing_but_this_machine(
    make_stack: Callable[..., StackUnderTest],
    sandbox: Sandbox,
    trap: Trap,
    proxies: dict[str, str],
    tmp_path: Path,
) -> None:
    """Any call that leaves by HTTP would land in the trap: loopback alone is exempt."""
    record = SocketRecord(tmp_path / "record")
    watched = {**proxies, "PYTHONPATH": record.python_path}
    stack = make_stack(PROGRAM)
    commands = (
        ("preview",),
        ("up", "--yes"),
        ("refresh", "--yes"),
        ("stack", "ls"),
        ("whoami",),
        ("plugin", "ls"),
        ("destroy", "--yes"),
    )
    for words in commands:
        of_the_stack = words[0] in {"preview", "up", "refresh", "destroy"}
        stack.pulumi(*words, env=watched, stack=of_the_stack)
    assert trap.caught == []
    hosts = {host for host, _ in record.places()}
    assert ("127.0.0.1", sandbox.running().endpoint.rsplit(":", 1)[1]) in record.places()
    assert hosts == {"127.0.0.1"}


def test_the_trap_would_have_seen_the_engine_leave(
    sandbox: Sandbox, trap: Trap, proxies: dict[str, str], tmp_path: Path
) -> None:
    words = ("plugin", "install", "resource", "random", "4.16.0")
    sandbox.pulumi(*words, cwd=tmp_path, env=proxies, check=False)
    assert any(caught.startswith(b"CONNECT ") for caught in trap.caught)


def test_each_region_is_one_of_the_sandboxs_own(
    make_stack: Callable[..., StackUnderTest], sandbox: Sandbox
) -> None:
    stack = make_stack(PROGRAM, region="eu-central-1")
    stack.up()
    [vpc] = sandbox.client("ec2", "eu-central-1").describe_vpcs(VpcIds=[stack.outputs()["vpc_id"]])[
        "Vpcs"
    ]
    assert vpc["CidrBlock"] == "10.0.0.0/16"
