"""The options that all commands share: which AWS, and which cluster."""

import argparse
import math
from collections.abc import Sequence
from typing import Protocol

from ops.aws import Place
from ops.errors import ExitCode, UsageError


class Run(Protocol):
    """What a command does with its arguments."""

    def __call__(self, arguments: argparse.Namespace) -> ExitCode:
        """Run the command."""
        ...


class Commands(Protocol):
    """Where a command adds its parser: what argparse's `add_subparsers` returns."""

    def add_parser(
        self,
        name: str,
        *,
        help: str,  # noqa: A002  # argparse's name
        description: str,
        parents: Sequence[argparse.ArgumentParser],
    ) -> argparse.ArgumentParser:
        """Add the parser of a command."""
        ...


def of_aws(*, several_regions: bool = False) -> argparse.ArgumentParser:
    """Return the options that say which AWS; without them, boto3's usual places decide.

    With `several_regions`, `region` is a list, and `all_regions` says that every one is meant.
    """
    parser = argparse.ArgumentParser(add_help=False)
    group = parser.add_argument_group("which AWS (default: as boto3 finds it)")
    if several_regions:
        one = group.add_mutually_exclusive_group()
        one.add_argument("--region", action="append", help="region; give it again for others")
        one.add_argument("--all-regions", action="store_true", help="all that the account enables")
    else:
        group.add_argument("--region", help="region; default: the cluster's")
    group.add_argument("--profile", help="profile of the AWS configuration")
    group.add_argument("--endpoint-url", metavar="URL", help="another address of AWS's APIs")
    group.add_argument(
        "--timeout",
        type=_positive,
        metavar="SECONDS",
        help=f"give up after that long, with exit code {ExitCode.TIMED_OUT.value}",
    )
    return parser


def of_cluster() -> argparse.ArgumentParser:
    """Return the options that say which cluster; see `ops.sources.find_cluster`."""
    parser = argparse.ArgumentParser(add_help=False)
    group = parser.add_argument_group(
        "which cluster (default: the stack selected in the Pulumi project of this folder)"
    )
    one = group.add_mutually_exclusive_group()
    one.add_argument(
        "--outputs", metavar="FILE", help="from `pulumi stack output --json`; - reads it from stdin"
    )
    one.add_argument("--stack", metavar="NAME", help="a stack of the Pulumi project of this folder")
    one.add_argument(
        "--cluster", metavar="PROJECT-STACK", help="a cluster in AWS, found by its nodes' tags"
    )
    return parser


def place_of(arguments: argparse.Namespace, region: str | None = None) -> Place:
    """Return which AWS the arguments mean; `region` is the cluster's, where that is known.

    Raises UsageError for another region than the cluster's.
    """
    if region and arguments.region and arguments.region != region:
        raise UsageError(f"--region {arguments.region}: the cluster is in {region}")
    return Place(
        region=arguments.region or region,
        profile=arguments.profile,
        endpoint_url=arguments.endpoint_url,
        timeout=arguments.timeout,
    )


def count(text: str) -> int:
    """Read a number of times or of seconds, 1 or more."""
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{text} is too small: give 1 or more")
    return number


def _positive(text: str) -> float:
    seconds = float(text)
    if not 0 < seconds < math.inf:
        raise argparse.ArgumentTypeError(f"{text} is not a time: give seconds, more than 0")
    return seconds
