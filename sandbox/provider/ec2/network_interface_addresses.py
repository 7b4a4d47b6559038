"""Addresses of network interfaces: which of a subnet's are free, and why one is refused.

AWS keeps the first four addresses of a subnet and its last one for itself:
https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html
"""

import ipaddress
import zlib
from collections.abc import Collection, Iterable, Iterator

_KEPT_AT_THE_START = 4


def address_refusal(address: str, cidr: str, taken: Collection[str]) -> tuple[str, str] | None:
    """Give AWS's code and words against a fixed address in a subnet's range, or None."""
    subnet = ipaddress.IPv4Network(cidr)
    try:
        known = ipaddress.IPv4Address(address)
    except ValueError:
        return ("InvalidParameterValue", f"invalid value for parameter address: [{address}]")
    if known not in subnet:
        words = f"Address {address} does not fall within the subnet's address range"
        return ("InvalidParameterValue", words)
    if known in _kept(subnet):
        return ("InvalidParameterValue", f"Address {address} is in subnet's reserved address range")
    if address in taken:
        return ("InvalidIPAddress.InUse", f"Address {address} is in use.")
    return None


def free_addresses(cidr: str, taken: Collection[str]) -> Iterator[str]:
    """Go through the addresses of a subnet's range that AWS may still give, highest first.

    A program's fixed addresses are mostly low ones, so these seldom get in their way.
    """
    subnet = ipaddress.IPv4Network(cidr)
    kept = _kept(subnet)
    downwards = (subnet[-index] for index in range(1, subnet.num_addresses + 1))
    return (str(each) for each in downwards if each not in kept and str(each) not in taken)


def set_order(addresses: Iterable[str]) -> list[str]:
    """Put a set of addresses into the order in which upstream goes through it: by checksum.

    So the first one, which becomes primary, does not depend on the order that a program gives
    (terraform-plugin-sdk, helper/schema: `Set.List` sorts the decimal CRC-32 of "ADDRESS;").
    """
    return sorted(addresses, key=lambda each: str(zlib.crc32(f"{each};".encode())))


def _kept(subnet: ipaddress.IPv4Network) -> set[ipaddress.IPv4Address]:
    return {*(subnet[index] for index in range(_KEPT_AT_THE_START)), subnet[-1]}
