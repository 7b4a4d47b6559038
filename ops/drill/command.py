"""The command `drill`."""

import argparse
import contextlib
import json
import shlex
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from ops import options
from ops.drill.drill import Drill, Orders
from ops.drill.node_calls import check_node_calls
from ops.drill.page import report_page
from ops.drill.plan import planned_calls
from ops.drill.readiness import Readiness, check_readiness, require_force, require_pair
from ops.drill.report import Report
from ops.drill.sampler import Sampler, interval_for
from ops.drill.text import report_text
from ops.drill.transfer import Course
from ops.errors import ExitCode, UsageError
from ops.move.caller import Caller, quick_aws
from ops.move.command import add_consent
from ops.move.move import require_consent
from ops.move.problem import problems_json
from ops.move.text import problem_lines
from ops.output import printed, told
from ops.sources import find_cluster

Ask = Callable[[str], str]
_NAMING = ("outputs", "stack", "cluster", "region", "profile", "endpoint_url")


def _asked(question: str) -> str:
    """Ask beside the results: standard output may go to a file."""
    sys.stderr.write(question)
    sys.stderr.flush()
    return sys.stdin.readline()


def _told(text: str) -> None:
    """Tell the operator; a terminal that is gone (SIGHUP) must not stop the failback."""
    with contextlib.suppress(OSError):
        told(text)


def add_to(commands: options.Commands) -> None:
    """Add the command."""
    parser = commands.add_parser(
        "drill",
        help="fail over and back, and time each route table",
        description="A failover drill: checks, takeover, failback to the former owner, report. "
        "Exit codes: 0 passed, 7 passed with findings, 1 failed or not restored, 2 usage, 9 timed "
        "out and restored.",
        parents=[options.of_aws(), options.of_cluster()],
    )
    parser.add_argument(
        "--by",
        choices=("cluster", "route"),
        default="cluster",
        help="who moves the address: the cluster, while this waits (default), or this command",
    )
    parser.add_argument(
        "--wait",
        type=options.count,
        default=600,
        metavar="SECONDS",
        help="with --by cluster: how long each passage may take (default 600)",
    )
    parser.add_argument(
        "--repeat",
        type=options.count,
        default=1,
        metavar="N",
        help="takeovers, each with its failback",
    )
    parser.add_argument(
        "--force", action="store_true", help="drill although the mirror's state is unknown here"
    )
    add_consent(parser)
    parser.add_argument("--yes", action="store_true", help="do not ask")
    parser.add_argument("--dry-run", action="store_true", help="print the calls; change nothing")
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument(
        "--report", type=Path, metavar="FILE", help="write a web page for a change record as well"
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace, ask: Ask = _asked) -> ExitCode:
    """Drill the cluster that `arguments` mean, and print the report."""
    _require_folder(arguments.report)
    cluster = find_cluster(arguments)
    require_pair(cluster)
    if not arguments.dry_run:
        require_force(cluster, force=arguments.force)
        if arguments.by == "route":
            require_consent(cluster, interrupts_service=arguments.interrupts_service)
        _require_answer(arguments)
    caller = Caller(quick_aws(options.place_of(arguments, cluster.region)))
    ready = check_readiness(caller, cluster)
    if arguments.by == "cluster":
        found = check_node_calls(caller.aws, cluster)
        ready = replace(ready, problems=(*ready.problems, *found))
    owner = ready.owner
    if ready.is_refused or owner is None:
        return _refused(ready, arguments)
    tables = tuple(ready.routes.targets)
    orders = Orders(arguments.by, arguments.wait, arguments.repeat)
    sampler = Sampler(caller, cluster, interval_for(caller.aws), _told)
    if arguments.dry_run:
        calls = planned_calls(cluster, tables, owner, orders, sampler.interval)
        return _planned(calls, ready, arguments)
    question = f"Move {cluster.virtual_ip} away from {owner.name} and back? [y/N] "
    if not arguments.yes and ask(question).strip().lower() not in ("y", "yes"):
        told("nothing was changed")
        return ExitCode.FAILED
    course = Course(caller, cluster, sampler, tables, _typed_options(arguments))
    report = Drill(course, owner, orders, _told).run(ready.problems)
    return _reported(report, arguments)


def _require_folder(report: Path | None) -> None:
    if report is not None and not report.parent.is_dir():
        raise UsageError(f"--report {report}: there is no folder {report.parent}")


def _typed_options(arguments: argparse.Namespace) -> str:
    """Return the options that name the cluster and the AWS, as they were typed."""
    typed = {name: getattr(arguments, name) for name in _NAMING}
    return " ".join(
        f"--{name.replace('_', '-')} {shlex.quote(value)}" for name, value in typed.items() if value
    )


def _require_answer(arguments: argparse.Namespace) -> None:
    if not arguments.yes and not sys.stdin.isatty():
        raise UsageError("there is no terminal to ask on: add --yes to drill without a question")


def _refused(ready: Readiness, arguments: argparse.Namespace) -> ExitCode:
    if arguments.json:
        refusal = {"refused": True, "problems": problems_json(ready.problems)}
        printed(json.dumps(refusal, indent=2))
    else:
        lines = ["refused, nothing was changed", *problem_lines(ready.problems)]
        printed("\n".join(lines))
    return ExitCode.FAILED


def _planned(calls: tuple[str, ...], ready: Readiness, arguments: argparse.Namespace) -> ExitCode:
    if arguments.json:
        plan = {"calls": list(calls), "problems": problems_json(ready.problems)}
        printed(json.dumps(plan, indent=2))
    else:
        printed("\n".join([*calls, *problem_lines(ready.problems)]))
    return ExitCode.SOUND


def _reported(report: Report, arguments: argparse.Namespace) -> ExitCode:
    text = json.dumps(report.as_json(), indent=2) if arguments.json else report_text(report)
    code = report.exit_code
    if arguments.report:  # first: after SIGHUP there may be no terminal to print to
        try:
            arguments.report.write_text(report_page(report), encoding="utf-8")
        except OSError as error:
            _told(f"error: --report {arguments.report}: {error.strerror}")
            code = max(code, ExitCode.FAILED)
    printed(text)
    return code
