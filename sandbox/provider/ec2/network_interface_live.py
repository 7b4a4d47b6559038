"""What lives on network interfaces: who holds one, which addresses are taken, which groups fit.

moto leaves the interfaces of a terminated instance attached to it; here they count as free.
"""

from typing import Any

from sandbox.provider.cloud import Cloud, refuse
from sandbox.provider.ec2.network_interface_addresses import address_refusal, free_addresses

_MOST_GROUPS = 5  # https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html
LISTING = ("describe_network_interfaces", "NetworkInterfaces")


def find_interface(cloud: Cloud, identity: str) -> dict[str, Any] | None:
    """Describe an interface, or None when there is none."""
    return cloud.find(*LISTING, NetworkInterfaceIds=[identity])


def attachment_of(cloud: Cloud, interface: dict[str, Any]) -> dict[str, Any] | None:
    """Return what attaches an interface to an instance that lives, or None."""
    attachment = interface.get("Attachment")
    instance = attachment and attachment.get("InstanceId")
    return attachment if not instance or _lives(cloud, instance) else None


def interfaces_in_use(cloud: Cloud, **filters: str | list[str]) -> list[dict[str, Any]]:
    """List interfaces by filters, without those that a terminated instance left behind."""
    return [
        interface
        for interface in cloud.list_all(*LISTING, **filters)
        if "Attachment" not in interface or attachment_of(cloud, interface)
    ]


def addresses_of(interface: dict[str, Any]) -> list[str]:
    """List an interface's private IPv4 addresses, the primary one first."""
    each = sorted(interface["PrivateIpAddresses"], key=lambda entry: not entry.get("Primary"))
    return [entry["PrivateIpAddress"] for entry in each]


def taken_addresses(cloud: Cloud, subnet_id: str) -> set[str]:
    """Collect the IPv4 addresses that interfaces of a subnet have."""
    interfaces = interfaces_in_use(cloud, subnet_id=subnet_id)
    return {address for interface in interfaces for address in addresses_of(interface)}


def choose_addresses(
    cloud: Cloud, operation: str, subnet: dict[str, Any], fixed: list[str], count: int
) -> list[str]:
    """Return the fixed addresses and as many free ones as `count` needs; refuse bad ones.

    moto takes any text for an address, and gives addresses that AWS reserves or that are taken.
    """
    taken = taken_addresses(cloud, subnet["SubnetId"])
    for address in fixed:
        refusal = address_refusal(address, subnet["CidrBlock"], taken)
        if refusal:
            refuse(operation, *refusal)
    free = free_addresses(subnet["CidrBlock"], taken | set(fixed))
    chosen = [
        *fixed,
        *(address for address, _ in zip(free, range(count - len(fixed)), strict=False)),
    ]
    if len(chosen) < count:
        words = (
            f"There are not enough free addresses in subnet '{subnet['SubnetId']}' "
            "to satisfy the requested number of instances."
        )
        refuse(operation, "InsufficientFreeAddressesInSubnet", words)
    return chosen


def find_subnet(cloud: Cloud, operation: str, subnet_id: str) -> dict[str, Any]:
    """Describe a subnet, or refuse when there is none."""
    subnet = cloud.find("describe_subnets", "Subnets", SubnetIds=[subnet_id])
    if subnet is None:
        words = f"The subnet ID '{subnet_id}' does not exist"
        refuse(operation, "InvalidSubnetID.NotFound", words)
    return subnet


def refuse_foreign_groups(
    cloud: Cloud, operation: str, subnet: dict[str, Any], group_ids: list[str]
) -> None:
    """Refuse groups that do not exist, or that belong to another VPC than the subnet.

    moto invents a group for an id that it does not know.
    """
    for group_id in group_ids:
        found = cloud.find("describe_security_groups", "SecurityGroups", GroupIds=[group_id])
        if found is None:
            words = f"The security group '{group_id}' does not exist in VPC '{subnet['VpcId']}'"
            refuse(operation, "InvalidGroup.NotFound", words)
        if found["VpcId"] != subnet["VpcId"]:
            words = (
                f"Security group {group_id} and subnet {subnet['SubnetId']} "
                "belong to different networks."
            )
            refuse(operation, "InvalidParameter", words)


def refuse_bad_groups(
    cloud: Cloud, operation: str, subnet: dict[str, Any], group_ids: list[str]
) -> None:
    """Refuse foreign groups, and more than AWS allows for one interface."""
    if len(group_ids) > _MOST_GROUPS:
        words = "The maximum number of security groups per interface has been reached."
        refuse(operation, "SecurityGroupsPerInterfaceLimitExceeded", words)
    refuse_foreign_groups(cloud, operation, subnet, group_ids)


def _lives(cloud: Cloud, instance_id: str) -> bool:
    found = cloud.find("describe_instances", "Reservations", InstanceIds=[instance_id])
    return bool(found) and found["Instances"][0]["State"]["Name"] != "terminated"
