"""What a program may say of an instance, and what AWS says of it.

Schema: hashicorp/terraform-provider-aws, internal/service/ec2/ec2_instance.go (version 6).
"""

import base64
import binascii
from collections.abc import Mapping
from typing import Any

from sandbox.provider.schema import (
    Property,
    boolean,
    list_of,
    map_of,
    number,
    object_of,
    set_of,
    string,
)
from sandbox.provider.values import between, ipv4_address, length, one_of

_VOLUME_TYPES = ("standard", "io1", "io2", "gp2", "sc1", "st1", "gp3")
_AFTER_A_RESTART = ("instanceType", "userData", "userDataBase64")
_GIVEN_INTERFACES = ("networkInterfaces", "primaryNetworkInterface")
_OF_A_NEW_INTERFACE = (
    "associatePublicIpAddress",
    "privateIp",
    "secondaryPrivateIps",
    "securityGroups",
    "sourceDestCheck",
    "subnetId",
    "vpcSecurityGroupIds",
)


def decoded(text: Any) -> Any:
    """Give user data as it reaches the instance: Base64 is decoded once, other text stays."""
    try:
        return base64.b64decode(text, validate=True).decode() if text else text
    except (binascii.Error, UnicodeDecodeError, TypeError):
        return text


def _base64(value: Any) -> str | None:
    try:
        base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError):
        return "be base64-encoded"
    return None


def _left_to_interfaces(old: Any, new: Any, inputs: Mapping[str, Any]) -> bool:
    """Tell whether the check is that of interfaces which the older block gives.

    Beside `primaryNetworkInterface` the default of true is written through to the interface:
    hashicorp/terraform-provider-aws#44768.
    """
    del old, new
    return bool(inputs.get("networkInterfaces"))


def _left_out(old: Any, new: Any, inputs: Mapping[str, Any]) -> bool:
    """Tell whether a block that AWS answers with is given no more."""
    del inputs
    return old is not None and new is None


def _switch() -> Property:
    return string(computed=True, valid=(one_of("disabled", "enabled"),))


def _volume(*, replaces: bool) -> Mapping[str, Property]:
    """Declare a block device; of the root one most can be changed in place."""
    return {
        "deleteOnTermination": boolean(default=True, replaces=replaces),
        "encrypted": boolean(computed=True, replaces=True),
        "iops": number(computed=True, replaces=replaces),
        "kmsKeyId": string(computed=True, replaces=True),
        "tags": map_of(string()),
        "tagsAll": map_of(string(), output=True),
        "throughput": number(computed=True, replaces=replaces),
        "volumeId": string(output=True),
        "volumeSize": number(computed=True, replaces=replaces),
        "volumeType": string(computed=True, replaces=replaces, valid=(one_of(*_VOLUME_TYPES),)),
    }


_NETWORK: Mapping[str, Property] = {
    "associatePublicIpAddress": boolean(
        computed=True, replaces=True, conflicts_with=_GIVEN_INTERFACES
    ),
    "networkInterfaces": set_of(
        object_of(
            {
                "deleteOnTermination": boolean(default=False, replaces=True),
                "deviceIndex": number(required=True, replaces=True),
                "networkCardIndex": number(default=0, replaces=True),
                "networkInterfaceId": string(required=True, replaces=True),
            },
            replaces=True,
        ),
        computed=True,
        conflicts_with=(*_OF_A_NEW_INTERFACE, "primaryNetworkInterface"),
    ),
    "primaryNetworkInterface": object_of(
        {
            "deleteOnTermination": boolean(output=True),
            "networkInterfaceId": string(required=True, replaces=True),
        },
        computed=True,
        conflicts_with=(*_OF_A_NEW_INTERFACE, "networkInterfaces"),
    ),
    "privateIp": string(
        computed=True, replaces=True, valid=(ipv4_address,), conflicts_with=_GIVEN_INTERFACES
    ),
    "secondaryPrivateIps": set_of(
        string(valid=(ipv4_address,)), computed=True, conflicts_with=_GIVEN_INTERFACES
    ),
    "securityGroups": set_of(
        string(), computed=True, replaces=True, conflicts_with=_GIVEN_INTERFACES
    ),
    "sourceDestCheck": boolean(
        default=True, conflicts_with=_GIVEN_INTERFACES, suppressed=_left_to_interfaces
    ),
    "subnetId": string(computed=True, replaces=True, conflicts_with=_GIVEN_INTERFACES),
    "vpcSecurityGroupIds": set_of(string(), computed=True, conflicts_with=_GIVEN_INTERFACES),
}

