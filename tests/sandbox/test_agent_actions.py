"""The agent's actions in this process, against moto: what they change, call and say."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from agents.virtual_ip import exits
from agents.virtual_ip import monitor as monitoring
from agents.virtual_ip.actions import act
from agents.virtual_ip.cloud import Cloud
from agents.virtual_ip.devices import choose_device, read_devices
from agents.virtual_ip.monitor import monitor
from agents.virtual_ip.parameters import read_parameters
from agents.virtual_ip.report import Outcome, Report
from agents.virtual_ip.site import Site
from agents.virtual_ip.start import start
from agents.virtual_ip.watch import Watch
from agents.virtual_ip.yielded import Note
from ops.cluster import Cluster
from tests.support.agent_node import AgentNode, running_node
from tests.support.api_faults import ApiFaults
from tests.support.clockwork import Clockwork
from tests.support.moto import add_route
from tests.support.ops_cloud import OpsCloud
from tests.support.small_cluster import VIP


@pytest.fixture
def cluster(cloud: OpsCloud) -> Cluster:
    return cloud.build()


@pytest.fixture
def node(cloud: OpsCloud, cluster: Cluster, monkeypatch: pytest.MonkeyPatch) -> Iterator[AgentNode]:
    with running_node(Path("/nowhere"), cluster, cloud.endpoint_url) as node:
        for name, value in node.environment.items():
            monkeypatch.setenv(name, value)
        yield node


class Resource:
    """The resource on the node, whose EC2 calls can fail; `peer` is what Pacemaker says."""

    def __init__(self, node: AgentNode) -> None:
        parameters = read_parameters(node.environment)
        self.peer: bool | None = True
        self.node = node
        self.cloud = Cloud(parameters)
        self.clock = Clockwork()
        self.cloud.caller.sleep = self.clock.sleep
        self.faults = ApiFaults(self.cloud.caller.aws)
        self.site = Site(
            parameters, self.cloud, Note(str(node.run), parameters.ip), lambda: self.peer
        )

    def start(self) -> Outcome:
        return start(self.site, Watch(30), Report())

    def monitor(self) -> Outcome:
        device = choose_device(read_devices(), "eth0")
        return monitor(self.site, device, Watch(30), Report())

    @property
    def calls(self) -> dict[str, int]:
        return {name.partition(":")[2]: n for name, n in self.cloud.caller.aws.calls.items()}


@pytest.fixture
def resource(node: AgentNode) -> Resource:
    return Resource(node)


@pytest.fixture
def started(resource: Resource) -> Resource:
    assert resource.start().code == exits.SUCCESS
    resource.cloud.caller.aws.calls.clear()
    return resource


def owners(cluster: Cluster) -> tuple[str, str]:
    return cluster.nodes[0].network_interface_id, cluster.nodes[1].network_interface_id


def tables(cluster: Cluster) -> list[str]:
    return sorted(cluster.route_table_ids.values())


def lead_away(cloud: OpsCloud, cluster: Cluster, *which: str) -> None:
    for table in which or tables(cluster):
        cloud.lead(table, owners(cluster)[0])


def reason(outcome: Outcome) -> str:
    """The one line that Pacemaker shows of a failure."""
    (line,) = (line for line in outcome.lines if line.startswith("ocf-exit-reason:"))
    return line.removeprefix("ocf-exit-reason:")


def test_a_start_takes_the_address_and_all_tables_with_two_calls_more_than_tables(
    cloud: OpsCloud, cluster: Cluster, node: AgentNode, resource: Resource
) -> None:
    assert resource.start().code == exits.SUCCESS
    assert node.addresses() == ["10.0.120.10/24", f"{VIP}/32"]
    assert cloud.targets(cluster) == ["node-b"] * 3
    assert resource.calls == {
        "ReplaceRoute": 3,
        "DescribeRouteTables": 1,
        "DescribeNetworkInterfaces": 1,
    }


def test_the_device_has_the_address_before_a_route_leads_to_it(
    node: AgentNode, resource: Resource
) -> None:
    seen: list[bool] = []
    resource.faults.before("ReplaceRoute", lambda: seen.append(f"{VIP}/32" in node.addresses()))
    resource.start()
    assert seen == [True] * 3


def test_a_device_that_is_down_takes_no_address(
    cloud: OpsCloud, cluster: Cluster, node: AgentNode, resource: Resource
) -> None:
    node.set_down("eth0")
    outcome = act("start", node.environment, Watch(30))
    assert outcome.code == exits.ERR_GENERIC
    assert reason(outcome) == f"the device eth0 is down: set it up before {VIP} is started"
    assert cloud.targets(cluster) == ["node-a"] * 3
    assert resource.calls == {}


def test_an_address_on_a_device_that_is_down_is_not_running(
    node: AgentNode, started: Resource
) -> None:
    node.set_down("eth0")
    outcome = act("monitor", node.environment, Watch(30))
    assert outcome.code == exits.NOT_RUNNING
    assert outcome.lines == (f"WARNING: {VIP} is on eth0, which cannot serve it",)
    assert started.calls == {}


def test_a_second_start_succeeds(resource: Resource) -> None:
    assert resource.start().code == exits.SUCCESS
    assert resource.start().code == exits.SUCCESS


def test_a_start_takes_the_address_from_another_device(node: AgentNode, resource: Resource) -> None:
    node.give("lo", f"{VIP}/32")
    outcome = resource.start()
    assert outcome.code == exits.SUCCESS
    assert f"WARNING: {VIP} was on lo too, and was removed there" in outcome.lines
    assert node.addresses("lo") == ["127.0.0.1/8"]


def test_a_refused_table_leaves_the_others_moved_and_is_named(
    cloud: OpsCloud, cluster: Cluster, node: AgentNode, resource: Resource
) -> None:
    first, *_ = cluster.route_table_ids.values()
    resource.faults.deny("ReplaceRoute", first)
    outcome = resource.start()
    assert outcome.code == exits.ERR_GENERIC
    assert cloud.targets(cluster) == ["node-a", "node-b", "node-b"]
    assert reason(outcome).startswith(f"{first} was not moved, allow it to the nodes' role: ")
    assert reason(outcome).endswith("; 2 of 3 tables lead to this node")
    assert f"{VIP}/32" in node.addresses()


@pytest.mark.parametrize("told", ["the other node is gone", "the other node cannot serve"])
def test_a_start_without_a_better_node_serves_the_tables_that_it_could_move(
    cloud: OpsCloud, cluster: Cluster, resource: Resource, told: str
) -> None:
    first, *_ = cluster.route_table_ids.values()
    resource.faults.deny("ReplaceRoute", first)
    if told == "the other node is gone":
        resource.peer = False
    else:
        cloud.ec2.modify_network_interface_attribute(
            NetworkInterfaceId=owners(cluster)[0], SourceDestCheck={"Value": True}
        )
    outcome = resource.start()
    assert outcome.code == exits.SUCCESS
    assert cloud.targets(cluster) == ["node-a", "node-b", "node-b"]
    assert any(line.startswith(f"WARNING: {first} was not moved") for line in outcome.lines)


def test_a_refused_table_that_leads_here_already_is_no_fault(
    cluster: Cluster, started: Resource
) -> None:
    started.faults.deny("ReplaceRoute", tables(cluster)[0])
    outcome = started.start()
    assert outcome.code == exits.SUCCESS
    assert [line for line in outcome.lines if line.startswith("WARNING")] == []


def test_a_refused_table_whose_routes_cannot_be_read_fails_while_the_other_node_is_there(
    cluster: Cluster, resource: Resource
) -> None:
    resource.faults.deny("ReplaceRoute", tables(cluster)[0])
    resource.faults.deny("DescribeRouteTables")
    assert resource.start().code == exits.ERR_GENERIC
    resource.peer = False
    assert resource.start().code == exits.SUCCESS


def test_a_start_that_moved_nothing_leaves_no_address(node: AgentNode, resource: Resource) -> None:
    resource.faults.deny("ReplaceRoute")
    resource.peer = False
    outcome = resource.start()
    assert outcome.code == exits.ERR_GENERIC
    assert reason(outcome).endswith("; 0 of 3 tables lead to this node")
    assert node.addresses() == ["10.0.120.10/24"]


def test_a_table_without_the_route_is_named_and_stops_nobody_as_no_node_can_create_it(
    cloud: OpsCloud, cluster: Cluster, resource: Resource
) -> None:
    table = tables(cluster)[0]
    cloud.ec2.delete_route(RouteTableId=table, DestinationCidrBlock=f"{VIP}/32")
    outcome = resource.start()
    assert outcome.code == exits.SUCCESS
    (warning,) = (line for line in outcome.lines if line.startswith("WARNING"))
    assert f"{table} has no route to {VIP}/32" in warning
    assert f"aws ec2 create-route --route-table-id {table}" in warning


def test_an_interface_that_checks_the_destination_cannot_serve(
    cloud: OpsCloud, cluster: Cluster, resource: Resource
) -> None:
    own = owners(cluster)[1]
    cloud.ec2.modify_network_interface_attribute(
        NetworkInterfaceId=own, SourceDestCheck={"Value": True}
    )
    outcome = resource.start()
    assert outcome.code == exits.ERR_GENERIC
    assert f"--network-interface-id {own} --no-source-dest-check" in reason(outcome)


def test_a_start_goes_on_when_aws_does_not_describe_the_interface(resource: Resource) -> None:
    resource.faults.deny("DescribeNetworkInterfaces")
    outcome = resource.start()
    assert outcome.code == exits.SUCCESS
    assert any(line.startswith("WARNING: whether the source/dest") for line in outcome.lines)


def test_routes_that_were_replaced_but_cannot_be_read_are_taken_as_replaced(
    cloud: OpsCloud, cluster: Cluster, resource: Resource
) -> None:
    resource.faults.deny("DescribeRouteTables")
    assert resource.start().code == exits.SUCCESS
    assert cloud.targets(cluster) == ["node-b"] * 3


def test_a_table_that_is_not_listed_is_moved_too(
    cloud: OpsCloud, cluster: Cluster, resource: Resource
) -> None:
    other = cloud.ec2.create_route_table(VpcId=cluster.vpc_id)["RouteTable"]["RouteTableId"]
    add_route(cloud.ec2, other, f"{VIP}/32", owners(cluster)[0])
    resource.faults.deny("ReplaceRoute", other)
    outcome = resource.start()
    assert outcome.code == exits.SUCCESS
    assert any(f"WARNING: {other} leads {VIP} to" in line for line in outcome.lines)


def test_a_start_makes_no_call_when_its_time_is_up(
    cloud: OpsCloud, cluster: Cluster, node: AgentNode, resource: Resource
) -> None:
    watch = Watch(0)
    time.sleep(0.001)
    outcome = act("start", node.environment, watch)
    assert outcome.code == exits.ERR_GENERIC
    assert "was not begun: its time is up" in reason(outcome)
    assert node.addresses() == ["10.0.120.10/24"]
    assert cloud.targets(cluster) == ["node-a"] * 3
    assert resource.calls == {}


def test_a_monitor_of_the_owner_reads_the_routes_once(started: Resource) -> None:
    assert started.monitor() == Outcome(exits.SUCCESS)
    assert started.calls == {"DescribeRouteTables": 1}


def test_a_monitor_without_the_address_calls_nothing_and_says_nothing(
    node: AgentNode, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_EC2_METADATA_SERVICE_ENDPOINT", "http://127.0.0.1:9")
    assert act("monitor", node.environment, Watch(30)) == Outcome(exits.NOT_RUNNING)


def test_a_monitor_restores_routes_while_the_nodes_see_each_other(
    cloud: OpsCloud, cluster: Cluster, started: Resource
) -> None:
    table = tables(cluster)[0]
    lead_away(cloud, cluster, table)
    outcome = started.monitor()
    assert outcome.code == exits.SUCCESS
    (line,) = outcome.lines
    assert line.startswith("WARNING: another program changed routes, now restored to this node: ")
    assert line.endswith(f": {table} led to {owners(cluster)[0]}")
    assert cloud.targets(cluster) == ["node-b"] * 3


def test_a_monitor_waits_before_it_leads_routes_back_as_a_partition_may_just_begin(
    cloud: OpsCloud,
    cluster: Cluster,
    node: AgentNode,
    started: Resource,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    lead_away(cloud, cluster)

    def partition(seconds: float) -> None:
        assert seconds == monitoring._SETTLE_SECONDS
        started.peer = False

    monkeypatch.setattr(started.cloud.caller, "sleep", partition)
    assert started.monitor().code == exits.NOT_RUNNING
    assert cloud.targets(cluster) == ["node-a"] * 3
    assert node.addresses() == ["10.0.120.10/24"]


def test_a_node_yields_to_the_other_that_took_over_in_a_partition(
    cloud: OpsCloud, cluster: Cluster, node: AgentNode, started: Resource
) -> None:
    lead_away(cloud, cluster)
    started.peer = False
    outcome = started.monitor()
    assert outcome.code == exits.NOT_RUNNING
    assert reason(outcome).startswith(f"this node gave {VIP} up, because {owners(cluster)[0]}")
    assert node.addresses() == ["10.0.120.10/24"]
    assert node.note.exists()
    assert "ReplaceRoute" not in started.calls


@pytest.fixture
def yielded(cloud: OpsCloud, cluster: Cluster, started: Resource) -> Resource:
    lead_away(cloud, cluster)
    started.peer = False
    assert started.monitor().code == exits.NOT_RUNNING
    return started


def test_a_node_that_yielded_does_not_take_the_address_back(
    cloud: OpsCloud, cluster: Cluster, node: AgentNode, yielded: Resource
) -> None:
    outcome = yielded.start()
    assert outcome.code == exits.ERR_PERM
    assert str(node.note) in reason(outcome)
    assert "crm_resource --cleanup" in reason(outcome)
    assert node.addresses() == ["10.0.120.10/24"]
    assert cloud.targets(cluster) == ["node-a"] * 3


def test_a_node_that_yielded_stays_so_while_pacemaker_does_not_answer(yielded: Resource) -> None:
    yielded.peer = None
    assert yielded.start().code == exits.ERR_PERM


def see_each_other(_: OpsCloud, __: Cluster, yielded: Resource) -> None:
    yielded.peer = True


def lead_here(cloud: OpsCloud, cluster: Cluster, _: Resource) -> None:
    for table in tables(cluster):
        cloud.lead(table, owners(cluster)[1])


def delete_the_other_interface(cloud: OpsCloud, cluster: Cluster, _: Resource) -> None:
    cloud.ec2.delete_network_interface(NetworkInterfaceId=owners(cluster)[0])


def remove_the_note(_: OpsCloud, __: Cluster, yielded: Resource) -> None:
    yielded.node.note.unlink()


@pytest.mark.parametrize(
    "change", [see_each_other, lead_here, delete_the_other_interface, remove_the_note]
)
def test_a_node_that_yielded_may_start_again_once_nobody_else_can_own_the_address(
    cloud: OpsCloud,
    cluster: Cluster,
    yielded: Resource,
    change: Callable[[OpsCloud, Cluster, Resource], Any],
) -> None:
    change(cloud, cluster, yielded)
    assert yielded.start().code == exits.SUCCESS
    assert not yielded.node.note.exists()
    assert cloud.targets(cluster) == ["node-b"] * 3


def test_a_standby_forgets_that_it_yielded_once_the_nodes_see_each_other(
    node: AgentNode, yielded: Resource
) -> None:
    node.sees("node-b")
    assert act("monitor", node.environment, Watch(30)).code == exits.NOT_RUNNING
    assert yielded.node.note.exists()
    node.sees("node-a", "node-b")
    assert act("monitor", node.environment, Watch(30)).code == exits.NOT_RUNNING
    assert not yielded.node.note.exists()


def test_a_yield_that_cannot_be_noted_is_remembered_by_the_helper(
    cloud: OpsCloud, cluster: Cluster, node: AgentNode, started: Resource
) -> None:
    node.note.with_suffix(".new").mkdir()
    lead_away(cloud, cluster)
    started.peer = False
    outcome = started.monitor()
    assert outcome.code == exits.NOT_RUNNING
    assert outcome.lines[0].startswith(f"WARNING: {node.note} cannot be written")
    assert started.start().code == exits.ERR_PERM


def test_a_note_that_cannot_be_read_counts(resource: Resource, node: AgentNode) -> None:
    node.note.write_text("{")
    resource.peer = False
    assert resource.start().code == exits.ERR_PERM


def test_an_interface_that_cannot_serve_is_no_owner(
    cloud: OpsCloud, cluster: Cluster, started: Resource
) -> None:
    cloud.ec2.modify_network_interface_attribute(
        NetworkInterfaceId=owners(cluster)[0], SourceDestCheck={"Value": True}
    )
    lead_away(cloud, cluster)
    started.peer = False
    assert started.monitor().code == exits.SUCCESS
    assert cloud.targets(cluster) == ["node-b"] * 3


def test_a_monitor_that_cannot_reach_the_api_looks_at_the_address_alone(
    started: Resource,
) -> None:
    started.faults.deny("DescribeRouteTables")
    outcome = started.monitor()
    assert outcome.code == exits.SUCCESS
    assert outcome.lines[0].startswith("WARNING: only the address was looked at")


def test_a_monitor_says_why_the_api_did_not_answer_in_its_time(
    started: Resource, monkeypatch: pytest.MonkeyPatch
) -> None:
    started.faults.throttle("DescribeRouteTables", times=99)
    monkeypatch.setattr(started.cloud.caller, "sleep", time.sleep)
    device = choose_device(read_devices(), "eth0")
    outcome = monitor(started.site, device, Watch(1), Report())
    assert outcome.code == exits.SUCCESS
    assert "its time is up, after ec2:DescribeRouteTables: RequestLimit" in outcome.lines[0]


def test_a_monitor_fails_when_no_table_leads_here_and_none_can_be_led_back(
    cloud: OpsCloud, cluster: Cluster, started: Resource
) -> None:
    lead_away(cloud, cluster)
    started.faults.deny("ReplaceRoute")
    outcome = started.monitor()
    assert outcome.code == exits.ERR_GENERIC
    assert reason(outcome) == "no table leads to this node, and none can be restored"


def test_a_stop_removes_the_address_wherever_routes_lead_and_from_all_devices(
    cloud: OpsCloud, cluster: Cluster, node: AgentNode, started: Resource
) -> None:
    lead_away(cloud, cluster)
    node.give("lo", f"{VIP}/24")
    outcome = act("stop", node.environment, Watch(30))
    assert outcome == Outcome(exits.SUCCESS, (f"INFO: {VIP} was removed from lo, eth0",))
    assert node.addresses() == ["10.0.120.10/24"]
    assert node.addresses("lo") == ["127.0.0.1/8"]
    assert started.calls == {}
    assert act("stop", node.environment, Watch(30)) == Outcome(exits.SUCCESS)


def test_a_device_that_is_not_there_is_a_fault_of_this_node(node: AgentNode) -> None:
    environment = {**node.environment, "OCF_RESKEY_interface": "eth9"}
    outcome = act("validate-all", environment, Watch(30))
    assert outcome.code == exits.ERR_ARGS
    assert reason(outcome) == "interface eth9: this node has no such device, only eth0, lo"


def test_a_node_whose_metadata_service_is_silent_cannot_start(
    node: AgentNode, monkeypatch: pytest.MonkeyPatch
) -> None:
    node.metadata.interfaces.clear()
    monkeypatch.setattr("agents.virtual_ip.instance_metadata._WAITS", ())
    outcome = act("start", node.environment, Watch(30))
    assert outcome.code == exits.ERR_GENERIC
    assert "does not say which network interface has 02:00:00:00:00:01" in reason(outcome)
    assert node.addresses() == ["10.0.120.10/24"]
