"""What the lab does when it is asked through its socket."""

import contextlib
import json
import subprocess
import threading
from collections.abc import Generator
from pathlib import Path
from typing import Any

from lab.acceptance import accept
from lab.control import Answer, Tell
from lab.drill.comparison import compare
from lab.drill.picture import draw
from lab.drill.play import play
from lab.drill.scenarios import PLAIN, SCENARIOS
from lab.errors import LabError
from lab.shell import inside
from lab.world import World
from ops.errors import OpsError

_ALONE = ("accept", "bench", "drill")


class Answers:
    """The commands of a lab that runs."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._busy = threading.Lock()

    def answer(self, request: dict[str, Any], tell: Tell) -> int:
        """Carry out a request; return the command's exit code."""
        commands: dict[str, Answer] = {
            "status": self._status,
            "run": self._run,
            "drill": self._drill,
            "accept": self._accept,
            "bench": self._bench,
        }
        command = request["command"]
        try:
            if command in _ALONE:
                with self._alone():
                    return commands[command](request, tell)
            return commands[command](request, tell)
        except (LabError, OpsError) as fault:
            tell(f"error: {fault}")
            return 1

    @contextlib.contextmanager
    def _alone(self) -> Generator[None]:
        """Let one command at a time change the cluster: each would undo the other's faults."""
        if not self._busy.acquire(blocking=False):
            raise LabError("another command plays on this lab: wait for its end")
        try:
            yield
        finally:
            self._busy.release()

    def _status(self, _request: dict[str, Any], tell: Tell) -> int:
        world = self._world
        status = world.engine.status()
        for host in world.plan.hosts:
            machine = world.machines.get(host.name)
            state = "" if machine is None else " on" if machine.runs else " off"
            tell(f"{host.name:<18} {host.address!s:<15} {host.subnet}{state}")
        tell(f"virtual IP {world.cluster.virtual_ip}: {status.owner or 'nowhere'}")
        for table, target in world.routes.items():
            tell(f"  {table} leads to {target}")
        for failure in status.failures:
            tell(f"  failed: {failure}")
        if world.fabric.fault:
            tell(f"the router does not follow AWS: {world.fabric.fault}")
        sound = status.owner and set(world.routes.values()) == {status.owner}
        return 0 if sound and not world.fabric.fault else 1

    def _run(self, request: dict[str, Any], tell: Tell) -> int:
        host, words = request["host"], request["words"]
        machine = self._world.machines.get(host)
        names = [each.name for each in self._world.plan.hosts]
        if host not in names:
            raise LabError(f"{host!r} is not a host of the lab: it has {', '.join(names)}")
        command = machine.command(words) if machine else inside(host, words)
        done = subprocess.run(  # noqa: S603 - the user typed this very command
            command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
        )
        tell((done.stdout + done.stderr).rstrip("\n"))
        return done.returncode

    def _drill(self, request: dict[str, Any], tell: Tell) -> int:
        names = request["scenarios"] or list(PLAIN)
        unknown = [name for name in names if name not in SCENARIOS]
        if unknown:
            raise LabError(f"no scenario {', '.join(unknown)}: there are {', '.join(SCENARIOS)}")
        played = play(self._world, names, tell)
        held = sum(each.held for each in played)
        met = [met for each in played for _, met in each.goals]
        tell(
            f"{held} of {len(names)} scenarios held; {sum(met)} of {len(met)} times met their goals"
        )
        return 0 if held == len(names) else 1

    def _bench(self, request: dict[str, Any], tell: Tell) -> int:
        comparison = compare(self._world, request["runs"], tell)
        if request["data"]:
            text = json.dumps(comparison.as_json(), indent=1)
            Path(request["data"]).write_text(f"{text}\n", encoding="utf-8")
        if request["picture"]:
            Path(request["picture"]).write_text(draw(comparison), encoding="utf-8")
        return 0

    def _accept(self, _request: dict[str, Any], tell: Tell) -> int:
        accept(self._world, tell)
        return 0
