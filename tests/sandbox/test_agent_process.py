"""The agent's one file as Pacemaker runs it: a process for each action, and a helper that stays."""

import os
import socket
import subprocess
import sys
import threading
import zlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from agents.virtual_ip import protocol
from tests.support.agent_node import AgentNode, built_agent, running_node
from tests.support.ops_cloud import OpsCloud
from tests.support.small_cluster import VIP


@pytest.fixture(scope="module")
def agent(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return built_agent(tmp_path_factory.mktemp("agent"))


@pytest.fixture
def node(cloud: OpsCloud, agent: Path) -> Iterator[AgentNode]:
    with running_node(agent, cloud.build(), cloud.endpoint_url) as node:
        yield node


def descriptors(process: int) -> dict[int, str]:
    """What a process has open, by its numbers."""
    folder = Path(f"/proc/{process}/fd")
    return {int(each.name): str(each.readlink()) for each in folder.iterdir()}


def test_the_life_of_a_resource(cloud: OpsCloud, node: AgentNode) -> None:
    assert node.act("validate-all").returncode == 0
    assert node.act("monitor").returncode == 7
    started = node.act("start")
    assert (started.returncode, started.stdout) == (0, "")
    assert started.stderr.startswith(f"INFO: {VIP} was added to eth0\nINFO: {VIP} leads to ")
    assert cloud.targets(node.cluster) == ["node-b"] * 3
    monitored = node.act("monitor")
    assert (monitored.returncode, monitored.stderr) == (0, "")
    assert node.act("stop").returncode == 0
    assert node.addresses() == ["10.0.120.10/24"]
    assert node.act("monitor").returncode == 7
    assert len(node.helpers) == 1


def test_the_first_action_leaves_a_helper_that_keeps_none_of_its_pipes(node: AgentNode) -> None:
    assert node.act("monitor").returncode == 7
    (helper,) = node.helpers
    opened = descriptors(helper)
    assert [opened[number] for number in (0, 1, 2)] == ["/dev/null"] * 3
    assert not any(target.startswith("pipe:") for target in opened.values())
    assert os.getsid(helper) == helper
    assert Path(f"/proc/{helper}/cwd").readlink() == Path("/")


def test_actions_at_the_same_time_start_one_helper(node: AgentNode) -> None:
    with ThreadPoolExecutor(4) as pool:
        done = list(pool.map(node.act, ["monitor"] * 4))
    assert [each.returncode for each in done] == [7] * 4
    assert [each.stderr for each in done] == [""] * 4
    assert len(node.helpers) == 1


def test_a_helper_that_was_killed_is_replaced(node: AgentNode) -> None:
    node.act("monitor")
    before = node.helpers
    node.kill_helpers()
    done = node.act("start")
    assert done.returncode == 0
    assert "WARNING" not in done.stderr
    assert len(node.helpers) == 1
    assert node.helpers != before


def test_an_action_whose_helper_dies_meanwhile_is_done_without_it(
    cloud: OpsCloud, node: AgentNode
) -> None:
    key = protocol.key_of(str(node.agent), node.environment)
    path = node.run / f"virtual-ip-{zlib.crc32(key.encode()):08x}.sock"
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(path))
        listener.listen()

        def die() -> None:
            connection, _ = listener.accept()
            protocol.receive(connection, 10)
            connection.close()

        dying = threading.Thread(target=die)
        dying.start()
        done = node.act("start")
        dying.join()
    assert done.returncode == 0
    assert done.stderr.startswith("WARNING: the helper did not answer, so this is done without it")
    assert cloud.targets(node.cluster) == ["node-b"] * 3
    assert node.addresses() == ["10.0.120.10/24", f"{VIP}/32"]


def test_a_node_without_a_folder_for_sockets_works_without_a_helper(node: AgentNode) -> None:
    node.more["HA_CLUSTER_RUN"] = "/proc/ha-cluster"
    done = node.act("start")
    assert done.returncode == 0
    assert done.stderr.startswith("WARNING: no helper can be started, so this takes longer: ")
    assert node.act("stop").returncode == 0
    assert node.helpers == []


def test_other_parameters_are_not_answered_by_the_helper_that_runs(node: AgentNode) -> None:
    node.act("monitor")
    done = node.act("monitor", ip="not an address")
    assert done.returncode == 6
    assert done.stderr.startswith("ocf-exit-reason:ip 'not an address' must be an IPv4 address")
    assert len(node.helpers) == 2


def test_a_node_gives_the_address_up_in_a_partition_and_does_not_take_it_back(
    cloud: OpsCloud, node: AgentNode
) -> None:
    assert node.act("start").returncode == 0
    for table in node.cluster.route_table_ids.values():
        cloud.lead(table, node.cluster.nodes[0].network_interface_id)
    node.sees("node-b")
    assert node.act("monitor").returncode == 7
    assert node.act("stop").returncode == 0
    refused = node.act("start")
    assert refused.returncode == 4
    assert refused.stderr.count("\n") == 1
    assert cloud.targets(node.cluster) == ["node-a"] * 3
    node.sees("node-a", "node-b")
    assert node.act("start").returncode == 0


def test_an_action_whose_reader_is_gone_ends_all_the_same(node: AgentNode) -> None:
    node.act("monitor")
    reader, writer = os.pipe()
    os.close(reader)
    command = [sys.executable, "-I", str(node.agent), "start"]
    done = subprocess.run(command, env=node.environment, stderr=writer, check=False, timeout=60)
    os.close(writer)
    assert done.returncode == 0
