import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from sandbox.errors import LostCloudError
from sandbox.processes import run_interruptibly
from sandbox.runtime import Sandbox
from tests.support.sandbox import StackUnderTest, write_project

MANAGED = "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore"
PROGRAM = """
    import pulumi_aws as aws
    aws.ec2.Vpc("vpc", cidr_block="10.0.0.0/16")
"""


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Sandbox]:
    with Sandbox(tmp_path / "box", report=lambda _: None) as running:
        yield running


@pytest.fixture
def stack(own: Sandbox, tmp_path: Path) -> StackUnderTest:
    stack = StackUnderTest(own, write_project(tmp_path / "project", PROGRAM), "dev").init()
    stack.up()
    return stack


def test_a_shell_that_is_still_open_never_reads_no_changes_from_a_dead_cloud(
    own: Sandbox, stack: StackUnderTest
) -> None:
    environment = own.environment
    state = own.running()
    preview = [str(own.directory / "bin" / "pulumi"), "preview", "--stack", "dev"]
    told = run_interruptibly(preview, cwd=stack.project, environment=environment)
    assert "2 unchanged" in told.stdout
    psutil.Process(state.cloud.process.pid).kill()
    deadline = time.monotonic() + 5
    while state.provider.alive and time.monotonic() < deadline:
        time.sleep(0.05)
    refused = run_interruptibly(preview, cwd=stack.project, environment=environment)
    assert refused.returncode != 0
    assert "2 unchanged" not in refused.stdout
    assert "aws (resource) plugin [aws] did not begin responding" in refused.stdout


@pytest.mark.usefixtures("stack")
def test_real_checkpoints_are_read_for_what_they_hold(own: Sandbox) -> None:
    own.stop()
    with pytest.raises(LostCloudError, match=r"probe/dev \(1 resources\)"):
        own.start()


def test_a_destroyed_stack_has_nothing_to_lose(own: Sandbox, stack: StackUnderTest) -> None:
    stack.destroy()
    own.stop()
    own.start()
    stack.up()
    assert len(stack.resources()) == 3


def test_a_cloud_that_was_emptied_on_purpose_serves_the_next_stacks(own: Sandbox) -> None:
    before = own.running().cloud_id
    own.client("ec2").create_vpc(CidrBlock="10.9.0.0/16")
    own.client("iam").create_role(RoleName="node", AssumeRolePolicyDocument="{}")
    own.reset_cloud()
    assert own.running().cloud_id != before
    assert len(own.client("ec2").describe_vpcs()["Vpcs"]) == 1
    assert own.client("iam").list_roles()["Roles"] == []
    assert own.client("iam").get_policy(PolicyArn=MANAGED)["Policy"]["AttachmentCount"] == 0
