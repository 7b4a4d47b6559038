"""The command `diagram`."""

import argparse
from collections.abc import Iterable

from ops import options
from ops.audit.command import audit
from ops.aws import Aws
from ops.cluster import Cluster
from ops.diagram.builder import draw_live, draw_outputs
from ops.diagram.mermaid import as_mermaid
from ops.diagram.picture import Picture
from ops.diagram.svg import as_svg
from ops.errors import ExitCode
from ops.output import printed
from ops.sources import find_cluster
from ops.verify.checks import CHECKS
from ops.verify.findings import examine
from ops.verify.situation import Situation
from ops.verify.snapshot import take

_FORMATS = {"mermaid": as_mermaid, "svg": as_svg}


def add_to(commands: options.Commands) -> None:
    """Add the command."""
    parser = commands.add_parser(
        "diagram",
        help="draw a cluster",
        description="Draw a cluster as AWS shows it, with what verify and audit find in red, as "
        "Mermaid or as SVG.",
        parents=[options.of_aws(), options.of_cluster()],
    )
    parser.add_argument("--format", choices=sorted(_FORMATS), default="mermaid")
    parser.add_argument(
        "--offline", action="store_true", help="draw what the stack's outputs say; ask AWS nothing"
    )
    parser.add_argument("--no-ids", action="store_true", help="names without AWS's ids")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> ExitCode:
    """Draw the cluster that `arguments` mean."""
    cluster = find_cluster(arguments)
    with_ids = not arguments.no_ids
    if arguments.offline:
        picture = draw_outputs(cluster, with_ids=with_ids)
    else:
        picture = _live(arguments, cluster, with_ids=with_ids)
    printed(_FORMATS[arguments.format](picture).rstrip("\n"))
    return ExitCode.SOUND


def _live(arguments: argparse.Namespace, cluster: Cluster, *, with_ids: bool) -> Picture:
    place = options.place_of(arguments, cluster.region)
    situation = Situation(cluster, take(Aws(place), cluster))
    report = examine(situation, CHECKS)
    found = [(each.subject, each.id) for each in report.findings]
    judged = audit(place, (cluster.region,), cluster.vpc_id)
    found += [(each.subject, each.rule) for each in judged.violations]
    return draw_live(situation, _flaws(found), with_ids=with_ids)


def _flaws(found: Iterable[tuple[str, str]]) -> dict[str, tuple[str, ...]]:
    """Return, by subject, the ids of findings and the names of the rules that are violated."""
    flaws: dict[str, tuple[str, ...]] = {}
    for subject, what in found:
        flaws[subject] = (*flaws.get(subject, ()), what)
    return flaws
