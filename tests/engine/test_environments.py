"""More than one environment: a project made of this one, and a copy of an environment beside it."""

import re
import shlex
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from ops.errors import ExitCode, UsageError
from ops.move.caller import Caller
from ops.move.move import move
from ops.tagged_cluster import find_tagged_cluster
from sandbox.runtime import Sandbox
from tests.support.cluster import ROOT, ClusterUnderTest, owners
from tests.support.operations import Operated
from tests.support.sandbox import StackUnderTest, clone_of_checkout

NO_CHANGES = "--expect-no-changes"


def virtualenv_that_has_everything(folder: Path) -> Path:
    """Make a virtual environment of the tests' own Python; what pip is asked for is noted."""
    python = folder / "bin" / "python"
    python.parent.mkdir(parents=True)
    noted = f'case "$*" in *"pip --disable-pip"*install*) echo "$@" >{folder}/asked; exit 0;; esac'
    python.write_text(f'#!/bin/sh\n{noted}\nexec {sys.executable} "$@"\n')
    python.chmod(0o755)
    return folder


@pytest.fixture
def new_project(empty_cloud: Sandbox, tmp_path: Path) -> Iterator[StackUnderTest]:
    """Answer the questions of `pulumi new` with a region of one's own, and the rest as offered."""
    project, python = tmp_path / "project", virtualenv_that_has_everything(tmp_path / "python")
    project.mkdir()
    template = clone_of_checkout(tmp_path / "clone")
    words = ["--yes", "--name", "shop-db", "--stack", "dev", "--config", "aws:region=eu-west-1"]
    runtime = f"toolchain=pip,virtualenv={python}"
    empty_cloud.pulumi("new", str(template), *words, "--runtime-options", runtime, cwd=project)
    stack = StackUnderTest(empty_cloud, project, "dev")
    yield stack
    stack.destroy(check=False)
    stack.pulumi("stack", "rm", "--yes", "--force", check=False)


def test_a_new_project_of_this_one_has_a_name_and_a_region_of_its_own(
    new_project: StackUnderTest,
) -> None:
    folder = new_project.project
    project = yaml.safe_load((folder / "Pulumi.yaml").read_text())
    assert project["name"] == "shop-db"
    assert "template" not in project
    assert f"-r {folder}/requirements.txt" in (folder.parent / "python" / "asked").read_text()
    config = yaml.safe_load((folder / "Pulumi.dev.yaml").read_text())["config"]
    assert config["aws:region"] == "eu-west-1"
    assert config["shop-db:virtualIp"] == "20.0.0.100"

    new_project.up()
    new_project.preview(NO_CHANGES)
    outputs = new_project.outputs()
    assert (outputs["cluster_name"], outputs["region"]) == ("shop-db-dev", "eu-west-1")
    ec2 = new_project.sandbox.client("ec2", "eu-west-1")
    zones = {
        each["AvailabilityZone"]
        for each in ec2.describe_subnets(
            Filters=[{"Name": "vpc-id", "Values": [outputs["vpc_id"]]}]
        )["Subnets"]
    }
    assert zones == {"eu-west-1a", "eu-west-1b"}
    new_project.destroy()
    assert new_project.resources() == []


def commands_of_the_page(place: int) -> list[list[str]]:
    """Return the words after `pulumi` of each command in a block of docs/environments.md."""
    page = (ROOT / "docs" / "environments.md").read_text()
    block = re.findall(r"```sh\n(.*?)```", page, re.DOTALL)[place]
    return [shlex.split(line)[1:] for line in block.splitlines()]


@pytest.fixture
def staging(cluster: ClusterUnderTest) -> Iterator[ClusterUnderTest]:
    """A further environment, made as docs/environments.md says; nothing of it is built."""
    stack = ClusterUnderTest(cluster.sandbox, cluster.project, "staging")
    for words in commands_of_the_page(1):
        stack.pulumi(*words, stack=False)
    yield stack
    stack.remove()


def tag(stack: ClusterUnderTest, key: str) -> str | None:
    """A tag of the stack's VPC."""
    (vpc,) = stack.ec2.describe_vpcs(VpcIds=[stack.outputs()["vpc_id"]])["Vpcs"]
    return next((each["Value"] for each in vpc["Tags"] if each["Key"] == key), None)


def test_a_copy_of_an_environment_stands_beside_it_in_one_account(
    cluster: ClusterUnderTest, staging: ClusterUnderTest, operated: Operated
) -> None:
    before = cluster.owners()
    staging.up()
    other = Operated.of(staging)
    for each in (operated, other):
        assert each.report().findings == ()
        found = find_tagged_cluster(each.aws, each.cluster.name)
        assert (found.vpc_id, found.virtual_ip) == (each.cluster.vpc_id, each.cluster.virtual_ip)
        assert {node.network_interface_id for node in found.nodes} == {
            node.network_interface_id for node in each.cluster.nodes
        }
    with pytest.raises(UsageError, match="--cluster ha-cluster-dev, ha-cluster-staging"):
        find_tagged_cluster(operated.aws, None)
    cluster.preview(NO_CHANGES)
    staging.preview(NO_CHANGES)
    assert cluster.outputs()["virtual_ip"] == staging.outputs()["virtual_ip"]
    assert set(cluster.owners()).isdisjoint(staging.owners())
    assert tag(staging, "Environment") == "staging"
    assert tag(cluster, "Environment") is None

    node_b = other.cluster.node_named("b")
    assert move(Caller(other.aws), other.cluster, node_b).exit_code is ExitCode.SOUND
    assert cluster.owners() == before
    staging.preview("--refresh", NO_CHANGES)
    assert set(staging.owners().values()) == {node_b.network_interface_id}

    vpc = staging.outputs()["vpc_id"]
    staging.destroy()
    assert owners(cluster.ec2, vpc) == {}
    assert cluster.owners() == before
    cluster.preview(NO_CHANGES)


def test_a_kms_key_takes_the_place_of_the_passphrase(cluster: ClusterUnderTest) -> None:
    kms = cluster.sandbox.client("kms")
    key = kms.create_key()["KeyMetadata"]["KeyId"]
    kms.create_alias(AliasName="alias/pulumi", TargetKeyId=key)
    staging = ClusterUnderTest(cluster.sandbox, cluster.project, "staging")
    without = {"PULUMI_CONFIG_PASSPHRASE": ""}
    secret = ("config", "set", "--secret", "token", "hush")
    assert "incorrect passphrase" in cluster.pulumi(*secret, env=without, check=False).stderr
    for words in commands_of_the_page(2):
        cluster.pulumi(*words, stack=False)
    for stack in (staging, cluster):
        stack.pulumi(*secret, env=without)
        assert stack.pulumi("config", "get", "token", env=without).stdout.strip() == "hush"
        file = yaml.safe_load((stack.project / f"Pulumi.{stack.name}.yaml").read_text())
        assert file["secretsprovider"] == "awskms://alias/pulumi?region=us-east-1"
        assert "hush" not in str(file)
        stack.pulumi("config", "rm", "token", env=without)
    cluster.pulumi("preview", NO_CHANGES, env=without)
    staging.remove()
