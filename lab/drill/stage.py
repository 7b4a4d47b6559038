"""Where a scenario plays: it measures a fault, holds what must be true, and undoes everything."""

import contextlib
import time
from collections.abc import Callable, Generator, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from lab.aws.endpoint import Call
from lab.drill.outage import Outage, Probes, Sample, longest_outage
from lab.errors import LabError
from lab.vpc.firewall import Cut
from lab.world import World
from ops.errors import OpsError

PARTITION_S = 30.0
"""How long a partition lasts in a scenario."""
_PATIENCE_S = 60.0
_HEARTBEAT = "udp dport 5405"


@dataclass(frozen=True)
class Measured:
    """What a fault did. Times are seconds; `detected` is None where no node called the API."""

    began: float
    outages: dict[str, Outage]
    detected: float | None
    """From the fault to the first call that replaces a route."""
    api: float | None
    """From that call to the last answer of one."""
    calls: Sequence[Call]
    samples: dict[str, list[Sample]]

    @property
    def worst(self) -> float:
        """Seconds of the longest outage of any client."""
        return max((each.seconds for each in self.outages.values()), default=0.0)

    @property
    def owners(self) -> list[str]:
        """The nodes that replaced routes, one after the other."""
        names = [each.node for each in self.calls if each.operation == "ReplaceRoute"]
        return [name for place, name in enumerate(names) if place == 0 or names[place - 1] != name]


@dataclass
class Stage:
    """A scenario's stage: the world, the node that owns the virtual IP, and the other one."""

    world: World
    owner: str
    standby: str
    expectations: list[tuple[str, bool]] = field(default_factory=list[tuple[str, bool]])
    goals: list[tuple[str, bool]] = field(default_factory=list[tuple[str, bool]])
    measured: list[Measured] = field(default_factory=list[Measured])
    _undo: contextlib.ExitStack = field(default_factory=contextlib.ExitStack)

    def expect(self, what: str, holds: bool) -> None:  # noqa: FBT001 - it reads as a sentence
        """Record what must be true, and whether it is."""
        self.expectations.append((what, holds))

    def goal(self, what: str, met: bool) -> None:  # noqa: FBT001 - it reads as a sentence
        """Record how long something should take at most, and whether it did: no fault if not."""
        self.goals.append((what, met))

    def keep(self, context: contextlib.AbstractContextManager[object]) -> None:
        """Enter a context, which ends with the scenario: the last one first."""
        self._undo.enter_context(context)

    def undo(self, action: Callable[..., object], *arguments: Any) -> None:
        """Call this when the scenario is over, whatever became of it; the last one first."""
        self._undo.callback(action, *arguments)

    def measure(
        self,
        fault: Callable[[], object],
        *,
        subnets: Iterable[str] | None = None,
        patience: float = 30.0,
        hold: float = 0.0,
    ) -> Measured:
        """Commit a fault while clients ask; return when they get answers again, or in time.

        `subnets` are those whose clients count, by default all; `hold` is how long to watch at
        least.
        """
        world = self.world
        watched = [each.subnet for each in world.clients]
        counted = watched if subnets is None else [each for each in watched if each in set(subnets)]
        with Probes(world.clients, world.cluster.virtual_ip) as probes:
            if not probes.await_settled(counted, time.monotonic()):
                raise LabError("the clients were not served before the fault")
            first = len(world.desk.calls)
            began = time.monotonic()
            fault()
            time.sleep(max(hold, 0.4))
            probes.await_settled(counted, time.monotonic() - 0.1, patience=patience)
            time.sleep(0.3)
            samples = {subnet: list(probes.samples[subnet]) for subnet in counted}
        calls = tuple(world.desk.calls[first:])
        replaced = [each for each in calls if each.operation == "ReplaceRoute"]
        found = Measured(
            began,
            {subnet: longest_outage(each, began) for subnet, each in samples.items()},
            min((each.came for each in replaced), default=began) - began if replaced else None,
            max(each.answered for each in replaced) - min(each.came for each in replaced)
            if replaced
            else None,
            calls,
            samples,
        )
        self.measured.append(found)
        return found

    def restore(self) -> None:
        """Undo the scenario, and wait until the cluster is sound. Raises LabError."""
        self._undo.close()
        await_sound(self.world)


Scenario = Callable[[Stage], None]


@contextlib.contextmanager
def open_stage(world: World) -> Generator[Stage]:
    """Yield a stage on a sound cluster, and restore the cluster afterwards. Raises LabError."""
    owner = await_sound(world)
    standby = next(name for name in world.machines if name != owner)
    stage = Stage(world, owner, standby)
    try:
        yield stage
    finally:
        stage.restore()


def await_sound(world: World) -> str:
    """Wait until all nodes are online and every table leads to the owner, whom it returns.

    Raises LabError with what is not so.
    """
    deadline = time.monotonic() + _PATIENCE_S
    fault = ""
    everybody = frozenset(world.machines)
    while time.monotonic() < deadline:
        try:
            world.fabric.follow()
            world.engine.settle()
            status = world.engine.status()
        except (LabError, OpsError) as error:
            fault = str(error)
        else:
            targets = set(world.routes.values())
            if status.failures or status.online != everybody:
                with contextlib.suppress(LabError):
                    world.engine.clear()
            if status.online == everybody and status.owner and targets == {status.owner}:
                return status.owner
            fault = f"{status}; the tables lead to {', '.join(sorted(targets))}"
        time.sleep(0.3)
    raise LabError(f"the cluster is not sound after {_PATIENCE_S:.0f} s: {fault}")


def heartbeat_cut(one: str, other: str) -> Cut:
    """Return what lets two nodes lose each other, and nothing else."""
    return Cut(one, other, _HEARTBEAT)


@contextlib.contextmanager
def closed_endpoint(world: World) -> Generator[None]:
    """While this is open, the endpoint's security group admits nothing. Raises OpsError, LabError.

    A group stops only new connections, here as in AWS, so the ones that nodes keep are ended.
    """
    group, rules = world.endpoint_group()
    opened = {"GroupId": group, "IpPermissions": rules}
    world.aws.call("ec2", "revoke_security_group_ingress", **opened)
    try:
        world.fabric.follow()
        world.endpoint.hang_up()
        yield
    finally:
        world.change("authorize_security_group_ingress", **opened)


def holders(world: World) -> list[str]:
    """Return the nodes that have the virtual IP on an interface."""
    return [
        name
        for name, machine in world.machines.items()
        if machine.runs and f" {world.cluster.virtual_ip}/" in machine.run("ip", "-br", "addr")
    ]
