"""The command `verify`."""

import argparse
import json

from ops import options
from ops.aws import Aws
from ops.errors import ExitCode
from ops.output import printed
from ops.sources import find_cluster
from ops.verify.checks import CHECKS
from ops.verify.findings import examine
from ops.verify.situation import Situation
from ops.verify.snapshot import take
from ops.verify.table import as_text


def add_to(commands: options.Commands) -> None:
    """Add the command."""
    parser = commands.add_parser(
        "verify",
        help="what is wrong with a running cluster",
        description="Compare a cluster with AWS and report each known failure mode. Reads only. "
        "Exit codes: 0 sound, 7 findings, 1 failed, 2 usage, 9 timed out.",
        parents=[options.of_aws(), options.of_cluster()],
    )
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> ExitCode:
    """Verify the cluster that `arguments` mean, and print the report."""
    cluster = find_cluster(arguments)
    aws = Aws(options.place_of(arguments, cluster.region))
    report = examine(Situation(cluster, take(aws, cluster)), CHECKS)
    printed(json.dumps(report.as_json(), indent=2) if arguments.json else as_text(report))
    return ExitCode.DIFFERS if report.findings else ExitCode.SOUND
