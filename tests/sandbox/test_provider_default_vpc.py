from collections.abc import Iterator
from typing import Any

import pytest

from sandbox.provider.clouds import Clouds
from tests.support.provider import Created, Instance, unknowns

DEFAULT = "aws:ec2/defaultVpc:DefaultVpc"
REGION = "eu-west-3"


@pytest.fixture
def aws(provider_port: int) -> Iterator[Instance]:
    """A provider instance in a region of its own: a test deletes its default VPC."""
    instance = Instance(provider_port, region=REGION)
    yield instance
    instance.close()


@pytest.fixture
def vpcs(aws_endpoint: str) -> Any:
    """Lists the default VPCs of the region."""
    client = Clouds(aws_endpoint).region(REGION).ec2
    mine = [{"Name": "is-default", "Values": ["true"]}]
    return lambda: [each["VpcId"] for each in client.describe_vpcs(Filters=mine)["Vpcs"]]


@pytest.fixture
def adopted(aws: Instance) -> Created:
    return aws.create(DEFAULT, tags={"Name": "default"})


def test_a_preview_leaves_to_aws_what_aws_decides(aws: Instance) -> None:
    outputs = aws.preview(DEFAULT)
    assert {"cidrBlock", "mainRouteTableId", "existingDefaultVpc"} <= unknowns(outputs)
    assert outputs["enableDnsHostnames"] is True


def test_the_vpc_that_is_there_is_taken_over(adopted: Created, vpcs: Any) -> None:
    assert [adopted.id] == vpcs()
    assert adopted["existingDefaultVpc"] is True
    assert adopted["cidrBlock"] == "172.31.0.0/16"
    assert adopted["tags"] == {"Name": "default"}
    assert adopted.diff().kinds == {}


def test_its_attributes_change_in_place_and_its_range_is_not_given(
    aws: Instance, adopted: Created
) -> None:
    assert adopted.diff(enableDnsHostnames=False).kinds == {"enableDnsHostnames": "UPDATE"}
    assert adopted.update(enableDnsHostnames=False)["enableDnsHostnames"] is False
    assert "decided by AWS" in aws.failures(DEFAULT, cidrBlock="10.0.0.0/16")["cidrBlock"]


def test_it_is_imported_by_its_id(aws: Instance, adopted: Created) -> None:
    found = aws.read(DEFAULT, adopted.id)
    assert found is not None
    assert aws.diff(found, adopted.inputs).kinds == {}


def test_it_outlives_its_resource_unless_it_is_destroyed_by_force(
    aws: Instance, adopted: Created, vpcs: Any
) -> None:
    adopted.delete()
    assert vpcs() == [adopted.id]
    aws.create(DEFAULT, forceDestroy=True).delete()
    assert vpcs() == []
    made = aws.create(DEFAULT)
    assert made["existingDefaultVpc"] is False
    assert vpcs() == [made.id]
