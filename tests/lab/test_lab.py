"""The lab as a person uses it; needs the packages that `python -m lab packages` names."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest

from lab import lifecycle
from lab.demo import build_stack
from sandbox.runtime import Sandbox

CHECKOUT = Path(__file__).parents[2]
OUR_NAMESPACE = ("unshare", "--user", "--map-root-user")


@dataclass(frozen=True)
class Lab:
    """A stack in a sandbox, and where its lab is kept."""

    sandbox: Sandbox
    directory: Path
    outputs: Path

    def run(self, *words: str, before: tuple[str, ...] = ()) -> subprocess.CompletedProcess[str]:
        """Run `python -m lab` in the sandbox's environment."""
        command = [*before, sys.executable, "-m", "lab", "--directory", str(self.directory), *words]
        return subprocess.run(
            command,
            cwd=CHECKOUT,
            env=self.sandbox.environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=240,
        )

    def up(self, before: tuple[str, ...] = ()) -> None:
        done = self.run("up", "--outputs", str(self.outputs), before=before)
        assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Generator[Lab]:
    home = tmp_path_factory.mktemp("lab")
    with Sandbox(home / "sandbox", report=lambda _: None) as sandbox:
        outputs = home / "outputs.json"
        build_stack(sandbox, home / "project")
        done = sandbox.pulumi("stack", "output", "--json", cwd=home / "project")
        outputs.write_text(done.stdout)
        yield Lab(sandbox, home / "lab", outputs)


@pytest.fixture
def lab(stack: Lab) -> Generator[Lab]:
    stack.up()
    yield stack
    stack.run("down")


def traces() -> dict[str, object]:
    """What a lab could leave on the machine: networks, mounts, and programs of its engine."""
    words = {"corosync", "pacemakerd", "lab.inside", "lab.supervisor", "lab.drill.probe"}
    return {
        "networks": sorted(Path("/sys/class/net").iterdir()),
        "named networks": sorted(Path("/run/netns").glob("*")),
        "mounts": sorted(Path("/proc/self/mounts").read_text().splitlines()),
        "programs": sorted(
            " ".join(process.info["cmdline"])
            for process in psutil.process_iter(["cmdline"])
            if process.info["cmdline"] and words & set(process.info["cmdline"])
        ),
    }


def wait_until_gone(before: dict[str, object]) -> None:
    deadline = time.monotonic() + 10
    while traces() != before and time.monotonic() < deadline:
        time.sleep(0.05)


def test_the_articles_acceptance_holds_and_nothing_is_left(stack: Lab) -> None:
    before = traces()
    stack.up()
    assert {key: traces()[key] for key in ("networks", "named networks", "mounts")} == {
        key: before[key] for key in ("networks", "named networks", "mounts")
    }
    done = stack.run("accept")
    assert done.returncode == 0, done.stdout + done.stderr
    address = "http://20.0.0.100:29003/"
    shown = [line.split()[2] for line in done.stdout.splitlines() if line.startswith(address)]
    assert shown == ["node-a", "node-b", "node-a"]
    assert done.stdout.count("Connect timeout on endpoint URL") == 2
    assert done.stdout.count("nothing leads to the internet (No route to host)") == 2
    assert "client-public-a: the internet answers" in done.stdout
    assert stack.run("down").stdout == "ended; nothing is left\n"
    assert not stack.directory.exists()
    wait_until_gone(before)
    assert traces() == before


def test_a_killed_lab_leaves_no_network_and_no_process(stack: Lab) -> None:
    before = traces()
    stack.up()
    process = lifecycle.recorded(stack.directory)
    assert process is not None
    os.kill(process.pid, signal.SIGKILL)
    wait_until_gone(before)
    assert traces() == before
    assert stack.run("status").returncode == 1
    stack.up()
    assert stack.run("down").stdout == "ended; nothing is left\n"


def test_a_lab_without_root_fails_over_too(stack: Lab) -> None:
    stack.up(before=OUR_NAMESPACE)
    try:
        done = stack.run("drill", "D1", "D2", before=())
        assert done.returncode == 0, done.stdout + done.stderr
        assert "2 of 2 scenarios held" in done.stdout
    finally:
        stack.run("down")


def test_a_node_fences_the_other_one_by_fence_aws(lab: Lab) -> None:
    done = lab.run("drill", "F1", "F2")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "2 of 2 scenarios held" in done.stdout


def test_a_command_runs_on_a_node_with_its_exit_code(lab: Lab) -> None:
    done = lab.run("run", "node-b", "--", "sh", "-c", "hostname; exit 3")
    assert (done.returncode, done.stdout) == (3, "node-b\n")
    done = lab.run("run", "node-c", "--", "true")
    assert done.returncode == 1
    assert "'node-c' is not a host of the lab: it has node-a, node-b, ec2-private-a" in done.stdout


def test_the_lab_follows_what_others_change_in_aws(lab: Lab) -> None:
    ec2 = lab.sandbox.client("ec2")
    node = lab.sandbox.client("ec2").describe_instances()["Reservations"][0]["Instances"][0]
    ec2.stop_instances(InstanceIds=[node["InstanceId"]])
    deadline = time.monotonic() + 20
    while " off" not in lab.run("status").stdout and time.monotonic() < deadline:
        time.sleep(0.2)
    assert lab.run("status").stdout.count(" off") == 1
    ec2.start_instances(InstanceIds=[node["InstanceId"]])
    while " off" in lab.run("status").stdout and time.monotonic() < deadline + 20:
        time.sleep(0.2)
    assert " off" not in lab.run("status").stdout
