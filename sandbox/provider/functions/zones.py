"""aws.getAvailabilityZones and aws.getAvailabilityZone.

Rules: internal/service/ec2/ec2_availability_zone{,s}_data_source.go of
hashicorp/terraform-provider-aws.
"""

from typing import ClassVar

from sandbox.provider.cloud import Cloud
from sandbox.provider.function import Function
from sandbox.provider.functions.filters import FILTERS, Names, Thing, asked, choose, only
from sandbox.provider.schema import boolean, list_of, set_of, string
from sandbox.provider.values import one_of
from sandbox.provider.wire import Properties

_STATES = one_of("available", "information", "impaired", "unavailable", "constrained")
_NAMES: Names = {
    "group-name": "GroupName",
    "message": lambda zone: (each["Message"] for each in zone["Messages"]),
    "opt-in-status": "OptInStatus",
    "parent-zone-id": "ParentZoneId",
    "parent-zone-name": "ParentZoneName",
    "region-name": "RegionName",
    "state": "State",
    "zone-id": "ZoneId",
    "zone-name": "ZoneName",
    "zone-type": "ZoneType",
}


class GetAvailabilityZones(Function):
    """The zones of the region."""

    pulumi_name = "aws:index/getAvailabilityZones:getAvailabilityZones"
    properties: ClassVar = {
        "allAvailabilityZones": boolean(),
        "excludeNames": set_of(string()),
        "excludeZoneIds": set_of(string()),
        "filters": FILTERS,
        "groupNames": set_of(string(), output=True),
        "id": string(output=True),
        "names": list_of(string(), output=True),
        "state": string(valid=(_STATES,)),
        "zoneIds": list_of(string(), output=True),
    }

    def call(self, cloud: Cloud, arguments: Properties) -> Properties:
        """List the zones by name."""
        zones = [
            zone
            for zone in _zones(cloud, arguments, {"state": arguments.get("state")})
            if zone["ZoneName"] not in (arguments.get("excludeNames") or ())
            and zone["ZoneId"] not in (arguments.get("excludeZoneIds") or ())
        ]
        return {
            "groupNames": sorted({zone["GroupName"] for zone in zones}),
            "id": cloud.region,
            "names": [zone["ZoneName"] for zone in zones],
            "zoneIds": [zone["ZoneId"] for zone in zones],
        }


class GetAvailabilityZone(Function):
    """One zone."""

    pulumi_name = "aws:index/getAvailabilityZone:getAvailabilityZone"
    properties: ClassVar = {
        "allAvailabilityZones": boolean(),
        "filters": FILTERS,
        "groupLongName": string(output=True),
        "groupName": string(output=True),
        "id": string(output=True),
        "name": string(computed=True),
        "nameSuffix": string(output=True),
        "networkBorderGroup": string(output=True),
        "optInStatus": string(output=True),
        "parentZoneId": string(output=True),
        "parentZoneName": string(output=True),
        "state": string(computed=True, valid=(_STATES,)),
        "zoneId": string(computed=True),
        "zoneType": string(output=True),
    }

    def call(self, cloud: Cloud, arguments: Properties) -> Properties:
        """Find the zone."""
        wanted = {
            "state": arguments.get("state"),
            "zone-name": arguments.get("name"),
            "zone-id": arguments.get("zoneId"),
        }
        zone = only(_zones(cloud, arguments, wanted), "EC2 Availability Zone")
        return {
            "groupLongName": zone["GroupLongName"],
            "groupName": zone["GroupName"],
            "id": zone["ZoneName"],
            "name": zone["ZoneName"],
            "nameSuffix": zone["ZoneName"].removeprefix(cloud.region),
            "networkBorderGroup": cloud.region,
            "optInStatus": zone["OptInStatus"],
            "parentZoneId": "",
            "parentZoneName": "",
            "state": zone["State"],
            "zoneId": zone["ZoneId"],
            "zoneType": zone["ZoneType"],
        }


def _zones(cloud: Cloud, arguments: Properties, wanted: dict[str, str | None]) -> list[Thing]:
    """List zones, with the group that AWS tells and moto does not."""
    zones = cloud.ec2.describe_availability_zones()["AvailabilityZones"]
    complete = [
        {
            "GroupName": f"{cloud.region}-zg-1",
            "GroupLongName": f"{cloud.region} 1",
            "OptInStatus": "opt-in-not-required",
            **zone,
        }
        for zone in zones
    ]
    filters = asked(arguments, wanted)
    chosen = choose("DescribeAvailabilityZones", complete, filters, _NAMES)
    return sorted(chosen, key=lambda zone: zone["ZoneName"])
