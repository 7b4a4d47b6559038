"""Small stacks on which a network check goes wrong easily, each with its verdict."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sandbox.runtime import Sandbox
from tests.support.cluster import PACK, ROOT
from tests.support.echo_provider import echo_provider
from tests.support.event_logs import findings, policy_events
from tests.support.sandbox import StackUnderTest

CASES = ROOT / "tests" / "cases"
RULE = "private-subnets-have-no-internet-route"
MISSING = "facts-are-missing"
PRIVATE = "subnet private-a -> association private -> route table private -> route 0.0.0.0/0"
TO_NAT = f"path: {PRIVATE} -> NAT gateway nat"
THROUGH_THE_FIREWALL = (
    f"path: {PRIVATE} -> firewall endpoint inspection[0] -> subnet firewall-a"
    " -> association firewall -> route table firewall -> route 0.0.0.0/0 -> NAT gateway nat"
)
LOOKED_UP = (
    "not known: routeTableId of Route out (unknown and linked to no resource; the Python SDK drops"
    " the links of a look-up such as get_route_table_output until its arguments are known"
)
SIGNS = "its signs disagree (private by its name; public by its tag {})"
STACK = "probe-{stack}"
"""By what a case is called in `CASES`: the subjects that are reported, with a part of each text."""
VERDICTS: dict[str, dict[tuple[str, str, str], str]] = {
    "public name": {
        (MISSING, "advisory", STACK): "skipped (subnet-public-0-private-net: it is public)"
    },
    "public addresses": {(MISSING, "advisory", STACK): "skipped (web-1: it is public)"},
    "NAT as gateway, inline": {(RULE, "mandatory", "private-a"): TO_NAT},
    "NAT as gateway": {(RULE, "mandatory", "private-a"): TO_NAT},
    "firewall": {
        (RULE, "mandatory", "private-a"): THROUGH_THE_FIREWALL,
        (MISSING, "advisory", "firewall-a"): "whether subnet firewall-a is private",
    },
    "commands": {
        (
            MISSING,
            "advisory",
            "render",
        ): "render (a command) may change the network where it cannot be seen"
    },
    "adopted plain table": {},
    "looked-up table": {(MISSING, "advisory", "private-a"): LOOKED_UP},
    "private name, public role": {
        (MISSING, "advisory", "app-private-1"): SIGNS.format("kubernetes.io/role/elb")
    },
    "private name, public type": {(MISSING, "advisory", "app-private-1"): SIGNS.format("Type")},
    "public sector": {
        (MISSING, "advisory", "public-sector-db-a"): (
            "whether subnet public-sector-db-a is private: nothing classifies it"
        )
    },
    "private name at a gateway": {
        (MISSING, "advisory", "private-b"): SIGNS.format("kubernetes.io/role/elb")
    },
    "private range to NAT": {},
    "peering": {
        (MISSING, "advisory", "private-a"): "why public addresses are routed to the VPC peering"
    },
    "virtual IP to nowhere": {
        (MISSING, "advisory", "virtual-ip"): (
            "whether network interface eni-0123456789abcdef0 exists"
        )
    },
}


@pytest.fixture
def stack_of(make_stack: Callable[..., StackUnderTest]) -> Callable[[str], StackUnderTest]:
    program = (CASES / "__main__.py").read_text()
    return lambda case: make_stack(program, case=case)


def previewed(stack: StackUnderTest, folder: Path) -> str:
    """Preview a stack under the pack; return the engine's events."""
    log = folder / "events"
    with echo_provider() as port:
        attached = stack.sandbox.environment["PULUMI_DEBUG_PROVIDERS"]
        done = stack.pulumi(
            "preview", *PACK, "--event-log", str(log), check=False,
            env={
                "PULUMI_DEBUG_COMMANDS": "1",
                "PULUMI_DEBUG_PROVIDERS": f"{attached},command:{port}",
            },
        )  # fmt: skip
    assert "closed-network" in done.stdout, done.stdout + done.stderr
    return log.read_text()


@pytest.mark.parametrize("case", VERDICTS)
def test_a_preview_gives_the_verdict(
    stack_of: Callable[[str], StackUnderTest], tmp_path: Path, case: str
) -> None:
    stack = stack_of(case)
    events = previewed(stack, tmp_path)
    expected = {
        (policy, level, name.format(stack=stack.name)): part
        for (policy, level, name), part in VERDICTS[case].items()
    }
    assert findings(events) == set(expected)
    for finding, part in expected.items():
        assert part in " ".join(message_of(events, finding[2]))


def message_of(events: str, name: str) -> list[str]:
    return [each["message"] for each in policy_events(events) if each["resourceUrn"].endswith(name)]


def analyzed(sandbox: Sandbox, state: Path) -> dict[str, list[Any]]:
    command = ("policy", "analyze", "--json", "--file", str(state), *PACK)
    done = sandbox.pulumi(*command, cwd=state.parent, check=False)
    found: dict[str, list[Any]] = {}
    for each in policy_events(done.stdout):
        found.setdefault(each["resourceUrn"].rpartition("::")[2], []).append(each)
    return found


def test_a_nat_gateway_given_as_a_gateway_is_found_in_the_state_too(
    stack_of: Callable[[str], StackUnderTest], tmp_path: Path
) -> None:
    stack = stack_of("NAT as gateway")
    stack.up()
    state = tmp_path / "state.json"
    state.write_text(json.dumps(stack.state()))
    (found,) = analyzed(stack.sandbox, state)["private-a"]
    assert found["policyName"] == RULE
    assert TO_NAT in found["message"]


def test_what_hangs_on_a_vpc_that_is_only_read_is_unverified(sandbox: Sandbox) -> None:
    found = analyzed(sandbox, CASES / "read-vpc.json")
    assert {name: [each["policyName"] for each in all_] for name, all_ in found.items()} == {
        "private-a": [MISSING],
        "ep": [MISSING],
    }
    assert (
        "the routes of main route table of VPC v, which is outside of the stack"
        in found["private-a"][0]["message"]
    )
    assert (
        "the rules of default security group of VPC v, which is not in the stack"
        in found["ep"][0]["message"]
    )
