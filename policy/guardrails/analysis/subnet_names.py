"""The part of a subnet's name that does not repeat the name of its VPC.

Programs name subnets after their VPC: awsx calls two subnets of a VPC `public-api`
`public-api-private-1` and `public-api-public-1`.
"""

import re
from typing import Final

_WORD: Final = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+")
_GENERIC: Final = frozenset({"vpc", "network", "net"})


def own_part(name: str, vpc: str) -> str:
    """Return the name of a subnet without the VPC's name at its beginning or its end.

    It is "" if nothing else is left. The subnet's name may lack the general words of the VPC's: in
    the VPC `public-api-vpc`, the own part of `public-api-private-1` is `private-1`.
    """
    words = list(_WORD.finditer(name))
    texts = [word.group().lower() for word in words]
    of_vpc = [word.lower() for word in _WORD.findall(vpc)]
    for shared in (of_vpc, [word for word in of_vpc if word not in _GENERIC]):
        count = len(shared)
        if not shared or count > len(words):
            continue
        if texts[:count] == shared:
            return name[words[count].start() :] if count < len(words) else ""
        if texts[-count:] == shared:
            return name[: words[-count].start()]
    return name
