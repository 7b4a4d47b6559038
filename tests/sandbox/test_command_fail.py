"""`python -m sandbox fail`: what is typed reaches the provider, which is another process."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.engineless import CommandLine
from tests.support.provider import FailedError, Instance

VPC = "aws:ec2/vpc:Vpc"


@pytest.fixture
def sandbox(tmp_path: Path) -> Iterator[CommandLine]:
    command = CommandLine(tmp_path / "box")
    yield command
    command("stop")


def create_vpc(sandbox: CommandLine) -> str:
    provider = sandbox.state().provider
    assert provider is not None
    aws = Instance(provider.port)
    try:
        return aws.create(VPC, cidrBlock="10.0.0.0/16").id
    finally:
        aws.close()


def test_a_fault_hits_the_running_provider_and_is_gone_then(sandbox: CommandLine) -> None:
    sandbox("start")
    done = sandbox("fail", "CreateVpc", "VpcLimitExceeded", "--message", "too many")
    assert (done.returncode, done.stdout) == (0, "")
    assert "will fail: CreateVpc: the next call: VpcLimitExceeded: too many" in done.stderr
    assert sandbox("fail", "--list").stdout == (
        "CreateVpc: the next call: VpcLimitExceeded: too many\n"
    )
    with pytest.raises(FailedError, match="VpcLimitExceeded: too many"):
        create_vpc(sandbox)
    assert create_vpc(sandbox).startswith("vpc-")
    assert sandbox("fail", "--list").stdout == ""


def test_faults_are_cleared_by_word_and_by_a_new_cloud(sandbox: CommandLine) -> None:
    sandbox("start")
    sandbox("fail", "any-change", "Unavailable", "--times", "9")
    assert sandbox("fail", "--clear").returncode == 0
    create_vpc(sandbox)
    sandbox("fail", "any-change", "Unavailable", "--times", "9")
    sandbox("stop")
    sandbox("start")
    create_vpc(sandbox)


def test_an_answer_that_will_be_held_is_listed(sandbox: CommandLine) -> None:
    sandbox("start")
    words = "CreateVpc: the next call after 2 more: its answer will be held\n"
    done = sandbox("fail", "CreateVpc", "--hold", "--after", "2")
    assert (done.returncode, done.stderr.endswith(f"will be held: {words}")) == (0, True)
    assert sandbox("fail", "--list").stdout == words


def test_a_fault_needs_a_running_sandbox(sandbox: CommandLine) -> None:
    done = sandbox("fail", "CreateVpc", "VpcLimitExceeded")
    assert done.returncode == 1
    assert "error: the sandbox is not running" in done.stderr


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (["RunInstance", "X"], 1, "RunInstance is not an operation of ec2, iam, ssm; did you mean"),
        (["DescribeVpcs", "X"], 1, "DescribeVpcs changes nothing, and only changing operations"),
        (["RunInstances"], 2, "which error code?"),
        ([], 2, "give OPERATION CODE, OPERATION --hold, --list, or --clear"),
        (
            ["RunInstances", "X", "--clear"],
            2,
            "give OPERATION CODE, OPERATION --hold, --list, or --clear",
        ),
        (["RunInstances", "X", "--hold"], 2, "--hold takes an operation and --after"),
        (["RunInstances", "--hold", "--times", "2"], 2, "--hold takes an operation and --after"),
        (["--hold"], 2, "give OPERATION CODE, OPERATION --hold, --list, or --clear"),
        (["DescribeVpcs", "--hold"], 1, "DescribeVpcs changes nothing"),
        (["RunInstances", "X", "--times", "0"], 2, "0 calls cannot fail"),
        (["RunInstances", "X", "--after", "-1"], 2, "-1 is less than 0"),
    ],
)
def test_what_cannot_fail_is_said(
    sandbox: CommandLine, words: list[str], code: int, says: str
) -> None:
    done = sandbox("fail", *words)
    assert done.returncode == code
    assert says in done.stderr
