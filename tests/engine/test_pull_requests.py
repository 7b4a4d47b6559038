"""What a pull request's checks say of the cluster: `make preview-check` and `make drift-check`."""

import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.cluster import ClusterUnderTest
from tests.support.sandbox import Completed, StackUnderTest

# A route from a private subnet to the internet, added at the end of the program.
WAY_OUT = """

import pulumi_aws as aws

aws.ec2.Route(
    "way-out",
    route_table_id=network.route_table_ids["private_a"],
    destination_cidr_block="0.0.0.0/0",
    gateway_id=aws.ec2.InternetGateway("gateway", vpc_id=network.vpc_id).id,
)
"""


def make(stack: StackUnderTest, target: str, *variables: str) -> Completed:
    """Run a target of the Makefile as a person does who has this sandbox's `pulumi`."""
    installed = ("--old-file=venv/.ready", "--old-file=policy/venv/.ready")
    path = f"{stack.sandbox.directory / 'bin'}{os.pathsep}{os.environ['PATH']}"
    return subprocess.run(
        ["make", "--no-print-directory", *installed, target, f"STACK={stack.name}", *variables],
        cwd=stack.project,
        env={**stack.sandbox.environment, "PATH": path},
        capture_output=True,
        text=True,
        check=False,
    )


def outcome(done: Completed) -> int:
    """Return the exit code of the command that `make` ran; its own one is always 2."""
    if done.returncode == 0:
        return 0
    return int(done.stderr.strip().rpartition("Error ")[2])


def headline(done: Completed) -> str:
    return done.stdout.splitlines()[1]


@pytest.fixture
def failed_over(cluster: ClusterUnderTest) -> Iterator[None]:
    cluster.fail_over("b")
    yield
    cluster.fail_over("a")


def test_a_change_that_keeps_every_policy_passes_and_is_listed(cluster: ClusterUnderTest) -> None:
    cluster.set_object("adminCidrs", ["10.0.10.0/24", "10.0.110.0/24"])
    done = make(cluster, "preview-check")
    cluster.unset("adminCidrs[1]")
    assert outcome(done) == 0, done.stderr
    assert done.stdout.startswith("<!-- guardrails: ha-cluster/dev -->\n")
    assert headline(done) == "## `ha-cluster/dev`: no policy is violated"
    assert "\n1 to create, 46 unchanged\n" in done.stdout
    assert (
        "| create | `cluster-webui-10-0-110-0-24` | `aws:vpc:SecurityGroupIngressRule` |"
        in done.stdout
    )
    assert "| `private-subnets-have-no-internet-route` | kept |" in done.stdout


def test_a_change_that_opens_a_private_subnet_fails_with_its_path(
    cluster: ClusterUnderTest, tmp_path: Path
) -> None:
    opened = cluster.edited(tmp_path)
    with (tmp_path / "__main__.py").open("a") as program:
        program.write(WAY_OUT)
    done = make(opened, "preview-check")
    assert outcome(done) == 5, done.stderr
    assert headline(done) == "## `ha-cluster/dev`: a policy is violated"
    assert (
        "  path: subnet network-private-subnet-a -> association network-private-binding-a"
        " -> route table network-private-table-a -> route 0.0.0.0/0 -> internet gateway gateway"
    ) in done.stdout
    assert "| `private-subnets-have-no-internet-route` | violated: 1 |" in done.stdout


def test_the_same_verdict_is_a_web_page_and_an_alert(
    cluster: ClusterUnderTest, tmp_path: Path
) -> None:
    opened = cluster.edited(tmp_path / "project")
    with (tmp_path / "project" / "__main__.py").open("a") as program:
        program.write(WAY_OUT)
    page, alerts = tmp_path / "report.html", tmp_path / "report.sarif"
    done = make(opened, "preview-check", f"FORMATS=--format html={page} --format sarif={alerts}")
    assert outcome(done) == 5, done.stderr
    assert done.stdout == ""
    step = "subnet network-private-subnet-a -&gt; association network-private-binding-a"
    assert step in page.read_text()
    (run,) = json.loads(alerts.read_text())["runs"]
    assert run["automationDetails"] == {"id": "ha-cluster/dev/"}
    (violation,) = [each for each in run["results"] if each["level"] == "error"]
    assert violation["ruleId"] == "private-subnets-have-no-internet-route"
    first, *rest = violation["message"]["text"].splitlines()
    assert first.startswith("network-private-subnet-a: ")
    assert "  path: subnet network-private-subnet-a -> " in "\n".join(rest)
    rule = run["tool"]["driver"]["rules"][violation["ruleIndex"]]
    assert rule["fullDescription"]["text"].startswith("No private subnet has an egress path")


def test_a_failover_is_no_drift(cluster: ClusterUnderTest, failed_over: None) -> None:
    done = make(cluster, "drift-check")
    assert failed_over is None
    assert set(cluster.owners().values()) == {cluster.node("b")["network_interface_id"]}
    assert outcome(done) == 0, done.stdout
    assert "\n46 unchanged\n" in done.stdout


def test_what_somebody_changed_by_hand_is_drift(cluster: ClusterUnderTest) -> None:
    interface = cluster.node("b")["network_interface_id"]
    checks = {"NetworkInterfaceId": interface}
    cluster.ec2.modify_network_interface_attribute(**checks, SourceDestCheck={"Value": True})
    done = make(cluster, "drift-check")
    cluster.ec2.modify_network_interface_attribute(**checks, SourceDestCheck={"Value": False})
    assert outcome(done) == 7, done.stdout
    assert headline(done) == "## `ha-cluster/dev`: the stack differs from its program"
    assert (
        "| update | `cluster-interface-b` | `aws:ec2:NetworkInterface` | `sourceDestCheck` |"
        in done.stdout
    )


def test_a_stack_that_does_not_exist_is_a_failure_and_not_drift(
    cluster: ClusterUnderTest,
) -> None:
    done = make(StackUnderTest(cluster.sandbox, cluster.project, "nowhere"), "drift-check")
    assert outcome(done) == 1
    assert "no stack named 'nowhere' found" in done.stderr
    assert headline(done) == "## `ha-cluster/nowhere`: the preview failed"
