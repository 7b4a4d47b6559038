"""An AWS for the commands of `ops`: clusters in moto, a client that stays open, faults."""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from ops.aws import Aws, Place
from ops.cluster import Cluster
from ops.move.caller import Caller, quick_aws
from sandbox.cloud import open_client
from tests.support.api_faults import ApiFaults
from tests.support.clockwork import Clockwork
from tests.support.moto import routes
from tests.support.small_cluster import REGION, VIP, build_cluster


@dataclass(frozen=True)
class OpsCloud:
    """`aws` is what a command has; `ec2` is a client for what happens behind its back."""

    endpoint_url: str
    aws: Aws
    faults: ApiFaults
    ec2: Any

    @classmethod
    @contextlib.contextmanager
    def opened(cls, endpoint_url: str) -> Iterator["OpsCloud"]:
        """Open the clients once for many tests: it takes longer than a test."""
        with pytest.MonkeyPatch.context() as environment:
            environment.setenv("AWS_ACCESS_KEY_ID", "sandbox")
            environment.setenv("AWS_SECRET_ACCESS_KEY", "sandbox")
            environment.delenv("AWS_PROFILE", raising=False)
            aws = quick_aws(Place(REGION, endpoint_url=endpoint_url))
            yield cls(endpoint_url, aws, ApiFaults(aws), open_client(endpoint_url, "ec2", REGION))

    def build(self, tables: int = 3, **changes: Any) -> Cluster:
        """Build a cluster of its own; see `build_cluster`."""
        return build_cluster(self.endpoint_url, tables, **changes)

    def caller(self, clock: Clockwork | None = None) -> Caller:
        """Return a caller, on a clock of the test's if it has one."""
        return Caller(self.aws, clock.time, clock.sleep) if clock else Caller(self.aws)

    def targets(self, cluster: Cluster) -> list[str]:
        """Return the node behind each of the stack's tables; empty without a route."""
        found: list[str] = []
        for table in cluster.route_table_ids.values():
            route = routes(self.ec2, table).get(f"{VIP}/32", {})
            target = route.get("NetworkInterfaceId", "")
            node = cluster.node_of(target)
            found.append(node.name if node else target)
        return found

    def lead(self, table: str, interface: str) -> None:
        """Replace a table's route, as another program would."""
        self.ec2.replace_route(
            RouteTableId=table, DestinationCidrBlock=f"{VIP}/32", NetworkInterfaceId=interface
        )
