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
