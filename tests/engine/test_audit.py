"""The audit of the running cluster: what the pack says of its stack, and the command itself."""

import subprocess
import sys

from sandbox.runtime import Sandbox
from tests.support.audited import assert_same, audited, judged_by_the_pack
from tests.support.cluster import ROOT, ClusterUnderTest

ROUTES = "private-subnets-have-no-internet-route"


def test_the_cluster_is_judged_as_the_pack_judges_its_stack(
    cluster: ClusterUnderTest, sandbox: Sandbox
) -> None:
    pack = judged_by_the_pack(cluster.state())
    assert (ROUTES, cluster.outputs()["subnet_ids"]["private_a"]) in pack.verdicts
    assert_same(pack, audited(sandbox))


def test_the_command_reports_the_clusters_vpc(cluster: ClusterUnderTest, sandbox: Sandbox) -> None:
    vpc = cluster.outputs()["vpc_id"]
    done = subprocess.run(
        [sys.executable, "-m", "ops", "audit", "--vpc", vpc],
        cwd=ROOT,
        env=sandbox.environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("account 123456789012, us-east-1: 1 VPC\n")
    assert f"{ROUTES}: 0 violated, 0 unverified, 2 kept; 1 skipped" in done.stdout
    assert done.stdout.endswith("\n0 violations\n")
