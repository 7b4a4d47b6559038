"""One AWS and one provider process' worth of provider for all tests of this folder."""

from collections.abc import Iterator
from typing import Any

import pytest


@pytest.fixture(scope="session")
def aws_endpoint() -> Iterator[str]:
    from tests.support.provider import running_aws

    with running_aws() as endpoint:
        yield endpoint


@pytest.fixture(scope="session")
def provider_port(aws_endpoint: str) -> Iterator[int]:
    from tests.support.provider import running_provider

    with running_provider(aws_endpoint) as port:
        yield port


@pytest.fixture
def aws(provider_port: int) -> Iterator[Any]:
    """One provider instance in ap-northeast-1 without default tags."""
    from tests.support.provider import Instance

    instance = Instance(provider_port)
    yield instance
    instance.close()


@pytest.fixture(scope="session")
def ec2(aws_endpoint: str) -> Any:
    """A boto3 client for what happens behind the provider's back."""
    from sandbox.provider.clouds import Clouds
    from tests.support.provider import REGION

    return Clouds(aws_endpoint).region(REGION).ec2


@pytest.fixture(scope="session")
def opened_cloud(aws_endpoint: str) -> Iterator[Any]:
    from tests.support.ops_cloud import OpsCloud

    with OpsCloud.opened(aws_endpoint) as cloud:
        yield cloud


@pytest.fixture
def cloud(opened_cloud: Any) -> Iterator[Any]:
    """An AWS for the commands of `ops`, without faults, its calls not yet counted."""
    opened_cloud.aws.calls.clear()
    yield opened_cloud
    opened_cloud.faults.clear()
