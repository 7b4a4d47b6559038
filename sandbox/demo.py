"""The demo: the whole cluster built, failed over and taken down, each step with its proof."""

import contextlib
import json
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from sandbox import demo_checks as checks
from sandbox.errors import SandboxError
from sandbox.failover_group import describe_failover_group
from sandbox.project import refresh_project
from sandbox.runtime import Sandbox
from sandbox.servers import CHECKOUT
from sandbox.terminal import out

STACK = "dev"
RULE = "private-subnets-have-no-internet-route"
# What a well-meaning colleague adds to let the nodes fetch updates.
SHORTCUT = """
import pulumi_aws as aws

address = aws.ec2.Eip("shortcut", domain="vpc")
shortcut = aws.ec2.NatGateway(
    "shortcut", allocation_id=address.id, subnet_id=network.subnet_ids["public_a"]
)
aws.ec2.Route(
    "shortcut",
    route_table_id=network.route_table_ids["private_a"],
    destination_cidr_block="0.0.0.0/0",
    nat_gateway_id=shortcut.id,
)
"""


@dataclass
class Scene:
    """What the steps share: the sandbox, the program's folder, and what they have learnt."""

    sandbox: Sandbox
    project: Path
    outputs: dict[str, Any] = field(default_factory=dict[str, Any])
    before: set[str] = field(default_factory=set[str])

    def pulumi(self, *words: str, check: bool = True, project: Path | None = None) -> str:
        """Run `pulumi` on the demo's stack and return what it printed; see `Sandbox.pulumi`."""
        done = self.sandbox.pulumi(
            *words, "--stack", STACK, cwd=project or self.project, check=check
        )
        if not check and done.returncode == 0:
            raise SandboxError(f"`pulumi {' '.join(words)}` should have failed:\n{done.stdout}")
        return done.stdout + done.stderr

    def ops(self, *words: str) -> str:
        """Run `python -m ops` with the stack's outputs as its input; return what it printed."""
        done = subprocess.run(  # noqa: S603  # our own command, with the demo's own arguments
            [sys.executable, "-m", "ops", *words],
            cwd=CHECKOUT,
            env=self.sandbox.environment,
            input=json.dumps(self.outputs),
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            shown = f"`python -m ops {' '.join(words)}` exited with {done.returncode}"
            raise SandboxError(f"{shown}:\n{done.stdout}{done.stderr}")
        return done.stdout

    def client(self, service: str) -> Any:
        """Open a boto3 client in the stack's region."""
        return self.sandbox.client(service, self.outputs.get("region", "us-east-1"))


def play(directory: Path) -> int:
    """Play all steps in a sandbox of the demo's own, which is ended whatever happens."""
    directory.mkdir(parents=True, exist_ok=True)
    began = time.monotonic()
    with _only_demo(directory), contextlib.ExitStack() as ending:
        sandbox = Sandbox(directory, report=out.print)
        scene = Scene(sandbox, directory / "project")
        ending.callback(sandbox.stop)
        for number, step in enumerate(STEPS, start=1):
            _perform(number, step, scene)
    out.print(f"\nAll {len(STEPS)} steps held, in {time.monotonic() - began:.1f} s.")
    return 0


def start(scene: Scene) -> list[str]:
    """Start an empty cloud, a provider and a real Pulumi engine, all on this machine."""
    scene.sandbox.start(fresh=True)
    refresh_project(CHECKOUT, scene.project)
    scene.pulumi("stack", "init")
    scene.before = checks.inventory(scene.client)
    return []


def preview(scene: Scene) -> list[str]:
    """Preview the stack of Pulumi.dev.yaml, judged by the policy pack."""
    text = scene.pulumi("preview", "--policy-pack", "policy")
    _require_untouched(scene)
    return [f"{_count(text, 'to create')} resources would be made; no rule is broken; none exists"]


def build(scene: Scene) -> list[str]:
    """Build it: pulumi up --policy-pack policy."""
    text = scene.pulumi("up", "--yes", "--skip-preview", "--policy-pack", "policy")
    scene.outputs = json.loads(scene.pulumi("stack", "output", "--json"))
    configured = scene.outputs["expresscluster"]
    return [
        f"{_count(text, 'created')} resources made; EXPRESSCLUSTER is configured for",
        *(f"  {line}" for line in describe_failover_group(configured["configuration"])),
    ]


def verify(scene: Scene) -> list[str]:
    """Verify it: python -m ops verify, and what boto3 shows."""
    ec2 = scene.client("ec2")
    state = scene.sandbox.directory / "state-of-the-stack.json"
    state.write_text(scene.pulumi("stack", "export"), encoding="utf-8")
    return [
        *scene.ops("verify", "--outputs", "-", "--state", str(state))
        .replace("\n\n", "\n")
        .splitlines(),
        checks.check_vip(ec2, scene.outputs, owner=0),
        checks.check_closed(ec2, scene.outputs),
        checks.check_endpoint(ec2, scene.outputs),
        checks.check_nodes(ec2, scene.outputs),
    ]


def drill(scene: Scene) -> list[str]:
    """Drill a failover and the way back: python -m ops drill --by route."""
    # The mirror's state is not visible through AWS, and no cluster runs on these nodes.
    words = ("--by", "route", "--yes", "--force", "--interrupts-service", "--outputs", "-")
    return scene.ops("drill", *words).splitlines()


def audit(scene: Scene) -> list[str]:
    """Judge the VPC as AWS shows it by the pack's rules: python -m ops audit."""
    return scene.ops("audit", "--vpc", scene.outputs["vpc_id"]).splitlines()


def diagram(scene: Scene) -> list[str]:
    """Draw it: python -m ops diagram --format svg."""
    drawing = scene.sandbox.directory / "cluster.svg"
    drawing.write_text(scene.ops("diagram", "--format", "svg", "--outputs", "-"), encoding="utf-8")
    return [f"drawn in {drawing}"]


def fail_over(scene: Scene) -> list[str]:
    """Fail over: the second node takes the virtual IP, as EXPRESSCLUSTER makes it do."""
    ec2 = scene.client("ec2")
    checks.move_vip(ec2, scene.outputs, owner=1)
    return [checks.check_vip(ec2, scene.outputs, owner=1)]


def keep(scene: Scene) -> list[str]:
    """Run pulumi up again: the virtual IP must stay where the cluster put it."""
    text = scene.pulumi("up", "--yes", "--skip-preview", "--refresh")
    changed = re.findall(r"[+~-]+ \d+ (?:created|updated|replaced|deleted)", text)
    if changed:
        raise SandboxError(f"a second `pulumi up` changed something: {changed}\n{text}")
    return ["nothing changed", checks.check_vip(scene.client("ec2"), scene.outputs, owner=1)]


def roll_out(scene: Scene) -> list[str]:
    """Roll node A out to another image while node B holds the virtual IP."""
    ec2 = scene.client("ec2")
    before = scene.outputs["nodes"]
    scene.pulumi("config", "set", "--path", "ha-cluster:nodes.image", checks.other_image(ec2))
    scene.pulumi("config", "set", "ha-cluster:rollOut", "a")
    scene.pulumi("up", "--yes", "--skip-preview", "--policy-pack", "policy")
    scene.pulumi("config", "rm", "ha-cluster:rollOut")
    scene.outputs = json.loads(scene.pulumi("stack", "output", "--json"))
    return [
        checks.check_rolled_out(before, scene.outputs["nodes"], rolled=0),
        checks.check_vip(ec2, scene.outputs, owner=1),
        checks.check_nodes(ec2, scene.outputs),
    ]


def refuse(scene: Scene) -> list[str]:
    """Add a NAT gateway for the private subnet, and preview: the pack must refuse it."""
    broken = scene.sandbox.directory / "broken"
    shutil.rmtree(broken, ignore_errors=True)
    shutil.copytree(scene.project, broken, symlinks=True)
    program = (broken / "__main__.py").read_text(encoding="utf-8")
    (broken / "__main__.py").unlink()
    (broken / "__main__.py").write_text(program + SHORTCUT, encoding="utf-8")
    text = scene.pulumi("preview", "--policy-pack", "policy", check=False, project=broken)
    if RULE not in text:
        raise SandboxError(f"the preview failed for another reason than {RULE}:\n{text}")
    if scene.client("ec2").describe_nat_gateways()["NatGateways"]:
        raise SandboxError("a NAT gateway exists although the preview was refused")
    return ["refused before anything was made:", *_violation(text)]


def take_down(scene: Scene) -> list[str]:
    """Take it down: pulumi destroy --ignore-protect."""
    text = scene.pulumi("destroy", "--yes", "--skip-preview", "--ignore-protect")
    _require_untouched(scene)
    return [f"{_count(text, 'deleted')} resources deleted; the cloud is as empty as before"]


STEPS: tuple[Callable[[Scene], list[str]], ...] = (
    start,
    preview,
    build,
    verify,
    drill,
    audit,
    diagram,
    fail_over,
    keep,
    roll_out,
    refuse,
    take_down,
)


def _perform(number: int, step: Callable[[Scene], list[str]], scene: Scene) -> None:
    """Run one step, telling its title first, and then what it proved and how long it took."""
    title = f"{number}. {step.__doc__}"
    began = time.monotonic()
    out.print(title, style="bold")
    try:
        with out.status("working"):
            proofs = step(scene)
    except SandboxError as fault:
        raise SandboxError(f"step {number} failed: {fault}") from fault
    for proof in proofs:
        out.print(f"   {proof}")
    out.print(f"   {time.monotonic() - began:.1f} s", style="dim")


@contextlib.contextmanager
def _only_demo(directory: Path) -> Generator[None]:
    lock = FileLock(directory / "demo.lock")
    try:
        lock.acquire(timeout=0)
    except Timeout as fault:
        raise SandboxError("another demo is running in this checkout: wait for its end") from fault
    try:
        yield
    finally:
        lock.release()


def _require_untouched(scene: Scene) -> None:
    left = checks.inventory(scene.client) ^ scene.before
    if left:
        raise SandboxError(f"the cloud should be as it was before, but differs in {sorted(left)}")


def _count(text: str, what: str) -> str:
    """Return the number in the engine's summary, whose lines are as `    + 46 to create`."""
    found = re.search(rf"^ +[+-] (\d+) {what}$", text, re.MULTILINE)
    if found is None:
        raise SandboxError(f"the engine did not say how many were {what}:\n{text}")
    return found.group(1)


def _violation(text: str) -> list[str]:
    """Return the pack's message from the engine's output: from the rule's name to a blank line."""
    lines = text[text.index(RULE) :].splitlines()
    ending = next((place for place, line in enumerate(lines) if not line.strip()), len(lines))
    return [f"  {line.strip()}" for line in lines[:ending]]
