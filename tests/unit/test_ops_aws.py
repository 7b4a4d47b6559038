"""What botocore raises becomes an error that names the call."""

from typing import Any

import botocore.parsers
import pytest

from ops.aws import Aws, Place, asking
from ops.errors import AwsError


def test_an_answer_that_is_not_readable_is_an_error_of_that_call() -> None:
    def unreadable() -> None:
        raise botocore.parsers.ResponseParserError("no XML")

    with pytest.raises(AwsError, match="ec2:DescribeVpcs: ResponseParserError: no XML"):
        asking("ec2:DescribeVpcs", unreadable)


def test_pages_are_read_to_the_end_where_boto3_has_no_paginator(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pages: dict[str, dict[str, Any]] = {"": {"Keys": [1], "NextToken": "2"}, "2": {"Keys": [2]}}
    aws = Aws(Place(region="us-east-1"))
    monkeypatch.setattr(aws, "client", lambda _: Unpaginated())
    monkeypatch.setattr(
        aws,
        "call",
        lambda *_, NextToken="", Owner: pages[NextToken] | {"Owner": Owner},  # noqa: N803 - AWS's name
    )
    assert aws.pages("ec2", "describe_keys", "Keys", Owner="me") == [1, 2]


class Unpaginated:
    """A client without paginators."""

    def can_paginate(self, _: str) -> bool:
        """As boto3's clients."""
        return False
