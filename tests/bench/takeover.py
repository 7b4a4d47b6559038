"""`ops move` beside the way of the open-source agents, on clusters in one cloud.

The agents' way is that of ClusterLabs' aws-vpc-move-ip: a process of the AWS CLI for each call, one
table after the other, and a second's wait after each call: all tables are read, replaced, and read
again. 20 tables take about a minute and a half, so it runs once for each size.

python -m tests.bench.takeover              N = 3 and 20 tables
python -m tests.bench.takeover --tables 3   the smaller one alone, within half a minute
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ops.aws import Place
from ops.cluster import Cluster
from ops.drill.timing import percentile
from ops.errors import ExitCode
from ops.move.caller import Caller, quick_aws
from ops.move.move import move
from sandbox.cloud import ACCESS_KEY, SECRET_KEY, await_cloud, free_port, start_cloud
from tests.bench.timing import Row, show
from tests.support.small_cluster import REGION, build_cluster

GOALS = {3: 0.5, 20: 1.0}
SKEW = 0.2
AWS = Path(sys.executable).with_name("aws")
WAIT_S = 1.0


@contextmanager
def running_cloud() -> Iterator[str]:
    """Run a cloud in a process of its own; yield its address."""
    with tempfile.TemporaryDirectory() as folder:
        cloud = start_cloud(Path(folder), os.environ, free_port())
        try:
            await_cloud(cloud, Path(folder, "moto.log"))
            yield f"http://127.0.0.1:{cloud.port}"
        finally:
            cloud.process.end()


def measure_own(endpoint: str, cluster: Cluster, runs: int) -> tuple[list[float], list[float]]:
    """Move to and fro; return the seconds of all calls of each move, and the skews."""
    caller = Caller(quick_aws(Place(REGION, endpoint_url=endpoint)))
    caller.aws.client("ec2")
    seconds: list[float] = []
    skews: list[float] = []
    for number in range(runs):
        began = time.perf_counter()
        done = move(caller, cluster, cluster.nodes[(number + 1) % 2])
        seconds.append(time.perf_counter() - began)
        takeover = done.takeover
        if done.exit_code is not ExitCode.SOUND or takeover is None or takeover.skew is None:
            raise SystemExit(f"a move failed: {done.problems}")
        if sum(done.calls.values()) > len(cluster.route_table_ids) + 2:
            raise SystemExit(f"a move took too many calls: {done.calls}")
        skews.append(takeover.skew)
    return seconds, skews


def measure_agent(endpoint: str, cluster: Cluster) -> tuple[float, float]:
    """Move to node-b as the agents do; return the seconds of all calls, and the skew."""
    environment = {**os.environ, "AWS_ENDPOINT_URL": endpoint, "AWS_DEFAULT_REGION": REGION}

    def call(*words: str) -> float:
        subprocess.run(
            [str(AWS), "ec2", *words], env=environment, check=True, stdout=subprocess.DEVNULL
        )
        answered = time.perf_counter()
        time.sleep(WAIT_S)
        return answered

    tables = [*cluster.route_table_ids.values()]
    route = ("--destination-cidr-block", cluster.destination)
    target = ("--network-interface-id", cluster.nodes[1].network_interface_id)
    began = time.perf_counter()
    for table in tables:
        call("describe-route-tables", "--route-table-ids", table)
    replaced = [
        call("replace-route", "--route-table-id", table, *route, *target) for table in tables
    ]
    for table in tables:
        call("describe-route-tables", "--route-table-ids", table)
    return time.perf_counter() - began, max(replaced) - min(replaced)


def measure(endpoint: str, tables: int, runs: int) -> list[Row]:
    """Measure both ways on a cluster with so many tables."""
    cluster = build_cluster(endpoint, tables)
    agent_seconds, agent_skew = measure_agent(endpoint, cluster)
    seconds, skews = measure_own(endpoint, cluster, runs)
    goal = f"{GOALS[tables]:g} s"
    return [
        (f"{tables} tables: ops move, all calls", "", seconds),
        (f"{tables} tables: ops move, all calls, p95", goal, [percentile(seconds, 95)]),
        (f"{tables} tables: ops move, between tables", f"{SKEW:g} s", skews),
        (f"{tables} tables: a CLI process per call, all calls", "", [agent_seconds]),
        (f"{tables} tables: a CLI process per call, between tables", "", [agent_skew]),
    ]


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.takeover", description=__doc__)
    parser.add_argument("--own", type=int, default=20, help="moves by ops (default 20)")
    parser.add_argument(
        "--tables", type=int, nargs="+", choices=GOALS, default=[*GOALS], help="sizes (default all)"
    )
    options = parser.parse_args()
    os.environ |= {"AWS_ACCESS_KEY_ID": ACCESS_KEY, "AWS_SECRET_ACCESS_KEY": SECRET_KEY}
    with running_cloud() as endpoint:
        rows = [row for tables in options.tables for row in measure(endpoint, tables, options.own)]
    show("a takeover of the virtual IP", "s", rows)


if __name__ == "__main__":
    main()
