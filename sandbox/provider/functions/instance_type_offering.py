"""aws.ec2.getInstanceTypeOffering and aws.ec2.getInstanceTypeOfferings.

Rules: internal/service/ec2/ec2_instance_type_offering{,s}_data_source.go of
hashicorp/terraform-provider-aws. moto knows AWS's offerings by region, zone and zone id.
"""

from typing import ClassVar

from sandbox.provider.cloud import Cloud
from sandbox.provider.function import Function
from sandbox.provider.functions.filters import FILTERS, Names, Thing, asked, choose
from sandbox.provider.schema import list_of, string
from sandbox.provider.values import one_of
from sandbox.provider.wire import Properties

_LOCATION_TYPES = one_of("region", "availability-zone", "availability-zone-id", "outpost")
_NAMES: Names = {"instance-type": "InstanceType", "location": "Location"}
_NONE = "no EC2 Instance Type Offerings found matching criteria; try different search"
_SEVERAL = "multiple EC2 Instance Offerings found matching criteria; try different search"


class GetInstanceTypeOfferings(Function):
    """Which instance types are offered where; there may be none."""

    pulumi_name = "aws:ec2/getInstanceTypeOfferings:getInstanceTypeOfferings"
    properties: ClassVar = {
        "filters": FILTERS,
        "id": string(output=True),
        "instanceTypes": list_of(string(), output=True),
        "locationType": string(valid=(_LOCATION_TYPES,)),
        "locationTypes": list_of(string(), output=True),
        "locations": list_of(string(), output=True),
    }

    def call(self, cloud: Cloud, arguments: Properties) -> Properties:
        """List the offerings: the lists belong together entry by entry."""
        found = _find(cloud, arguments)
        return {
            "id": cloud.region,
            "instanceTypes": [each["InstanceType"] for each in found],
            "locationTypes": [each["LocationType"] for each in found],
            "locations": [each["Location"] for each in found],
        }


class GetInstanceTypeOffering(Function):
    """The one instance type that is offered, or the most preferred of those that are."""

    pulumi_name = "aws:ec2/getInstanceTypeOffering:getInstanceTypeOffering"
    properties: ClassVar = {
        "filters": FILTERS,
        "id": string(output=True),
        "instanceType": string(output=True),
        "location": string(output=True),
        "locationType": string(valid=(_LOCATION_TYPES,)),
        "preferredInstanceTypes": list_of(string()),
    }

    def call(self, cloud: Cloud, arguments: Properties) -> Properties:
        """Find the type."""
        offering = _preferred(_find(cloud, arguments), arguments)
        return {
            "id": offering["InstanceType"],
            "instanceType": offering["InstanceType"],
            "location": offering["Location"],
            "locationType": offering["LocationType"],
        }


def _find(cloud: Cloud, arguments: Properties) -> list[Thing]:
    pages = cloud.ec2.get_paginator("describe_instance_type_offerings").paginate(
        LocationType=arguments.get("locationType") or "region"
    )
    offerings = [each for page in pages for each in page["InstanceTypeOfferings"]]
    return choose("DescribeInstanceTypeOfferings", offerings, asked(arguments), _NAMES)


def _preferred(offerings: list[Thing], arguments: Properties) -> Thing:
    wanted: list[str] = arguments.get("preferredInstanceTypes") or []
    by_preference = (each for kind in wanted for each in offerings if each["InstanceType"] == kind)
    preferred = next(by_preference, None)
    if preferred is None and len(offerings) > 1:
        raise LookupError(_SEVERAL)
    if not offerings:
        raise LookupError(_NONE)
    return preferred or offerings[0]
