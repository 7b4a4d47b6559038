"""The scenarios, by the numbers under which docs/lab.md describes them."""

import json
import time
from collections.abc import Mapping
from typing import Final

from lab.drill.fencing import FENCED
from lab.drill.stage import (
    PARTITION_S,
    Scenario,
    Stage,
    closed_endpoint,
    heartbeat_cut,
    holders,
)
from lab.drill.takeover import expect_taken_over

OUTAGE_GOAL_S: Final = 1.0
AFTER_DETECTION_S: Final = 0.3
THROTTLED_GOAL_S: Final = 2.0
_THROTTLED: Final = 3


def planned_move(stage: Stage) -> None:
    """Move the virtual IP to the other node, as an operator does."""
    stage.undo(stage.world.engine.clear)
    found = stage.measure(lambda: stage.world.engine.move(stage.standby))
    expect_taken_over(stage)
    stage.goal(
        f"every client is served again within {OUTAGE_GOAL_S:g} s", found.worst <= OUTAGE_GOAL_S
    )


def node_crash(stage: Stage) -> None:
    """Crash the node that holds the virtual IP."""
    stage.undo(stage.world.repair, stage.owner)
    found = stage.measure(lambda: stage.world.crash(stage.owner))
    expect_taken_over(stage)
    detected = found.detected or 0.0
    stage.goal(
        f"no client waits longer than detection and {AFTER_DETECTION_S:g} s",
        found.worst <= detected + AFTER_DETECTION_S,
    )


def instance_stop(stage: Stage) -> None:
    """Stop the instance that holds the virtual IP, by AWS's API."""
    world = stage.world
    instances = [world.cluster.node_named(stage.owner).instance_id]
    stage.undo(lambda: world.change("start_instances", InstanceIds=instances))
    stage.measure(lambda: world.change("stop_instances", InstanceIds=instances))
    expect_taken_over(stage)


def zone_loss(stage: Stage) -> None:
    """Cut the owner's zone off, with the endpoint's interface in it."""
    world = stage.world
    zone = world.cluster.node_named(stage.owner).zone
    lost = [host for host in world.plan.hosts if host.subnet.endswith(f"_{zone}")]
    rest = [host.subnet for host in world.clients if host not in lost]

    stage.undo(lambda: world.fabric.set_links(lost, up=True))
    found = stage.measure(lambda: world.fabric.set_links(lost, up=False), subnets=rest)
    routes = stage.world.routes
    stage.expect("every table leads to the other node", set(routes.values()) == {stage.standby})
    stage.goal(
        f"no client of another zone waits longer than detection and {AFTER_DETECTION_S:g} s",
        found.worst <= (found.detected or 0.0) + AFTER_DETECTION_S,
    )


def partition(stage: Stage) -> None:
    """Let the nodes lose each other, while both reach the EC2 API."""
    world = stage.world
    stage.undo(world.fabric.cut)
    cut = heartbeat_cut(stage.owner, stage.standby)
    found = stage.measure(lambda: world.fabric.cut(cut), hold=PARTITION_S)
    stage.expect("the virtual IP changes its owner at most once", len(found.owners) <= 1)
    target = set(world.routes.values())
    stage.expect("every table leads to one node", len(target) == 1)
    stage.expect("no other node has the address", holders(world) == sorted(target))
    world.fabric.cut()
    time.sleep(3)
    stage.expect("after healing one node has the address", len(holders(world)) == 1)


def endpoint_closed(stage: Stage) -> None:
    """Close the endpoint's security group for HTTPS, and crash the owner."""
    world = stage.world
    stage.undo(world.repair, stage.owner)
    stage.keep(closed_endpoint(world))
    found = stage.measure(lambda: world.crash(stage.owner), patience=8)
    stage.expect("no call reaches AWS", not found.calls)
    stage.expect("the tables stay as they were", set(world.routes.values()) == {stage.owner})


