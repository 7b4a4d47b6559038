"""Fencing by `fence_aws` in the lab, and the scenarios that are played with it."""

import contextlib
from collections.abc import Generator, Mapping
from typing import Final

from lab.drill.stage import PARTITION_S, Measured, Scenario, Stage, heartbeat_cut, holders
from lab.drill.takeover import expect_taken_over
from lab.errors import LabError
from lab.world import World

_FENCED_S: Final = 60.0
_REBOOT: Final = ("StopInstances", "StartInstances")


@contextlib.contextmanager
def fencing(world: World) -> Generator[None]:
    """While this is open, a node stops the instance of a node that it lost. Raises LabError."""
    if not world.configuration.fenced_cib:
        raise LabError(
            "the stack has no fencing. Remedy: pulumi config set --path "
            "ha-cluster:nodes.pacemaker.fencing true, pulumi up, and a new lab"
        )
    try:
        world.engine.replace(world.configuration.fenced_cib)
        yield
    finally:
        world.engine.replace(world.configuration.cib)


def crash_with_fencing(stage: Stage) -> None:
    """Crash the owner, with fencing: AWS stops and starts its instance."""
    stage.undo(stage.world.repair, stage.owner)
    _undo_stop(stage, stage.owner)
    found = stage.measure(lambda: stage.world.crash(stage.owner), patience=_FENCED_S)
    expect_taken_over(stage)
    _expect_fenced(stage, found, stage.owner, by=stage.standby)
    stops = [each.answered for each in found.calls if each.operation == "StopInstances"]
    routes = [each.came for each in found.calls if each.operation == "ReplaceRoute"]
    stage.expect(
        "no route is replaced before the instance is stopped",
        bool(stops and routes) and max(stops) <= min(routes),
    )
    stage.expect(f"{stage.owner} comes back by itself", _comes_back(stage))


def partition_with_fencing(stage: Stage) -> None:
    """Let the nodes lose each other, with fencing: the owner stops the other one's instance."""
    world = stage.world
    stage.undo(world.fabric.cut)
    for node in world.machines:
        _undo_stop(stage, node)
    cut = heartbeat_cut(stage.owner, stage.standby)
    found = stage.measure(lambda: world.fabric.cut(cut), hold=PARTITION_S)
    _expect_fenced(stage, found, stage.standby, by=stage.owner)
    stage.expect("no route is replaced", not found.owners)
    stage.expect(f"every table leads to {stage.owner}", set(world.routes.values()) == {stage.owner})
    stage.expect(f"only {stage.owner} has the address", holders(world) == [stage.owner])
    stage.goal("no client waits", found.worst == 0)
    world.fabric.cut()
    stage.expect(f"{stage.standby} comes back by itself", _comes_back(stage))


FENCED: Final[Mapping[str, Scenario]] = {
    "F1": crash_with_fencing,
    "F2": partition_with_fencing,
}
"""The scenarios by the names that docs/lab.md gives them."""


def _undo_stop(stage: Stage, node: str) -> None:
    """Start a node's instance in the end, should fencing have left it stopped."""
    instances = [stage.world.cluster.node_named(node).instance_id]
    stage.undo(lambda: stage.world.change("start_instances", InstanceIds=instances))


def _expect_fenced(stage: Stage, found: Measured, node: str, *, by: str) -> None:
    """Expect that one node stops the other one's instance and starts it again, and nobody else."""
    names = {each.instance_id: each.name for each in stage.world.cluster.nodes}
    made = (each for each in found.calls if each.operation in _REBOOT)
    calls = [
        " ".join([f"{each.node}: {each.operation} of", names.get(each.instance, "?"), each.code])
        for each in made
    ]
    stage.expect(
        f"{by} fences {node}: {'; '.join(map(str.rstrip, calls)) or 'no call'}",
        calls == [f"{by}: {operation} of {node} " for operation in _REBOOT],
    )


def _comes_back(stage: Stage) -> bool:
    world = stage.world
    try:
        world.engine.await_status(
            lambda status: status.online == frozenset(world.machines), "all nodes online"
        )
    except LabError:
        return False
    return True
