"""What an instance is like now.

Rules: `resourceInstanceRead` of hashicorp/terraform-provider-aws. Where moto's instance does not
follow its interface, the interface is asked.
"""

import base64
import re
from typing import Any

from sandbox.provider.cloud import Cloud
from sandbox.provider.ec2.elastic_ip import public_name
from sandbox.provider.ec2.instance_launch import METADATA, default_tags
from sandbox.provider.ec2.instance_network import primary_interface
from sandbox.provider.ec2.volume_limits import performance_of
from sandbox.provider.tags import from_aws
from sandbox.provider.wire import Properties

_CONSTANT: Properties = {  # what AWS says of an instance that was launched without asking for more
    "enclaveOptions": {"enabled": False},
    "ephemeralBlockDevices": [],
    "hibernation": False,
    "hostId": "",
    "instanceLifecycle": "",
    "ipv6AddressCount": 0,
    "ipv6Addresses": [],
    "maintenanceOptions": {"autoRecovery": "default"},
    "outpostArn": "",
    "passwordData": "",
    "placementGroup": "",
    "placementGroupId": "",
    "placementPartitionNumber": 0,
    "spotInstanceRequestId": "",
}


def find_instance(cloud: Cloud, identity: str) -> dict[str, Any] | None:
    """Describe an instance; a terminated one counts as gone."""
    found = cloud.find("describe_instances", "Reservations", InstanceIds=[identity])
    instance = found["Instances"][0] if found else None
    return instance if instance and instance["State"]["Name"] != "terminated" else None


def read_instance(cloud: Cloud, identity: str, known: Properties) -> Properties | None:
    """Return everything that AWS says of the instance, or None when it is gone."""
    instance = find_instance(cloud, identity)
    if instance is None:
        return None
    return {
        **_CONSTANT,
        **_network(cloud, instance, known),
        **_storage(cloud, instance, known),
        **_system(cloud, instance, known),
        **_user_data(cloud, identity, known),
        "arn": cloud.arn("ec2", f"instance/{identity}"),
        "tags": from_aws(instance.get("Tags", [])),
    }


def attribute(cloud: Cloud, identity: str, name: str) -> Any:
    """Return one attribute of an instance, such as `disableApiStop`."""
    answer = cloud.ec2.describe_instance_attribute(InstanceId=identity, Attribute=name)
    return answer.get(name[0].upper() + name[1:], {}).get("Value")


def _system(cloud: Cloud, instance: dict[str, Any], known: Properties) -> Properties:
    identity = instance["InstanceId"]
    profile = instance.get("IamInstanceProfile", {}).get("Arn", "")
    metadata = instance.get("MetadataOptions", {})
    return {
        "ami": instance["ImageId"],
        "availabilityZone": instance["Placement"]["AvailabilityZone"],
        "creditSpecification": _credits(instance["InstanceType"], known),
        "disableApiStop": bool(attribute(cloud, identity, "disableApiStop")),
        "disableApiTermination": bool(attribute(cloud, identity, "disableApiTermination")),
        "ebsOptimized": instance["EbsOptimized"],
        "iamInstanceProfile": profile.rpartition("/")[2],
        "instanceInitiatedShutdownBehavior": attribute(
            cloud, identity, "instanceInitiatedShutdownBehavior"
        ),
        "instanceState": instance["State"]["Name"],
        "instanceType": instance["InstanceType"],
        "keyName": instance.get("KeyName", ""),
        "metadataOptions": {name: metadata.get(key) for name, key in METADATA.items()},
        "monitoring": instance["Monitoring"]["State"] in {"enabled", "pending"},
        "tenancy": instance["Placement"].get("Tenancy") or "default",
    }


def _credits(kind: str, known: Properties) -> Properties | None:
    """Return a burstable type's credits: what was asked for, else AWS's default.

    moto calls every instance's credits standard.
    """
    family = kind.partition(".")[0]
    if not re.fullmatch(r"t[0-9][a-z]*", family):
        return None
    given: Properties = known.get("creditSpecification") or {}
    asked = given.get("cpuCredits")
    return {"cpuCredits": asked or ("standard" if family == "t2" else "unlimited")}


