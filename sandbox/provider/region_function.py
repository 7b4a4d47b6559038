"""The function `aws.getRegion`."""

from typing import ClassVar

from sandbox.provider.cloud import Cloud
from sandbox.provider.function import Function
from sandbox.provider.schema import string
from sandbox.provider.wire import Properties

# https://docs.aws.amazon.com/general/latest/gr/rande.html
_DESCRIPTIONS = {
    "ap-northeast-1": "Asia Pacific (Tokyo)",
    "ap-northeast-3": "Asia Pacific (Osaka)",
    "eu-central-1": "Europe (Frankfurt)",
    "eu-west-1": "Europe (Ireland)",
    "us-east-1": "US East (N. Virginia)",
    "us-east-2": "US East (Ohio)",
    "us-west-1": "US West (N. California)",
    "us-west-2": "US West (Oregon)",
}


class GetRegion(Function):
    """The region in which the provider works, or the one that is named."""

    pulumi_name = "aws:index/getRegion:getRegion"
    properties: ClassVar = {
        "endpoint": string(computed=True),
        "id": string(computed=True),
        "name": string(computed=True),
        "description": string(output=True),
    }

    def call(self, cloud: Cloud, arguments: Properties) -> Properties:
        """Return the region of the arguments, else the provider's."""
        region = arguments.get("name") or cloud.region
        endpoint = f"ec2.{region}.amazonaws.com"
        return {
            "id": region,
            "name": region,
            "region": region,
            "endpoint": endpoint,
            "description": _DESCRIPTIONS.get(region, region),
        }
