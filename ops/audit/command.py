"""The command `audit`."""

import argparse
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from typing import Final

from guardrails.judge import judge
from guardrails.options.settings import Settings
from ops import options
from ops.audit.collection import PLACES, collect
from ops.audit.configuration import read_configuration
from ops.audit.inventory import Inventory
from ops.audit.progress import Progress
from ops.audit.report import Report, as_json, as_text, report_on
from ops.audit.topology_reader.topology import read_topology
from ops.aws import Aws, Place
from ops.errors import AwsError, ExitCode, OpsError, UsageError
from ops.output import printed

_REGIONS_AT_ONCE: Final = 4


def add_to(commands: options.Commands) -> None:
    """Add the command."""
    parser = commands.add_parser(
        "audit",
        help="whether live networks are closed, by the policy pack's rules",
        description="Judge live AWS by the policy pack's rules, whoever built it. Reads only. "
        "Exit codes: 0 no violation, 5 a violation, 1 failed, 2 usage, 9 timed out.",
        parents=[options.of_aws(several_regions=True)],
    )
    parser.add_argument("--vpc", metavar="ID", help="one VPC, and what it leads to")
    parser.add_argument(
        "--exemptions",
        metavar="FILE",
        help="the policy pack's configuration file, in JSON: its options and exemptions by AWS id",
    )
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> ExitCode:
    """Audit what the arguments mean, and print the report."""
    place = Place(
        profile=arguments.profile,
        endpoint_url=arguments.endpoint_url,
        timeout=arguments.timeout,
    )
    regions = _all_regions(place) if arguments.all_regions else arguments.region or ()
    report = audit(place, regions, arguments.vpc, read_configuration(arguments.exemptions))
    printed(as_json(report) if arguments.json else as_text(report))
    return ExitCode.POLICY_VIOLATED if report.violations else ExitCode.SOUND


def audit(
    place: Place, regions: Sequence[str], vpc: str | None, settings: Settings | None = None
) -> Report:
    """Judge these regions, or the one that boto3 finds, or one VPC. Errors as of `read_regions`."""
    settings = settings or Settings()
    inventories = read_regions(place, regions, vpc)
    judgement = judge(read_topology(inventories), settings.judge)
    return report_on(inventories, judgement, vpc, settings.exemptions)


def _all_regions(place: Place) -> list[str]:
    found = Aws(place).pages("ec2", "describe_regions", "Regions")
    return sorted(region["RegionName"] for region in found)


def read_regions(place: Place, regions: Sequence[str], vpc: str | None) -> list[Inventory]:
    """Read these regions, or the one that boto3 finds.

    Raises UsageError where no region has the VPC, OpsError where AWS refuses everything.
    """
    each_region = [Aws(replace(place, region=region)) for region in regions or (None,)]
    account = _account(each_region[0])
    with Progress() as progress, ThreadPoolExecutor(_REGIONS_AT_ONCE) as pool:
        read = partial(collect, account=account, vpc=vpc, progress=progress)
        inventories = list(pool.map(read, each_region))
    _require_something(inventories, vpc)
    return inventories


def _account(aws: Aws) -> str:
    """Return the account's id, "" where AWS does not tell it: nothing depends on it."""
    try:
        return aws.call("sts", "get_caller_identity")["Account"]
    except AwsError:
        return ""


def _require_something(inventories: Sequence[Inventory], vpc: str | None) -> None:
    refused = [each.refusal(operation) for each in inventories for operation in PLACES]
    errors = [refusal.error for refusal in refused if refusal]
    if len(errors) == len(refused):
        raise OpsError(f"nothing could be read. {errors[0]}")
    shown = [each for each in inventories if not each.refusal("describe_vpcs")]
    if vpc and shown and not any(vpc in each.ids("describe_vpcs") for each in shown):
        regions = ", ".join(each.region for each in inventories)
        raise UsageError(f"--vpc {vpc}: there is no such VPC in {regions}. See --region")
