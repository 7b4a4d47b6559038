"""The drill against moto: what it sees of a takeover, and that the former owner is restored."""

import dataclasses
import itertools
import re
import signal
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import partial

import pytest
from moto.ec2.models import ec2_backends

from ops.aws import Place
from ops.cluster import Cluster, Node
from ops.drill import readiness
from ops.drill.drill import Drill, Orders
from ops.drill.page import report_page
from ops.drill.readiness import check_readiness, require_pair
from ops.drill.report import Report
from ops.drill.sampler import AWS_SECONDS, SANDBOX_SECONDS, Sampler, interval_for
from ops.drill.text import report_text
from ops.drill.transfer import Course
from ops.errors import ExitCode, TimedOutError, UsageError
from ops.move.caller import quick_aws
from ops.move.live_routes import LiveRoutes
from tests.support.clockwork import Clockwork
from tests.support.ops_cloud import OpsCloud

BY_ROUTE = Orders("route")
NOON = datetime(2026, 1, 2, 12, tzinfo=UTC)


class Bench:
    """A drill of one cluster, and what it tells the operator meanwhile."""

    def __init__(self, cloud: OpsCloud, cluster: Cluster, clock: Clockwork | None = None) -> None:
        self.told: list[str] = []
        self.cluster = cluster
        self.caller = cloud.caller(clock)
        self.sampler = Sampler(self.caller, cluster, SANDBOX_SECONDS, self.told.append)
        tables = tuple(cluster.route_table_ids.values())
        self.course = Course(self.caller, cluster, self.sampler, tables, "--stack dev")

    def drill(self, orders: Orders) -> Report:
        owner = self.cluster.nodes[0]
        return Drill(self.course, owner, orders, self.told.append, lambda: NOON).run()


class Hand:
    """Somebody who moves tables between samples: an action for each sample that is asked for."""

    def __init__(self, cloud: OpsCloud, *actions: Callable[[], object] | None) -> None:
        self._actions = itertools.chain(actions, itertools.repeat(None))
        cloud.faults.before("DescribeRouteTables", self._act)

    def _act(self) -> None:
        action = next(self._actions)
        if action:
            action()


def ids(report: Report) -> list[str]:
    return [each.id for each in report.all_problems]


def lead_all(cloud: OpsCloud, cluster: Cluster, letter: str) -> Callable[[], None]:
    def lead() -> None:
        for table in cluster.route_table_ids.values():
            cloud.lead(table, cluster.node_named(letter).network_interface_id)

    return lead


def test_a_drill_by_route_goes_there_and_back_and_times_each_table(cloud: OpsCloud) -> None:
    cluster = cloud.build(3)
    report = Bench(cloud, cluster).drill(BY_ROUTE)
    assert (report.exit_code, report.all_problems) == (ExitCode.SOUND, ())
    [there], [back] = report.takeovers, report.failbacks
    assert (there.to.name, back.to.name) == ("node-b", "node-a")
    for each in (there, back):
        assert {one.table for one in each.timing.tables} == set(cluster.route_table_ids.values())
        assert len(each.timing.flips) == 3
        assert [one.changes for one in each.timing.tables] == [1, 1, 1]
        assert each.timing.skew is not None
        assert each.timing.transition is not None
        assert each.timing.skew <= each.timing.transition
    assert report.calls["ec2:ReplaceRoute"] == 6
    assert cloud.targets(cluster) == ["node-a"] * 3


def test_repeated_takeovers_give_percentiles(cloud: OpsCloud) -> None:
    cluster = cloud.build(2)
    report = Bench(cloud, cluster).drill(Orders("route", repeat=3))
    assert (len(report.takeovers), len(report.failbacks)) == (3, 3)
    flips = [each for one in report.takeovers for each in one.timing.flips]
    assert report.percentiles()["flip"].max == max(flips)
    assert report.percentiles()["flip"].p50 == sorted(flips)[2]
    assert set(report.percentiles()) == {"flip", "skew"}
    assert "all 3 takeovers:" in report_text(report)


def test_a_drill_by_the_cluster_only_watches(cloud: OpsCloud) -> None:
    cluster, clock = cloud.build(2), Clockwork()
    first, second = cluster.route_table_ids.values()
    b = cluster.node_named("b").network_interface_id
    Hand(
        cloud,
        None,
        lambda: cloud.lead(first, b),
        None,
        lambda: cloud.lead(second, b),
        None,
        None,
        lead_all(cloud, cluster, "a"),
    )
    bench = Bench(cloud, cluster, clock)
    report = bench.drill(Orders("cluster", wait=60))
    assert (report.exit_code, ids(report)) == (ExitCode.SOUND, [])
    [there] = report.takeovers
    assert [round(each, 3) for each in there.timing.flips] == [0.05, 0.15]
    assert there.timing.skew == pytest.approx(0.1)
    assert there.timing.transition == pytest.approx(0.15)
    assert "ec2:ReplaceRoute" not in report.calls
    assert [line.split(" (")[0] for line in bench.told] == [
        "move the group to node-b now",
        "move the group to node-a now",
    ]


