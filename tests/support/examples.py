"""The examples as stacks under test: copies that run in this checkout's virtual environment."""

import shutil
from pathlib import Path

from sandbox.runtime import Sandbox
from tests.support.sandbox import StackUnderTest

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples"


def copied(example: str, folder: Path) -> Path:
    """Copy an example, so that its program runs in this checkout's virtual environment."""
    project = folder / example
    shutil.copytree(EXAMPLES / example, project)
    settings = project / "Pulumi.yaml"
    settings.write_text(settings.read_text().replace("../../venv", str(ROOT / "venv")))
    return project


def give_what_it_adopts(sandbox: Sandbox, stack: StackUnderTest) -> None:
    """Make the VPC and the group that the adopted network's stack knows by their ids."""
    ec2 = sandbox.client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.50.0.0/16")["Vpc"]["VpcId"]
    group = ec2.create_security_group(GroupName="https", Description="https", VpcId=vpc)
    stack.pulumi("config", "set", "vpcId", vpc)
    stack.pulumi("config", "set", "groupId", group["GroupId"])
