"""What a stack's exported state says of the virtual IP's routes, and where it is read from."""

import json
from argparse import Namespace
from pathlib import Path
from typing import Any

import pytest

from ops.cluster import Cluster
from ops.errors import OpsError, UsageError
from ops.sources import find_declared_targets
from ops.stack_state import declared_targets

CLUSTER = Cluster(name="p-s", region="us-east-1", vpc_id="vpc-1", virtual_ip="20.0.0.100", nodes=())


def route(table: str, **changes: Any) -> dict[str, Any]:
    """Return a route as `pulumi stack export` writes it, shortened."""
    inputs = {
        "destinationCidrBlock": "20.0.0.100/32",
        "networkInterfaceId": "eni-a",
        "routeTableId": table,
    }
    return {"type": "aws:ec2/route:Route", "custom": True, "inputs": inputs, **changes}


def state(*resources: dict[str, Any]) -> dict[str, Any]:
    return {"version": 3, "deployment": {"resources": list(resources)}}


def options(**given: Any) -> Namespace:
    return Namespace(**{"state": None, "outputs": None, "cluster": None, "stack": None, **given})


def test_a_target_that_is_not_ignored_is_what_an_update_sets() -> None:
    exported = state(route("rtb-1"), route("rtb-2", ignoreChanges=["networkInterfaceId"]))
    assert declared_targets(exported, CLUSTER) == {"rtb-1": "eni-a"}


def test_ignoring_something_else_does_not_count() -> None:
    exported = state(route("rtb-1", ignoreChanges=["gatewayId"]))
    assert declared_targets(exported, CLUSTER) == {"rtb-1": "eni-a"}


@pytest.mark.parametrize(
    "other",
    [
        route("rtb-1", delete=True),
        route("rtb-1", type="aws:ec2/routeTable:RouteTable"),
        route("rtb-1", inputs={"destinationCidrBlock": "0.0.0.0/0", "routeTableId": "rtb-1"}),
        route("rtb-1", inputs=None),
    ],
)
def test_other_resources_say_nothing_of_it(other: dict[str, Any]) -> None:
    assert declared_targets(state(other), CLUSTER) == {}


def test_a_stack_without_resources_declares_nothing() -> None:
    assert declared_targets({"deployment": {}}, CLUSTER) == {}


def test_a_file_is_read(tmp_path: Path) -> None:
    file = tmp_path / "state.json"
    file.write_text(json.dumps(state(route("rtb-1"))))
    found = find_declared_targets(options(state=str(file), outputs="outputs.json"), CLUSTER)
    assert found == {"rtb-1": "eni-a"}


@pytest.mark.parametrize("text", ["no JSON", "[]", "{}", '{"deployment": null}'])
def test_a_file_that_holds_no_state_is_refused(tmp_path: Path, text: str) -> None:
    file = tmp_path / "state.json"
    file.write_text(text)
    with pytest.raises(
        UsageError, match=r"is not the state of a stack\. Write it with `pulumi stack"
    ):
        find_declared_targets(options(state=str(file)), CLUSTER)


def test_a_file_that_is_not_there_is_refused() -> None:
    with pytest.raises(UsageError, match=r"--state /nowhere: No such file"):
        find_declared_targets(options(state="/nowhere"), CLUSTER)


def test_a_cluster_that_does_not_come_from_pulumi_has_no_state() -> None:
    for given in ({"outputs": "outputs.json"}, {"cluster": "p-s"}):
        assert find_declared_targets(options(**given), CLUSTER) is None


def test_pulumi_exports_the_stack_that_is_meant(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pulumi = tmp_path / "pulumi"
    exported = json.dumps(state(route("rtb-1")))
    pulumi.write_text(
        f'#!/bin/sh\n[ "$5" = dev ] || {{ echo "no stack" >&2; exit 1; }}\necho \'{exported}\'\n'
    )
    pulumi.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin:/usr/bin")
    assert find_declared_targets(options(stack="dev"), CLUSTER) == {"rtb-1": "eni-a"}
    failed = find_declared_targets(options(stack="prod"), CLUSTER)
    assert isinstance(failed, OpsError)
    assert str(failed).endswith("--stack prod` failed: no stack")


def test_without_pulumi_the_reason_is_handed_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    found = find_declared_targets(options(stack="dev"), CLUSTER)
    assert isinstance(found, OpsError)
    assert "there is no pulumi on PATH" in str(found)
