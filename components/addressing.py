"""Address plans: which ranges fit a VPC, and which addresses a node and the virtual IP may have.

Pure. Every function raises ValueError with the name of the input, its value and the remedy.
"""

from collections.abc import Mapping, Sequence
from ipaddress import IPv4Address, IPv4Network
from itertools import combinations


def check_subnets(vpc: str, subnets: Mapping[str, str]) -> None:
    """Check that every subnet, by its name, lies inside the VPC's range and in no other subnet."""
    whole = parse_range("cidr_block", vpc)
    parts = {name: parse_range(name, text) for name, text in subnets.items()}
    for name, part in parts.items():
        if not part.subnet_of(whole):
            raise ValueError(f"{name}: {part} is outside the VPC's range {whole}; move it inside")
    for (first, one), (second, other) in combinations(parts.items(), 2):
        if one.overlaps(other):
            raise ValueError(f"{second}: {other} overlaps {first}, {one}; give each its own range")


def virtual_ip_destination(virtual_ip: str, vpc_ranges: Sequence[str]) -> str:
    """Return the destination of the virtual IP's routes, a /32 outside every range of the VPC.

    Inside a range the VPC's own local route would win, whatever the tables say:
    https://docs.aws.amazon.com/vpc/latest/userguide/route-tables-priority.html
    """
    address = parse_address("virtual_ip", virtual_ip)
    for text in vpc_ranges:
        if address in parse_range("vpc_cidr_blocks", text):
            raise ValueError(
                f"virtual_ip: {address} is inside the VPC's range {text}; take another"
            )
    return f"{address}/32"


def parse_range(name: str, text: str) -> IPv4Network:
    """Return a range written in CIDR notation without host bits."""
    try:
        return IPv4Network(text)
    except ValueError as error:
        raise ValueError(f"{name}: {text!r} is no range of IPv4 addresses: {error}") from None


def parse_address(name: str, text: str) -> IPv4Address:
    """Return a single address."""
    try:
        return IPv4Address(text)
    except ValueError as error:
        raise ValueError(f"{name}: {text!r} is no IPv4 address: {error}") from None
