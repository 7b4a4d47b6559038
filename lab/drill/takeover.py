"""What must be true when the other node has taken the virtual IP over."""

from lab.drill.stage import Stage, holders
from lab.errors import LabError

_SOON_S = 10.0


def expect_taken_over(stage: Stage) -> None:
    """Expect that the other node has the virtual IP, in the engine, in all tables and alone."""
    world = stage.world
    stage.expect(f"the engine runs it on {stage.standby}", _runs_on(stage, stage.standby))
    stage.expect(
        f"every table leads to {stage.standby}", set(world.routes.values()) == {stage.standby}
    )
    stage.expect("no other node has the address", holders(world) == [stage.standby])


def _runs_on(stage: Stage, node: str) -> bool:
    """Tell whether the engine says so soon: clients are served before the agent's start ends."""
    try:
        stage.world.engine.await_status(lambda status: status.owner == node, node, _SOON_S)
    except LabError:
        return False
    return True
