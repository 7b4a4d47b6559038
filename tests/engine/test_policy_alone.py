"""The pack's folder by itself, and its library in a pack of three lines, under the real engine."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from guardrails.testing import Given
from sandbox.runtime import Sandbox
from tests.support.event_logs import policy_events
from tests.support.policy_stacks import closed_network
from tests.support.sandbox import write_pack

ROOT = Path(__file__).parents[2]
RULE = "private-subnets-have-no-internet-route"


def exported(resources: list[Given]) -> dict[str, Any]:
    """Return the resources as `pulumi stack export` writes them."""
    return {
        "version": 3,
        "deployment": {
            "manifest": {"time": "2026-01-01T00:00:00Z", "magic": "", "version": ""},
            "resources": [
                {
                    "urn": each.urn,
                    "custom": True,
                    "id": (each.outputs or {})["id"],
                    "type": each.type,
                    "inputs": each.inputs,
                    "outputs": each.outputs,
                    "propertyDependencies": each.links,
                }
                for each in resources
            ],
        },
    }


@pytest.fixture
def state(tmp_path: Path) -> Path:
    stack, made = closed_network()
    stack.add(
        "ec2/route:Route",
        "out",
        routeTableId=made["table"],
        gatewayId=made["gateway"],
        destinationCidrBlock="0.0.0.0/0",
    )
    file = tmp_path / "state.json"
    file.write_text(json.dumps(exported(stack.state())))
    return file


def reported(sandbox: Sandbox, pack: Path, state: Path) -> list[str]:
    return [event["policyName"] for event in events(sandbox, pack, state)]


def events(sandbox: Sandbox, pack: Path, state: Path) -> list[dict[str, Any]]:
    shown = sandbox.pulumi(
        "policy",
        "analyze",
        "--file",
        str(state),
        "--policy-pack",
        str(pack),
        "--json",
        cwd=state.parent,
        check=False,
    )
    assert shown.returncode != 0, shown.stderr
    return policy_events(shown.stdout)


def test_the_folder_works_alone_in_an_empty_one(
    sandbox: Sandbox, state: Path, tmp_path: Path
) -> None:
    pack = tmp_path / "copied"
    shutil.copytree(ROOT / "policy", pack, ignore=shutil.ignore_patterns("venv", "__pycache__"))
    (pack / "venv").symlink_to(ROOT / "policy" / "venv")
    assert reported(sandbox, pack, state) == [RULE]


def test_the_folder_is_a_program_too(sandbox: Sandbox, state: Path) -> None:
    assert reported(sandbox, ROOT / "policy" / "closed-network", state) == [RULE]


def test_the_program_without_its_environment_names_the_remedy(
    sandbox: Sandbox, state: Path, tmp_path: Path
) -> None:
    program = tmp_path / "closed-network"
    shutil.copy(ROOT / "policy" / "closed-network", program)
    command = ("policy", "analyze", "--file", str(state), "--policy-pack", str(program))
    shown = sandbox.pulumi(*command, cwd=tmp_path, check=False)
    assert shown.returncode != 0
    assert f"run `pulumi policy install` in {tmp_path}" in shown.stdout + shown.stderr


def test_a_pack_of_three_lines_has_all_policies(
    sandbox: Sandbox, state: Path, tmp_path: Path
) -> None:
    program = (
        "from guardrails.pack import policies\n"
        "from pulumi_policy import PolicyPack\n"
        'PolicyPack("own", policies())\n'
    )
    assert reported(sandbox, write_pack(tmp_path / "own", program), state) == [RULE]


def test_more_findings_than_the_engine_takes_are_shown_in_part_and_counted(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    stack, made = closed_network()
    route = {"cidrBlock": "0.0.0.0/0", "gatewayId": made["gateway"]}
    name = f"open-{'x' * 20_000}"
    table = stack.add("ec2/routeTable:RouteTable", name, vpcId=made["vpc"], routes=[route])
    stack.add(
        "ec2/mainRouteTableAssociation:MainRouteTableAssociation",
        "main",
        vpcId=made["vpc"],
        routeTableId=table,
    )
    for number in range(200):
        stack.add(
            "ec2/subnet:Subnet",
            f"private-{number}",
            vpcId=made["vpc"],
            cidrBlock=f"10.0.{number}.0/24",
        )
    file = tmp_path / "state.json"
    file.write_text(json.dumps(exported(stack.state())))
    found = [event["message"] for event in events(sandbox, ROOT / "policy", file)]
    assert 50 < len(found) < 200
    assert sum(f"{201 - len(found)} more findings of this policy" in each for each in found) == 1
