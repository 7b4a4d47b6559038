"""The drill: there and back as often as asked, and the former owner restored whatever happens."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from ops.cluster import Cluster, Node
from ops.drill.alarm import Alarm, may_still_move, move_back
from ops.drill.report import By, Report
from ops.drill.sampler import Say
from ops.drill.signals import taken_as_interrupts
from ops.drill.transfer import Course, Transfer
from ops.errors import ExitCode, OpsError
from ops.move.caller import Caller
from ops.move.live_routes import LiveRoutes, read_live_routes
from ops.move.problem import Problem

Now = Callable[[], datetime]


@dataclass(frozen=True)
class Orders:
    """What the operator asked for. `wait` is how long the cluster may take, in seconds."""

    by: By = "cluster"
    wait: float = 600.0
    repeat: int = 1


class Drill:
    """One drill of a cluster whose tables all lead to `former`."""

    def __init__(
        self,
        course: Course,
        former: Node,
        orders: Orders,
        say: Say,
        now: Now = lambda: datetime.now(UTC),
    ) -> None:
        self._course = course
        self._former = former
        self._to = next(node for node in course.cluster.nodes if node != former)
        self._orders = orders
        self._say = say
        self._now = now
        self._takeovers: list[Transfer] = []
        self._failbacks: list[Transfer] = []
        self._problems: list[Problem] = []
        self._away = False
        """Whether the address may be elsewhere, with no failback tried since."""
        self._is_pending = False
        """Whether a takeover was begun, and not seen to be complete."""
        self._stopped = ""
        self._stopped_code = ExitCode.FAILED

    def run(self, known: tuple[Problem, ...] = ()) -> Report:
        """Make the drill; `known` are problems that did not keep it from beginning."""
        with taken_as_interrupts():
            return self._run(known)

    def _run(self, known: tuple[Problem, ...]) -> Report:
        began = self._now()
        before = Counter(self._caller.aws.calls)
        self._problems += known
        routes = None
        try:
            self._rounds()
            routes = self._restored()
        except KeyboardInterrupt:
            self._stopped = "interrupted twice"
        if routes is None or not self._is_home(routes):
            self._alarm(routes)
        if self._is_pending and self._orders.by == "cluster":
            self._problems.append(may_still_move(self._cluster, self._former, self._to))
        sampler = self._course.sampler
        return Report(
            cluster=self._cluster,
            by=self._orders.by,
            former=self._former,
            to=self._to,
            began=began,
            ended=self._now(),
            takeovers=tuple(self._takeovers),
            failbacks=tuple(self._failbacks),
            problems=tuple(self._problems),
            routes=routes,
            stopped=self._stopped,
            stopped_code=self._stopped_code,
            interval=sampler.interval,
            throttled=sampler.throttled,
            calls=dict(self._caller.aws.calls - before),
        )

    @property
    def _caller(self) -> Caller:
        return self._course.caller

    @property
    def _cluster(self) -> Cluster:
        return self._course.cluster

    def _rounds(self) -> None:
        """Go there and back as often as asked, or until something stops it."""
        try:
            while len(self._takeovers) < self._orders.repeat and self._round():
                pass
        except KeyboardInterrupt:
            self._stop("interrupted", ExitCode.FAILED)
        except OpsError as error:
            self._stop(str(error), error.exit_code)

    def _round(self) -> bool:
        """Go there and back; return whether both were complete."""
        self._away = self._is_pending = True
        there = self._transfer(self._to)
        self._takeovers.append(there)
        self._is_pending = not there.is_complete
        if there.refusal:
            self._away = False
            return False
        return self._fail_back() and there.is_complete

    def _fail_back(self) -> bool:
        back = self._transfer(self._former)
        self._failbacks.append(back)
        self._away = False
        return back.is_complete

    def _transfer(self, to: Node) -> Transfer:
        if self._orders.by == "route":
            self._say(f"moving {self._cluster.virtual_ip} to {to.name}")
            return self._course.by_route(to, restores=to == self._former)
        how = self._cluster.engine.move_group
        self._say(
            f"move the group to {to.name} now ({how}): waiting for the routes,"
            f" {self._orders.wait:g} s at most"
        )
        return self._course.by_cluster(to, self._orders.wait)

    def _stop(self, why: str, code: ExitCode) -> None:
        self._stopped, self._stopped_code = why, code
        self._say(f"{why}: restoring {self._former.name}; Ctrl-C again ends this at once")

    def _restored(self) -> LiveRoutes | None:
        """See to it that the former owner holds the address; return the final routes."""
        self._caller.aws.lift_timeout()
        routes = self._read()
        at_home = routes is not None and self._is_home(routes)
        if not at_home and not self._refusal and (self._away or self._orders.by == "route"):
            try:
                self._fail_back()
            except OpsError as error:
                self._say(f"error: {error}")
            routes = self._read()
        return routes

    def _read(self) -> LiveRoutes | None:
        try:
            return read_live_routes(self._caller, self._cluster)
        except OpsError as error:
            self._say(f"error: {error}")
            return None

    def _is_home(self, routes: LiveRoutes) -> bool:
        return routes.all_lead_to(self._former.network_interface_id)

    @property
    def _refusal(self) -> tuple[Problem, ...]:
        """Why the last failback moved nothing: the former owner cannot take the address."""
        return self._failbacks[-1].refusal if self._failbacks else ()

    def _alarm(self, routes: LiveRoutes | None) -> None:
        """Report loudly that the former owner is not restored, with what restores it."""
        alarm = Alarm(
            self._cluster,
            self._former,
            routes,
            self._course.tables,
            move_back(self._former, self._course.options),
            self._orders.by == "cluster",
            self._refusal,
        )
        self._problems.append(alarm.problem)
        self._say(f"NOT RESTORED: {alarm.problem.found}. {alarm.problem.remedy}")
        for command in alarm.commands():
            self._say(f"  {command}")
