"""Our agent and the distributions' own one, side by side in one lab: `python -m lab bench`."""

import itertools
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

from lab.drill.stage import Measured, Stage, heartbeat_cut, holders, open_stage
from lab.drill.stock_agent import NAME, stock_cib
from lab.world import World

Tell = Callable[[str], None]
OURS: Final = "virtual-ip"
PARTITION_S: Final = 90.0
_AFTER_HEALING_S: Final = 10.0


@dataclass(frozen=True)
class Run:
    """One measured fault. `outages` are seconds by subnet; `begins`, from the fault, likewise."""

    agent: str
    scenario: str
    outages: dict[str, float]
    begins: dict[str, float]
    detected: float | None
    api: float | None
    calls: int

    @property
    def worst(self) -> float:
        """Seconds of the longest outage of any client."""
        return max(self.outages.values())


@dataclass(frozen=True)
class Duel:
    """A partition of the nodes, both of which reach the EC2 API, for `PARTITION_S`."""

    agent: str
    owner_changes: int
    replaced: int
    """Calls that replaced a route."""
    holders_after: tuple[str, ...]
    """Nodes that have the address on an interface some seconds after the partition has healed."""
    owner_after: str


@dataclass(frozen=True)
class Comparison:
    """All runs of both agents."""

    runs: Sequence[Run]
    duels: Sequence[Duel]

    def as_json(self) -> dict[str, Any]:
        """Return what `--data` writes."""
        return {
            "runs": [asdict(run) for run in self.runs],
            "duels": [asdict(duel) for duel in self.duels],
        }

    def of(self, agent: str, scenario: str) -> list[Run]:
        """Return the runs of an agent in a scenario, the shortest outage first."""
        found = (run for run in self.runs if (run.agent, run.scenario) == (agent, scenario))
        return sorted(found, key=lambda run: run.worst)


def compare(world: World, count: int, tell: Tell) -> Comparison:
    """Measure both agents, `count` times in each scenario. Raises LabError."""
    runs: list[Run] = []
    duels: list[Duel] = []
    configurations = {
        OURS: world.configuration.cib,
        NAME: stock_cib(world.configuration.cib, world.cluster),
    }
    try:
        for agent, cib in configurations.items():
            world.engine.replace(cib)
            for scenario, act in _SCENARIOS.items():
                for _ in range(count):
                    run = _measure(world, agent, scenario, act)
                    runs.append(run)
                    tell(_line(run))
            duel = _partition(world, agent)
            duels.append(duel)
            tell(_duel_line(duel))
    finally:
        world.engine.replace(world.configuration.cib)
    comparison = Comparison(runs, duels)
    for line in summary(comparison):
        tell(line)
    return comparison


def summary(comparison: Comparison) -> Iterator[str]:
    """Yield the medians, and how many times longer the other agent's clients wait."""
    for scenario in _SCENARIOS:
        ours, theirs = (
            statistics.median(run.worst for run in comparison.of(agent, scenario))
            for agent in (OURS, NAME)
        )
        factor = f": {theirs / ours:.1f} times as long" if ours else ""
        yield (
            f"{scenario}: clients wait {ours:.2f} s with {OURS}, {theirs:.2f} s with {NAME}"
            f"{factor} (medians)"
        )


def _move(stage: Stage) -> Measured:
    stage.undo(stage.world.engine.clear)
    return stage.measure(lambda: stage.world.engine.move(stage.standby), patience=60)


def _crash(stage: Stage) -> Measured:
    stage.undo(stage.world.repair, stage.owner)
    return stage.measure(lambda: stage.world.crash(stage.owner), patience=60)


_SCENARIOS: Final = {"planned move": _move, "crash": _crash}


def _measure(world: World, agent: str, scenario: str, act: Callable[[Stage], Measured]) -> Run:
    with open_stage(world) as stage:
        found = act(stage)
    return Run(
        agent,
        scenario,
        {subnet: outage.seconds for subnet, outage in found.outages.items()},
        {subnet: outage.began - found.began for subnet, outage in found.outages.items()},
        found.detected,
        found.api,
        len(found.calls),
    )


def _partition(world: World, agent: str) -> Duel:
    with open_stage(world) as stage:
        first = len(world.desk.calls)
        stage.undo(world.fabric.cut)
        world.fabric.cut(heartbeat_cut(stage.owner, stage.standby))
        time.sleep(PARTITION_S)
        calls = [each for each in world.desk.calls[first:] if each.operation == "ReplaceRoute"]
        world.fabric.cut()
        time.sleep(_AFTER_HEALING_S)
        held = tuple(holders(world))
    names = [stage.owner, *(each.node for each in calls if not each.code)]
    changes = sum(now != before for before, now in itertools.pairwise(names))
    return Duel(agent, changes, len(calls), held, world.engine.status().owner)


def _line(run: Run) -> str:
    detected = "" if run.detected is None else f", first route replaced after {run.detected:.2f} s"
    return f"{run.agent}, {run.scenario}: clients wait {run.worst:.2f} s{detected}"


def _duel_line(duel: Duel) -> str:
    return (
        f"{duel.agent}, partition of {PARTITION_S:.0f} s: {duel.owner_changes} changes of the "
        f"owner, {duel.replaced} routes replaced; {_AFTER_HEALING_S:.0f} s after it "
        f"{' and '.join(duel.holders_after)} had the address, and {duel.owner_after} owns it"
    )
