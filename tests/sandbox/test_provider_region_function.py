import pytest

from tests.support.provider import FailedError, Instance

GET_REGION = "aws:index/getRegion:getRegion"
TOKYO = {
    "id": "ap-northeast-1",
    "name": "ap-northeast-1",
    "region": "ap-northeast-1",
    "endpoint": "ec2.ap-northeast-1.amazonaws.com",
    "description": "Asia Pacific (Tokyo)",
}


def test_the_region_is_the_providers(aws: Instance) -> None:
    assert aws.invoke(GET_REGION) == TOKYO


@pytest.mark.parametrize(
    "arguments",
    [
        {"region": "ap-northeast-1"},
        {"name": "ap-northeast-1"},
        {"endpoint": "ec2.ap-northeast-1.amazonaws.com"},
    ],
)
def test_a_region_is_found_by_name_and_by_endpoint(
    provider_port: int, arguments: dict[str, str]
) -> None:
    elsewhere = Instance(provider_port, region="eu-west-1")

    assert elsewhere.invoke(GET_REGION, **arguments) == TOKYO


@pytest.mark.parametrize("name", ["name", "endpoint"])
def test_a_region_that_does_not_exist_is_an_error(aws: Instance, name: str) -> None:
    with pytest.raises(FailedError) as failure:
        aws.invoke(GET_REGION, **{name: "mars-north-1"})

    assert str(failure.value) == (
        f"{GET_REGION}: finding Region using the specified {name}: mars-north-1"
    )
