"""The components as a package: another program has the engine construct them by their tokens."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from sandbox.runtime import Sandbox
from tests.support.cluster import ROOT, changes
from tests.support.sandbox import StackUnderTest
from tests.support.small_project import environment_like_ours, said

PROGRAM = """
import pulumi

class Network(pulumi.ComponentResource):
    def __init__(self, name, inputs):
        properties = {**inputs, "vpcId": None, "subnetIds": None}
        super().__init__("hacluster:index:Network", name, properties, remote=True)

made = Network(
    "closed",
    {
        "cidrBlock": "10.9.0.0/16",
        "availabilityZones": {"a": "us-east-1a", "b": "us-east-1b"},
        "publicSubnets": {},
        "privateSubnets": SUBNETS,
        "tags": {"Owner": "another program"},
    },
)
pulumi.export("vpc", pulumi.get(made, "vpcId"))
pulumi.export("subnets", pulumi.get(made, "subnetIds"))
"""
SUBNETS = {"a": "10.9.1.0/24", "b": "10.9.2.0/24"}


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """The components as `pulumi package add` leaves them: with an environment of their own."""
    folder = tmp_path / "packages" / "hacluster"
    shutil.copytree(ROOT / "components", folder, ignore=shutil.ignore_patterns("__pycache__"))
    environment_like_ours(folder / "venv")
    (site,) = (folder / "venv").glob("lib/*/site-packages")
    (site / "hacluster.pth").write_text(str(folder.parent))
    return folder


@pytest.fixture
def network(
    package: Path, empty_cloud: Sandbox, make_stack: Callable[..., StackUnderTest]
) -> Callable[[dict[str, Any]], StackUnderTest]:
    """Make a stack whose program has the engine construct a `Network`."""
    assert empty_cloud

    def make(subnets: dict[str, Any]) -> StackUnderTest:
        stack = make_stack(PROGRAM.replace("SUBNETS", repr(subnets)))
        file = stack.project / "Pulumi.yaml"
        plugin = {"name": "hacluster", "path": str(package)}
        described = {**yaml.safe_load(file.read_text()), "plugins": {"providers": [plugin]}}
        file.write_text(yaml.safe_dump(described))
        return stack

    return make


def test_a_network_is_constructed_stays_as_it_is_and_goes(
    network: Callable[[dict[str, Any]], StackUnderTest],
) -> None:
    stack = network(SUBNETS)
    stack.up()
    outputs = stack.outputs()
    ec2 = stack.sandbox.client("ec2")
    in_vpc = [{"Name": "vpc-id", "Values": [outputs["vpc"]]}]
    found = ec2.describe_subnets(Filters=in_vpc)
    assert {each["SubnetId"]: each["CidrBlock"] for each in found["Subnets"]} == {
        outputs["subnets"]["private_a"]: "10.9.1.0/24",
        outputs["subnets"]["private_b"]: "10.9.2.0/24",
    }
    assert all(
        {"Key": "Owner", "Value": "another program"} in each["Tags"] for each in found["Subnets"]
    )
    assert set(changes(stack.up("--refresh"))) == {"unchanged"}
    stack.destroy()
    assert ec2.describe_vpcs(Filters=in_vpc)["Vpcs"] == []


def test_a_range_outside_of_the_vpc_is_refused_in_the_preview(
    network: Callable[[dict[str, Any]], StackUnderTest],
) -> None:
    stack = network({**SUBNETS, "b": "10.8.2.0/24"})
    refused = stack.preview(check=False)
    assert refused.returncode != 0
    assert "10.8.2.0/24" in said(refused)
