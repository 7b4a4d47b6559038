"""Where a load balancer stands: its subnets, and what AWS refuses of them.

moto takes any subnets. Rules:
https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateLoadBalancer.html
"""

from collections.abc import Iterable, Mapping
from itertools import islice
from typing import Any

from sandbox.provider.cloud import Cloud, refuse
from sandbox.provider.ec2.network_interface_addresses import address_refusal, free_addresses
from sandbox.provider.ec2.network_interface_live import taken_addresses
from sandbox.provider.elb.load_balancer_attributes import APPLICATION, GATEWAY, NETWORK
from sandbox.provider.wire import Properties

Subnet = dict[str, Any]
_LEAST_ZONES = 2
_FREE_ADDRESSES = 8


def mappings_of(inputs: Properties) -> list[dict[str, Any]]:
    """Return an entry for each subnet that the inputs name, with the addresses given for it."""
    if inputs.get("subnetMappings"):
        return list(inputs["subnetMappings"])
    subnets: list[str] = inputs.get("subnets") or []
    return [{"subnetId": identity} for identity in subnets]


def require_places(
    cloud: Cloud, operation: str, inputs: Properties, present: Iterable[str] = ()
) -> list[Subnet]:
    """Return the subnets of a load balancer, or refuse what AWS refuses of them.

    `present` are those in which it stands already.
    """
    mappings = mappings_of(inputs)
    subnets = [_find(cloud, operation, each["subnetId"]) for each in mappings]
    kind = inputs["loadBalancerType"]
    _refuse_zones(operation, kind, subnets)
    _refuse_addresses(operation, kind, inputs, mappings)
    stands = set(present)
    for subnet, mapping in zip(subnets, mappings, strict=True):
        if subnet["SubnetId"] in stands:
            continue
        _refuse_taken(cloud, operation, subnet, mapping)
        if kind == APPLICATION:
            _refuse_crowded(cloud, operation, subnet)
    refuse_without_ipv6(operation, inputs.get("ipAddressType"), subnets)
    return subnets


def needs_other_places(kind: str | None, name: str, old: list[Any], new: list[Any]) -> bool:
    """Tell whether a load balancer of this type cannot move from the old subnets to the new ones.

    Upstream's rule: an application one takes and gives back whole entries, a network one only
    takes them; by plain ids an application one moves anywhere, a network one grows.
    """
    if name == "subnets":
        return kind == NETWORK and len(new) <= len(old)
    if kind not in (APPLICATION, NETWORK):
        return False
    before, after = _keys(old), _keys(new)
    if len(after) > len(before):
        return not before <= after
    return not (kind == APPLICATION and len(after) < len(before) and after <= before)


def _keys(mappings: list[dict[str, Any]]) -> set[tuple[str, str, str]]:
    return {
        (each["subnetId"], each.get("allocationId") or "", each.get("privateIpv4Address") or "")
        for each in mappings
    }


def refuse_unreachable(cloud: Cloud, operation: str, inputs: Properties, vpc: str) -> None:
    """Refuse a load balancer that faces the internet in a VPC without an internet gateway."""
    if inputs.get("internal") or inputs["loadBalancerType"] not in (APPLICATION, NETWORK):
        return
    listing = ("describe_internet_gateways", "InternetGateways")
    if not cloud.list_all(*listing, attachment__vpc_id=vpc):
        refuse(operation, "InvalidSubnet", f"VPC {vpc} has no internet gateway")


def refuse_without_ipv6(operation: str, address_type: str | None, subnets: list[Subnet]) -> None:
    """Refuse both address families where a subnet has only IPv4."""
    if address_type != "dualstack":
        return
    if any(not subnet.get("Ipv6CidrBlockAssociationSet") for subnet in subnets):
        words = "You must specify subnets with an associated IPv6 CIDR block."
        refuse(operation, "InvalidSubnet", words)


