"""The sandbox's command line: python -m sandbox COMMAND.

Exit codes: 0 fine, 1 failed, 2 usage; `run` passes on the exit code of its command.
"""

import argparse
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

from sandbox import commands
from sandbox.environment import SHELLS
from sandbox.errors import SandboxError, naming_folder
from sandbox.servers import CHECKOUT
from sandbox.terminal import tell


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    parsed = _parser().parse_args(arguments)
    try:
        with naming_folder(parsed.directory):
            return parsed.command(parsed)
    except SandboxError as fault:
        tell(f"error: {fault}")
        return 1
    except KeyboardInterrupt:
        tell("interrupted")
        return 128 + signal.SIGINT


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m sandbox",
        description="AWS and Pulumi on this machine, offline: a real engine, a cloud in memory.",
        epilog="Under its environment `pulumi` works on a copy of this checkout, so that nothing "
        "is left behind in it; for another project type pulumi -C FOLDER.",
    )
    parser.add_argument(
        "--directory",
        type=Path,
        default=CHECKOUT / ".sandbox",
        help="the folder of everything that the sandbox keeps (default: %(default)s)",
    )
    names = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    start = names.add_parser("start", help="start the cloud and the provider")
    start.add_argument(
        "--fresh", action="store_true", help="discard the cloud and all stacks of the sandbox first"
    )
    start.set_defaults(command=commands.start)
    names.add_parser("stop", help="end them").set_defaults(command=commands.stop)
    names.add_parser("status", help="say what runs and which stacks there are").set_defaults(
        command=commands.status
    )
    env = names.add_parser(
        "env", help='print the environment: eval "$(python -m sandbox env)" and type pulumi up'
    )
    env.add_argument("--shell", choices=SHELLS, default="sh", help="(default: %(default)s)")
    env.set_defaults(command=commands.env)
    run = names.add_parser("run", help="run one command in that environment: run -- pulumi up")
    run.add_argument("words", nargs=argparse.REMAINDER, metavar="-- CMD ...")
    run.set_defaults(command=commands.run, usage_error=run.error)
    demo = names.add_parser("demo", help="build the cluster, fail over, tear down, in own folder")
    demo.set_defaults(command=commands.demo)
    return parser


if __name__ == "__main__":
    sys.exit(main())
