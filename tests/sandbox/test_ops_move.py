"""`ops move` against moto: which calls, which tables, and what it says when some of them fail."""

import dataclasses
from typing import Any

import pytest

from ops.cluster import Cluster, Node
from ops.errors import ExitCode, UsageError
from ops.move.caller import Reply
from ops.move.judgement import judge
from ops.move.live_routes import LiveRoutes
from ops.move.move import Move, move, plan, require_consent
from ops.move.node_check import check_nodes
from ops.move.takeover import take_over
from ops.move.text import move_text
from tests.support.clockwork import Clockwork
from tests.support.moto import add_route, routes
from tests.support.ops_cloud import OpsCloud
from tests.support.small_cluster import VIP

DESTINATION = f"{VIP}/32"


def node_b(cluster: Cluster) -> Node:
    return cluster.node_named("b")


def problems(done: Move) -> list[tuple[str, str]]:
    return [(each.id, each.severity) for each in done.problems]


@pytest.mark.parametrize("tables", [3, 20])
def test_a_move_takes_two_calls_more_than_there_are_tables(cloud: OpsCloud, tables: int) -> None:
    cluster = cloud.build(tables)
    done = move(cloud.caller(), cluster, node_b(cluster))
    assert cloud.targets(cluster) == ["node-b"] * tables
    assert done.calls == {
        "ec2:DescribeInstances": 1,
        "ec2:ReplaceRoute": tables,
        "ec2:DescribeRouteTables": 1,
    }
    assert (done.exit_code, done.problems) == (ExitCode.SOUND, ())


def test_a_table_that_the_stack_does_not_name_follows_and_one_left_out_does_not(
    cloud: OpsCloud,
) -> None:
    cluster = cloud.build(3)
    first, second, third = cluster.route_table_ids.values()
    cluster = dataclasses.replace(
        cluster, route_table_ids={"main": first}, tables_without_virtual_ip=frozenset({third})
    )
    done = move(cloud.caller(), cluster, node_b(cluster))
    own, other = node_b(cluster).network_interface_id, cluster.nodes[0].network_interface_id
    found = [
        routes(cloud.ec2, each)[DESTINATION]["NetworkInterfaceId"]
        for each in (first, second, third)
    ]
    assert found == [own, own, other]
    assert done.exit_code is ExitCode.SOUND
    assert done.calls["ec2:ReplaceRoute"] == 2


def test_only_a_denied_table_stays_behind_and_it_is_named(cloud: OpsCloud) -> None:
    cluster = cloud.build(3)
    denied = cluster.route_table_ids["table_01"]
    cloud.faults.deny("ReplaceRoute", denied)
    done = move(cloud.caller(), cluster, node_b(cluster))
    b = node_b(cluster).network_interface_id
    assert cloud.targets(cluster) == ["node-b", "node-a", "node-b"]
    assert done.exit_code is ExitCode.FAILED
    [problem] = done.problems
    assert (problem.id, problem.subject) == ("role-table-missing", f"table_01 {denied}")
    assert problem.remedy == (
        f"aws ec2 replace-route --region us-east-1 --route-table-id {denied}"
        f" --destination-cidr-block 20.0.0.100/32 --network-interface-id {b}"
    )


def test_a_table_without_the_route_is_reported_with_the_command_that_creates_it(
    cloud: OpsCloud,
) -> None:
    cluster = cloud.build(3)
    bare = cluster.route_table_ids["table_00"]
    cloud.ec2.delete_route(RouteTableId=bare, DestinationCidrBlock=DESTINATION)
    done = move(cloud.caller(), cluster, node_b(cluster))
    assert cloud.targets(cluster) == ["", "node-b", "node-b"]
    assert (done.exit_code, problems(done)) == (
        ExitCode.FAILED,
        [("virtual-ip-route-missing", "error")],
    )
    assert done.problems[0].remedy.startswith(
        f"aws ec2 create-route --region us-east-1 --route-table-id {bare} "
    )
    planned = plan(cloud.caller(), cluster, node_b(cluster))
    assert [each.id for each in planned.problems] == ["virtual-ip-route-missing"]
    assert planned.exit_code is ExitCode.FAILED


