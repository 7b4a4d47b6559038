"""Address plans: which ranges fit a VPC, and which addresses a node and the virtual IP may have.

Pure. Every function raises ValueError with the name of the input, its value and the remedy.
"""

from collections.abc import Mapping, Sequence
from ipaddress import IPv4Address, IPv4Network
from itertools import combinations

# Blocks in which no host has its address (RFC 6890): this network, loopback, link-local (AWS's own
# services live there), multicast, and the reserved rest.
RESERVED_RANGES = ("0.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "224.0.0.0/4", "240.0.0.0/4")
# RFC 1918, and RFC 6598's shared space, which no network announces to the internet either.
PRIVATE_RANGES = ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10")

# A range of clients is somebody's own network, and not a part of the internet.
WIDEST_PREFIX = 8


def check_subnets(vpc_ranges: Sequence[str], subnets: Mapping[str, str]) -> None:
    """Check that every subnet, by its name, lies in a range of the VPC and in no other subnet."""
    wholes = [parse_range("cidr_block", text) for text in vpc_ranges]
    parts = {name: parse_range(name, text) for name, text in subnets.items()}
    for name, part in parts.items():
        if not any(part.subnet_of(whole) for whole in wholes):
            ranges = ", ".join(vpc_ranges)
            raise ValueError(f"{name}: {part} is outside the VPC's range {ranges}; move it inside")
    for (first, one), (second, other) in combinations(parts.items(), 2):
        if one.overlaps(other):
            raise ValueError(f"{second}: {other} overlaps {first}, {one}; give each its own range")


def check_client_range(name: str, text: str) -> None:
    """Check a range from which clients may connect."""
    if parse_range(name, text).prefixlen < WIDEST_PREFIX:
        raise ValueError(f"{name}: {text} is too wide; name your own network: /{WIDEST_PREFIX}")


def unusable_as_far_range(
    far: IPv4Network, vpc_ranges: Sequence[str], virtual_ip: IPv4Address | None
) -> str | None:
    """Return what to name instead where the nodes' tables must not lead to a range, else None."""
    if not any(far.subnet_of(IPv4Network(private)) for private in PRIVATE_RANGES):
        ranges = ", ".join(PRIVATE_RANGES)
        return f"name a private range, inside {ranges}: a route to any other opens the network"
    for text in vpc_ranges:
        if far.overlaps(IPv4Network(text)):
            return f"name a range beyond the VPC's, {text}"
    if virtual_ip in far:
        return f"name a range without the virtual IP, {virtual_ip}"
    return None


def virtual_ip_destination(virtual_ip: str, vpc_ranges: Sequence[str]) -> str:
    """Return the destination of the virtual IP's routes, a host's /32 outside every VPC range.

    Inside a range the VPC's own local route would win, whatever the tables say:
    https://docs.aws.amazon.com/vpc/latest/userguide/route-tables-priority.html
    """
    address = parse_address("virtual_ip", virtual_ip)
    for text in vpc_ranges:
        if address in parse_range("vpc_cidr_blocks", text):
            raise ValueError(
                f"virtual_ip: {address} is inside the VPC's range {text}; take another"
            )
    unusable = unusable_as_virtual_ip(address)
    if unusable:
        raise ValueError(f"virtual_ip: {address}: {unusable}")
    return f"{address}/32"


def unusable_as_virtual_ip(address: IPv4Address) -> str | None:
    """Return what to choose instead where no host can have this address, else None."""
    for block in RESERVED_RANGES:
        if address in IPv4Network(block):
            return f"choose an address outside {block}: it is reserved"
    if address.packed[-1] in (0, 255):
        return "choose a host's address: the last number is 1 to 254"
    return None


def free_addresses(subnet: IPv4Network) -> tuple[IPv4Address, IPv4Address]:
    """Return the first and the last address of a subnet that an instance may have.

    AWS keeps the first four and the last:
    https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html
    """
    return subnet[4], subnet[-2]


def parse_range(name: str, text: str) -> IPv4Network:
    """Return a range written in CIDR notation without host bits."""
    try:
        return IPv4Network(text)
    except ValueError as error:
        raise ValueError(f"{name}: {text!r} is not a range of IPv4 addresses: {error}") from None


def parse_address(name: str, text: str) -> IPv4Address:
    """Return a single address."""
    try:
        return IPv4Address(text)
    except ValueError as error:
        raise ValueError(f"{name}: {text!r} is not an IPv4 address: {error}") from None
