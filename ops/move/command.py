"""The command `move`."""

import argparse
import json

from ops import options
from ops.errors import ExitCode
from ops.move.caller import Caller, quick_aws
from ops.move.move import Move, Plan, move, plan, require_consent
from ops.move.text import move_text, plan_text
from ops.output import printed
from ops.sources import find_cluster


def add_to(commands: options.Commands) -> None:
    """Add the command."""
    parser = commands.add_parser(
        "move",
        help="lead the virtual IP to a node, in all route tables at once",
        description="Replace the virtual IP's routes of all tables at once. Exit codes: 0 all "
        "tables lead to the node, 1 they do not or the move was refused, 2 usage, 9 timed out.",
        parents=[options.of_aws(), options.of_cluster()],
    )
    parser.add_argument("--to", required=True, metavar="NODE", help="name of the node, or a or b")
    add_consent(parser)
    parser.add_argument("--dry-run", action="store_true", help="print the calls; change nothing")
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.set_defaults(run=run)


def add_consent(parser: argparse.ArgumentParser) -> None:
    """Add the option without which a configured cluster keeps its address."""
    parser.add_argument(
        "--interrupts-service",
        action="store_true",
        help="move the routes although the cluster's engine may own the address",
    )


def run(arguments: argparse.Namespace) -> ExitCode:
    """Move the virtual IP of the cluster that `arguments` mean, and print what became of it."""
    cluster = find_cluster(arguments)
    node = cluster.node_named(arguments.to)
    if not arguments.dry_run:
        require_consent(cluster, interrupts_service=arguments.interrupts_service)
    caller = Caller(quick_aws(options.place_of(arguments, cluster.region)))
    done: Move | Plan = (plan if arguments.dry_run else move)(caller, cluster, node)
    if arguments.json:
        printed(json.dumps(done.as_json(), indent=2))
    else:
        printed(move_text(done) if isinstance(done, Move) else plan_text(done))
    return done.exit_code