def test_a_cluster_that_does_not_move_fails_the_drill_after_the_wait(cloud: OpsCloud) -> None:
    cluster, clock = cloud.build(2), Clockwork()
    report = Bench(cloud, cluster, clock).drill(Orders("cluster", wait=2))
    assert (report.exit_code, ids(report)) == (ExitCode.FAILED, ["virtual-ip-not-moved"] * 2)
    assert "the group may still move" in report.all_problems[0].found
    assert "clpstat" in report.all_problems[0].remedy
    assert report.is_restored
    assert 2 <= clock.now < 3


def test_a_cluster_that_leaves_a_table_behind_is_reported_by_its_name(cloud: OpsCloud) -> None:
    cluster, clock = cloud.build(2), Clockwork()
    first = cluster.route_table_ids["table_00"]
    a, b = (node.network_interface_id for node in cluster.nodes)
    waits = [None] * 20
    Hand(cloud, None, lambda: cloud.lead(first, b), *waits, lambda: cloud.lead(first, a))
    report = Bench(cloud, cluster, clock).drill(Orders("cluster", wait=1))
    assert ids(report) == ["virtual-ip-not-moved", "virtual-ip-tables-disagree"]
    assert f"these do not: table_01 {cluster.route_table_ids['table_01']}" in report_text(report)
    assert (report.exit_code, report.is_restored) == (ExitCode.FAILED, True)


def test_a_route_that_goes_to_and_fro_is_reported(cloud: OpsCloud) -> None:
    cluster, clock = cloud.build(2), Clockwork()
    first = cluster.route_table_ids["table_00"]
    a, b = (lead_all(cloud, cluster, letter) for letter in "ab")
    b_alone = partial(cloud.lead, first, cluster.node_named("b").network_interface_id)
    Hand(cloud, None, b_alone, None, a, None, b, None, a)
    report = Bench(cloud, cluster, clock).drill(Orders("cluster", wait=5))
    assert ids(report) == ["virtual-ip-owner-changes-repeatedly"]
    assert report.exit_code is ExitCode.DIFFERS


def test_a_throttled_takeover_is_a_finding(cloud: OpsCloud) -> None:
    cluster = cloud.build(2)
    cloud.faults.throttle("ReplaceRoute", 3, cluster.route_table_ids["table_00"])
    report = Bench(cloud, cluster).drill(BY_ROUTE)
    assert (report.exit_code, ids(report)) == (ExitCode.DIFFERS, ["api-throttled"])
    assert report.takeovers[0].timing.skew is not None
    assert 0.5 < report.takeovers[0].timing.skew < 2


def test_a_slow_api_is_a_finding(cloud: OpsCloud) -> None:
    cluster, clock = cloud.build(1), Clockwork()
    cloud.faults.before("ReplaceRoute", lambda: clock.sleep(1.2))
    report = Bench(cloud, cluster, clock).drill(BY_ROUTE)
    assert (report.exit_code, set(ids(report))) == (ExitCode.DIFFERS, {"api-slow"})


def test_a_denied_table_fails_the_drill_and_the_rest_goes_home(cloud: OpsCloud) -> None:
    cluster = cloud.build(3)
    denied = cluster.route_table_ids["table_01"]
    cloud.faults.deny("ReplaceRoute", denied)
    report = Bench(cloud, cluster).drill(BY_ROUTE)
    assert (report.exit_code, ids(report)) == (ExitCode.FAILED, ["role-table-missing"])
    assert report.takeovers[0].timing.never == (denied,)
    assert report.is_restored
    assert cloud.targets(cluster) == ["node-a"] * 3


def test_a_route_that_vanishes_fails_the_drill_and_is_not_restored(cloud: OpsCloud) -> None:
    cluster = cloud.build(2)
    bare = cluster.route_table_ids["table_00"]
    replaced = itertools.count()

    def remove() -> None:
        if next(replaced) == 0:
            cloud.ec2.delete_route(RouteTableId=bare, DestinationCidrBlock="20.0.0.100/32")

    cloud.faults.before("ReplaceRoute", remove)
    bench = Bench(cloud, cluster)
    report = bench.drill(BY_ROUTE)
    assert bench.told[-1].startswith(
        f"  aws ec2 create-route --region us-east-1 --route-table-id {bare} "
    )
    assert report.exit_code is ExitCode.FAILED
    assert {"virtual-ip-route-missing", "virtual-ip-not-restored"} <= set(ids(report))
    assert f"table_00 {bare} has no route" in report_text(report)


