"""The engine is killed while a resource is under way, and an operator follows the runbook."""

import os
import signal
import subprocess
import time
from collections.abc import Callable

import pytest

from sandbox import demo_checks
from sandbox.runtime import Sandbox
from tests.support.cluster import ROOT, ClusterUnderTest, changes, said
from tests.support.sandbox import Completed, StackUnderTest

RUNBOOK = (ROOT / "docs" / "runbook.md").read_text(encoding="utf-8")
PATIENCE_S = 120
NETWORK = """
import pulumi_aws as aws

aws.ec2.Vpc("vpc", cidr_block="10.1.0.0/16")
"""


@pytest.fixture
def cluster(new_cluster: ClusterUnderTest) -> ClusterUnderTest:
    return new_cluster


@pytest.fixture
def stack(empty_cloud: Sandbox, make_stack: Callable[..., StackUnderTest]) -> StackUnderTest:
    """A small one in a cloud of its own, because something is left behind in it."""
    assert empty_cloud.pending_faults() == []
    return make_stack(NETWORK)


def kill(stack: StackUnderTest, operation: str, *words: str) -> None:
    """Run `pulumi`, and kill its process group when AWS has done `operation` but not answered."""
    sandbox = stack.sandbox
    sandbox.hold(operation)
    options = ("--yes", "--skip-preview", "--parallel", "1", "--stack", stack.name)
    engine = subprocess.Popen(
        [str(sandbox.directory / "bin" / "pulumi"), "--non-interactive", *words, *options],
        cwd=stack.project,
        env=sandbox.environment,
        start_new_session=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    deadline = time.monotonic() + PATIENCE_S
    while not any(fault.held for fault in sandbox.pending_faults()):
        assert engine.poll() is None, f"pulumi ended before it called {operation}"
        assert time.monotonic() < deadline
        time.sleep(0.05)
    os.killpg(engine.pid, signal.SIGKILL)
    assert engine.wait() == -signal.SIGKILL
    sandbox.clear_faults()


def follow(stack: StackUnderTest, *words: str) -> Completed:
    """Type a command that the runbook gives."""
    assert " ".join(("pulumi", *words)) in RUNBOOK
    quick = () if words[0] == "cancel" else ("--skip-preview",)
    return stack.pulumi(*words, "--yes", *quick)


def under_way(stack: StackUnderTest) -> list[tuple[str, str]]:
    """Return what the engine does not know the end of: `[("creating", "network-vpc")]`."""
    return [
        (each["type"], each["resource"]["urn"].rpartition("::")[2])
        for each in stack.pending_operations()
    ]


def left_in_aws(cluster: ClusterUnderTest) -> list[str]:
    """Return what carries the stack's tags and is not in its state."""
    filters = [
        {"Name": "key", "Values": ["hacluster:stack"]},
        {"Name": "value", "Values": [cluster.name]},
    ]
    tagged = {each["ResourceId"] for each in cluster.ec2.describe_tags(Filters=filters)["Tags"]}
    return sorted(tagged - {each.get("id") for each in cluster.resources()})


def vpcs(stack: StackUnderTest) -> list[str]:
    """Return the VPCs that the small program asks for, as the cloud has them."""
    range_of_it = [{"Name": "cidr", "Values": ["10.1.0.0/16"]}]
    found = stack.sandbox.client("ec2").describe_vpcs(Filters=range_of_it)["Vpcs"]
    return [each["VpcId"] for each in found]


def assert_whole(cluster: ClusterUnderTest) -> None:
    demo_checks.check_vip(cluster.ec2, cluster.outputs(), owner=0)
    demo_checks.check_closed(cluster.ec2, cluster.outputs())
    demo_checks.check_endpoint(cluster.ec2, cluster.outputs())
    demo_checks.check_nodes(cluster.ec2, cluster.outputs())
    cluster.preview("--refresh", "--expect-no-changes")
    assert cluster.pending_operations() == []


def test_what_was_being_created_is_taken_over_and_the_update_is_finished(
    cluster: ClusterUnderTest,
) -> None:
    kill(cluster, "CreateVpc", "up")
    assert "the stack is currently locked by 1 lock(s)" in said(cluster.up(check=False))
    follow(cluster, "cancel")
    assert under_way(cluster) == [("creating", "network-vpc")]
    (vpc,) = left_in_aws(cluster)
    parent = cluster.pending_operations()[0]["resource"]["parent"]
    what = ("import", "aws:ec2/vpc:Vpc", "network-vpc")
    assert f"pulumi {' '.join(what)} vpc-... --parent network=URN --protect=false" in RUNBOOK
    cluster.pulumi(*what, vpc, "--parent", f"network={parent}", "--protect=false", "--yes")
    follow(cluster, "refresh", "--clear-pending-creates")
    follow(cluster, "up", "--refresh")
    assert cluster.outputs()["vpc_id"] == vpc
    assert left_in_aws(cluster) == []
    assert_whole(cluster)


def test_what_was_being_created_is_deleted_and_made_anew(cluster: ClusterUnderTest) -> None:
    kill(cluster, "RunInstances", "up")
    follow(cluster, "cancel")
    ((doing, name),) = under_way(cluster)
    assert (doing, name.rpartition("-")[0]) == ("creating", "cluster-node")
    (instance,) = left_in_aws(cluster)
    again = said(cluster.up(check=False))
    assert f"{name}, interrupted while creating" in again
    assert "RunInstances: InvalidNetworkInterface.InUse" in again
    cluster.ec2.terminate_instances(InstanceIds=[instance])
    follow(cluster, "refresh", "--clear-pending-creates")
    follow(cluster, "up", "--refresh")
    assert instance not in [node["instance_id"] for node in cluster.outputs()["nodes"]]
    assert_whole(cluster)


def test_without_a_look_an_update_makes_a_second_one_and_says_nothing(
    stack: StackUnderTest,
) -> None:
    kill(stack, "CreateVpc", "up")
    stack.pulumi("cancel", "--yes")
    done = stack.up("--refresh")
    assert (changes(done)["created"], "interrupted" in said(done)) == (1, False)
    assert under_way(stack) == [("creating", "vpc")]
    assert len(vpcs(stack)) == 2


def test_the_engine_s_own_import_of_pending_creates_drops_them(
    stack: StackUnderTest,
) -> None:
    """When an upgrade of the engine fails this test, the runbook gets a shorter way."""
    kill(stack, "CreateVpc", "up")
    stack.pulumi("cancel", "--yes")
    (pending,) = stack.pending_operations()
    pair = (pending["resource"]["urn"], *vpcs(stack))
    stack.refresh(*(word for each in pair for word in ("--import-pending-creates", each)))
    assert stack.pending_operations() == []
    assert "aws:ec2/vpc:Vpc" not in [each["type"] for each in stack.resources()]


def test_a_destroy_goes_on_by_itself(cluster: ClusterUnderTest) -> None:
    before = demo_checks.inventory(cluster.sandbox.client)
    cluster.up()
    kill(cluster, "TerminateInstances", "destroy", "--ignore-protect")
    follow(cluster, "cancel")
    ((doing, name),) = under_way(cluster)
    assert (doing, name.rpartition("-")[0]) == ("deleting", "cluster-node")
    follow(cluster, "destroy", "--ignore-protect")
    assert (cluster.resources(), cluster.pending_operations()) == ([], [])
    assert demo_checks.inventory(cluster.sandbox.client) == before
