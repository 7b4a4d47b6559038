"""Reads all tables again and again, at an interval that doubles when AWS throttles."""

from collections.abc import Callable
from typing import Final
from urllib.parse import urlsplit

from ops.aws import Aws
from ops.cluster import Cluster
from ops.drill.timing import Sample
from ops.errors import AwsError
from ops.move.caller import TRANSIENT, Caller
from ops.move.live_routes import live_routes
from ops.move.problem import SLOW_SECONDS

Say = Callable[[str], None]
SANDBOX_SECONDS: Final = 0.05
AWS_SECONDS: Final = 0.5
"""Two calls a second leave most of an account's rate for others, and for the takeover itself."""
_LONGEST_SECONDS: Final = 8.0


def interval_for(aws: Aws) -> float:
    """Return the seconds between samples: short on this machine's sandbox, longer on AWS."""
    url: str = aws.client("ec2").meta.endpoint_url
    return SANDBOX_SECONDS if urlsplit(url).hostname == "127.0.0.1" else AWS_SECONDS


class Sampler:
    """Samples of one cluster's tables. `throttled` and `hindered` count those that went wrong."""

    def __init__(self, caller: Caller, cluster: Cluster, interval: float, say: Say) -> None:
        self._caller = caller
        self._cluster = cluster
        self.interval = interval
        self._say = say
        self.throttled = 0
        self.hindered = 0
        """Samples that took long, or had no answer."""

    def sample(self) -> Sample | None:
        """Read all tables once; None where AWS throttles or does not answer. Raises OpsError."""
        caller = self._caller
        filters = [{"Name": "vpc-id", "Values": [self._cluster.vpc_id]}]
        asked = caller.clock()
        try:
            tables = caller.aws.pages(
                "ec2", "describe_route_tables", "RouteTables", Filters=filters
            )
        except AwsError as error:
            self._count(error)
            return None
        answered = caller.clock()
        self.hindered += answered - asked > SLOW_SECONDS
        return Sample(asked, answered, live_routes(tables, self._cluster).targets)

    def watch(self, is_over: Callable[[list[Sample]], bool], seconds: float) -> list[Sample]:
        """Sample until `is_over`, or until so many seconds have passed. Raises OpsError."""
        clock = self._caller.clock
        samples: list[Sample] = []
        ends = clock() + seconds
        while True:
            began = clock()
            sample = self.sample()
            if sample is not None:
                samples.append(sample)
            if is_over(samples) or clock() >= ends:
                return samples
            self._caller.sleep(max(0.0, began + self.interval - clock()))

    def _count(self, error: AwsError) -> None:
        """Count a sample that failed for a while. Raises the error when it will not pass."""
        if error.is_throttled:
            self.throttled += 1
            self.interval = min(2 * self.interval, _LONGEST_SECONDS)
            self._say(f"AWS throttles the samples: one each {self.interval:g} s from now on")
        elif error.code in TRANSIENT:
            self.hindered += 1
            self._say(f"a sample is missing: {error}")
        else:
            raise error
