"""aws.getPartition and aws.getCallerIdentity.

Rules: internal/service/meta/partition_data_source.go and
internal/service/sts/caller_identity_data_source.go of hashicorp/terraform-provider-aws.
"""

from typing import ClassVar

from sandbox.provider.cloud import Cloud
from sandbox.provider.function import Function
from sandbox.provider.schema import string
from sandbox.provider.wire import Properties

_SUFFIXES = {"aws-cn": "amazonaws.com.cn"}


class GetPartition(Function):
    """The partition of the provider's region."""

    pulumi_name = "aws:index/getPartition:getPartition"
    properties: ClassVar = {
        "dnsSuffix": string(output=True),
        "id": string(computed=True),
        "partition": string(output=True),
        "reverseDnsPrefix": string(output=True),
    }
    regional = False

    def call(self, cloud: Cloud, arguments: Properties) -> Properties:
        """Return the partition."""
        del arguments
        suffix = _SUFFIXES.get(cloud.partition, "amazonaws.com")
        return {
            "dnsSuffix": suffix,
            "id": cloud.partition,
            "partition": cloud.partition,
            "reverseDnsPrefix": ".".join(reversed(suffix.split("."))),
        }


class GetCallerIdentity(Function):
    """Who calls AWS."""

    pulumi_name = "aws:index/getCallerIdentity:getCallerIdentity"
    properties: ClassVar = {
        "accountId": string(output=True),
        "arn": string(output=True),
        "id": string(computed=True),
        "userId": string(output=True),
    }
    regional = False

    def call(self, cloud: Cloud, arguments: Properties) -> Properties:
        """Ask STS."""
        del arguments
        answer = cloud.client("sts").get_caller_identity()
        return {
            "accountId": answer["Account"],
            "arn": answer["Arn"],
            "id": answer["Account"],
            "userId": answer["UserId"],
        }
