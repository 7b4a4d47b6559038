"""What clients see of a fault: requests of every client, and the time without an answer."""

import contextlib
import subprocess
import sys
import threading
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

from lab.nodes.system import PAGE_PORT
from lab.shell import inside
from lab.vpc.plan import Host

_CHECKOUT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Sample:
    """A request: when it began (`time.monotonic`), and which node answered, "" for none."""

    began: float
    node: str


@dataclass(frozen=True)
class Outage:
    """The longest time in which no request of a client that began then was answered.

    One of no seconds began with the fault.
    """

    seconds: float
    began: float


def longest_outage(samples: Iterable[Sample], since: float) -> Outage:
    """Return the longest outage that began after a moment; one that lasts counts until the end."""
    longest = Outage(0.0, since)
    began: float | None = None
    last = since
    for sample in sorted(samples, key=lambda each: each.began):
        if sample.began < since:
            continue
        last = sample.began
        if sample.node:
            if began is not None and sample.began - began > longest.seconds:
                longest = Outage(sample.began - began, began)
            began = None
        elif began is None:
            began = sample.began
    if began is not None and last - began > longest.seconds:
        longest = Outage(last - began, began)
    return longest


@dataclass
class Probes:
    """A probe in each client, as a context manager."""

    clients: Sequence[Host]
    address: str
    samples: dict[str, list[Sample]] = field(default_factory=dict[str, list[Sample]])
    _processes: list[subprocess.Popen[str]] = field(default_factory=list[subprocess.Popen[str]])

    def __enter__(self) -> Self:
        for client in self.clients:
            self.samples[client.subnet] = []
            words = [sys.executable, "-m", "lab.drill.probe", self.address, str(PAGE_PORT)]
            process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
                inside(client.name, words), stdout=subprocess.PIPE, text=True, cwd=_CHECKOUT
            )
            self._processes.append(process)
            arguments = (process, self.samples[client.subnet])
            threading.Thread(target=_collect, args=arguments, daemon=True).start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for process in self._processes:
            process.kill()
            process.wait()

    def settled(self, subnets: Iterable[str], since: float, count: int) -> bool:
        """Tell whether the last `count` requests of each subnet's client since then succeeded."""
        for subnet in subnets:
            recent = [each for each in self.samples[subnet][-count:] if each.began >= since]
            if len(recent) < count or not all(each.node for each in recent):
                return False
        return True

    def await_settled(
        self, subnets: Iterable[str], since: float, *, count: int = 30, patience: float = 30.0
    ) -> bool:
        """Wait until requests succeed again; False when they do not in time."""
        named = list(subnets)
        deadline = time.monotonic() + patience
        while not self.settled(named, since, count):
            if time.monotonic() > deadline:
                return False
            time.sleep(0.05)
        return True


def _collect(process: subprocess.Popen[str], samples: list[Sample]) -> None:
    with contextlib.suppress(ValueError):
        for line in process.stdout or ():
            began, _, node = line.split()
            samples.append(Sample(float(began), "" if node == "-" else node))
