"""docs/real-aws.md looks up what the program really uses, and names tests that exist."""

import inspect
import re

import pulumi_aws
import pytest

from tests.support import survey
from tests.support.live import account
from tests.support.recorder import Registration
from tests.support.stack_config import ROOT, every_feature, stack_config

PAGE = (ROOT / "docs" / "real-aws.md").read_text(encoding="utf-8")
ROWS = dict(re.findall(r"^- `(aws:[^`]+)`: (.+?)\. Looked up on ", PAGE, re.MULTILINE))
DATES = re.findall(r"^- `aws:.* Looked up on (\S+): (.+)\.$", PAGE, re.MULTILINE)


def test_the_page_looks_up_every_type_and_property_that_is_used() -> None:
    """`python -m tests.support.survey` prints what the page should have."""
    assert survey.lines() == ROWS


def test_each_row_says_when_it_was_looked_up_and_what_was_found() -> None:
    assert len(DATES) == len(ROWS)
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\d", date) for date, _ in DATES)
    assert all(found.startswith(("found: ", "nothing")) for _, found in DATES)


@pytest.mark.parametrize("path", sorted(set(re.findall(r"`(tests/[\w/]+\.py[^`]*)`", PAGE))))
def test_each_test_that_the_page_names_exists(path: str) -> None:
    file, _, name = path.partition("::")
    source = (ROOT / file).read_text(encoding="utf-8")
    assert not name or re.search(rf"^def {name}\(", source, re.MULTILINE)


def test_each_anchor_of_the_page_is_one_of_its_headings() -> None:
    headings = {
        re.sub(r"[^\w -]", "", heading).strip().lower().replace(" ", "-")
        for heading in re.findall(r"^## (.+)$", PAGE, re.MULTILINE)
    }
    assert set(re.findall(r"\]\(#([\w-]+)\)", PAGE)) <= headings


def properties(token: str) -> set[str]:
    """The properties of a resource type of the SDK, as the engine spells them."""
    module, _, name = token.removeprefix("aws:").partition("/")
    kind = getattr(getattr(pulumi_aws, module), name.rpartition(":")[2])
    parameters = inspect.signature(kind._internal_init).parameters
    return {re.sub(r"_(\w)", lambda found: found[1].upper(), each) for each in parameters}


def misspelt(found: Registration) -> set[str]:
    return {*found.ignores, *found.replaces_on} - properties(found.token)


def test_every_ignored_name_is_a_property_of_its_type() -> None:
    """A misspelt name would be accepted in silence: pulumi/pulumi#7081."""
    resources = [
        found
        for config in (stack_config("dev"), every_feature())
        for found in survey.run(config, account()).resources.values()
    ]
    lists = [found for found in resources if found.ignores or found.replaces_on]
    assert {found.token for found in lists} == {
        "aws:ebs/volume:Volume",
        "aws:ec2/instance:Instance",
        "aws:ec2/route:Route",
        "aws:ec2/securityGroup:SecurityGroup",
        "aws:ec2/volumeAttachment:VolumeAttachment",
        "aws:ec2/vpcEndpoint:VpcEndpoint",
        "aws:iam/instanceProfile:InstanceProfile",
        "aws:iam/role:Role",
        "aws:iam/rolePolicy:RolePolicy",
    }
    assert [misspelt(found) for found in lists] == [set()] * len(lists)


def test_a_misspelt_name_is_none_of_its_type() -> None:
    assert "sourceDestCheck" in properties("aws:ec2/instance:Instance")
    assert "sourceDestinationCheck" not in properties("aws:ec2/instance:Instance")
