"""Changes an instance in place, and finishes one that was just launched.

Rules: `resourceInstanceUpdate` of hashicorp/terraform-provider-aws.
"""

import base64
from collections.abc import Callable, Mapping
from typing import Any

from sandbox.provider.cloud import Cloud, refuse
from sandbox.provider.ec2.instance_launch import (
    METADATA,
    check_instance_type,
    check_profile,
    default_tags,
    user_data,
)
from sandbox.provider.ec2.instance_live import attribute, find_instance
from sandbox.provider.ec2.instance_network import primary_interface
from sandbox.provider.ec2.instance_states import refuse_ended, start_instance, stop_instance
from sandbox.provider.ec2.network_interface_live import (
    choose_addresses,
    find_subnet,
    refuse_foreign_groups,
)
from sandbox.provider.ec2.volume import modify_volume
from sandbox.provider.resource import Change, pick
from sandbox.provider.tags import Tags, to_aws
from sandbox.provider.wire import Properties

_MODIFY = "ModifyInstanceAttribute"
_GIVEN_INTERFACES = ("networkInterfaces", "primaryNetworkInterface")
_PROTECTION = {
    "disableApiStop": "DisableApiStop",
    "disableApiTermination": "DisableApiTermination",
}
_SIZE = {
    "iops": "iops",
    "throughput": "throughput",
    "volumeSize": "size",
    "volumeType": "type",
}


def finish_launch(cloud: Cloud, identity: str, inputs: Properties) -> None:
    """Do what RunInstances cannot, or what moto forgets of it."""
    for name in _PROTECTION:
        if inputs.get(name):
            protect(cloud, identity, name, on=True)
    given = any(inputs.get(name) for name in _GIVEN_INTERFACES)
    if inputs.get("sourceDestCheck") is False and not given:
        _set_source_check(cloud, identity, on=False)
    if inputs.get("secondaryPrivateIps"):
        interface = primary_interface(find_instance(cloud, identity) or {})
        cloud.ec2.assign_private_ip_addresses(
            NetworkInterfaceId=interface["NetworkInterfaceId"],
            PrivateIpAddresses=inputs["secondaryPrivateIps"],
        )
    root: Properties = inputs.get("rootBlockDevice") or {}
    devices = {each["deviceName"]: each for each in inputs.get("ebsBlockDevices") or ()}
    for volume, name in _volumes(cloud, identity).items():
        device = devices.get(name, root)
        _set_performance(cloud, volume, {"volumeType": device.get("volumeType"), **device})
        _retag_volume(cloud, volume, {}, device.get("tags") or {})


def change_instance(cloud: Cloud, identity: str, change: Change) -> None:
    """Carry out an update: every step whose properties change, in upstream's order."""
    for names, step in _STEPS.items():
        if change.touches(*names):
            step(cloud, identity, change)


def protect(cloud: Cloud, identity: str, name: str, *, on: bool) -> None:
    """Set `disableApiStop` or `disableApiTermination`."""
    argument = {_PROTECTION[name]: {"Value": on}}
    cloud.ec2.modify_instance_attribute(InstanceId=identity, **argument)


def _volumes(cloud: Cloud, identity: str) -> dict[str, str]:
    """Return the device name of each volume of the instance."""
    instance = find_instance(cloud, identity) or {}
    mappings: list[dict[str, Any]] = instance.get("BlockDeviceMappings", [])
    return {each["Ebs"]["VolumeId"]: each["DeviceName"] for each in mappings}


def _set_performance(cloud: Cloud, volume: str, device: Properties) -> None:
    wanted = {theirs: device[ours] for ours, theirs in _SIZE.items() if device.get(ours)}
    if wanted:
        modify_volume(cloud, volume, wanted)


def _retag_volume(cloud: Cloud, volume: str, former: Tags, wanted: Tags) -> None:
    gone = [{"Key": key} for key in sorted(former.keys() - wanted.keys())]
    if gone:
        cloud.ec2.delete_tags(Resources=[volume], Tags=gone)
    if wanted:
        cloud.ec2.create_tags(Resources=[volume], Tags=to_aws(wanted))


def _refuse_monitoring(cloud: Cloud, identity: str, change: Change) -> None:
    del cloud, identity, change
    words = "The sandbox cannot change monitoring of an instance that exists already."
    refuse("MonitorInstances", "UnsupportedOperation", words)


def _retag_volumes(cloud: Cloud, identity: str, change: Change) -> None:
    former: Tags = change.state.get("volumeTags") or {}
    wanted: Tags = change.inputs.get("volumeTags") or {}
    for volume in _volumes(cloud, identity):
        _retag_volume(cloud, volume, former, wanted)


def _set_profile(cloud: Cloud, identity: str, change: Change) -> None:
    name = change.inputs.get("iamInstanceProfile", "")
    filters = [{"Name": "instance-id", "Values": [identity]}]
    answer = cloud.ec2.describe_iam_instance_profile_associations(Filters=filters)
    former = answer["IamInstanceProfileAssociations"]
    if name:
        check_profile(cloud, "AssociateIamInstanceProfile", name)
    for each in former:
        cloud.ec2.disassociate_iam_instance_profile(AssociationId=each["AssociationId"])
    if name:
        cloud.ec2.associate_iam_instance_profile(
            InstanceId=identity, IamInstanceProfile={"Name": name}
        )


def _change_source_check(cloud: Cloud, identity: str, change: Change) -> None:
    _set_source_check(cloud, identity, on=change.inputs.get("sourceDestCheck", True))


def _change_protection(cloud: Cloud, identity: str, change: Change) -> None:
    refuse_ended(cloud, identity)
    for name in change.names.intersection(_PROTECTION):
        protect(cloud, identity, name, on=bool(change.inputs.get(name)))