def test_a_former_owner_that_cannot_be_restored_is_told_loudly(cloud: OpsCloud) -> None:
    cluster = cloud.build(2)
    first, second = cluster.route_table_ids.values()
    a = cluster.nodes[0].network_interface_id
    replaced = itertools.count()

    def deny_failback() -> None:
        if next(replaced) == 1:  # both tables are on their way
            cloud.faults.deny("ReplaceRoute", first)

    cloud.faults.before("ReplaceRoute", deny_failback)
    bench = Bench(cloud, cluster)
    report = bench.drill(BY_ROUTE)
    assert cloud.targets(cluster) == ["node-b", "node-a"]
    assert (report.exit_code, report.is_restored) == (ExitCode.FAILED, False)
    assert "virtual-ip-not-restored" in ids(report)
    command = (
        f"aws ec2 replace-route --region us-east-1 --route-table-id {first}"
        f" --destination-cidr-block 20.0.0.100/32 --network-interface-id {a}"
    )
    remedy = "python -m ops move --to node-a --stack dev --interrupts-service"
    assert bench.told[-2:] == [
        f"NOT RESTORED: {first} leads to node-b. {remedy}",
        f"  {command}",
    ]
    assert f"NOT RESTORED: table_00 {first} leads to node-b" in report_text(report)
    assert second not in bench.told[-2]


def interrupted() -> None:
    raise KeyboardInterrupt


def test_an_interrupt_restores_the_former_owner(cloud: OpsCloud) -> None:
    cluster, clock = cloud.build(2), Clockwork()
    b = lead_all(cloud, cluster, "b")
    Hand(cloud, None, b, interrupted, None, None, lead_all(cloud, cluster, "a"))
    bench = Bench(cloud, cluster, clock)
    report = bench.drill(Orders("cluster", wait=60))
    assert (report.exit_code, report.stopped) == (ExitCode.FAILED, "interrupted")
    assert report.is_restored
    assert "interrupted: restoring node-a; Ctrl-C again ends this at once" in bench.told
    assert "result: FAILED: interrupted" in report_text(report)


def test_an_interrupt_of_a_drill_by_route_moves_the_routes_back(cloud: OpsCloud) -> None:
    cluster = cloud.build(2)
    bench = Bench(cloud, cluster)
    Hand(cloud, None, None, None, None, interrupted)
    report = bench.drill(Orders("route", repeat=9))
    assert report.stopped == "interrupted"
    assert cloud.targets(cluster) == ["node-a"] * 2


def test_a_second_interrupt_ends_the_drill_with_the_commands(cloud: OpsCloud) -> None:
    cluster, clock = cloud.build(1), Clockwork()
    b = lead_all(cloud, cluster, "b")
    Hand(cloud, None, b, interrupted, None, interrupted)
    bench = Bench(cloud, cluster, clock)
    report = bench.drill(Orders("cluster", wait=60))
    assert (report.exit_code, report.stopped) == (ExitCode.FAILED, "interrupted twice")
    assert bench.told[-2].startswith("NOT RESTORED: who holds it now is unknown. Move the group to")
    assert bench.told[-1].startswith("  aws ec2 replace-route ")
    assert "virtual-ip-not-restored" in ids(report)


