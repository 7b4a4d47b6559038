"""The command `verify`."""

import argparse
import json

from ops import options
from ops.aws import Aws
from ops.errors import ExitCode
from ops.output import printed, told
from ops.sources import find_cluster, find_declared_targets
from ops.verify import answer_checks
from ops.verify.checks import CHECKS
from ops.verify.findings import examine
from ops.verify.from_nodes import ask_nodes
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
    parser.add_argument(
        "--state",
        metavar="FILE",
        help="from `pulumi stack export`: whether an update would move the virtual IP; read by "
        "itself where the cluster comes from a Pulumi project",
    )
    parser.add_argument(
        "--from-nodes",
        action="store_true",
        help="ask the nodes as well, by Systems Manager: the EC2 API, Cluster WebUI, clock, "
        "addresses",
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> ExitCode:
    """Verify the cluster that `arguments` mean, and print the report."""
    cluster = find_cluster(arguments)
    aws = Aws(options.place_of(arguments, cluster.region))
    if arguments.from_nodes:
        told("asking the nodes, for four minutes at most")
    answers = ask_nodes(aws, cluster) if arguments.from_nodes else None
    situation = Situation(
        cluster, take(aws, cluster), find_declared_targets(arguments, cluster), answers
    )
    asked = () if answers is None else answer_checks.CHECKS
    report = examine(situation, (*CHECKS, *asked))
    text = as_text(report, are_nodes_asked=arguments.from_nodes)
    printed(json.dumps(report.as_json(), indent=2) if arguments.json else text)
    return ExitCode.DIFFERS if report.findings else ExitCode.SOUND
