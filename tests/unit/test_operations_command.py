"""The command line of `ops`: exit codes, messages, and what it needs to run."""

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import botocore.exceptions
import pytest

from ops import command
from ops.aws import Aws, Place, asking
from ops.errors import AwsError, ExitCode, TimedOutError, UsageError
from ops.verify import answer_checks
from ops.verify.check import Check
from ops.verify.checks import CHECKS
from tests.support.pages import policy_in

ROOT = Path(__file__).parents[2]
# What `pip install boto3` brings, and nothing else.
BOTO3 = ("boto3", "botocore", "s3transfer", "jmespath", "dateutil", "urllib3", "six")
ALONE = f"""
import importlib.abc, sys
class Refuse(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path, target=None):
        top = name.partition(".")[0]
        if top not in sys.stdlib_module_names and top not in {(*BOTO3, "ops", "guardrails")!r}:
            raise ModuleNotFoundError(name, name=name)
sys.meta_path.insert(0, Refuse())
sys.path[:0] = [{str(ROOT)!r}, {str(ROOT / "policy")!r}]
from ops.command import main
sys.exit(main(sys.argv[1:]))
"""


def refusal(code: str) -> botocore.exceptions.ClientError:
    answer: Any = {"Error": {"Code": code, "Message": "No."}}
    return botocore.exceptions.ClientError(answer, "DescribeVpcs")


def raising(error: Exception) -> Any:
    def ask() -> None:
        raise error

    return ask


def test_the_page_lists_exactly_what_verify_calls() -> None:
    """Operations are named as boto3 does, beside their service, or beside the list they return."""
    beside = re.compile(r'"([a-z0-9-]+)",\s*"((?:describe|get|list|search|send)_\w+)"')
    called: set[tuple[str, str]] = set()
    folder = ROOT / "ops"
    others = [folder / "tagged_cluster.py", folder / "instances.py"]
    for path in [*(folder / "verify").glob("*.py"), *others]:
        text = path.read_text()
        called |= set(beside.findall(text))
        called |= {("ec2", each) for each in re.findall(r'of_vpc\("(\w+)"', text)}
    prefixes = {"service-quotas": "servicequotas"}
    page = (ROOT / "docs" / "operations.md").read_text()
    allowed = {each for one in policy_in(page)["Statement"] for each in one["Action"]}
    assert allowed == {
        f"{prefixes.get(service, service)}:{operation.title().replace('_', '')}"
        for service, operation in called
    }


@pytest.mark.parametrize("check", [*CHECKS, *answer_checks.CHECKS], ids=lambda check: check.id)
def test_the_runbook_has_a_section_for_every_finding(check: Check) -> None:
    page = (ROOT / "docs" / "runbook.md").read_text()
    assert page.count(f"\n### {check.id}\n") == 1


def test_a_cause_is_a_check_of_its_own() -> None:
    ids = {check.id for check in CHECKS}
    assert len(ids) == len(CHECKS)
    assert {root for check in CHECKS for root in check.follows_from} <= ids


@pytest.mark.parametrize("name", ["verify", "audit", "drill", "move", "diagram"])
def test_each_command_runs_with_only_boto3_and_the_standard_library(name: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", ALONE, name, "--help"], capture_output=True, text=True, check=True
    )
    assert f"usage: python -m ops {name}" in done.stdout


def test_a_word_that_is_not_a_command_is_a_usage_error() -> None:
    with pytest.raises(SystemExit) as raised:
        command.main(["dance"])
    assert raised.value.code == ExitCode.USAGE


@pytest.mark.parametrize("given", ["0", "-1", "nan", "soon"])
def test_a_timeout_is_a_number_of_seconds(given: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as raised:
        command.main(["verify", "--timeout", given])
    assert raised.value.code == ExitCode.USAGE
    assert "--timeout" in capsys.readouterr().err


def test_a_mistake_ends_with_one_message_and_its_exit_code(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert command.main(["verify", "--outputs", "/no/such/file"]) == ExitCode.USAGE
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err == "error: --outputs /no/such/file: No such file or directory\n"


def test_a_refusal_names_code_operation_and_remedy() -> None:
    with pytest.raises(AwsError) as raised:
        asking("ec2:DescribeVpcs", raising(refusal("UnauthorizedOperation")))
    assert raised.value.is_denied
    assert str(raised.value) == (
        "ec2:DescribeVpcs: UnauthorizedOperation: No. "
        "Allow ec2:DescribeVpcs to whoever runs this (docs/operations.md)"
    )


def test_a_throttled_call_is_told_from_a_denied_one() -> None:
    with pytest.raises(AwsError) as raised:
        asking("ec2:DescribeVpcs", raising(refusal("RequestLimitExceeded")))
    assert raised.value.is_throttled
    assert not raised.value.is_denied


def test_missing_credentials_are_a_mistake_of_usage() -> None:
    with pytest.raises(UsageError, match="Sign in, or give --profile"):
        asking("ec2:DescribeVpcs", raising(botocore.exceptions.NoCredentialsError()))


def test_an_address_that_does_not_answer_is_named() -> None:
    error = botocore.exceptions.EndpointConnectionError(endpoint_url="http://127.0.0.1:1")
    with pytest.raises(AwsError, match=r"EndpointConnectionError.*127\.0\.0\.1:1.*--endpoint-url"):
        asking("ec2:DescribeVpcs", raising(error))


def test_no_call_begins_after_the_time_is_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    aws = Aws(Place("us-east-1", None, "http://127.0.0.1:1", timeout=1e-9))
    with pytest.raises(TimedOutError, match="the time is up before ec2:DescribeVpcs"):
        aws.call("ec2", "describe_vpcs")
    assert aws.calls == {}


def test_a_region_is_needed_and_aws_region_gives_one(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", "/dev/null")
    with pytest.raises(UsageError, match="no region: give --region"):
        Aws(Place())
    monkeypatch.setenv("AWS_REGION", "eu-west-1")
    assert Aws(Place()).region == "eu-west-1"


def test_a_profile_that_is_not_there_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_CONFIG_FILE", "/dev/null")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/dev/null")
    with pytest.raises(UsageError, match=r"nobody.*--profile"):
        Aws(Place("us-east-1", "nobody"))