def test_an_elapsed_timeout_restores_the_former_owner_first(
    cloud: OpsCloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    cluster, elapsed = cloud.build(1), threading.Event()

    def end_in_time() -> None:
        if elapsed.is_set():
            raise TimedOutError("--timeout 5: the time is up")

    replaced = itertools.count()
    cloud.faults.before("ReplaceRoute", lambda: next(replaced) or elapsed.set())
    cloud.faults.before("DescribeRouteTables", end_in_time)
    monkeypatch.setattr(cloud.aws, "lift_timeout", elapsed.clear)
    report = Bench(cloud, cluster).drill(BY_ROUTE)
    assert (report.exit_code, report.is_restored) == (ExitCode.TIMED_OUT, True)
    assert (len(report.failbacks), cloud.targets(cluster)) == (1, ["node-a"])


def test_a_takeover_by_the_cluster_that_was_cut_short_may_still_come(cloud: OpsCloud) -> None:
    cluster, clock = cloud.build(1), Clockwork()
    Hand(cloud, None, interrupted)
    report = Bench(cloud, cluster, clock).drill(Orders("cluster", wait=60))
    assert (report.exit_code, ids(report)) == (ExitCode.FAILED, ["virtual-ip-not-moved"])
    assert report.is_restored


@pytest.fixture(params=[signal.SIGTERM, signal.SIGHUP])
def number(request: pytest.FixtureRequest) -> Iterator[signal.Signals]:
    """A signal that ends a program, also where the tests were started under `nohup`."""
    former = signal.signal(request.param, signal.SIG_DFL)
    yield request.param
    signal.signal(request.param, former)


def test_a_signal_restores_the_former_owner_as_ctrl_c_does(
    cloud: OpsCloud, number: signal.Signals
) -> None:
    cluster, before = cloud.build(2), signal.getsignal(number)
    Hand(cloud, None, None, None, None, lambda: signal.raise_signal(number))
    report = Bench(cloud, cluster).drill(Orders("route", repeat=9))
    assert (report.stopped, report.exit_code) == ("interrupted", ExitCode.FAILED)
    assert cloud.targets(cluster) == ["node-a"] * 2
    assert signal.getsignal(number) is before


def stops_when_replaced(cloud: OpsCloud, node: Node, replacement: int) -> None:
    """Stop a node when a route is replaced for the given time, counted from 1."""
    replaced = itertools.count(1)

    def stop() -> None:
        if next(replaced) == replacement:
            cloud.ec2.stop_instances(InstanceIds=[node.instance_id])

    cloud.faults.before("ReplaceRoute", stop)


def test_a_drill_does_not_fail_back_to_a_node_that_stopped_meanwhile(cloud: OpsCloud) -> None:
    cluster = cloud.build(1)
    a = cluster.nodes[0]
    stops_when_replaced(cloud, a, 1)
    bench = Bench(cloud, cluster)
    report = bench.drill(BY_ROUTE)
    assert cloud.targets(cluster) == ["node-b"]
    assert report.calls["ec2:ReplaceRoute"] == 1
    assert (report.exit_code, len(report.failbacks)) == (ExitCode.FAILED, 1)
    assert ids(report) == ["virtual-ip-not-restored", "virtual-ip-target-not-running"]
    assert bench.told[-1] == (
        f"NOT RESTORED: {cluster.route_table_ids['table_00']} leads to node-b; not moved back,"
        f" because node-a cannot take it: node-a {a.instance_id}: it is stopped."
        f" First: aws ec2 start-instances --region us-east-1 --instance-ids {a.instance_id}."
        " Then: python -m ops move --to node-a --stack dev --interrupts-service"
    )


def test_a_drill_does_not_go_to_a_node_that_stopped_since_the_last_round(cloud: OpsCloud) -> None:
    cluster = cloud.build(1)
    stops_when_replaced(cloud, cluster.nodes[1], 2)
    report = Bench(cloud, cluster).drill(Orders("route", repeat=2))
    assert (report.exit_code, ids(report)) == (
        ExitCode.FAILED,
        ["virtual-ip-target-not-running"],
    )
    assert (len(report.takeovers), len(report.failbacks)) == (2, 1)
    assert cloud.targets(cluster) == ["node-a"]


def test_throttled_samples_double_the_interval_and_the_report_says_so(cloud: OpsCloud) -> None:
    cluster, clock = cloud.build(1), Clockwork()
    cloud.faults.throttle("DescribeRouteTables", 2)
    bench = Bench(cloud, cluster, clock)
    bench.sampler.watch(lambda samples: len(samples) == 2, 60)
    assert (bench.sampler.throttled, bench.sampler.interval) == (2, 0.2)
    assert clock.slept == pytest.approx([0.1, 0.2, 0.2])
    assert bench.told == [
        "AWS throttles the samples: one each 0.1 s from now on",
        "AWS throttles the samples: one each 0.2 s from now on",
    ]


def test_samples_are_frequent_only_on_this_machine(cloud: OpsCloud) -> None:
    assert interval_for(cloud.aws) == SANDBOX_SECONDS
    assert interval_for(quick_aws(Place("us-east-1"))) == AWS_SECONDS


def test_a_sound_cluster_is_ready(cloud: OpsCloud) -> None:
    cluster = cloud.build()
    ready = check_readiness(cloud.caller(), cluster)
    assert (ready.owner, ready.problems) == (cluster.nodes[0], ())
    assert cloud.aws.calls == {
        "ec2:DescribeRouteTables": 1,
        "ec2:DescribeInstances": 2,
        "ec2:DescribeVpcEndpoints": 1,
    }


def _check_on(cloud: OpsCloud, cluster: Cluster) -> None:
    cloud.ec2.modify_network_interface_attribute(
        NetworkInterfaceId=cluster.nodes[1].network_interface_id, SourceDestCheck={"Value": True}
    )


def _stopped(cloud: OpsCloud, cluster: Cluster) -> None:
    cloud.ec2.stop_instances(InstanceIds=[cluster.nodes[0].instance_id])


def _divided(cloud: OpsCloud, cluster: Cluster) -> None:
    table = cluster.route_table_ids["table_00"]
    cloud.lead(table, cluster.nodes[1].network_interface_id)


def _bare(cloud: OpsCloud, cluster: Cluster) -> None:
    table = cluster.route_table_ids["table_00"]
    cloud.ec2.delete_route(RouteTableId=table, DestinationCidrBlock="20.0.0.100/32")


def _foreign(cloud: OpsCloud, cluster: Cluster) -> None:
    subnets = cloud.ec2.describe_subnets(Filters=[{"Name": "vpc-id", "Values": [cluster.vpc_id]}])
    made = cloud.ec2.create_network_interface(SubnetId=subnets["Subnets"][0]["SubnetId"])
    for table in cluster.route_table_ids.values():
        cloud.lead(table, made["NetworkInterface"]["NetworkInterfaceId"])


def _without_endpoint(cloud: OpsCloud, cluster: Cluster) -> None:
    cloud.ec2.delete_vpc_endpoints(VpcEndpointIds=[cluster.endpoint_ids["ec2"]])


def _pending_endpoint(_: OpsCloud, cluster: Cluster) -> None:
    backend = ec2_backends["123456789012"][cluster.region]
    backend.vpc_end_points[cluster.endpoint_ids["ec2"]].state = "pending"


@pytest.mark.parametrize(
    ("change", "identity"),
    [
        (_check_on, "source-dest-check-on"),
        (_stopped, "virtual-ip-target-not-running"),
        (_divided, "virtual-ip-tables-disagree"),
        (_bare, "virtual-ip-route-missing"),
        (_foreign, "virtual-ip-target-foreign"),
        (_without_endpoint, "endpoint-missing"),
        (_pending_endpoint, "endpoint-not-available"),
    ],
)
def test_a_finding_that_makes_a_drill_dangerous_refuses_it(
    cloud: OpsCloud, change: Callable[[OpsCloud, Cluster], None], identity: str
) -> None:
    cluster = cloud.build()
    change(cloud, cluster)
    ready = check_readiness(cloud.caller(), cluster)
    assert [each.id for each in ready.problems] == [identity]
    assert ready.is_refused


def test_an_owner_that_aws_shows_as_a_black_hole_is_known(
    cloud: OpsCloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    cluster = cloud.build(1)
    owner = cluster.nodes[0]
    dropped = {"table_00": f"{owner.network_interface_id} (blackhole)"}
    monkeypatch.setattr(readiness, "read_live_routes", lambda *_: LiveRoutes(dropped))
    ready = check_readiness(cloud.caller(), cluster)
    assert (ready.owner, [each.id for each in ready.problems]) == (
        owner,
        ["virtual-ip-target-not-running"],
    )
    cloud.ec2.stop_instances(InstanceIds=[owner.instance_id])
    [problem] = check_readiness(cloud.caller(), cluster).problems
    assert (problem.id, problem.found) == ("virtual-ip-target-not-running", "it is stopped")


def test_a_drill_of_three_nodes_is_a_usage_error(cloud: OpsCloud) -> None:
    cluster = cloud.build(1)
    require_pair(cluster)
    third = dataclasses.replace(cluster.nodes[1], name="node-c")
    with pytest.raises(UsageError, match="has 3: node-a, node-b, node-c"):
        require_pair(dataclasses.replace(cluster, nodes=(*cluster.nodes, third)))


def test_the_page_escapes_all_values_and_loads_nothing(cloud: OpsCloud) -> None:
    cluster = cloud.build(1, name="<script>alert(1)</script>")
    page = report_page(Bench(cloud, cluster).drill(Orders("route", repeat=2)))
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert re.findall(r"<(?:script|link|img|iframe|a)\b|src=|href=|url\(", page) == []
    assert page.count("<h2>Takeover to node-b: complete</h2>") == 2
    assert "<td>2026-01-02 12:00:00 UTC</td>" in page
    assert "<h2>All takeovers</h2>" in page
