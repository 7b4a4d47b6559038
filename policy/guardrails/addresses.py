"""Exact algebra of IP address ranges, IPv4 and IPv6 together.

A set of addresses is a sequence of `Block`s; `merge` gives its one canonical form. Addresses that
mean an IPv4 address (IPv4-mapped, RFC 4291 2.5.5.2) become that IPv4 address when they are read.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_network
from typing import NamedTuple

V4, V6 = 4, 6
BITS = {V4: 32, V6: 128}
_MAPPED_LENGTH = 96
_MAPPED = 0xFFFF << 32


class AddressError(ValueError):
    """A text is not a valid range or address; the message says what is wrong with it."""


class Block(NamedTuple):
    """All addresses of IP `version` (4 or 6) from `first` to `last`, both included."""

    version: int
    first: int
    last: int

    @property
    def size(self) -> int:
        """Return the number of addresses."""
        return self.last - self.first + 1

    @property
    def is_host(self) -> bool:
        """Say whether this is one address."""
        return self.first == self.last

    def holds(self, other: "Block") -> bool:
        """Say whether every address of `other` is in this block."""
        same = self.version == other.version
        return same and self.first <= other.first and other.last <= self.last


@lru_cache(maxsize=1 << 16)
def parse_range(text: str) -> Block:
    """Read a range in CIDR notation, or one address. Host bits are cleared, as AWS does.

    Raises AddressError for anything else, netmasks and zone identifiers included.
    """
    network = _network(text)
    first = int(network.network_address)
    last = first | int(network.hostmask)
    mapped = network.version == V6 and first >> 32 == _MAPPED >> 32
    if mapped and network.prefixlen >= _MAPPED_LENGTH:
        return Block(V4, first - _MAPPED, last - _MAPPED)
    return Block(network.version, first, last)


def parse_host(text: str) -> Block:
    """Read one address, with or without the suffix of a range of one (/32, /128).

    Raises AddressError for a range, so that "20.0.0.100/24" is never taken for an address.
    """
    try:
        block = parse_range(text)
    except AddressError:
        raise AddressError(f"{text!r} is not a valid IP address") from None
    if not block.is_host:
        raise AddressError(f"{text!r} is a range of addresses, not one address")
    return block


def _network(text: str) -> IPv4Network | IPv6Network:
    address, slash, length = text.partition("/")
    if "%" in text or (slash and not (length.isascii() and length.isdigit())):
        raise AddressError(f"{text!r} is not a valid range in CIDR notation")
    try:
        return ip_network(f"{address}/{int(length)}" if slash else address, strict=False)
    except ValueError:
        raise AddressError(f"{text!r} is not a valid range in CIDR notation") from None


def merge(blocks: Iterable[Block]) -> tuple[Block, ...]:
    """Return the same addresses as sorted blocks that neither overlap nor touch."""
    merged: list[Block] = []
    for block in sorted(blocks):
        before = merged[-1] if merged else None
        if before and before.version == block.version and block.first <= before.last + 1:
            merged[-1] = before._replace(last=max(before.last, block.last))
        else:
            merged.append(block)
    return tuple(merged)


def subtract(blocks: Iterable[Block], holes: Iterable[Block]) -> tuple[Block, ...]:
    """Return the addresses of `blocks` that are in none of `holes`, in canonical form."""
    left = merge(blocks)
    return tuple(_without(left, merge(holes)))


def _without(blocks: tuple[Block, ...], holes: tuple[Block, ...]) -> Iterator[Block]:
    for version, start, last in blocks:
        first = start
        at = max(bisect_left(holes, (version, first)) - 1, 0)
        while at < len(holes) and holes[at][:2] <= (version, last):
            hole = holes[at]
            at += 1
            if hole.version != version or hole.last < first:
                continue
            if hole.first > first:
                yield Block(version, first, hole.first - 1)
            first = hole.last + 1
        if first <= last:
            yield Block(version, first, last)


def intersect(blocks: Iterable[Block], others: Iterable[Block]) -> tuple[Block, ...]:
    """Return the addresses that are in both, in canonical form."""
    left = merge(blocks)
    return subtract(left, subtract(left, others))


def contains(blocks: Iterable[Block], block: Block) -> bool:
    """Say whether every address of `block` is in `blocks`."""
    return not subtract((block,), blocks)


@lru_cache(maxsize=1 << 16)
def show(block: Block) -> str:
    """Write a block as people do: an address, a CIDR, or "first-last" when it is neither."""
    make = IPv4Address if block.version == V4 else IPv6Address
    if block.is_host:
        return str(make(block.first))
    length = BITS[block.version] - (block.size.bit_length() - 1)
    if block.size & (block.size - 1) == 0 and block.first % block.size == 0:
        return f"{make(block.first)}/{length}"
    return f"{make(block.first)}-{make(block.last)}"


def _blocks(*texts: str) -> tuple[Block, ...]:
    return merge(parse_range(text) for text in texts)


NOT_PUBLIC = merge(
    (
        # IANA IPv4 special-purpose registry (RFC 6890): every block that is not globally reachable.
        *_blocks("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16"),
        *_blocks("172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.168.0.0/16"),
        *_blocks("198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/3"),
        # Global unicast is 2000::/3 (RFC 4291 2.4); documentation ranges inside of it are not.
        *_blocks("::/3", "4000::/2", "8000::/1", "2001:db8::/32", "3fff::/20"),
    )
)
"""Ranges that no route of the internet leads to. All else is public."""
NOT_UNICAST = _blocks(
    *("0.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "224.0.0.0/3"),
    *("::/127", "fe80::/10", "ff00::/8"),
)
"""Ranges out of which no machine can be given an address that others reach."""
NAT64 = parse_range("64:ff9b::/96")
"""The well-known prefix under which IPv6 reaches all of IPv4 (RFC 6052, used by AWS's DNS64)."""


def reached(block: Block) -> tuple[Block, ...]:
    """Return the addresses that packets to `block` can reach: IPv4 ones too behind NAT64."""
    behind = (
        Block(V4, piece.first - NAT64.first, piece.last - NAT64.first)
        for piece in intersect((block,), (NAT64,))
    )
    return (block, *behind)


def public_part(
    blocks: Iterable[Block], outside: tuple[Block, ...] = NOT_PUBLIC
) -> tuple[Block, ...]:
    """Return what of `blocks` is reached in public space, in canonical form.

    `outside` is what does not count as public, in canonical form, so that one large set serves many
    calls; it has to include `NOT_PUBLIC`.
    """
    return tuple(_without(merge(piece for each in blocks for piece in reached(each)), outside))


def is_broad(blocks: Iterable[Block]) -> bool:
    """Say whether disjoint `blocks` are more public space than anyone has for a network of his own.

    That is more than an IPv4 /8 or an IPv6 /16: a default route, its two halves, or a pretended
    part of it. The largest blocks in use are /8 (IANA IPv4 registry) and /19 to /20 (RIR IPv6).
    """
    total = {V4: 0, V6: 0}
    for block in blocks:
        total[block.version] += block.size
    return total[V4] > 1 << 24 or total[V6] > 1 << 112
