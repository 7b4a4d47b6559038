"""Launches an instance: the arguments of RunInstances, and what AWS refuses of them.

moto refuses almost nothing here.
"""

import base64
import re
from typing import Any

from botocore.exceptions import ClientError

from sandbox.provider.cloud import Cloud, error_code, refuse
from sandbox.provider.ec2.instance_network import network_arguments
from sandbox.provider.ec2.instance_properties import decoded
from sandbox.provider.ec2.volume import check_performance
from sandbox.provider.resource import pick
from sandbox.provider.tags import Tags, to_aws
from sandbox.provider.wire import Properties

RUN = "RunInstances"
_ROOT_TYPE = "gp3"  # as in Amazon's current images; moto says "standard" of all
_LARGEST_USER_DATA = 16384  # bytes
_IMAGE_ID = re.compile(r"ami-[0-9a-f]{8}([0-9a-f]{9})?")
_PLAIN = {
    "ami": "ImageId",
    "ebsOptimized": "EbsOptimized",
    "instanceInitiatedShutdownBehavior": "InstanceInitiatedShutdownBehavior",
    "instanceType": "InstanceType",
    "keyName": "KeyName",
}
METADATA = {
    "httpEndpoint": "HttpEndpoint",
    "httpProtocolIpv6": "HttpProtocolIpv6",
    "httpPutResponseHopLimit": "HttpPutResponseHopLimit",
    "httpTokens": "HttpTokens",
    "instanceMetadataTags": "InstanceMetadataTags",
}
VOLUME = {
    "encrypted": "Encrypted",
    "iops": "Iops",
    "kmsKeyId": "KmsKeyId",
    "snapshotId": "SnapshotId",
    "throughput": "Throughput",
    "volumeSize": "VolumeSize",
    "volumeType": "VolumeType",
}


def launch(cloud: Cloud, inputs: Properties) -> str:
    """Launch the instance and return its id."""
    image = _image(cloud, inputs["ami"])
    kind = inputs["instanceType"]
    _check_architecture(check_instance_type(cloud, RUN, kind), image["Architecture"])
    arguments: dict[str, Any] = {
        **pick(inputs, _PLAIN),
        **network_arguments(cloud, inputs),
        "BlockDeviceMappings": _mappings(image, inputs),
        "TagSpecifications": _tags(inputs),
        "UserData": user_data(inputs),
    }
    if inputs.get("tenancy"):
        arguments.setdefault("Placement", {})["Tenancy"] = inputs["tenancy"]
    if inputs.get("iamInstanceProfile"):
        arguments["IamInstanceProfile"] = {"Name": inputs["iamInstanceProfile"]}
        check_profile(cloud, RUN, inputs["iamInstanceProfile"])
    if inputs.get("keyName"):
        _check_key(cloud, inputs["keyName"])
    if inputs.get("metadataOptions"):
        arguments["MetadataOptions"] = pick(inputs["metadataOptions"], METADATA)
    if inputs.get("monitoring"):
        arguments["Monitoring"] = {"Enabled": True}
    if inputs.get("creditSpecification"):
        arguments["CreditSpecification"] = {
            "CpuCredits": inputs["creditSpecification"]["cpuCredits"]
        }
    answer = cloud.ec2.run_instances(MinCount=1, MaxCount=1, **arguments)
    return answer["Instances"][0]["InstanceId"]


def check_instance_type(cloud: Cloud, operation: str, kind: str) -> list[str]:
    """Refuse an instance type that the region does not have; return its architectures."""
    try:
        found = cloud.ec2.describe_instance_types(InstanceTypes=[kind])["InstanceTypes"][0]
    except ClientError as error:
        if error_code(error) != "InvalidInstanceType":
            raise
        words = f"Invalid value '{kind}' for InstanceType."
        refuse(operation, "InvalidParameterValue", words)
    return found["ProcessorInfo"]["SupportedArchitectures"]


def _check_architecture(offered: list[str], needed: str) -> None:
    if needed not in offered:
        words = (
            f"The architecture '{','.join(offered)}' of the specified instance type does not "
            f"match the architecture '{needed}' of the specified AMI. Specify an instance type "
            "and an AMI that have matching architectures, and try again. You can use "
            "'describe-instance-types' or 'describe-images' to discover the architecture of the "
            "instance type or AMI."
        )
        refuse(RUN, "InvalidParameterValue", words)