def _set_shutdown_behavior(cloud: Cloud, identity: str, change: Change) -> None:
    refuse_ended(cloud, identity)
    behavior = {"Value": change.inputs["instanceInitiatedShutdownBehavior"]}
    cloud.ec2.modify_instance_attribute(
        InstanceId=identity, InstanceInitiatedShutdownBehavior=behavior
    )


def _set_source_check(cloud: Cloud, identity: str, *, on: bool) -> None:
    """Set it on the interface: moto's instance and interface know nothing of each other's."""
    refuse_ended(cloud, identity)
    interface = primary_interface(find_instance(cloud, identity) or {})
    cloud.ec2.modify_network_interface_attribute(
        NetworkInterfaceId=interface["NetworkInterfaceId"], SourceDestCheck={"Value": on}
    )


def _change_interface(cloud: Cloud, identity: str, change: Change) -> None:
    interface = primary_interface(find_instance(cloud, identity) or {})
    subnet = find_subnet(cloud, _MODIFY, interface["SubnetId"])
    own = interface["NetworkInterfaceId"]
    if change.touches("vpcSecurityGroupIds"):
        groups: list[str] = change.inputs.get("vpcSecurityGroupIds") or []
        if not groups:
            words = "VPC-based instances require at least one security group to be attached."
            refuse("ModifyNetworkInterfaceAttribute", "InvalidParameterValue", words)
        refuse_foreign_groups(cloud, "ModifyNetworkInterfaceAttribute", subnet, groups)
        cloud.ec2.modify_network_interface_attribute(NetworkInterfaceId=own, Groups=groups)
    if change.touches("secondaryPrivateIps"):
        former: set[str] = set(change.state.get("secondaryPrivateIps") or ())
        wanted: set[str] = set(change.inputs.get("secondaryPrivateIps") or ())
        if former - wanted:
            cloud.ec2.unassign_private_ip_addresses(
                NetworkInterfaceId=own, PrivateIpAddresses=sorted(former - wanted)
            )
        new = sorted(wanted - former)
        if new:
            choose_addresses(cloud, "AssignPrivateIpAddresses", subnet, new, len(new))
            cloud.ec2.assign_private_ip_addresses(NetworkInterfaceId=own, PrivateIpAddresses=new)


def _change_while_stopped(cloud: Cloud, identity: str, change: Change) -> None:
    """Change what AWS lets nobody change of a running instance; it is started again."""
    arguments: list[dict[str, Any]] = []
    if change.touches("instanceType"):
        kind = change.inputs["instanceType"]
        check_instance_type(cloud, _MODIFY, kind)
        arguments.append({"InstanceType": {"Value": kind}})
    if change.touches("userData", "userDataBase64"):
        # moto wants it encoded once more than AWS.
        encoded = base64.b64encode(user_data(change.inputs))
        arguments.append({"UserData": {"Value": encoded}})
    if not arguments:
        return
    if attribute(cloud, identity, "disableApiStop"):
        words = (
            f"The instance '{identity}' may not be stopped. "
            "Modify its 'disableApiStop' instance attribute and try again."
        )
        refuse("StopInstances", "OperationNotPermitted", words)
    stop_instance(cloud, identity)
    for each in arguments:
        cloud.ec2.modify_instance_attribute(InstanceId=identity, **each)
    start_instance(cloud, identity)


def _set_metadata(cloud: Cloud, identity: str, change: Change) -> None:
    """Name every option: moto would drop those that are not given."""
    wanted: Properties = {
        **(change.state.get("metadataOptions") or {}),
        **(change.inputs.get("metadataOptions") or {}),
    }
    cloud.ec2.modify_instance_metadata_options(InstanceId=identity, **pick(wanted, METADATA))


def _change_volumes(cloud: Cloud, identity: str, change: Change) -> None:
    former, wanted = (_devices(each) for each in (change.state, change.inputs))
    for name, device in wanted.items():
        before = former.get(name) or {}
        volume = before.get("volumeId")
        if not volume:
            continue
        _set_performance(cloud, volume, device)
        _retag_volume(
            cloud,
            volume,
            before.get("tags") or {},
            {**default_tags(change.inputs), **(device.get("tags") or {})},
        )
        keep = device.get("deleteOnTermination", True)
        if keep != before.get("deleteOnTermination"):
            mapping = {"DeviceName": before["deviceName"], "Ebs": {"DeleteOnTermination": keep}}
            cloud.ec2.modify_instance_attribute(InstanceId=identity, BlockDeviceMappings=[mapping])


def _devices(properties: Properties) -> dict[str, Properties]:
    """Return block devices by name; the root one's is ""."""
    devices: dict[str, Properties] = {
        each["deviceName"]: each for each in properties.get("ebsBlockDevices") or ()
    }
    if properties.get("rootBlockDevice"):
        devices[""] = properties["rootBlockDevice"]
    return devices


_STEPS: Mapping[tuple[str, ...], Callable[[Cloud, str, Change], None]] = {
    ("monitoring",): _refuse_monitoring,  # first, before anything else is changed
    ("volumeTags",): _retag_volumes,
    ("iamInstanceProfile",): _set_profile,
    ("sourceDestCheck",): _change_source_check,
    ("secondaryPrivateIps", "vpcSecurityGroupIds"): _change_interface,
    ("instanceType", "userData", "userDataBase64"): _change_while_stopped,
    ("disableApiStop", "disableApiTermination"): _change_protection,
    ("instanceInitiatedShutdownBehavior",): _set_shutdown_behavior,
    ("metadataOptions",): _set_metadata,
    ("rootBlockDevice", "ebsBlockDevices"): _change_volumes,
}
