"""Reads machines: network interfaces, and the instances that have them."""

from collections.abc import Iterator

from guardrails.model.knowledge import External, Many, Maybe, Reference, Sure, Unknown
from guardrails.model.machines import Instance, NetworkInterface
from guardrails.pulumi_reader.protobuf import HIDDEN
from guardrails.pulumi_reader.resource import Resource, Row
from guardrails.pulumi_reader.stack import Stack
from guardrails.pulumi_reader.types.kinds import Kind

_INSTANCE = "aws:ec2/instance:Instance"


def _addresses(resource: Resource, *names: str) -> Many[str]:
    found = [value for name in names for value in resource.texts(name)]
    return tuple(dict.fromkeys(found))


_INTERFACE_ADDRESSES = (
    "privateIps",
    "privateIpLists",
    "privateIp",
    "ipv4Prefixes",
    "ipv6Addresses",
    "ipv6AddressLists",
    "ipv6Prefixes",
)


def read_interface(resource: Resource, stack: Stack) -> Iterator[object]:
    """Read a stand-alone network interface."""
    instance: Reference = None
    for row in resource.rows("attachments"):
        if isinstance(row, Row):
            instance = stack.refer(row, "instance", Kind.INSTANCE)
        else:
            instance = resource.missing("attachments")
    yield NetworkInterface(
        key=resource.urn,
        scope=resource.place.scope,
        name=resource.name,
        subnet=stack.refer(resource, "subnetId", Kind.SUBNET),
        instance=stack.attached.instance_of.get(resource.urn, instance),
        addresses=_addresses(resource, *_INTERFACE_ADDRESSES),
        source_dest_check=resource.sure_flag("sourceDestCheck", default=True),
    )


def read_instance(resource: Resource, stack: Stack) -> Iterator[object]:
    """Read an instance with the interfaces that it names and those attached to it."""
    interfaces = [
        stack.refer(row, "networkInterfaceId", Kind.INTERFACE)
        if isinstance(row, Row)
        else resource.missing("networkInterfaces")
        for name in ("networkInterfaces", "primaryNetworkInterface")
        for row in resource.rows(name)
    ]
    interfaces.append(stack.refer(resource, "primaryNetworkInterfaceId", Kind.INTERFACE))
    attached = [
        interface
        for interface, instance in stack.attached.instance_of.items()
        if instance == resource.urn
    ]
    primary = _given_first(resource, stack)
    subnet = stack.refer(resource, "subnetId", Kind.SUBNET)
    every = [each for each in (*interfaces, *attached) if each is not None]
    yield Instance(
        key=resource.urn,
        scope=resource.place.scope,
        name=resource.name,
        subnet=subnet,
        interfaces=tuple(dict.fromkeys(every)),
        addresses=_addresses(resource, "privateIp", "secondaryPrivateIps"),
        primary=primary,
        source_dest_check=_shown_check(resource, primary, stack),
        switches_check_on=_switches_check_on(resource),
    )


def _given_first(resource: Resource, stack: Stack) -> Reference:
    """Return the interface that an instance was given as its first one, None if it was not."""
    for name in ("primaryNetworkInterface", "networkInterfaces"):
        for row in resource.rows(name):
            if not isinstance(row, Row):
                return resource.missing(name)
            place = row.number("deviceIndex")
            if isinstance(place, Unknown):
                return place
            given = stack.refer(row, "networkInterfaceId", Kind.INTERFACE)
            if given is not None and not place:
                return _not_its_own(resource, row, given)
    return None


def _not_its_own(resource: Resource, row: Row, given: Reference) -> Reference:
    """Tell an interface that AWS made with the instance from one outside of the stack.

    The instance shows the id of either as that of its first interface.
    """
    if given != resource.urn:
        return given
    identity = row.text("networkInterfaceId")
    written = resource.written(row.within)
    return External(identity) if isinstance(identity, str) and written is not None else None


def _shown_check(resource: Resource, primary: Reference, stack: Stack) -> Maybe[bool]:
    """Return the check of an instance's first interface, None where the instance shows none.

    One that a preview has yet to make shows the provider's default, not the interface's check.
    """
    if primary is None:
        return resource.sure_flag("sourceDestCheck", default=True)
    if stack.preview and not resource.exists:
        return None
    return resource.flag("sourceDestCheck")


def _switches_check_on(resource: Resource) -> Sure[bool]:
    """Tell whether the provider writes its default through to the interface that it was given.

    It does so for `primaryNetworkInterface` (terraform-provider-aws #44768), not for the older
    `networkInterfaces`, and not where the program ignores the difference.
    """
    if resource.type != _INSTANCE or resource.only_read or resource.ignores("sourceDestCheck"):
        return False
    written = resource.written("primaryNetworkInterface")
    return resource.missing("primaryNetworkInterface") if written is HIDDEN else written is not None
