"""Other people's stacks, judged by the pack: each example with its verdicts."""

from collections.abc import Callable
from pathlib import Path

import pytest

from sandbox.runtime import Sandbox
from tests.support.event_logs import findings
from tests.support.examples import EXAMPLES, ROOT, copied, give_what_it_adopts
from tests.support.sandbox import StackUnderTest

PACK = ROOT / "policy"

Preview = Callable[..., tuple[int, str]]


@pytest.fixture
def preview(sandbox: Sandbox, tmp_path: Path) -> Preview:
    """Preview a copy of an example under the pack; returns the exit code and all that it says."""

    def run(example: str, *options: str) -> tuple[int, str]:
        stack = StackUnderTest(sandbox, copied(example, tmp_path)).init({"aws:region": "us-east-1"})
        done = stack.preview("--policy-pack", str(PACK), *options, check=False)
        stack.pulumi("stack", "rm", "--yes")
        return done.returncode, done.stdout + done.stderr

    return run


def test_a_service_behind_endpoints_is_kept(preview: Preview) -> None:
    code, said = preview("plain-service")
    assert code == 0
    assert "✅ closed-network" in said
    assert "[advisory]" not in said


def test_a_private_tier_behind_a_nat_gateway_is_violated_with_its_path(preview: Preview) -> None:
    code, said = preview("three-tier")
    assert code != 0
    assert said.count("[mandatory]") == 1
    assert (
        "path: subnet shop-private-1 -> association shop-private-1 -> route table shop-private-1"
        " -> route 0.0.0.0/0 -> NAT gateway shop" in said
    )


def test_a_way_through_a_transit_gateway_is_never_kept_silently(preview: Preview) -> None:
    _, said = preview("shared-services")
    assert "✅ closed-network" not in said
    assert "subnet workload" in said
    assert "transit gateway core" in said


def test_a_network_known_by_ids_is_unverified_and_the_missing_facts_are_named(
    preview: Preview,
) -> None:
    code, said = preview("adopted-network")
    assert code == 0
    assert said.count("facts-are-missing") == 2
    assert "the rules of security group sg-0https, which is not in the stack" in said
    assert (
        "the routes of main route table of VPC vpc-0adopted, which is outside of the stack" in said
    )


def test_a_network_known_by_ids_is_kept_once_the_facts_are_given(preview: Preview) -> None:
    facts = EXAMPLES / "adopted-network" / "facts.json"
    code, said = preview("adopted-network", "--policy-pack-config", str(facts))
    assert code == 0
    assert "✅ closed-network" in said
    assert "facts-are-missing" not in said


def test_an_exported_state_is_judged_without_program_or_login(sandbox: Sandbox) -> None:
    done = sandbox.pulumi(
        "policy", "analyze", "--json",
        "--file", str(EXAMPLES / "exported-state" / "state.json"),
        "--policy-pack", str(PACK),
        cwd=ROOT,
        check=False,
    )  # fmt: skip
    assert done.returncode != 0
    assert findings(done.stdout) == {
        ("endpoints-admit-only-https", "mandatory", "ec2"),
        ("virtual-ip-outside-vpc-cidr", "mandatory", "address"),
    }


@pytest.mark.parametrize(
    "example", ["plain-service", "three-tier", "shared-services", "adopted-network"]
)
def test_preview_update_and_exported_state_agree(
    example: str, sandbox: Sandbox, tmp_path: Path
) -> None:
    project = copied(example, tmp_path)
    stack = StackUnderTest(sandbox, project).init({"aws:region": "us-east-1"})
    if example == "adopted-network":
        give_what_it_adopts(sandbox, stack)
    log = tmp_path / "events"
    watched = ("--policy-pack", str(PACK), "--event-log", str(log))
    debug = {"PULUMI_DEBUG_COMMANDS": "1"}
    stack.pulumi("preview", *watched, check=False, env=debug)
    previewed = findings(log.read_text())
    stack.up()
    log.unlink()
    stack.pulumi("up", "--yes", "--skip-preview", *watched, check=False, env=debug)
    updated = findings(log.read_text())
    state = tmp_path / "state.json"
    stack.pulumi("stack", "export", "--file", str(state))
    analysis = ("policy", "analyze", "--json", "--file", str(state), "--policy-pack", str(PACK))
    analyzed = findings(sandbox.pulumi(*analysis, cwd=ROOT, check=False).stdout)
    stack.destroy()
    assert previewed == updated == analyzed
    assert bool(analyzed) == (example != "plain-service")
