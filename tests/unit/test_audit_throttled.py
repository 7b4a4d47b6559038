"""An audit through the real client of AWS: throttled calls are repeated, answers are read."""

from collections import Counter
from typing import Any

import botocore.endpoint
import pytest
from botocore.awsrequest import AWSResponse

from ops.audit.collection import collect
from ops.audit.progress import Progress
from ops.aws import Aws, Place
from tests.support.api_faults import refusal, response

VPCS = """\
<DescribeVpcsResponse><vpcSet><item>
  <vpcId>vpc-00000001</vpcId><cidrBlock>10.0.0.0/16</cidrBlock><isDefault>false</isDefault>
</item></vpcSet></DescribeVpcsResponse>
"""


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Aws:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    monkeypatch.setattr(botocore.endpoint.time, "sleep", lambda _: None)
    return Aws(Place(region="us-east-1"))


@pytest.fixture
def attempts(aws: Aws) -> Counter[str]:
    """What was sent: VPCs are shown at the third attempt, subnets never, all else at once."""
    sent: Counter[str] = Counter()

    def answer(request: Any, event_name: str, **_: Any) -> AWSResponse:
        operation = event_name.rpartition(".")[2]
        sent[operation] += 1
        busy = {"DescribeVpcs": sent[operation] < 3, "DescribeSubnets": True}.get(operation, False)
        if busy:
            return refusal(request, "RequestLimitExceeded", 503)
        return response(request, VPCS if operation == "DescribeVpcs" else f"<{operation}Response/>")

    aws.client("ec2").meta.events.register("before-send.ec2", answer)
    return sent


def test_a_throttled_call_is_repeated_and_then_counts_as_refused(
    aws: Aws, attempts: Counter[str]
) -> None:
    inventory = collect(aws, "123456789012", None, Progress())
    assert attempts["DescribeVpcs"] == 3
    assert inventory.ids("describe_vpcs") == {"vpc-00000001"}
    assert attempts["DescribeSubnets"] == 4
    assert [(question, refusal.error.code) for question, refusal in inventory.refusals.items()] == [
        (("describe_subnets", ""), "RequestLimitExceeded")
    ]
