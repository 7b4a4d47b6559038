"""aws.ec2.getAmi.

Rules: internal/service/ec2/ec2_ami_data_source.go of hashicorp/terraform-provider-aws.
"""

import re
from typing import Any, ClassVar

from sandbox.provider.cloud import Cloud
from sandbox.provider.function import Function
from sandbox.provider.functions.filters import FILTERS, Names, Thing, asked, choose
from sandbox.provider.schema import boolean, list_of, map_of, object_of, string
from sandbox.provider.tags import from_aws
from sandbox.provider.wire import Properties

_NAMES: Names = {
    "architecture": "Architecture",
    "block-device-mapping.device-name": lambda image: _devices(image, "DeviceName"),
    "block-device-mapping.volume-type": lambda image: _volumes(image, "VolumeType"),
    "creation-date": "CreationDate",
    "description": "Description",
    "hypervisor": "Hypervisor",
    "image-id": "ImageId",
    "image-type": "ImageType",
    "is-public": "Public",
    "name": "Name",
    "owner-alias": "ImageOwnerAlias",
    "owner-id": "OwnerId",
    "platform": "Platform",
    "root-device-name": "RootDeviceName",
    "root-device-type": "RootDeviceType",
    "state": "State",
    "virtualization-type": "VirtualizationType",
}
_TOLD = {
    "architecture": "Architecture",
    "bootMode": "BootMode",
    "creationDate": "CreationDate",
    "deprecationTime": "DeprecationTime",
    "description": "Description",
    "hypervisor": "Hypervisor",
    "id": "ImageId",
    "imageId": "ImageId",
    "imageLocation": "ImageLocation",
    "imageOwnerAlias": "ImageOwnerAlias",
    "imageType": "ImageType",
    "imdsSupport": "ImdsSupport",
    "kernelId": "KernelId",
    "lastLaunchedTime": "LastLaunchedTime",
    "name": "Name",
    "ownerId": "OwnerId",
    "platform": "Platform",
    "platformDetails": "PlatformDetails",
    "ramdiskId": "RamdiskId",
    "rootDeviceName": "RootDeviceName",
    "rootDeviceType": "RootDeviceType",
    "sriovNetSupport": "SriovNetSupport",
    "state": "State",
    "tpmSupport": "TpmSupport",
    "usageOperation": "UsageOperation",
    "virtualizationType": "VirtualizationType",
}
_UNFILTERED = (
    'Most Recent Image Not Filtered: "most_recent" is set to "true" and results are not filtered '
    "by owner or image ID. With this configuration, a third party may introduce a new image which "
    "will be returned by this data source. Filter by owner or image ID to avoid this possibility."
)


def _pattern(value: str) -> str | None:
    try:
        re.compile(value)
    except re.error as error:
        return f"be a regular expression ({error})"
    return None


def _owner(value: str) -> str | None:
    return None if value else "not be empty"


class GetAmi(Function):
    """One machine image."""

    pulumi_name = "aws:ec2/getAmi:getAmi"
    properties: ClassVar = {
        **{name: string(output=True) for name in _TOLD},
        "allowUnsafeFilter": boolean(),
        "arn": string(output=True),
        "blockDeviceMappings": list_of(object_of({}), output=True),
        "enaSupport": boolean(output=True),
        "executableUsers": list_of(string()),
        "filters": FILTERS,
        "includeDeprecated": boolean(default=False),
        "mostRecent": boolean(default=False),
        "nameRegex": string(valid=(_pattern,)),
        "owners": list_of(string(valid=(_owner,)), min_items=1),
        "productCodes": list_of(object_of({}), output=True),
        "public": boolean(output=True),
        "rootSnapshotId": string(output=True),
        "stateReason": map_of(string(), output=True),
        "tags": map_of(string(), computed=True),
        "uefiData": string(),
    }

    def call(self, cloud: Cloud, arguments: Properties) -> Properties:
        """Find the image, the most recent one if several fit and that is asked for."""
        image = _find(cloud, arguments)
        return {
            **{name: image.get(key) or "" for name, key in _TOLD.items()},
            "arn": f"arn:{cloud.partition}:ec2:{cloud.region}::image/{image['ImageId']}",
            "blockDeviceMappings": [_mapping(each) for each in _mappings(image)],
            "enaSupport": bool(image.get("EnaSupport")),
            "productCodes": [
                {
                    "productCodeId": each["ProductCodeId"],
                    "productCodeType": each["ProductCodeType"],
                }
                for each in image.get("ProductCodes", [])
            ],
            "public": image["Public"],
            "rootSnapshotId": _root_snapshot(image),
            "stateReason": {"code": "UNSET", "message": "UNSET"},
            "tags": from_aws(image.get("Tags", [])),
        }


def _find(cloud: Cloud, arguments: Properties) -> Thing:
    filters = asked(arguments)
    most_recent = arguments["mostRecent"]
    safe = arguments.get("owners") or {"image-id", "owner-id"} & {each["name"] for each in filters}
    if most_recent and not safe and not arguments.get("allowUnsafeFilter"):
        raise LookupError(_UNFILTERED)
    images = [
        image
        for image in choose(
            "DescribeImages",
            _images(cloud, arguments),
            filters,
            _NAMES,
        )
        if re.search(arguments.get("nameRegex") or "", image.get("Name", ""))
    ]
    if not images:
        raise LookupError(
            "Your query returned no results. Please change your search criteria and try again."
        )
    if len(images) > 1 and not most_recent:
        raise LookupError(
            "Your query returned more than one result. Please try a more specific search "
            "criteria, or set `most_recent` attribute to true."
        )
    return max(images, key=lambda image: image["CreationDate"])


def _images(cloud: Cloud, arguments: Properties) -> list[Thing]:
    asked: dict[str, Any] = {"IncludeDeprecated": arguments["includeDeprecated"]}
    if arguments.get("owners"):
        asked["Owners"] = arguments["owners"]
    if arguments.get("executableUsers"):
        asked["ExecutableUsers"] = arguments["executableUsers"]
    return cloud.ec2.describe_images(**asked)["Images"]


def _mappings(image: Thing) -> list[Thing]:
    return image.get("BlockDeviceMappings", [])


def _devices(image: Thing, key: str) -> list[Any]:
    return [each.get(key) for each in _mappings(image)]


def _volumes(image: Thing, key: str) -> list[Any]:
    return [each.get("Ebs", {}).get(key) for each in _mappings(image)]


def _mapping(mapping: Thing) -> Properties:
    """Describe a device; upstream tells everything of its volume as text, in its own spelling."""
    volume = mapping.get("Ebs", {})
    return {
        "deviceName": mapping["DeviceName"],
        "ebs": {
            "delete_on_termination": str(bool(volume.get("DeleteOnTermination"))).lower(),
            "encrypted": str(bool(volume.get("Encrypted"))).lower(),
            "iops": str(volume.get("Iops") or 0),
            "snapshot_id": volume.get("SnapshotId", ""),
            "throughput": str(volume.get("Throughput") or 0),
            "volume_size": str(volume.get("VolumeSize") or 0),
            "volume_type": volume.get("VolumeType", ""),
        },
        "noDevice": "",
        "virtualName": mapping.get("VirtualName", ""),
    }


def _root_snapshot(image: Thing) -> str:
    for mapping in _mappings(image):
        if mapping["DeviceName"] == image["RootDeviceName"]:
            return mapping.get("Ebs", {}).get("SnapshotId", "")
    return ""