def route_missing(stage: Stage) -> None:
    """Delete one table's route to the virtual IP, and move the others."""
    world = stage.world
    host = next(each for each in world.clients if each.subnet.startswith("public"))
    table = world.fabric.snapshot.table_of(host.subnet_id)["RouteTableId"]
    key = {"RouteTableId": table, "DestinationCidrBlock": world.cluster.destination}
    others = [each.subnet for each in world.clients if each is not host]

    def create() -> None:
        owner = next(iter(set(world.routes.values())))
        node = world.cluster.node_named(owner)
        world.change("create_route", **key, NetworkInterfaceId=node.network_interface_id)

    world.change("delete_route", **key)
    stage.undo(world.engine.clear)
    stage.undo(create)
    stage.measure(lambda: world.engine.move(stage.standby), subnets=others)
    expect_taken_over(stage)
    log = world.machines[stage.standby].run("cat", "/var/log/pacemaker/pacemaker.log")
    stage.expect("the agent names the table", f"WARNING: {table} has no route" in log)


def route_denied(stage: Stage) -> None:
    """Deny the nodes' role one table's route, and move the virtual IP."""
    world = stage.world
    role = world.cluster.node_role_arn.rpartition("/")[2]
    table = world.cluster.route_table_ids["private_b"]
    denied = {
        "Version": "2012-10-17",
        "Statement": {
            "Effect": "Deny",
            "Action": "ec2:ReplaceRoute",
            "Resource": f"arn:aws:ec2:*:*:route-table/{table}",
        },
    }
    key = {"RoleName": role, "PolicyName": "lab-denies-a-table"}

    def allow() -> None:
        world.aws.call("iam", "delete_role_policy", **key)
        world.desk.permissions.follow()

    world.aws.call("iam", "put_role_policy", **key, PolicyDocument=json.dumps(denied))
    world.desk.permissions.follow()
    stage.undo(world.engine.clear)
    stage.undo(allow)
    stage.measure(lambda: world.engine.move(stage.standby))
    failures = world.engine.status().failures
    stage.expect("the engine names the table", any(table in each for each in failures))
    stage.expect("every table leads to one node in the end", len(set(world.routes.values())) == 1)


def throttled(stage: Stage) -> None:
    """Throttle the first three calls of a takeover after a crash."""
    world = stage.world
    stage.undo(world.desk.faults.clear)
    stage.undo(world.repair, stage.owner)

    def crash() -> None:
        world.desk.inject("ReplaceRoute", "RequestLimitExceeded", times=_THROTTLED)
        world.crash(stage.owner)

    found = stage.measure(crash)
    expect_taken_over(stage)
    refused = [each for each in found.calls if each.code == "RequestLimitExceeded"]
    stage.expect(f"{_THROTTLED} calls were throttled", len(refused) == _THROTTLED)
    stage.goal(
        f"the takeover takes at most {THROTTLED_GOAL_S:g} s", (found.api or 0.0) <= THROTTLED_GOAL_S
    )


def check_on(stage: Stage) -> None:
    """Turn the standby's source/destination check on, and move the virtual IP there."""
    world = stage.world
    node = world.cluster.node_named(stage.standby)

    def check(*, on: bool) -> None:
        world.change(
            "modify_network_interface_attribute",
            NetworkInterfaceId=node.network_interface_id,
            SourceDestCheck={"Value": on},
        )

    check(on=True)
    stage.undo(world.engine.clear)
    stage.undo(lambda: check(on=False))
    stage.measure(lambda: world.engine.move(stage.standby))
    failures = world.engine.status().failures
    stage.expect(
        "the engine names the interface",
        any(node.network_interface_id in each for each in failures),
    )
    stage.expect("the former owner serves again", set(world.routes.values()) == {stage.owner})


def failback(stage: Stage) -> None:
    """Move the virtual IP to the other node and back."""
    world = stage.world
    stage.undo(world.engine.clear)
    for node in (stage.standby, stage.owner):
        found = stage.measure(lambda node=node: world.engine.move(node))
        stage.expect(f"every table leads to {node}", set(world.routes.values()) == {node})
        stage.goal(f"clients are served within {OUTAGE_GOAL_S:g} s", found.worst <= OUTAGE_GOAL_S)


PLAIN: Final[Mapping[str, Scenario]] = {
    "D1": planned_move,
    "D2": node_crash,
    "D3": instance_stop,
    "D4": zone_loss,
    "D5": partition,
    "D6": endpoint_closed,
    "D7": route_missing,
    "D8": route_denied,
    "D9": throttled,
    "D10": check_on,
    "D11": failback,
}
"""Those without fencing, which show the virtual IP alone."""
SCENARIOS: Final = {**PLAIN, **FENCED}
