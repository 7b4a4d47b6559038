"""Asks AWS of one region with a few threads; a refused call is noted and hides no other."""

from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, Final

from ops.audit.inventory import Inventory, Record, Refusal
from ops.audit.progress import Progress
from ops.aws import Aws
from ops.errors import AwsError

_THREADS: Final = 4
_VALUES: Final = 200
"""As many values as a filter takes (EC2 API, "Resource listing and filtering")."""


@dataclass(frozen=True)
class Call:
    """One call: what its pages hold under `key`, or with an empty `key` the whole answer."""

    operation: str
    key: str
    arguments: Mapping[str, Any] = field(default_factory=dict[str, Any])
    about: str = ""
    service: str = "ec2"


def filtered(
    operation: str, key: str, name: str, values: Iterable[str], *, whole: bool = False
) -> Iterator[Call]:
    """Yield the calls for what has one of the values; with `whole`, no value means everything."""
    wanted = sorted(values)
    if not wanted and whole:
        yield Call(operation, key)
    for start in range(0, len(wanted), _VALUES):
        some = {"Name": name, "Values": wanted[start : start + _VALUES]}
        yield Call(operation, key, {"Filters": [some]})


class Asker:
    """Makes calls in one region and notes what comes back in the region's inventory."""

    def __init__(self, aws: Aws, inventory: Inventory, progress: Progress) -> None:
        self._aws = aws
        self.inventory = inventory
        self._progress = progress

    def ask(self, *calls: Call) -> None:
        """Make all the calls at once.

        Raises TimedOutError when the time is up, and UsageError for missing credentials.
        """
        with ThreadPoolExecutor(_THREADS) as pool:
            for call, answer in zip(calls, pool.map(self._answer, calls), strict=True):
                question = (call.operation, call.about)
                if isinstance(answer, AwsError):
                    self.inventory.refusals[question] = Refusal(self._aws.region, answer)
                else:
                    self.inventory.answers.setdefault(question, []).extend(answer)

    def _answer(self, call: Call) -> list[Record] | AwsError:
        with self._progress.step(f"{self._aws.region} {call.operation}"):
            try:
                if call.key:
                    return self._aws.pages(call.service, call.operation, call.key, **call.arguments)
                return [self._aws.call(call.service, call.operation, **call.arguments)]
            except AwsError as error:
                return error
