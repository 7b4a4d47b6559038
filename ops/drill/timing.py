"""When each table changed, from samples of all tables; pure.

A sample shows the tables at some moment between its question and its answer. A change is dated by
the answer that first shows it, so no time here is shorter than what happened.
"""

import itertools
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from ops.move.live_routes import BLACKHOLE


@dataclass(frozen=True)
class Sample:
    """The virtual IP's target in each table, asked for and answered at times of one clock."""

    asked: float
    answered: float
    targets: Mapping[str, str]


@dataclass(frozen=True)
class TableTiming:
    """A table's change. `flipped` is None where the last sample shows another target."""

    table: str
    flipped: float | None
    changes: int
    """How often the target changed and stayed; several programs write it if more than once."""


@dataclass(frozen=True)
class Timing:
    """The changes of all tables, in seconds after the beginning."""

    tables: tuple[TableTiming, ...]
    transition: float | None
    """From the last sample before any change to the last flip; None where a table never flipped."""
    resolution: float
    """The longest time between two answers: what happened in between was not seen."""

    @property
    def flips(self) -> tuple[float, ...]:
        """The times of the tables that flipped."""
        return tuple(each.flipped for each in self.tables if each.flipped is not None)

    @property
    def skew(self) -> float | None:
        """Seconds between the first and the last flip; None where no table flipped."""
        return max(self.flips) - min(self.flips) if self.flips else None

    @property
    def never(self) -> tuple[str, ...]:
        """The tables that did not flip."""
        return tuple(each.table for each in self.tables if each.flipped is None)


def read_timing(
    samples: Sequence[Sample], tables: Iterable[str], to: str, began: float | None = None
) -> Timing:
    """Return when the tables turned to the target `to`, and stayed there.

    Times count from `began`; from the last sample before any change where it is None, because
    nobody said when the cluster began. Tables that only samples name are timed as well.
    """
    named = dict.fromkeys([*tables, *(table for each in samples for table in each.targets)])
    quiet = _last_quiet(samples)
    zero = quiet.answered if began is None and quiet else began or 0.0
    timings = tuple(_table_timing(table, samples, to, zero) for table in named)
    flips = [each.flipped for each in timings if each.flipped is not None]
    transition = None
    if quiet and flips and len(flips) == len(timings):
        transition = max(0.0, max(flips) + zero - quiet.asked)
    return Timing(timings, transition, _resolution(samples))


def percentile(values: Sequence[float], percent: float) -> float:
    """Return the least of `values` that so many percent of them do not exceed."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(len(ordered) * percent / 100) - 1)]


def _table_timing(table: str, samples: Sequence[Sample], to: str, zero: float) -> TableTiming:
    seen = [each.targets.get(table) for each in samples]
    flipped: float | None = None
    for sample, target in zip(reversed(samples), reversed(seen), strict=True):
        if target != to:
            break
        flipped = max(0.0, sample.answered - zero)
    return TableTiming(table, flipped, _changes(seen))


def _changes(seen: Sequence[str | None]) -> int:
    """Count the changes that two samples in a row show, or the last: one alone may be stale.

    The same interface as a black hole is no change: its instance stopped.
    """
    bare = [each and each.removesuffix(BLACKHOLE) for each in seen]
    following = [*bare[1:], *bare[-1:]]
    steady = [one for one, other in zip(bare, following, strict=True) if one == other]
    return sum(one != other for one, other in itertools.pairwise([*bare[:1], *steady]))


def _last_quiet(samples: Sequence[Sample]) -> Sample | None:
    """Return the last sample that shows what the first one showed, before anything else."""
    quiet = None
    for each in samples:
        if each.targets != samples[0].targets:
            break
        quiet = each
    return quiet


def _resolution(samples: Sequence[Sample]) -> float:
    answers = [each.answered for each in samples]
    return max((later - one for one, later in itertools.pairwise(answers)), default=0.0)
