"""`python -m ops move` and `drill` as they are typed: options, exit codes, what goes where."""

import dataclasses
import io
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from ops.cluster import Cluster
from ops.command import main, parser
from ops.drill import command as drill
from sandbox.servers import CHECKOUT
from tests.support.ops_cloud import OpsCloud


def outputs_of(cluster: Cluster, *, configured: bool) -> dict[str, object]:
    summary = {"configuration": "<root/>", "complete": configured}
    return {
        "cluster_name": cluster.name,
        "region": cluster.region,
        "vpc_id": cluster.vpc_id,
        "virtual_ip": cluster.virtual_ip,
        "node_role_arn": "",
        "subnet_ids": {},
        "route_table_ids": dict(cluster.route_table_ids),
        "endpoint_ids": dict(cluster.endpoint_ids),
        "nodes": [dataclasses.asdict(node) for node in cluster.nodes],
        "expresscluster": summary,
    }


@pytest.fixture
def cluster(cloud: OpsCloud, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Cluster:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("AWS_ENDPOINT_URL", cloud.endpoint_url)
    built = cloud.build(2)
    for name, configured in (("outputs.json", False), ("configured.json", True)):
        text = json.dumps(outputs_of(built, configured=configured))
        (tmp_path / name).write_text(text)
    return built


def run(*words: str) -> int:
    return main([words[0], "--outputs", "outputs.json", *words[1:]])


def test_move_moves_and_prints_a_row_for_each_table(
    cloud: OpsCloud, cluster: Cluster, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("move", "--to", "b") == 0
    printed = capsys.readouterr()
    assert printed.err == ""
    b = cluster.nodes[1].network_interface_id
    assert printed.out.startswith(f"20.0.0.100 to node-b ({b}): moved in all tables\n")
    assert printed.out.count("  node-b  ") == 2
    assert ", 4 EC2 calls\n" in printed.out
    assert cloud.targets(cluster) == ["node-b"] * 2


def test_move_writes_json(cluster: Cluster, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("move", "--to", "node-b", "--json") == 0
    written = json.loads(capsys.readouterr().out)
    assert (written["moved"], len(written["tables"]), written["problems"]) == (True, 2, [])
    assert {each["table"] for each in written["tables"]} == set(cluster.route_table_ids.values())


@pytest.mark.parametrize("words", [["move", "--to", "b"], ["drill", "--by", "route", "--yes"]])
def test_a_dry_run_prints_only_the_calls(
    cloud: OpsCloud, cluster: Cluster, capsys: pytest.CaptureFixture[str], words: list[str]
) -> None:
    assert run(*words, "--dry-run") == 0
    lines = capsys.readouterr().out.splitlines()
    assert all(line.startswith("aws ec2 ") for line in lines)
    moves = 1 if words[0] == "move" else 2
    assert sum("replace-route" in line for line in lines) == 2 * moves
    assert cloud.targets(cluster) == ["node-a"] * 2


@pytest.mark.parametrize(
    ("words", "missing"),
    [
        (["move", "--to", "b"], "--interrupts-service"),
        (["drill", "--yes"], "--force"),
        (["drill", "--yes", "--by", "route", "--force"], "--interrupts-service"),
    ],
)
def test_a_configured_cluster_asks_for_an_option(
    cloud: OpsCloud,
    cluster: Cluster,
    capsys: pytest.CaptureFixture[str],
    words: list[str],
    missing: str,
) -> None:
    assert main([words[0], "--outputs", "configured.json", *words[1:]]) == 2
    printed = capsys.readouterr()
    assert (printed.out, f"add {missing}\n" in printed.err) == ("", True)
    assert cloud.targets(cluster) == ["node-a"] * 2


def test_a_drill_without_a_terminal_needs_yes(
    cluster: Cluster, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("y\n"))
    assert run("drill", "--by", "route") == 2
    assert "there is no terminal to ask on: add --yes" in capsys.readouterr().err
    assert cluster.nodes


class Terminal(io.StringIO):
    """Standard input on which somebody types."""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(("typed", "code"), [("y\n", 0), ("\n", 1), ("", 1)])
def test_a_drill_asks_on_a_terminal(
    cloud: OpsCloud,
    cluster: Cluster,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    typed: str,
    code: int,
) -> None:
    monkeypatch.setattr(sys, "stdin", Terminal(typed))
    assert run("drill", "--by", "route") == code
    printed = capsys.readouterr()
    assert printed.err.startswith("Move 20.0.0.100 away from node-a and back? [y/N] ")
    assert ("nothing was changed" in printed.err) == (code == 1)
    assert ("result: passed\n" in printed.out) == (code == 0)
    assert cloud.targets(cluster) == ["node-a"] * 2


def test_a_drill_writes_json_and_a_page(
    cluster: Cluster, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ("--by", "route", "--yes", "--json", "--repeat", "2", "--report", "drill.html")
    assert run("drill", *words) == 0
    printed = capsys.readouterr()
    written = json.loads(printed.out)
    assert (written["restored"], written["exit_code"], written["problems"]) == (True, 0, [])
    assert len(written["takeovers"]) == len(written["failbacks"]) == 2
    assert set(written["percentiles"]["flip"]) == {"p50", "p95", "max"}
    targets = dict.fromkeys(cluster.route_table_ids.values(), cluster.nodes[0].network_interface_id)
    assert written["final_targets"] == targets
    page = Path("drill.html").read_text(encoding="utf-8")
    assert "<title>Failover drill of ha-cluster-test: passed</title>" in page
    assert printed.err.splitlines() == [
        f"moving 20.0.0.100 to node-{letter}" for letter in ("b", "a", "b", "a")
    ]


def test_a_drill_whose_page_has_no_folder_does_not_begin(
    cloud: OpsCloud, cluster: Cluster, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("drill", "--by", "route", "--yes", "--report", "away/drill.html") == 2
    assert "there is no folder away" in capsys.readouterr().err
    assert cloud.targets(cluster) == ["node-a"] * 2


def test_a_drill_is_refused_with_the_finding(
    cloud: OpsCloud, cluster: Cluster, capsys: pytest.CaptureFixture[str]
) -> None:
    cloud.ec2.stop_instances(InstanceIds=[cluster.nodes[1].instance_id])
    assert run("drill", "--by", "route", "--yes", "--json") == 1
    written = json.loads(capsys.readouterr().out)
    assert written["refused"]
    assert [each["id"] for each in written["problems"]] == ["virtual-ip-target-not-running"]


def test_ctrl_c_restores_the_former_owner(cloud: OpsCloud, cluster: Cluster) -> None:
    words = ["drill", "--outputs", "outputs.json", "--by", "route", "--yes", "--repeat", "500"]
    with subprocess.Popen(
        [sys.executable, "-m", "ops", *words],
        env={**os.environ, "PYTHONPATH": str(CHECKOUT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stderr is not None
        while process.stderr.readline() != "moving 20.0.0.100 to node-a\n":
            assert process.poll() is None
        process.send_signal(signal.SIGINT)
        printed, told = process.communicate(timeout=60)
    assert process.returncode == 1
    assert "interrupted: restoring node-a; Ctrl-C again ends this at once\n" in told
    assert printed.endswith("result: FAILED: interrupted\n")
    assert "final state: node-a holds 20.0.0.100 in all tables, as before\n" in printed
    assert cloud.targets(cluster) == ["node-a"] * 2


def test_printed_commands_name_the_cluster_as_it_was_typed() -> None:
    words = ["drill", "--outputs", "my outputs.json", "--endpoint-url", "http://127.0.0.1:1"]
    arguments = parser().parse_args([*words, "--yes"])
    assert drill._typed_options(arguments) == (
        "--outputs 'my outputs.json' --endpoint-url http://127.0.0.1:1"
    )
