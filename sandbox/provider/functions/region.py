"""The function `aws.getRegion` (upstream: internal/service/meta/region_data_source.go)."""

from typing import ClassVar

from sandbox.provider.cloud import Cloud
from sandbox.provider.ec2.regions import all_regions
from sandbox.provider.function import Function
from sandbox.provider.schema import string
from sandbox.provider.wire import Properties


class GetRegion(Function):
    """The region in which the provider works, or the one of a name or an EC2 endpoint."""

    pulumi_name = "aws:index/getRegion:getRegion"
    properties: ClassVar = {
        "endpoint": string(computed=True),
        "id": string(computed=True),
        "name": string(computed=True),
        "description": string(output=True),
    }

    def call(self, cloud: Cloud, arguments: Properties) -> Properties:
        """Return the region that fits all arguments, else the provider's."""
        region = arguments.get("name") or cloud.region
        if arguments.get("endpoint"):
            named = arguments.get("name")
            region = _by_endpoint(arguments["endpoint"])
            if named not in (None, region):
                raise LookupError("multiple regions matched; use additional constraints")
        found = all_regions().get(region)
        if found is None:
            raise LookupError(f"finding Region using the specified name: {region}")
        return {
            "id": region,
            "name": region,
            "region": region,
            "endpoint": _endpoint(region),
            "description": found["description"],
        }


def _by_endpoint(endpoint: str) -> str:
    for region in all_regions():
        if _endpoint(region) == endpoint:
            return region
    raise LookupError(f"finding Region using the specified endpoint: {endpoint}")


def _endpoint(region: str) -> str:
    return f"ec2.{region}.{all_regions()[region]['suffix']}"
