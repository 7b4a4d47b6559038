"""Names that differ between AWS's partitions."""

import pytest

from components import partitions


@pytest.mark.parametrize(
    ("region", "service", "principal"),
    [
        ("us-east-1", "com.amazonaws.us-east-1.ec2", "ec2.amazonaws.com"),
        ("us-gov-west-1", "com.amazonaws.us-gov-west-1.ec2", "ec2.amazonaws.com"),
        ("cn-northwest-1", "cn.com.amazonaws.cn-northwest-1.ec2", "ec2.amazonaws.com.cn"),
    ],
)
def test_a_region_gives_the_names_of_its_partition(
    region: str, service: str, principal: str
) -> None:
    assert partitions.is_supported(region)
    assert partitions.endpoint_service(region, "ec2") == service
    assert partitions.instance_principal(region) == principal


@pytest.mark.parametrize("region", ["us-isob-east-1", "eu-isoe-west-1", "eusc-de-east-1"])
def test_a_region_whose_names_are_not_public_is_not_supported(region: str) -> None:
    assert not partitions.is_supported(region)