def test_a_table_that_is_gone_is_a_warning(cloud: OpsCloud) -> None:
    cluster = cloud.build(2)
    names = {**cluster.route_table_ids, "old": "rtb-0123456789abcdef0"}
    cluster = dataclasses.replace(cluster, route_table_ids=names)
    done = move(cloud.caller(), cluster, node_b(cluster))
    assert problems(done) == [("route-table-missing", "warning")]
    assert done.exit_code is ExitCode.SOUND


def test_three_throttled_attempts_cost_less_than_two_seconds(cloud: OpsCloud) -> None:
    cluster, clock = cloud.build(1), Clockwork()
    cloud.faults.throttle("ReplaceRoute", 3)
    done = move(cloud.caller(clock), cluster, node_b(cluster))
    assert clock.slept == [0.1, 0.2, 0.4]
    assert (done.exit_code, problems(done)) == (ExitCode.SOUND, [("api-throttled", "warning")])
    assert done.problems[0].found == "3 of 4 attempts throttled"
    assert done.calls["ec2:ReplaceRoute"] == 4


def test_a_table_that_stays_throttled_is_given_up_after_six_attempts(cloud: OpsCloud) -> None:
    cluster, clock = cloud.build(2), Clockwork()
    cloud.faults.throttle("ReplaceRoute", 99, cluster.route_table_ids["table_00"])
    done = move(cloud.caller(clock), cluster, node_b(cluster))
    assert clock.slept == [0.1, 0.2, 0.4, 0.8, 1.6]
    assert done.exit_code is ExitCode.FAILED
    assert ("api-throttled", "error") in problems(done)
    assert cloud.targets(cluster)[1] == "node-b"


def test_a_slow_api_is_a_warning(cloud: OpsCloud) -> None:
    cluster, clock = cloud.build(1), Clockwork()
    cloud.faults.before("ReplaceRoute", lambda: clock.sleep(1.5))
    done = move(cloud.caller(clock), cluster, node_b(cluster))
    assert problems(done) == [("api-slow", "warning")]
    assert done.problems[0].found == "an attempt took 1.5 s"


def refused(cloud: OpsCloud, cluster: Cluster) -> list[str]:
    """The ids for which a move is refused; nothing may be changed."""
    before = cloud.targets(cluster)
    done = move(cloud.caller(), cluster, node_b(cluster))
    assert done.exit_code is ExitCode.FAILED
    assert "ec2:ReplaceRoute" not in done.calls
    assert cloud.targets(cluster) == before
    assert "refused, nothing was changed" in move_text(done)
    return [each.id for each in done.problems]


def test_a_node_with_its_source_dest_check_on_is_refused(cloud: OpsCloud) -> None:
    cluster = cloud.build()
    cloud.ec2.modify_network_interface_attribute(
        NetworkInterfaceId=node_b(cluster).network_interface_id, SourceDestCheck={"Value": True}
    )
    assert refused(cloud, cluster) == ["source-dest-check-on"]


def test_a_node_that_is_stopped_is_refused(cloud: OpsCloud) -> None:
    cluster = cloud.build()
    cloud.ec2.stop_instances(InstanceIds=[node_b(cluster).instance_id])
    assert refused(cloud, cluster) == ["virtual-ip-target-not-running"]


def test_a_node_whose_interface_is_gone_is_refused(cloud: OpsCloud) -> None:
    cluster = cloud.build()
    gone = dataclasses.replace(node_b(cluster), network_interface_id="eni-0123456789abcdef0")
    cluster = dataclasses.replace(cluster, nodes=(cluster.nodes[0], gone))
    assert refused(cloud, cluster) == ["virtual-ip-target-missing"]


