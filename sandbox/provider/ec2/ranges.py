"""The address ranges of VPCs and subnets, as AWS describes them."""

import ipaddress
from collections.abc import Mapping
from typing import Any

from sandbox.provider.values import canonical_network


def ipv6_associations(thing: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the IPv6 ranges of a VPC or a subnet that were not taken away.

    Whatever is not leaving counts: moto describes the state of a subnet's range as "".
    """
    return [
        each
        for each in thing.get("Ipv6CidrBlockAssociationSet", ())
        if not each["Ipv6CidrBlockState"]["State"].startswith("disassociat")
    ]


def ranges_of(thing: Mapping[str, Any]) -> list[str]:
    """Return all ranges of a VPC or a subnet, IPv4 and IPv6, in their one spelling."""
    first = [thing["CidrBlock"]] if thing.get("CidrBlock") else []
    more = [
        each["CidrBlock"]
        for each in thing.get("CidrBlockAssociationSet", ())
        if not each["CidrBlockState"]["State"].startswith("disassociat")
    ]
    ipv6 = [each["Ipv6CidrBlock"] for each in ipv6_associations(thing)]
    return list(dict.fromkeys(canonical_network(each) for each in first + more + ipv6))


def is_inside(inner: str, outer: str) -> bool:
    """Tell whether a range lies in another or is equal to it."""
    small: Any = ipaddress.ip_network(inner)
    large: Any = ipaddress.ip_network(outer)
    return small.version == large.version and small.subnet_of(large)