_STORAGE: Mapping[str, Property] = {
    "ebsBlockDevices": set_of(
        object_of(
            {
                **_volume(replaces=True),
                "deviceName": string(required=True, replaces=True),
                "snapshotId": string(computed=True, replaces=True),
            }
        ),
        computed=True,
    ),
    "ebsOptimized": boolean(computed=True, replaces=True),
    "rootBlockDevice": object_of(
        {**_volume(replaces=False), "deviceName": string(output=True)}, computed=True
    ),
    "volumeTags": map_of(string()),
}

_SYSTEM: Mapping[str, Property] = {
    "ami": string(computed=True, replaces=True),
    "availabilityZone": string(computed=True, replaces=True),
    "creditSpecification": object_of(
        {"cpuCredits": string(valid=(one_of("standard", "unlimited"),))}, suppressed=_left_out
    ),
    "disableApiStop": boolean(computed=True),
    "disableApiTermination": boolean(computed=True),
    "forceDestroy": boolean(default=False),
    "getPasswordData": boolean(default=False),
    "hibernation": boolean(replaces=True),
    "iamInstanceProfile": string(computed=True),
    "instanceInitiatedShutdownBehavior": string(
        computed=True, valid=(one_of("stop", "terminate"),)
    ),
    "instanceType": string(computed=True),
    "keyName": string(computed=True, replaces=True),
    "metadataOptions": object_of(
        {
            "httpEndpoint": _switch(),
            "httpProtocolIpv6": _switch(),
            "httpPutResponseHopLimit": number(computed=True, valid=(between(1, 64),)),
            "httpTokens": string(computed=True, valid=(one_of("optional", "required"),)),
            "instanceMetadataTags": _switch(),
        },
        computed=True,
    ),
    "monitoring": boolean(computed=True),
    "tenancy": string(
        computed=True, replaces=True, valid=(one_of("default", "dedicated", "host"),)
    ),
    "userData": string(
        conflicts_with=("userDataBase64",), valid=(length(0, 16384),), normal=decoded
    ),
    "userDataBase64": string(computed=True, conflicts_with=("userData",), valid=(_base64,)),
    "userDataReplaceOnChange": boolean(default=False),
}

_TOLD_BY_AWS: Mapping[str, Property] = {
    "arn": string(output=True),
    "capacityReservationSpecification": object_of({}, output=True),
    "cpuOptions": object_of({}, output=True),
    "enablePrimaryIpv6": boolean(output=True),
    "enclaveOptions": object_of({"enabled": boolean()}, output=True),
    "ephemeralBlockDevices": list_of(string(), output=True),
    "hostId": string(output=True),
    "hostResourceGroupArn": string(output=True),
    "instanceLifecycle": string(output=True),
    "instanceMarketOptions": object_of({}, output=True),
    "instanceState": string(output=True),
    "ipv6AddressCount": number(output=True),
    "ipv6Addresses": list_of(string(), output=True),
    "maintenanceOptions": object_of({"autoRecovery": string()}, output=True),
    "outpostArn": string(output=True),
    "passwordData": string(output=True),
    "placementGroup": string(output=True),
    "placementGroupId": string(output=True),
    "placementPartitionNumber": number(output=True),
    "primaryNetworkInterfaceId": string(output=True),
    "privateDns": string(output=True),
    "privateDnsNameOptions": object_of({}, output=True),
    "publicDns": string(output=True, unknown_after=_AFTER_A_RESTART),
    "publicIp": string(output=True, unknown_after=_AFTER_A_RESTART),
    "secondaryNetworkInterfaces": set_of(object_of({}, output=True), output=True),
    "spotInstanceRequestId": string(output=True),
}

INSTANCE_PROPERTIES: Mapping[str, Property] = {**_NETWORK, **_STORAGE, **_SYSTEM, **_TOLD_BY_AWS}

UNMODELLED = (
    "capacityReservationSpecification",
    "cpuOptions",
    "enablePrimaryIpv6",
    "enclaveOptions",
    "ephemeralBlockDevices",
    "hostId",
    "hostResourceGroupArn",
    "instanceMarketOptions",
    "ipv6AddressCount",
    "ipv6Addresses",
    "launchTemplate",
    "maintenanceOptions",
    "placementGroup",
    "placementGroupId",
    "placementPartitionNumber",
    "privateDnsNameOptions",
    "secondaryNetworkInterfaces",
)
