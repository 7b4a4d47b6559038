"""Keeps the router in step with AWS: kernel tables and firewall follow what AWS describes."""

import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import replace

from lab import shell
from lab.errors import LabError
from lab.vpc.firewall import Cut, ruleset
from lab.vpc.plan import ROUTER, Host, Plan
from lab.vpc.routing import (
    DELETION,
    Bindings,
    Routes,
    bindings,
    changes,
    first_lines,
    host_lines,
    number_tables,
    rebound,
    routes,
)
from lab.vpc.snapshot import Snapshot, read_snapshot, read_tables
from ops.aws import Aws
from ops.errors import OpsError

INTERVAL_S = 1.0
"""How often the whole VPC is read, for what is changed by others than the nodes."""


class Fabric:
    """The router's routes and rules; usable from several threads."""

    def __init__(
        self, aws: Aws, plan: Plan, snapshot: Snapshot, changed: Callable[[Snapshot], None]
    ) -> None:
        """Show the snapshot; `changed` is told of each one that is read later.

        Raises LabError.
        """
        self._aws = aws
        self._plan = plan
        self._changed = changed
        self._lock = threading.Lock()
        self._replaced = threading.Event()
        self._numbers: dict[str, int] = {}
        self._bindings: Bindings = {}
        self._routes: Routes = {}
        self._rules = ""
        self.snapshot = snapshot
        self.cuts: frozenset[Cut] = frozenset()
        self.fault = ""
        """Why the router could not follow the last time; empty while it does."""
        shell.batch([*first_lines(), *host_lines(plan)], ROUTER)
        self._show(snapshot)

    def start(self) -> None:
        """Follow AWS in a thread of its own from now on."""
        threading.Thread(target=self._follow_always, daemon=True).start()

    def note(self, operation: str) -> None:
        """Follow a change by a node's call: a route soon, anything else before this returns.

        So a stop of an instance is followed before its caller can start it again.
        """
        if operation.endswith("Route"):
            self._replaced.set()
            return
        try:
            self.follow()
        except (OpsError, LabError) as fault:
            self.fault = str(fault)

    def follow(self) -> None:
        """Read the whole VPC and show it. Raises OpsError and LabError."""
        with self._lock:
            self.snapshot = read_snapshot(self._aws, self.snapshot.vpc["VpcId"])
            self._show(self.snapshot)
        self._changed(self.snapshot)

    def set_links(self, hosts: Iterable[Host], *, up: bool) -> None:
        """Pull the cables of hosts, or plug them in again. Raises LabError."""
        with self._lock:
            state = "up" if up else "down"
            shell.batch([f"link set {host.port} {state}" for host in hosts], ROUTER)
            if up:
                shell.batch(host_lines(self._plan), ROUTER)
                self._routes = {}
                self._show_routes(self.snapshot)

    def cut(self, *cuts: Cut) -> None:
        """Drop packets in the network itself, whatever AWS says; without cuts, none any more."""
        with self._lock:
            self.cuts = frozenset(cuts)
            self._show(self.snapshot)

    def _follow_always(self) -> None:
        full = time.monotonic() + INTERVAL_S
        while True:
            replaced = self._replaced.wait(max(0.0, full - time.monotonic()))
            self._replaced.clear()
            try:
                if replaced:
                    self._follow_tables()
                else:
                    self.follow()
                    full = time.monotonic() + INTERVAL_S
                self.fault = ""
            except (OpsError, LabError) as fault:
                self.fault = str(fault)
                full = time.monotonic() + INTERVAL_S

    def _follow_tables(self) -> None:
        with self._lock:
            tables = read_tables(self._aws, self.snapshot.vpc["VpcId"])
            self.snapshot = replace(self.snapshot, tables=tables)
            self._show_routes(self.snapshot)

    def _show(self, snapshot: Snapshot) -> None:
        self._show_routes(snapshot)
        rules = ruleset(self._plan, snapshot, self.cuts)
        if rules != self._rules:
            shell.run(*shell.inside(ROUTER, ["nft", "-f", "-"]), stdin=rules)
            self._rules = rules

    def _show_routes(self, snapshot: Snapshot) -> None:
        number_tables(self._numbers, snapshot)
        bound = bindings(self._plan, snapshot, self._numbers)
        wanted = routes(self._plan, snapshot, self._numbers)
        rebinding = rebound(self._plan, self._bindings, bound)
        lines = list(changes(self._routes, wanted))
        shell.forget((line for line in lines if line.startswith(DELETION)), ROUTER)
        shell.batch(
            [*(line for line in lines if not line.startswith(DELETION)), *rebinding], ROUTER
        )
        self._routes, self._bindings = wanted, bound
