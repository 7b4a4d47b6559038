from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from sandbox.provider.clouds import Clouds
from sandbox.provider.tags import TagRules
from sandbox.provider.wire import UNKNOWN
from tests.support.provider import REGION, Instance

VPC = "aws:ec2/vpc:Vpc"
CIDR = "10.0.0.0/16"


@pytest.fixture
def connect(provider_port: int) -> Iterator[Any]:
    """Open provider instances that end with the test."""
    with ExitStack() as stack:

        def open_instance(**configuration: Any) -> Instance:
            instance = Instance(provider_port, **configuration)
            stack.callback(instance.close)
            return instance

        yield open_instance


def live_tags(ec2: Any, identity: str) -> dict[str, str]:
    filters = [{"Name": "resource-id", "Values": [identity]}]
    found = ec2.describe_tags(Filters=filters)["Tags"]
    return {each["Key"]: each["Value"] for each in found}


def test_default_tags_are_merged_into_all_tags(connect: Any, ec2: Any) -> None:
    aws = connect(defaultTags='{"tags": {"Team": "net", "Stage": "dev"}}')
    vpc = aws.create(VPC, cidrBlock=CIDR, tags={"Name": "a", "Stage": "prod"})

    assert vpc.inputs["tags"] == {"Name": "a", "Stage": "prod"}
    assert vpc.inputs["tagsAll"] == {"Name": "a", "Stage": "prod", "Team": "net"}
    assert vpc["tags"] == {"Name": "a", "Stage": "prod"}
    assert vpc["tagsAll"] == {"Name": "a", "Stage": "prod", "Team": "net"}
    assert live_tags(ec2, vpc.id) == vpc["tagsAll"]


def test_a_default_tag_that_a_resource_repeats_stays_its_own(connect: Any) -> None:
    aws = connect(defaultTags={"tags": {"Team": "net"}})
    vpc = aws.create(VPC, cidrBlock=CIDR, tags={"Team": "net"})

    assert vpc["tags"] == {"Team": "net"}
    assert vpc.refresh().inputs["tags"] == {"Team": "net"}
    assert vpc.refresh().diff().kinds == {}


def test_other_default_tags_change_all_tags_only(connect: Any, ec2: Any) -> None:
    old = connect(defaultTags={"tags": {"Team": "net", "Stage": "dev"}})
    new = connect(defaultTags={"tags": {"Team": "ops"}})
    vpc = old.create(VPC, cidrBlock=CIDR, tags={"Name": "a"})
    vpc.instance = new

    diff = vpc.diff()
    assert diff.kinds == {"tagsAll.Stage": "DELETE", "tagsAll.Team": "UPDATE"}
    assert diff.names == ["tagsAll"]
    assert diff.replaces == []
    assert vpc.update()["tagsAll"] == {"Name": "a", "Team": "ops"}
    assert live_tags(ec2, vpc.id) == {"Name": "a", "Team": "ops"}


def test_a_preview_knows_all_tags_when_it_knows_the_tags(connect: Any) -> None:
    aws = connect(defaultTags={"tags": {"Team": "net"}})

    assert aws.preview(VPC, cidrBlock=CIDR)["tagsAll"] == {"Team": "net"}
    assert aws.preview(VPC, cidrBlock=CIDR, tags={"Name": "a"})["tagsAll"] == {
        "Name": "a",
        "Team": "net",
    }
    assert aws.preview(VPC, cidrBlock=CIDR, tags={"Name": UNKNOWN})["tagsAll"] is UNKNOWN


def test_a_tag_changed_behind_the_program_is_seen(aws: Instance, ec2: Any) -> None:
    vpc = aws.create(VPC, cidrBlock=CIDR, tags={"Name": "a"})
    ec2.create_tags(Resources=[vpc.id], Tags=[{"Key": "Name", "Value": "b"}])
    ec2.create_tags(Resources=[vpc.id], Tags=[{"Key": "Other", "Value": "c"}])
    found = vpc.refresh()

    assert found.inputs["tags"] == {"Name": "b", "Other": "c"}
    assert found.diff(tags={"Name": "a"}).kinds == {
        "tags.Name": "UPDATE",
        "tags.Other": "DELETE",
        "tagsAll.Name": "UPDATE",
        "tagsAll.Other": "DELETE",
    }


def test_ignored_tags_are_neither_shown_nor_touched(connect: Any, ec2: Any) -> None:
    aws = connect(ignoreTags={"keys": ["Owner"], "keyPrefixes": ["k8s/"]})
    vpc = aws.create(VPC, cidrBlock=CIDR, tags={"Name": "a"})
    ec2.create_tags(Resources=[vpc.id], Tags=[{"Key": "Owner", "Value": "x"}])
    ec2.create_tags(Resources=[vpc.id], Tags=[{"Key": "k8s/role", "Value": "y"}])
    found = vpc.refresh()

    assert found["tagsAll"] == {"Name": "a"}
    assert found.diff().kinds == {}
    found.update(tags=None)
    assert live_tags(ec2, vpc.id) == {"Owner": "x", "k8s/role": "y"}


def test_tags_of_aws_itself_are_no_tags_of_the_program() -> None:
    assert TagRules().managed({"aws:cloudformation:stack-name": "x", "Name": "a"}) == {"Name": "a"}


def test_two_regions_with_their_own_default_tags_live_side_by_side(
    connect: Any, aws_endpoint: str
) -> None:
    tokyo = connect(defaultTags={"tags": {"Where": "tokyo"}})
    osaka = connect(region="ap-northeast-3", defaultTags={"tags": {"Where": "osaka"}})
    here, there = tokyo.create(VPC, cidrBlock=CIDR), osaka.create(VPC, cidrBlock=CIDR)

    assert (here["region"], here["tagsAll"]) == (REGION, {"Where": "tokyo"})
    assert (there["region"], there["tagsAll"]) == ("ap-northeast-3", {"Where": "osaka"})
    assert there["arn"].startswith("arn:aws:ec2:ap-northeast-3:")
    found = Clouds(aws_endpoint).region("ap-northeast-3").ec2.describe_vpcs(VpcIds=[there.id])
    assert found["Vpcs"][0]["VpcId"] == there.id
    assert tokyo.read(VPC, there.id) is None


def test_a_resource_may_live_in_another_region_than_its_provider(connect: Any) -> None:
    aws = connect()
    vpc = aws.create(VPC, cidrBlock=CIDR, region="eu-west-1")

    assert vpc["arn"].startswith("arn:aws:ec2:eu-west-1:")
    assert vpc.refresh()["region"] == "eu-west-1"
    assert vpc.diff(region=None).kinds == {"region": "UPDATE_REPLACE"}
    assert aws.read(VPC, f"{vpc.id}@eu-west-1").inputs["region"] == "eu-west-1"
    assert aws.read(VPC, vpc.id) is None
    vpc.delete()
    assert vpc.refresh() is None
