"""What `ops` learns of a cluster: from outputs, from a file, from Pulumi."""

import argparse
import json
from pathlib import Path

import pytest

from ops.cluster import Node, Port, read_cluster
from ops.errors import UsageError
from ops.sources import find_cluster
from tests.support.stack_outputs import NODE, OUTPUTS


def arguments(**given: str) -> argparse.Namespace:
    names = ("outputs", "stack", "cluster", "region", "profile", "endpoint_url", "timeout")
    return argparse.Namespace(**{**dict.fromkeys(names), **given})


def test_outputs_become_a_cluster() -> None:
    cluster = read_cluster(OUTPUTS, "test")
    assert cluster.nodes == (Node("node-a", "a", "i-1", "eni-1", "10.0.110.10", "vol-1"),)
    assert cluster.ports == (Port("tcp", 29003, ("10.0.10.0/24",)),)
    assert cluster.transit_tables == ()
    assert (cluster.flow_log_group, cluster.alarms) == ("group", ("one",))
    assert cluster.route_change_rules == ("rule",)
    assert cluster.destination == "20.0.0.100/32"


def test_what_an_older_stack_does_not_export_is_not_known() -> None:
    older = {key: value for key, value in OUTPUTS.items() if key != "client_ports"}
    assert read_cluster(older, "test").ports is None


def test_every_output_that_is_missing_or_odd_is_named_at_once() -> None:
    broken = {**OUTPUTS, "vpc_id": 7, "endpoint_ids": [], "nodes": [{**NODE, "private_ip": None}]}
    del broken["region"]
    with pytest.raises(UsageError) as raised:
        read_cluster(broken, "--outputs x.json")
    for expected in (
        "--outputs x.json",
        "region is not a text",
        "vpc_id is not a text",
        "endpoint_ids is not a map",
        "nodes[0].private_ip is not a text",
        "pulumi stack output --json",
    ):
        assert expected in str(raised.value)


@pytest.mark.parametrize("name", ["node-a", "a"])
def test_a_node_goes_by_its_name_or_its_letter(name: str) -> None:
    assert read_cluster(OUTPUTS, "test").node_named(name).instance_id == "i-1"


def test_a_node_that_is_not_there_is_refused_with_those_that_are() -> None:
    with pytest.raises(UsageError, match=r"'c' is not a node .*: it has node-a"):
        read_cluster(OUTPUTS, "test").node_named("c")


def test_a_file_of_outputs_describes_the_cluster(tmp_path: Path) -> None:
    path = tmp_path / "outputs.json"
    path.write_text(json.dumps(OUTPUTS))
    assert find_cluster(arguments(outputs=str(path))).name == "ha-cluster-dev"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "is not valid JSON"),
        ("[]", "it holds no object"),
        ("{}", "cluster_name"),
    ],
)
def test_a_file_that_does_not_hold_outputs_is_refused(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "outputs.json"
    path.write_text(text)
    with pytest.raises(UsageError, match=said):
        find_cluster(arguments(outputs=str(path)))


def test_a_file_that_is_not_there_is_refused_by_its_name() -> None:
    with pytest.raises(UsageError, match=r"--outputs /no/such/file: No such file"):
        find_cluster(arguments(outputs="/no/such/file"))


def test_without_pulumi_on_path_a_stack_cannot_be_asked_for(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(UsageError, match="there is no pulumi on PATH"):
        find_cluster(arguments(stack="dev"))


def test_what_pulumi_refuses_is_passed_on(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    pulumi = tmp_path / "pulumi"
    pulumi.write_text("#!/bin/sh\necho \"error: no stack named 'x' found\" >&2\nexit 255\n")
    pulumi.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(UsageError, match="--stack x` failed: error: no stack named 'x' found"):
        find_cluster(arguments(stack="x"))
