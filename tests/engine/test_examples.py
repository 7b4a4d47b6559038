"""Other people's stacks, judged by the pack: each example with its verdicts."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sandbox.runtime import Sandbox
from tests.support.sandbox import StackUnderTest

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples"
PACK = ROOT / "policy"

Preview = Callable[..., tuple[int, str]]


@pytest.fixture
def preview(sandbox: Sandbox, tmp_path: Path) -> Preview:
    """Preview a copy of an example under the pack; returns the exit code and all that it says."""

    def run(example: str, *options: str) -> tuple[int, str]:
        project = tmp_path / example
        shutil.copytree(EXAMPLES / example, project)
        settings = project / "Pulumi.yaml"
        settings.write_text(settings.read_text().replace("../../venv", str(ROOT / "venv")))
        stack = StackUnderTest(sandbox, project).init({"aws:region": "us-east-1"})
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
    assert "the routes of route table vpc-0adopted, which is outside of the stack" in said


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
    assert mandatory(done.stdout) == {
        ("endpoints-admit-only-https", "ec2"),
        ("virtual-ip-outside-vpc-cidr", "address"),
    }


def mandatory(printed: str) -> set[tuple[str, str]]:
    """Which policies are violated by what, in the events that `policy analyze --json` prints."""
    events: list[dict[str, Any]] = [json.loads(line) for line in printed.splitlines()]
    findings = [event["policyEvent"] for event in events if "policyEvent" in event]
    return {
        (each["policyName"], each["resourceUrn"].rpartition("::")[2])
        for each in findings
        if each["enforcementLevel"] == "mandatory"
    }
