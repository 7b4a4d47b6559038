"""Whether the nodes can move the virtual IP themselves, as `verify` judges it."""

from collections.abc import Iterator
from typing import Final

from ops.aws import Aws
from ops.cluster import Cluster
from ops.move.problem import Problem
from ops.verify.checks import CHECKS
from ops.verify.findings import examine
from ops.verify.situation import Situation
from ops.verify.snapshot import take

_NEEDED: Final = frozenset(
    {
        "endpoint-group-closed",
        "endpoint-policy-denies",
        "endpoint-private-dns-off",
        "instance-profile-wrong",
        "role-action-missing",
        "role-boundary-denies",
        "role-table-missing",
        "vpc-dns-off",
    }
)
"""With one of these a takeover fails, or moves a part of the tables."""


def check_node_calls(aws: Aws, cluster: Cluster) -> Iterator[Problem]:
    """Yield what would keep a node from moving the address. Raises OpsError as `take` does.

    What cannot be judged is a warning: it may be sound.
    """
    checks = [each for each in CHECKS if each.id in _NEEDED]
    report = examine(Situation(cluster, take(aws, cluster)), checks)
    for each in report.roots:
        yield Problem(each.id, "error", each.subject, each.expected, each.found, each.remedy)
    for other in report.not_checked:
        remedy = "python -m ops verify, by somebody who may read it"
        yield Problem(other.id, "warning", cluster.name, "checked", other.why, remedy)
