"""The network interfaces of an interface endpoint.

moto gives them a random address outside the subnet and the VPC's default group, makes none for a
subnet that is added later and keeps the one of a subnet that is removed. Here each subnet of the
endpoint gets one with an address of the subnet and the endpoint's groups; AWS's description tells
whose it is. What stays wrong for other readers: moto keeps the random address in the field
`PrivateIpAddress` (`PrivateIpAddresses` is right), calls the type `interface` and the requester
unmanaged.
"""

from collections.abc import Mapping
from typing import Any

from sandbox.provider.cloud import Cloud, unless_gone
from sandbox.provider.ec2.network_interface_live import (
    LISTING,
    addresses_of,
    choose_addresses,
    find_subnet,
)
from sandbox.provider.injected_faults import exempt


def endpoint_interfaces(cloud: Cloud, endpoint: Mapping[str, Any]) -> list[dict[str, Any]]:
    """List the interfaces that an endpoint has in its subnets, by subnet."""
    listed = cloud.list_all(*LISTING, description=_description(endpoint["VpcEndpointId"]))
    known = {each["NetworkInterfaceId"] for each in listed}
    others = [identity for identity in endpoint["NetworkInterfaceIds"] if identity not in known]
    for identity in others:
        found = cloud.find(*LISTING, NetworkInterfaceIds=[identity])
        listed += [found] if found else []
    subnets = endpoint["SubnetIds"]
    mine = [each for each in listed if each["SubnetId"] in subnets]
    return sorted(mine, key=lambda each: subnets.index(each["SubnetId"]))


def private_address(interface: Mapping[str, Any]) -> str:
    """Return the address under which an endpoint is reached in a subnet."""
    return addresses_of(dict(interface))[0]


@exempt()
def furnish(
    cloud: Cloud, operation: str, endpoint: Mapping[str, Any], fixed: Mapping[str, str]
) -> None:
    """See that every subnet of an endpoint holds one interface of it, and no other subnet does.

    `fixed` gives the address of an interface by its subnet.
    """
    identity = endpoint["VpcEndpointId"]
    groups = [group["GroupId"] for group in endpoint["Groups"]]
    present = {each["SubnetId"]: each for each in endpoint_interfaces(cloud, endpoint)}
    for subnet_id in endpoint["SubnetIds"]:
        interface = present.get(subnet_id)
        address = fixed.get(subnet_id)
        if interface is None:
            _add(cloud, operation, identity, groups, subnet_id, address)
            continue
        if interface["Description"] != _description(identity):
            _settle(cloud, operation, identity, interface, address)
        elif address and private_address(interface) != address:
            cloud.ec2.delete_network_interface(NetworkInterfaceId=interface["NetworkInterfaceId"])
            _add(cloud, operation, identity, groups, subnet_id, address)
            continue
        cloud.ec2.modify_network_interface_attribute(
            NetworkInterfaceId=interface["NetworkInterfaceId"], Groups=groups
        )
    remove_interfaces(cloud, identity, but=endpoint["SubnetIds"])


@exempt()
def remove_interfaces(cloud: Cloud, identity: str, but: list[str]) -> None:
    """Delete an endpoint's interfaces, except in the subnets named."""
    for interface in cloud.list_all(*LISTING, description=_description(identity)):
        if interface["SubnetId"] not in but:
            _delete(cloud, interface["NetworkInterfaceId"])


def is_of_an_endpoint(interface: Mapping[str, Any]) -> bool:
    """Tell whether AWS manages an interface for an endpoint."""
    return interface["Description"].startswith(_description(""))


def _delete(cloud: Cloud, interface: str) -> None:
    unless_gone(lambda: cloud.ec2.delete_network_interface(NetworkInterfaceId=interface))


def _add(
    cloud: Cloud,
    operation: str,
    identity: str,
    groups: list[str],
    subnet_id: str,
    address: str | None,
) -> None:
    subnet = find_subnet(cloud, operation, subnet_id)
    fixed = [address] if address else []
    (chosen,) = choose_addresses(cloud, operation, subnet, fixed, 1)
    cloud.ec2.create_network_interface(
        SubnetId=subnet_id,
        Groups=groups,
        Description=_description(identity),
        PrivateIpAddress=chosen,
    )


def _settle(
    cloud: Cloud, operation: str, identity: str, interface: dict[str, Any], address: str | None
) -> None:
    """Turn an interface that moto made into the one that AWS makes."""
    subnet = find_subnet(cloud, operation, interface["SubnetId"])
    fixed = [address] if address else []
    (chosen,) = choose_addresses(cloud, operation, subnet, fixed, 1)
    which = interface["NetworkInterfaceId"]
    former = addresses_of(interface)
    cloud.ec2.assign_private_ip_addresses(NetworkInterfaceId=which, PrivateIpAddresses=[chosen])
    cloud.ec2.unassign_private_ip_addresses(NetworkInterfaceId=which, PrivateIpAddresses=former)
    cloud.ec2.modify_network_interface_attribute(
        NetworkInterfaceId=which, Description={"Value": _description(identity)}
    )


def _description(identity: str) -> str:
    return f"VPC Endpoint Interface {identity}"