def _network(cloud: Cloud, instance: dict[str, Any], known: Properties) -> Properties:
    interface = primary_interface(instance)
    groups = interface.get("Groups", [])
    vpc = cloud.find("describe_vpcs", "Vpcs", VpcIds=[instance["VpcId"]])
    by_name = bool(vpc and vpc["IsDefault"])
    public = interface.get("Association", {}).get("PublicIp") or instance.get("PublicIpAddress", "")
    addresses = interface.get("PrivateIpAddresses", [])
    return {
        "associatePublicIpAddress": bool(public),
        "networkInterfaces": _configured(instance, known),
        "primaryNetworkInterface": {
            "networkInterfaceId": interface.get("NetworkInterfaceId", ""),
            "deleteOnTermination": interface.get("Attachment", {}).get("DeleteOnTermination"),
        },
        "primaryNetworkInterfaceId": interface.get("NetworkInterfaceId", ""),
        "privateDns": instance["PrivateDnsName"],
        "privateIp": instance["PrivateIpAddress"],
        "publicDns": public_name(cloud, public) if public else "",
        "publicIp": public,
        "secondaryPrivateIps": [
            each["PrivateIpAddress"] for each in addresses if not each.get("Primary")
        ],
        "securityGroups": [group["GroupName"] for group in groups] if by_name else [],
        "sourceDestCheck": interface.get("SourceDestCheck"),
        "subnetId": interface.get("SubnetId", ""),
        "vpcSecurityGroupIds": [group["GroupId"] for group in groups],
    }


def _configured(instance: dict[str, Any], known: Properties) -> list[Properties]:
    """Tell of those interfaces only that were given here; others come from attachments."""
    indexes = {each["deviceIndex"] for each in known.get("networkInterfaces") or ()}
    return [
        {
            "deviceIndex": each["Attachment"]["DeviceIndex"],
            "networkCardIndex": each["Attachment"].get("NetworkCardIndex", 0),
            "networkInterfaceId": each["NetworkInterfaceId"],
            "deleteOnTermination": each["Attachment"]["DeleteOnTermination"],
        }
        for each in instance.get("NetworkInterfaces", [])
        if each["Attachment"]["DeviceIndex"] in indexes
    ]


def _storage(cloud: Cloud, instance: dict[str, Any], known: Properties) -> Properties:
    mappings = {each["Ebs"]["VolumeId"]: each for each in instance.get("BlockDeviceMappings", [])}
    if not mappings:
        return {"rootBlockDevice": None, "ebsBlockDevices": []}
    root: Properties | None = None
    others: list[Properties] = []
    volumes = cloud.ec2.describe_volumes(VolumeIds=list(mappings))["Volumes"]
    for volume in volumes:
        mapping = mappings[volume["VolumeId"]]
        device = _device(volume, mapping, known)
        if mapping["DeviceName"] == instance.get("RootDeviceName"):
            root = device
        else:
            others.append({**device, "snapshotId": volume.get("SnapshotId", "")})
    others.sort(key=lambda each: each["deviceName"])
    return {
        "rootBlockDevice": root,
        "ebsBlockDevices": others,
        **_volume_tags(volumes, known),
    }


def _device(volume: dict[str, Any], mapping: dict[str, Any], known: Properties) -> Properties:
    iops, throughput = performance_of(volume)
    live = from_aws(volume.get("Tags", []))
    defaults = default_tags(known)
    own = {key: value for key, value in live.items() if defaults.get(key) != value}
    return {
        "deleteOnTermination": mapping["Ebs"]["DeleteOnTermination"],
        "deviceName": mapping["DeviceName"],
        "encrypted": volume["Encrypted"],
        "iops": iops,
        "kmsKeyId": volume.get("KmsKeyId", ""),
        "tags": {} if known.get("volumeTags") else own,
        "tagsAll": live,
        "throughput": throughput,
        "volumeId": volume["VolumeId"],
        "volumeSize": volume["Size"],
        "volumeType": volume["VolumeType"],
    }


def _volume_tags(volumes: list[dict[str, Any]], known: Properties) -> Properties:
    if not known.get("volumeTags"):
        return {}
    defaults = default_tags(known)
    live: Properties = {}
    for volume in volumes:
        live.update(from_aws(volume.get("Tags", [])))
    return {"volumeTags": {key: value for key, value in live.items() if defaults.get(key) != value}}


def _user_data(cloud: Cloud, identity: str, known: Properties) -> Properties:
    encoded = attribute(cloud, identity, "userData") or ""
    if known.get("userDataBase64"):
        return {"userDataBase64": encoded}
    text = base64.b64decode(encoded).decode(errors="replace")
    return {"userData": text or None, "userDataBase64": ""}