def test_a_node_whose_interface_has_no_instance_is_refused(cloud: OpsCloud) -> None:
    cluster = cloud.build()
    subnet = cloud.ec2.describe_subnets(Filters=[{"Name": "vpc-id", "Values": [cluster.vpc_id]}])
    spare = cloud.ec2.create_network_interface(SubnetId=subnet["Subnets"][0]["SubnetId"])
    spare = spare["NetworkInterface"]["NetworkInterfaceId"]
    detached = dataclasses.replace(node_b(cluster), network_interface_id=spare)
    cluster = dataclasses.replace(cluster, nodes=(cluster.nodes[0], detached))
    assert refused(cloud, cluster) == ["virtual-ip-target-detached"]


def test_a_node_with_another_instance_than_the_outputs_name_is_taken(cloud: OpsCloud) -> None:
    cluster = cloud.build()
    stale = dataclasses.replace(node_b(cluster), instance_id="i-0123456789abcdef0")
    cluster = dataclasses.replace(cluster, nodes=(cluster.nodes[0], stale))
    assert move(cloud.caller(), cluster, stale).exit_code is ExitCode.SOUND


def test_an_interface_that_vanishes_during_the_move_is_named_for_each_table(
    cloud: OpsCloud,
) -> None:
    cluster = cloud.build(2)
    b = node_b(cluster)
    cloud.ec2.delete_network_interface(NetworkInterfaceId=b.network_interface_id)
    found = judge(take_over(cloud.caller(), cluster, b), cluster)
    assert [each.id for each in found] == ["virtual-ip-target-missing"] * 2


def test_a_check_that_aws_does_not_answer_is_a_warning_and_the_move_goes_on(
    cloud: OpsCloud,
) -> None:
    cluster, clock = cloud.build(), Clockwork()
    cloud.faults.throttle("DescribeInstances", 99)
    done = move(cloud.caller(clock), cluster, node_b(cluster))
    assert cloud.targets(cluster) == ["node-b"] * 3
    assert (done.exit_code, problems(done)) == (ExitCode.SOUND, [("api-throttled", "warning")])
    assert done.problems[0].found.startswith("the node was not checked: ec2:DescribeInstances: ")


