"""Changes of a network interface in place, in upstream's order."""

from typing import Any

from sandbox.provider.cloud import Cloud, refuse
from sandbox.provider.ec2.network_interface_attachment import attach, detach
from sandbox.provider.ec2.network_interface_live import (
    addresses_of,
    choose_addresses,
    find_interface,
    find_subnet,
    refuse_bad_groups,
)
from sandbox.provider.resource import Change

_MODIFY = "ModifyNetworkInterfaceAttribute"
_ASSIGN = "AssignPrivateIpAddresses"


def change_interface(cloud: Cloud, identity: str, change: Change) -> None:
    """Bring a live interface from the state to the inputs."""
    inputs = change.inputs
    if change.touches("attachments"):
        _move(cloud, identity, change)
    if change.touches("privateIps", "privateIpsCount", "privateIpLists"):
        _change_addresses(cloud, identity, change)
    if change.touches("ipv6Addresses", "ipv6AddressCount", "ipv6AddressLists"):
        _change_ipv6(cloud, identity, change)
    if change.touches("sourceDestCheck"):
        _modify(cloud, identity, SourceDestCheck={"Value": bool(inputs["sourceDestCheck"])})
    if change.touches("securityGroups"):
        set_groups(cloud, identity, inputs.get("securityGroups") or [])
    if change.touches("description"):
        _describe(cloud, identity, inputs.get("description") or "")


def set_groups(cloud: Cloud, identity: str, groups: list[str]) -> None:
    """Give an interface these security groups and no others."""
    interface = find_interface(cloud, identity)
    if interface is None:
        words = f"The networkInterface ID '{identity}' does not exist"
        refuse(_MODIFY, "InvalidNetworkInterfaceID.NotFound", words)
    if not groups:
        refuse(_MODIFY, "InvalidParameterCombination", "No attributes specified.")
    refuse_bad_groups(cloud, _MODIFY, interface, groups)
    _modify(cloud, identity, Groups=groups)


def _move(cloud: Cloud, identity: str, change: Change) -> None:
    for each in change.state.get("attachments") or ():
        detach(cloud, each["attachmentId"])
    for each in (change.inputs.get("attachments") or ())[:1]:
        attach(cloud, identity, each["instance"], each["deviceIndex"])


def _change_addresses(cloud: Cloud, identity: str, change: Change) -> None:
    """Take away secondary addresses that go, and assign those that come or are counted."""
    interface: Any = find_interface(cloud, identity)
    primary, *secondary = addresses_of(interface)
    kept, fixed, count = _plan(change, primary, secondary)
    gone = [each for each in secondary if each not in kept]
    if gone:
        cloud.ec2.unassign_private_ip_addresses(
            NetworkInterfaceId=identity, PrivateIpAddresses=gone
        )
    subnet = find_subnet(cloud, _ASSIGN, interface["SubnetId"])
    for address in choose_addresses(cloud, _ASSIGN, subnet, fixed, count - len(kept)):
        cloud.ec2.assign_private_ip_addresses(
            NetworkInterfaceId=identity, PrivateIpAddresses=[address]
        )


def _plan(change: Change, primary: str, secondary: list[str]) -> tuple[list[str], list[str], int]:
    """Return the secondary addresses that stay, those that are asked for, and how many to have."""
    inputs = change.inputs
    if inputs.get("privateIpListEnabled"):
        listed: list[str] = inputs.get("privateIpLists") or []
        wanted = listed[1:]
        kept = secondary if secondary == wanted else []  # their order counts
        return kept, [each for each in wanted if each not in kept], len(wanted)
    count: int = inputs.get("privateIpsCount") or 0
    if not change.touches("privateIps"):
        return secondary[max(0, len(secondary) - count) :], [], count
    wanted = [each for each in inputs.get("privateIps") or () if each != primary]
    kept = [each for each in secondary if each in wanted]
    come = [each for each in wanted if each not in kept]
    counted = count if change.touches("privateIpsCount") else 0
    return kept, come, max(len(wanted), counted)


def _change_ipv6(cloud: Cloud, identity: str, change: Change) -> None:
    interface: Any = find_interface(cloud, identity)
    live = [each["Ipv6Address"] for each in interface.get("Ipv6Addresses", [])]
    inputs = change.inputs
    name = "ipv6AddressLists" if inputs.get("ipv6AddressListEnabled") else "ipv6Addresses"
    if change.touches(name):
        wanted: list[str] = inputs.get(name) or []
        _unassign_ipv6(cloud, identity, [each for each in live if each not in wanted])
        come = [each for each in wanted if each not in live]
        if come:
            cloud.ec2.assign_ipv6_addresses(NetworkInterfaceId=identity, Ipv6Addresses=come)
        return
    more = (inputs.get("ipv6AddressCount") or 0) - len(live)
    if more > 0:
        cloud.ec2.assign_ipv6_addresses(NetworkInterfaceId=identity, Ipv6AddressCount=more)
    elif more < 0:
        _unassign_ipv6(cloud, identity, live[more:])


def _unassign_ipv6(cloud: Cloud, identity: str, addresses: list[str]) -> None:
    if addresses:
        cloud.ec2.unassign_ipv6_addresses(NetworkInterfaceId=identity, Ipv6Addresses=addresses)


def _describe(cloud: Cloud, identity: str, description: str) -> None:
    if not description:
        words = (
            "the sandbox cannot take the description of an interface away, as AWS can; give "
            "another one"
        )
        refuse(_MODIFY, "UnsupportedOperation", words)
    _modify(cloud, identity, Description={"Value": description})


def _modify(cloud: Cloud, identity: str, **attribute: Any) -> None:
    cloud.ec2.modify_network_interface_attribute(NetworkInterfaceId=identity, **attribute)
