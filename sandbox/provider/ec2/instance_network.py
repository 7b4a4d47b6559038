"""An instance's network interfaces: those that it is given, or the one that is made with it."""

from typing import Any

from sandbox.provider.cloud import Cloud, refuse
from sandbox.provider.ec2.network_interface_live import (
    attachment_of,
    choose_addresses,
    find_subnet,
    refuse_foreign_groups,
)
from sandbox.provider.wire import Properties

_RUN = "RunInstances"


def network_arguments(cloud: Cloud, inputs: Properties) -> dict[str, Any]:
    """Return the interfaces for RunInstances, everything about them checked.

    With interfaces that exist AWS puts the instance into their zone; moto must be told.
    """
    given = _given(inputs)
    if not given:
        return {"NetworkInterfaces": [_new_interface(cloud, inputs)]}
    zone = _check_given(cloud, inputs, [each["NetworkInterfaceId"] for each in given])
    return {"NetworkInterfaces": given, "Placement": {"AvailabilityZone": zone}}


def primary_interface(instance: dict[str, Any]) -> dict[str, Any]:
    """Return the interface with device index 0; {} while an instance has none."""
    interfaces: list[dict[str, Any]] = instance.get("NetworkInterfaces", [])
    first = [each for each in interfaces if each["Attachment"]["DeviceIndex"] == 0]
    return first[0] if first else {}


def _given(inputs: Properties) -> list[dict[str, Any]]:
    primary = inputs.get("primaryNetworkInterface")
    if primary:
        return [{"DeviceIndex": 0, "NetworkInterfaceId": primary["networkInterfaceId"]}]
    return [
        {
            "DeviceIndex": each["deviceIndex"],
            "NetworkCardIndex": each["networkCardIndex"],
            "NetworkInterfaceId": each["networkInterfaceId"],
            "DeleteOnTermination": each["deleteOnTermination"],
        }
        for each in inputs.get("networkInterfaces") or ()
    ]


def _check_given(cloud: Cloud, inputs: Properties, identities: list[str]) -> str:
    """Refuse interfaces in use, and those of another zone than the instance's; return the zone."""
    answer = cloud.ec2.describe_network_interfaces(NetworkInterfaceIds=identities)
    interfaces = answer["NetworkInterfaces"]
    for interface in interfaces:
        if attachment_of(cloud, interface):
            words = f"Interface: [{interface['NetworkInterfaceId']}] in use."
            refuse(_RUN, "InvalidNetworkInterface.InUse", words)
    zones: set[str] = {interface["AvailabilityZone"] for interface in interfaces}
    if inputs.get("availabilityZone"):
        zones.add(inputs["availabilityZone"])
    if len(zones) > 1:
        words = (
            "You may not attach a network interface to an instance if they are not in the same "
            "availability zone"
        )
        refuse(_RUN, "InvalidParameterCombination", words)
    if any(each.get("deleteOnTermination") for each in inputs.get("networkInterfaces") or ()):
        words = (
            "A network interface may not specify both a network interface ID and delete on "
            "termination"
        )
        refuse(_RUN, "InvalidParameterCombination", words)
    return zones.pop()


def _new_interface(cloud: Cloud, inputs: Properties) -> dict[str, Any]:
    subnet = _subnet(cloud, inputs)
    groups = _groups(cloud, inputs, subnet["VpcId"])
    refuse_foreign_groups(cloud, _RUN, subnet, groups)
    fixed = [inputs["privateIp"]] if inputs.get("privateIp") else []
    secondary: list[str] = inputs.get("secondaryPrivateIps") or []
    primary = choose_addresses(cloud, _RUN, subnet, fixed, 1)[0]
    choose_addresses(cloud, _RUN, subnet, secondary, len(secondary))
    public = inputs.get("associatePublicIpAddress")
    return {
        "DeviceIndex": 0,
        "SubnetId": subnet["SubnetId"],
        "Groups": groups,
        "DeleteOnTermination": True,
        "PrivateIpAddress": primary,
        "AssociatePublicIpAddress": subnet["MapPublicIpOnLaunch"] if public is None else public,
    }


def _subnet(cloud: Cloud, inputs: Properties) -> dict[str, Any]:
    wanted = inputs.get("availabilityZone")
    if not inputs.get("subnetId"):
        return _default_subnet(cloud, wanted)
    subnet = find_subnet(cloud, _RUN, inputs["subnetId"])
    if wanted and wanted != subnet["AvailabilityZone"]:
        words = (
            f"Value ({wanted}) for parameter availabilityZone is invalid. "
            f"Subnet '{subnet['SubnetId']}' is in the availability zone "
            f"{subnet['AvailabilityZone']}"
        )
        refuse(_RUN, "InvalidParameterValue", words)
    return subnet


def _default_subnet(cloud: Cloud, zone: str | None) -> dict[str, Any]:
    filters = {"default_for_az": "true", **({"availability_zone": zone} if zone else {})}
    subnets = cloud.list_all("describe_subnets", "Subnets", **filters)
    if not subnets:
        refuse(_RUN, "VPCIdNotSpecified", "No default VPC for this user.")
    return min(subnets, key=lambda each: each["AvailabilityZone"])


def _groups(cloud: Cloud, inputs: Properties, vpc: str) -> list[str]:
    groups = cloud.list_all("describe_security_groups", "SecurityGroups", vpc_id=vpc)
    identities = {group["GroupName"]: group["GroupId"] for group in groups}
    chosen: list[str] = list(inputs.get("vpcSecurityGroupIds") or ())
    for name in inputs.get("securityGroups") or ():
        if name not in identities and name not in identities.values():
            words = f"The security group '{name}' does not exist in VPC '{vpc}'"
            refuse(_RUN, "InvalidGroup.NotFound", words)
        chosen.append(identities.get(name, name))
    return chosen or [identities["default"]]
