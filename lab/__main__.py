"""The lab's command line: python -m lab COMMAND.

Exit codes: 0 fine, 1 failed, 2 usage; `run` passes on the exit code of its command.
"""

import argparse
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

from lab import commands
from lab.errors import LabError
from ops import options
from ops.errors import OpsError
from sandbox.errors import SandboxError

_DIRECTORY = Path(__file__).parents[1] / ".sandbox" / "lab"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    parsed = _parser().parse_args(arguments)
    parsed.directory = parsed.directory.resolve()
    try:
        return parsed.command(parsed)
    except (LabError, SandboxError) as fault:
        commands.tell(f"error: {fault}")
        return 1
    except OpsError as fault:
        commands.tell(f"error: {fault}")
        return fault.exit_code
    except KeyboardInterrupt:
        commands.tell("interrupted")
        return 128 + signal.SIGINT


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m lab",
        description="The stack's cluster as Linux networks on this machine, under Pacemaker.",
    )
    parser.add_argument(
        "--directory",
        type=Path,
        default=_DIRECTORY,
        help="the folder of everything that the lab keeps (default: %(default)s)",
    )
    names = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    up = names.add_parser(
        "up", help="build the networks and boot the nodes", parents=[options.of_cluster()]
    )
    up.add_argument(
        "--token",
        type=options.count,
        metavar="MS",
        help="corosync's token timeout in milliseconds; default: the stack's",
    )
    up.set_defaults(command=commands.up)
    names.add_parser("down", help="end everything").set_defaults(command=commands.down)
    names.add_parser("status", help="say what runs").set_defaults(command=commands.status)
    names.add_parser("accept", help="check the cluster as a person would").set_defaults(
        command=commands.accept
    )
    drill = names.add_parser("drill", help="play scenarios: a fault, and what clients see of it")
    drill.add_argument(
        "scenarios", nargs="*", metavar="SCENARIO", help="such as D2 or F1; default: D1 to D11"
    )
    drill.set_defaults(command=commands.drill)
    bench = names.add_parser("bench", help="measure our agent beside the distributions' own one")
    bench.add_argument(
        "--runs", type=options.count, default=3, help="of each scenario (%(default)s)"
    )
    bench.add_argument("--data", type=Path, metavar="FILE", help="write what was measured (JSON)")
    bench.add_argument("--picture", type=Path, metavar="FILE", help="draw it (SVG)")
    bench.set_defaults(command=commands.bench)
    names.add_parser("packages", help="name the Debian packages that are missing").set_defaults(
        command=commands.packages
    )
    demo = names.add_parser("demo", help="build a stack, and do all of this with it")
    demo.set_defaults(command=commands.demo)
    run = names.add_parser("run", help="run a command on a host: run node-a -- crm_mon -1")
    run.add_argument("host")
    run.add_argument("words", nargs=argparse.REMAINDER, metavar="-- CMD ...")
    run.set_defaults(command=commands.run, usage_error=run.error)
    return parser


if __name__ == "__main__":
    sys.exit(main())
