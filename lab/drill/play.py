"""Plays scenarios one after the other, and says what came of each."""

import contextlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from lab.drill.fencing import FENCED, fencing
from lab.drill.scenarios import SCENARIOS
from lab.drill.stage import Measured, open_stage
from lab.errors import LabError
from lab.world import World
from ops.errors import OpsError

Tell = Callable[[str], None]


@dataclass(frozen=True)
class Played:
    """A scenario that was played: what was measured, and what did not hold."""

    name: str
    title: str
    measured: Sequence[Measured]
    expectations: Sequence[tuple[str, bool]]
    goals: Sequence[tuple[str, bool]]
    fault: str = ""

    @property
    def held(self) -> bool:
        """Whether everything was as it must be."""
        return not self.fault and all(holds for _, holds in self.expectations)


def play(world: World, names: Sequence[str], tell: Tell) -> list[Played]:
    """Play scenarios, each on a sound cluster; a cluster that cannot be restored ends the play."""
    played: list[Played] = []
    for name in names:
        result = _play_one(world, name)
        played.append(result)
        for line in lines_of(result):
            tell(line)
        if result.fault:
            break
    return played


def lines_of(result: Played) -> list[str]:
    """Return what a person reads of a scenario."""
    lines = [f"{result.name}. {result.title}"]
    for found in result.measured:
        waits = ", ".join(
            f"{subnet} {outage.seconds:.2f} s" for subnet, outage in found.outages.items()
        )
        lines.append(f"   without an answer: {waits}")
        if found.detected is not None and found.api is not None:
            lines.append(
                f"   first route replaced after {found.detected:.2f} s, the last {found.api:.2f} s "
                f"later; {len(found.calls)} calls of the EC2 API"
            )
    lines += [f"   {'holds' if holds else 'FAILS'}: {what}" for what, holds in result.expectations]
    lines += [f"   {'within' if met else 'OVER'} the goal: {what}" for what, met in result.goals]
    return [*lines, f"   FAILS: {result.fault}"] if result.fault else lines


def _play_one(world: World, name: str) -> Played:
    scenario = SCENARIOS[name]
    fault = ""
    stage = None
    try:
        mode = fencing(world) if name in FENCED else contextlib.nullcontext()
        with mode, open_stage(world) as stage:
            scenario(stage)
    except (LabError, OpsError) as error:
        fault = str(error)
    return Played(
        name,
        (scenario.__doc__ or "").strip(),
        stage.measured if stage else (),
        stage.expectations if stage else (),
        stage.goals if stage else (),
        fault,
    )
