"""`python -m ops audit`: its arguments, its exit codes, and what ends it early."""

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ops.audit import command
from ops.audit.progress import Progress
from ops.aws import Place
from ops.command import parser
from ops.errors import ExitCode, OpsError, UsageError
from tests.support.described import PRIVATE, VPC, Answers, FakeAws, closed_network, with_nat

Audit = Callable[..., ExitCode]
PLACES = ("describe_vpcs", "describe_subnets", "describe_route_tables", "describe_vpc_endpoints")


@pytest.fixture
def audit(monkeypatch: pytest.MonkeyPatch) -> Audit:
    """Run the command on an account that answers alike in every region."""

    def run(answers: Answers, *words: str, refused: tuple[str, ...] = ()) -> ExitCode:
        answers["get_caller_identity"] = [{"Account": "123456789012"}]
        answers["describe_regions"] = [{"RegionName": "us-east-1"}, {"RegionName": "eu-west-1"}]

        def fake(place: Place) -> Any:
            return FakeAws(answers, *refused, region=place.region or "us-east-1")

        monkeypatch.setattr(command, "Aws", fake)
        arguments = parser().parse_args(["audit", *words])
        return arguments.run(arguments)

    return run


def test_no_violation_is_0_and_a_violation_is_5(
    audit: Audit, capsys: pytest.CaptureFixture[str]
) -> None:
    assert audit(closed_network()) == ExitCode.SOUND
    assert capsys.readouterr().out.endswith("\n0 violations\n")
    assert audit(with_nat(closed_network())) == ExitCode.POLICY_VIOLATED
    assert capsys.readouterr().out.endswith("\n1 violation\n")


def written(folder: Path, configuration: object) -> str:
    path = folder / "configuration.json"
    path.write_text(json.dumps(configuration))
    return str(path)


def exemption(subject: str, expires: str) -> dict[str, Any]:
    entry = {"urn": subject, "reason": "to be moved", "owner": "network", "expires": expires}
    return {"private-subnets-have-no-internet-route": {"exemptions": [entry]}}


def test_an_exempt_subnet_is_listed_and_is_not_a_violation(
    audit: Audit, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = written(tmp_path, exemption(PRIVATE, "2999-12-31"))
    assert audit(with_nat(closed_network()), "--exemptions", path) == ExitCode.SOUND
    told = capsys.readouterr().out
    assert f"{PRIVATE} (Subnet-2a), violated, until 2999-12-31 (network: to be moved)" in told
    assert told.endswith("\n0 violations\n")


def test_an_exemption_that_is_over_covers_nothing(audit: Audit, tmp_path: Path) -> None:
    path = written(tmp_path, exemption(PRIVATE, "2001-01-01"))
    code = audit(with_nat(closed_network()), "--exemptions", path)
    assert code == ExitCode.POLICY_VIOLATED


def test_the_options_of_the_configuration_file_count(audit: Audit, tmp_path: Path) -> None:
    options = {"private-subnets-have-no-internet-route": {"allowedExits": ["nat"]}}
    path = written(tmp_path, {**options, "endpoints-admit-only-https": "mandatory"})
    assert audit(with_nat(closed_network()), "--exemptions", path) == ExitCode.SOUND


def test_every_mistake_in_the_configuration_file_is_told_at_once(
    audit: Audit, tmp_path: Path
) -> None:
    options = {"allowedExits": ["gnat"], "exemptions": [{"urn": PRIVATE}]}
    path = written(tmp_path, {"private-subnets-have-no-internet-route": options})
    with pytest.raises(UsageError) as raised:
        audit(closed_network(), "--exemptions", path)
    assert "'gnat' is not known; did you mean 'nat'?" in str(raised.value)
    assert "an exemption needs `expires`, a text" in str(raised.value)


@pytest.mark.parametrize(("text", "said"), [("{", "is not valid JSON"), ("[]", "write {POLICY")])
def test_a_file_that_is_not_a_configuration_is_refused(
    audit: Audit, tmp_path: Path, text: str, said: str
) -> None:
    path = tmp_path / "configuration.json"
    path.write_text(text)
    with pytest.raises(UsageError, match=said):
        audit(closed_network(), "--exemptions", str(path))


def test_unverified_alone_is_0_and_said(audit: Audit, capsys: pytest.CaptureFixture[str]) -> None:
    code = audit(with_nat(closed_network()), refused=("describe_nat_gateways",))
    assert code == ExitCode.SOUND
    assert "0 violations; 1 unverified" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "regions"),
    [
        ((), ["us-east-1"]),
        (("--region", "eu-west-1", "--region", "eu-west-2"), ["eu-west-1", "eu-west-2"]),
        (("--all-regions",), ["eu-west-1", "us-east-1"]),
    ],
)
def test_regions_are_named_or_all_that_the_account_has(
    words: tuple[str, ...], regions: list[str], audit: Audit, capsys: pytest.CaptureFixture[str]
) -> None:
    audit(closed_network(), "--json", *words)
    assert json.loads(capsys.readouterr().out)["regions"] == regions


def test_one_vpc_is_audited_alone(audit: Audit, capsys: pytest.CaptureFixture[str]) -> None:
    assert audit(with_nat(closed_network()), "--json", "--vpc", VPC) == ExitCode.POLICY_VIOLATED
    shown = json.loads(capsys.readouterr().out)
    assert shown["vpcs"] == [VPC]
    assert [each["subject"] for each in shown["findings"]] == [PRIVATE]


def test_a_vpc_that_no_region_has_is_a_mistake_in_the_words(audit: Audit) -> None:
    with pytest.raises(UsageError, match="--vpc vpc-0: there is no such VPC in us-east-1"):
        audit(closed_network(), "--vpc", "vpc-0")


def test_an_account_that_refuses_everything_is_not_judged(audit: Audit) -> None:
    with pytest.raises(OpsError, match=r"nothing could be read\. ec2:DescribeVpcs: Unauthorized"):
        audit(closed_network(), refused=PLACES)


def test_an_account_that_does_not_tell_its_id_is_judged(
    audit: Audit, capsys: pytest.CaptureFixture[str]
) -> None:
    assert audit(closed_network(), refused=("get_caller_identity",)) == ExitCode.SOUND
    assert capsys.readouterr().out.startswith("account unknown, us-east-1: 1 VPC\n")


def test_progress_is_told_on_standard_error_while_a_reading_lasts(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with Progress(every=0.01) as progress, progress.step("us-east-1 describe_vpcs"):
        time.sleep(0.1)
    said = capsys.readouterr()
    assert said.out == ""
    line = "reading AWS: 0 of 1 calls done, us-east-1 describe_vpcs"
    assert said.err.splitlines()[0] == line


def test_a_short_reading_tells_no_progress(capsys: pytest.CaptureFixture[str]) -> None:
    with Progress() as progress, progress.step("us-east-1 describe_vpcs"):
        pass
    assert capsys.readouterr().err == ""