def require_groups(cloud: Cloud, operation: str, inputs: Properties, vpc: str) -> list[str]:
    """Return the security groups: those given, or the VPC's default one where AWS needs one."""
    kind, groups = inputs["loadBalancerType"], inputs.get("securityGroups")
    listing = ("describe_security_groups", "SecurityGroups")
    if groups and kind == GATEWAY:
        words = "Security groups are not supported for load balancers with type 'gateway'"
        refuse(operation, "InvalidConfigurationRequest", words)
    if not groups and kind != APPLICATION:
        return []
    if not groups:
        (default,) = cloud.list_all(*listing, vpc_id=vpc, group_name="default")
        return [default["GroupId"]]
    known = {each["GroupId"] for each in cloud.list_all(*listing, vpc_id=vpc)}
    if not known.issuperset(groups):
        words = "One or more security groups are invalid"
        refuse(operation, "InvalidConfigurationRequest", words)
    return list(groups)


def _find(cloud: Cloud, operation: str, identity: str) -> Subnet:
    subnet = cloud.find("describe_subnets", "Subnets", SubnetIds=[identity])
    if subnet is None:
        refuse(operation, "SubnetNotFound", f"The subnet ID '{identity}' is not valid")
    return subnet


def _refuse_zones(operation: str, kind: str, subnets: list[Subnet]) -> None:
    zones = [subnet["AvailabilityZone"] for subnet in subnets]
    if len(set(zones)) < len(zones):
        words = (
            "A load balancer cannot be attached to multiple subnets in the same Availability Zone"
        )
        refuse(operation, "InvalidConfigurationRequest", words)
    if len({subnet["VpcId"] for subnet in subnets}) > 1:
        words = "All subnets must belong to the same VPC"
        refuse(operation, "InvalidConfigurationRequest", words)
    if kind == APPLICATION and len(zones) < _LEAST_ZONES:
        words = "At least two subnets in two different Availability Zones must be specified"
        refuse(operation, "ValidationError", words)


def _refuse_addresses(
    operation: str, kind: str, inputs: Properties, mappings: list[dict[str, Any]]
) -> None:
    """Refuse fixed addresses where a load balancer can have none."""
    internal = bool(inputs.get("internal"))
    rules: Mapping[str, tuple[bool, str]] = {
        "allocationId": (kind == NETWORK and not internal, "internet-facing"),
        "privateIpv4Address": (kind == NETWORK and internal, "internal"),
    }
    for name, (allowed, scheme) in rules.items():
        if not allowed and any(each.get(name) for each in mappings):
            words = f"{name} is supported for {scheme} load balancers with type 'network' only"
            refuse(operation, "InvalidConfigurationRequest", words)


def _refuse_taken(cloud: Cloud, operation: str, subnet: Subnet, mapping: Mapping[str, Any]) -> None:
    """Refuse a fixed private address that is not free, and an elastic one that is in use."""
    address, allocation = mapping.get("privateIpv4Address"), mapping.get("allocationId")
    if address:
        taken = taken_addresses(cloud, subnet["SubnetId"])
        refusal = address_refusal(address, subnet["CidrBlock"], taken)
        if refusal:
            refuse(operation, *refusal)
    if allocation:
        found = cloud.find("describe_addresses", "Addresses", AllocationIds=[allocation])
        if found is None or found.get("AssociationId"):
            words = f"The allocation IDs '{allocation}' are not available for use"
            refuse(operation, "InvalidConfigurationRequest", words)


def _refuse_crowded(cloud: Cloud, operation: str, subnet: Subnet) -> None:
    free = free_addresses(subnet["CidrBlock"], taken_addresses(cloud, subnet["SubnetId"]))
    if len(list(islice(free, _FREE_ADDRESSES))) < _FREE_ADDRESSES:
        words = (
            f"Not enough IP space available in {subnet['SubnetId']}. "
            f"ELB requires at least {_FREE_ADDRESSES} free IP addresses in each subnet."
        )
        refuse(operation, "InvalidSubnet", words)