def test_a_node_is_described_by_its_id_because_a_filter_fails_in_an_outage_of_a_zone(
    cloud: OpsCloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    cluster, caller = cloud.build(), cloud.caller()
    asked: list[dict[str, Any]] = []
    call = caller.call

    def noted(operation: str, **arguments: Any) -> Reply:
        asked.append({operation: arguments})
        return call(operation, **arguments)

    monkeypatch.setattr(caller, "call", noted)
    assert check_nodes(caller, cluster, [node_b(cluster)]) == ()
    assert asked == [{"describe_instances": {"InstanceIds": [node_b(cluster).instance_id]}}]


def test_the_instance_that_was_found_stopped_is_the_one_to_start(cloud: OpsCloud) -> None:
    cluster = cloud.build()
    real = node_b(cluster).instance_id
    cloud.ec2.stop_instances(InstanceIds=[real])
    stale = dataclasses.replace(node_b(cluster), instance_id="i-0123456789abcdef0")
    [problem] = check_nodes(cloud.caller(), cluster, [stale])
    assert problem.remedy == (f"aws ec2 start-instances --region us-east-1 --instance-ids {real}")


def test_a_replacement_of_a_route_that_is_missing_names_the_command_that_creates_it(
    cloud: OpsCloud,
) -> None:
    cluster = cloud.build(1)
    [bare] = cluster.route_table_ids.values()
    cloud.ec2.delete_route(RouteTableId=bare, DestinationCidrBlock=DESTINATION)
    cloud.faults.deny("DescribeRouteTables")
    done = move(cloud.caller(), cluster, node_b(cluster))
    [missing] = [each for each in done.problems if each.subject == f"table_00 {bare}"]
    assert missing.id == "virtual-ip-route-missing"
    assert missing.remedy.startswith("aws ec2 create-route ")


def test_a_route_to_the_node_that_aws_drops_is_not_called_another_programs(
    cloud: OpsCloud,
) -> None:
    cluster = cloud.build(1)
    b, [table] = node_b(cluster), cluster.route_table_ids.values()
    done = take_over(cloud.caller(), cluster, b)
    routes = LiveRoutes({table: f"{b.network_interface_id} (blackhole)"})
    [problem] = judge(dataclasses.replace(done, routes=routes), cluster)
    assert problem.id == "virtual-ip-target-not-running"


def test_a_move_whose_routes_cannot_be_read_afterwards_fails(cloud: OpsCloud) -> None:
    cluster = cloud.build(1)
    cloud.faults.deny("DescribeRouteTables")
    done = move(cloud.caller(), cluster, node_b(cluster))
    assert cloud.targets(cluster) == ["node-b"]
    assert (done.exit_code, [each.severity for each in done.problems]) == (
        ExitCode.FAILED,
        ["error"],
    )
    assert "leads to  confirmed after" in move_text(done)
    assert " unknown " in move_text(done)


def test_a_table_that_another_program_moves_back_is_reported(cloud: OpsCloud) -> None:
    cluster, clock = cloud.build(2), Clockwork()
    a = cluster.nodes[0].network_interface_id
    first = cluster.route_table_ids["table_00"]
    cloud.faults.before("DescribeRouteTables", lambda: cloud.lead(first, a))
    done = move(cloud.caller(clock), cluster, node_b(cluster))
    assert cloud.targets(cluster) == ["node-a", "node-b"]
    assert problems(done) == [("virtual-ip-tables-disagree", "error")]
    assert (done.calls["ec2:DescribeRouteTables"], clock.slept) == (3, [0.2, 0.2])


def test_a_plan_lists_the_calls_and_changes_nothing(cloud: OpsCloud) -> None:
    cluster = cloud.build(2)
    before = cloud.targets(cluster)
    vpc_table = cloud.ec2.create_route_table(VpcId=cluster.vpc_id)["RouteTable"]["RouteTableId"]
    add_route(cloud.ec2, vpc_table, DESTINATION, cluster.nodes[0].network_interface_id)
    planned = plan(cloud.caller(), cluster, node_b(cluster))
    names = [call.split(" --region")[0] for call in planned.calls]
    assert names == [
        "aws ec2 describe-instances",
        *["aws ec2 replace-route"] * 3,
        "aws ec2 describe-route-tables",
    ]
    assert vpc_table in planned.calls[3]
    assert (cloud.targets(cluster), planned.exit_code) == (before, ExitCode.SOUND)
    assert "ec2:ReplaceRoute" not in cloud.aws.calls


def test_a_configured_cluster_keeps_its_address_unless_interruption_is_accepted(
    cloud: OpsCloud,
) -> None:
    cluster = cloud.build(engine_configured=True)
    with pytest.raises(UsageError, match="or add --interrupts-service"):
        require_consent(cluster, interrupts_service=False)
    require_consent(cluster, interrupts_service=True)
    require_consent(dataclasses.replace(cluster, engine_configured=False), interrupts_service=False)


def test_the_json_has_a_row_for_each_table(cloud: OpsCloud) -> None:
    cluster = cloud.build(2)
    b = node_b(cluster).network_interface_id
    written = move(cloud.caller(), cluster, node_b(cluster)).as_json()
    assert written["moved"]
    assert written["to"] == {"node": "node-b", "network_interface_id": b}
    assert [(each["table"], each["target"], each["error"]) for each in written["tables"]] == [
        (table, b, None) for table in cluster.route_table_ids.values()
    ]
    assert written["skew_seconds"] <= written["replacing_seconds"] <= written["seconds"]
