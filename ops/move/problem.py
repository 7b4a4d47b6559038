"""A problem of a move or a drill, with the id that docs/runbook.md and `verify` use for it."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any, Literal

from ops.errors import AwsError, OpsError

Severity = Literal["error", "warning"]
SLOW_SECONDS = 1.0
"""A call that takes longer is a problem: a takeover waits for the slowest table."""
_IDS = {
    "ConnectTimeoutError": "api-slow",
    "ReadTimeoutError": "api-slow",
    "InvalidNetworkInterfaceID.NotFound": "virtual-ip-target-missing",
    "InvalidRouteTableID.NotFound": "route-table-missing",
    "InvalidRoute.NotFound": "virtual-ip-route-missing",
    # what ReplaceRoute answers where the table has no such route
    "InvalidParameterValue": "virtual-ip-route-missing",
}
_OTHER = "virtual-ip-tables-disagree"


@dataclass(frozen=True)
class Problem:
    """What is not as it should be, and what to do about it.

    An `error` keeps the virtual IP from being where it should be; a `warning` does not.
    """

    id: str
    severity: Severity
    subject: str
    expected: str
    found: str
    remedy: str


def id_of(error: OpsError, other: str = _OTHER) -> str:
    """Return the id for an error of a call, `other` where the error has none of its own."""
    if error.is_throttled:
        return "api-throttled"
    if not isinstance(error, AwsError):
        return other
    return "role-table-missing" if error.is_denied else _IDS.get(error.code, other)


def errors(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Return the problems that are errors."""
    return tuple(each for each in problems if each.severity == "error")


def problems_json(problems: Iterable[Problem]) -> list[dict[str, Any]]:
    """Return what `--json` writes of problems."""
    return [asdict(each) for each in problems]
