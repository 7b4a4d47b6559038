"""Which words of a subnet's name are its own, and which are those of its VPC.

Programs name subnets after their VPC: awsx calls two subnets of a VPC `public-api`
`public-api-private-1` and `public-api-public-1`.
"""

import re
from typing import Final

_WORD: Final = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+")
_GENERIC: Final = frozenset({"vpc", "network", "net"})


def own_part(name: str, vpc: str) -> str:
    """Return `name` without the VPC's name, if it begins or ends with that ("" if it is that).

    Words that any VPC may be called by (`public-api-vpc`) may be missing in the subnet's name.
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
