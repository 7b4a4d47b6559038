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
from sandbox.provider.injected_faults import ANY_CHANGE
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
        epilog="In its environment `pulumi` means the project of the folder where it is typed; in "
        "this checkout it writes to a copy of the stack files, so that no tracked file changes.",
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
        "--fresh",
        action="store_true",
        help="discard the cloud, and the stacks with resources in it, first",
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
    _declare_fail(
        names.add_parser(
            "fail", help="let calls fail: fail RunInstances InsufficientInstanceCapacity"
        )
    )
    demo = names.add_parser("demo", help="build the cluster, fail over, tear down, in own folder")
    demo.set_defaults(command=commands.demo)
    return parser


def _declare_fail(fail: argparse.ArgumentParser) -> None:
    fail.description = (
        "Rehearse a failure: the provider's next calls of an AWS operation are refused with the "
        "given error code, as AWS would. Only operations that change something can fail."
    )
    fail.add_argument(
        "operation", nargs="?", help=f"such as RunInstances; {ANY_CHANGE}: whatever comes next"
    )
    fail.add_argument("code", nargs="?", help="AWS's error code, such as RequestLimitExceeded")
    fail.add_argument("--message", default="", help="AWS's words")
    fail.add_argument("--times", type=_positive, default=1, help="how many calls fail (1)")
    fail.add_argument("--after", type=_natural, default=0, help="how many go through first (0)")
    fail.add_argument(
        "--hold",
        action="store_true",
        help="let the next call through and hold its answer: time to kill pulumi",
    )
    fail.add_argument("--list", action="store_true", help="list what still waits for its call")
    fail.add_argument("--clear", action="store_true", help="let every call and answer through")
    fail.set_defaults(command=commands.fail, usage_error=fail.error)


def _natural(text: str) -> int:
    number = int(text)
    if number < 0:
        raise argparse.ArgumentTypeError(f"{text} is less than 0")
    return number


def _positive(text: str) -> int:
    if _natural(text) == 0:
        raise argparse.ArgumentTypeError("0 calls cannot fail; --clear lets every call through")
    return int(text)


if __name__ == "__main__":
    sys.exit(main())
