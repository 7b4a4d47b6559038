"""The network interfaces of a load balancer, one in each of its subnets.

moto makes none. With them a subnet or a security group cannot be deleted while a load balancer
uses it, and a network load balancer's addresses can be read. AWS's description tells whose one is.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from sandbox.provider.cloud import Cloud
from sandbox.provider.ec2.network_interface_live import (
    LISTING,
    addresses_of,
    choose_addresses,
    find_subnet,
)
from sandbox.provider.elb.names import suffix_of
from sandbox.provider.injected_faults import exempt


def interfaces_by_subnet(cloud: Cloud, arn: str) -> dict[str, dict[str, Any]]:
    """Return the interfaces of a load balancer, by subnet."""
    listed = cloud.list_all(*LISTING, description=_description(arn))
    return {each["SubnetId"]: each for each in listed}


@exempt()
def furnish(
    cloud: Cloud,
    operation: str,
    arn: str,
    mappings: Iterable[Mapping[str, Any]],
    groups: list[str],
) -> None:
    """See that each subnet of a load balancer holds one interface of it, and no other does."""
    present = interfaces_by_subnet(cloud, arn)
    wanted = {each["subnetId"]: each for each in mappings}
    for subnet, interface in present.items():
        if subnet not in wanted:
            _delete(cloud, interface)
    for subnet, mapping in wanted.items():
        if subnet not in present:
            _add(cloud, operation, arn, mapping, groups)
        else:
            cloud.ec2.modify_network_interface_attribute(
                NetworkInterfaceId=present[subnet]["NetworkInterfaceId"], Groups=groups
            )


@exempt()
def remove_interfaces(cloud: Cloud, arn: str) -> None:
    """Delete all interfaces of a load balancer; elastic addresses become free."""
    for interface in interfaces_by_subnet(cloud, arn).values():
        _delete(cloud, interface)


def mapping_of(subnet: str, interface: Mapping[str, Any] | None, *, fixed: bool) -> dict[str, Any]:
    """Describe one subnet of a load balancer; a `fixed` private address is told."""
    mapping: dict[str, Any] = {"subnetId": subnet, "outpostId": ""}
    if interface is None:
        return mapping
    allocation = interface.get("Association", {}).get("AllocationId")
    if allocation:
        mapping["allocationId"] = allocation
    if fixed:
        mapping["privateIpv4Address"] = addresses_of(dict(interface))[0]
    return mapping


def _add(
    cloud: Cloud, operation: str, arn: str, mapping: Mapping[str, Any], groups: list[str]
) -> None:
    subnet = find_subnet(cloud, operation, mapping["subnetId"])
    address = mapping.get("privateIpv4Address")
    (chosen,) = choose_addresses(cloud, operation, subnet, [address] if address else [], 1)
    made = cloud.ec2.create_network_interface(
        SubnetId=mapping["subnetId"],
        Groups=groups,
        Description=_description(arn),
        PrivateIpAddress=chosen,
    )
    if mapping.get("allocationId"):
        cloud.ec2.associate_address(
            AllocationId=mapping["allocationId"],
            NetworkInterfaceId=made["NetworkInterface"]["NetworkInterfaceId"],
        )


def _delete(cloud: Cloud, interface: Mapping[str, Any]) -> None:
    association = interface.get("Association", {}).get("AssociationId")
    if association:
        cloud.ec2.disassociate_address(AssociationId=association)
    cloud.ec2.delete_network_interface(NetworkInterfaceId=interface["NetworkInterfaceId"])


def _description(arn: str) -> str:
    return f"ELB {suffix_of(arn)}"