def check_profile(cloud: Cloud, operation: str, name: str) -> None:
    """Refuse an instance profile that does not exist or carries no role."""
    profiles = cloud.client("iam").list_instance_profiles()["InstanceProfiles"]
    profile = next((each for each in profiles if each["InstanceProfileName"] == name), None)
    if profile is None:
        words = (
            f"Value ({name}) for parameter iamInstanceProfile.name is invalid. "
            "Invalid IAM Instance Profile name"
        )
        refuse(operation, "InvalidParameterValue", words)
    if not profile["Roles"]:
        words = f'IAM Instance Profile "{profile["Arn"]}" has no associated IAM Roles'
        refuse(operation, "InvalidParameterValue", words)


def default_tags(inputs: Properties) -> Tags:
    """Return the provider's default tags, which volumes get too."""
    own: Tags = inputs.get("tags") or {}
    everything: Tags = inputs.get("tagsAll") or {}
    return {key: value for key, value in everything.items() if key not in own}


def _image(cloud: Cloud, identity: str) -> dict[str, Any]:
    if identity.startswith("resolve:ssm:"):
        words = "The sandbox resolves no SSM parameters here; give the AMI id itself."
        refuse(RUN, "UnsupportedOperation", words)
    if not _IMAGE_ID.fullmatch(identity):
        refuse(RUN, "InvalidAMIID.Malformed", f'Invalid id: "{identity}" (expecting "ami-...")')
    image = cloud.find("describe_images", "Images", ImageIds=[identity])
    if image is None:
        refuse(RUN, "InvalidAMIID.NotFound", f"The image id '[{identity}]' does not exist")
    return image


def _check_key(cloud: Cloud, name: str) -> None:
    if cloud.find("describe_key_pairs", "KeyPairs", KeyNames=[name]) is None:
        refuse(RUN, "InvalidKeyPair.NotFound", f"The key pair '{name}' does not exist")


def user_data(inputs: Properties) -> bytes:
    """Return the user data as the instance gets it; refuse more than AWS takes."""
    given = inputs.get("userDataBase64")
    data = base64.b64decode(given) if given else decoded(inputs.get("userData") or "").encode()
    if len(data) > _LARGEST_USER_DATA:
        words = f"User data is limited to {_LARGEST_USER_DATA} bytes"
        refuse(RUN, "InvalidParameterValue", words)
    return data


def _mappings(image: dict[str, Any], inputs: Properties) -> list[dict[str, Any]]:
    root_name = image["RootDeviceName"]
    devices = {each["DeviceName"]: each for each in image.get("BlockDeviceMappings", [])}
    preset = devices.get(root_name, {}).get("Ebs", {})
    root = {
        "VolumeSize": preset.get("VolumeSize") or 8,
        "VolumeType": _ROOT_TYPE,
        "DeleteOnTermination": True,
        **_volume(inputs.get("rootBlockDevice") or {}),
    }
    mappings = [{"DeviceName": root_name, "Ebs": root}]
    for device in inputs.get("ebsBlockDevices") or ():
        volume = {"VolumeType": "gp2", **_volume(device)}
        if not volume.get("VolumeSize") and not volume.get("SnapshotId"):
            words = "The request must contain the parameter size or snapshotId"
            refuse(RUN, "MissingParameter", words)
        mappings.append({"DeviceName": device["deviceName"], "Ebs": volume})
    for mapping in mappings:
        volume = mapping["Ebs"]
        check_performance(RUN, {**volume, "Size": volume.get("VolumeSize")})
    return mappings


def _volume(device: Properties) -> dict[str, Any]:
    kept = {"DeleteOnTermination": device.get("deleteOnTermination", True)}
    return {**kept, **pick(device, VOLUME)}


def _tags(inputs: Properties) -> list[dict[str, Any]]:
    tags: dict[str, Tags] = {
        "instance": inputs.get("tagsAll") or {},
        "volume": {**default_tags(inputs), **(inputs.get("volumeTags") or {})},
    }
    return [{"ResourceType": kind, "Tags": to_aws(each)} for kind, each in tags.items() if each]
