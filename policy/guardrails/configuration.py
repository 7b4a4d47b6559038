"""What users configure for the judge: which subnets are private, virtual IPs, known facts."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache
from ipaddress import ip_network
from itertools import chain
from typing import Final

from guardrails.addresses import (
    NOT_UNICAST,
    V4,
    AddressError,
    Block,
    contains,
    is_broad,
    merge,
    parse_host,
    parse_range,
    public_part,
    show,
)
from guardrails.name_patterns import read_name

_MOST_INSIDE: Final = 1 << 28
"""A sixteenth of IPv4: more than any organisation uses inside, also of ranges of others."""


class Unclassified(StrEnum):
    """What a subnet is that nothing classifies."""

    PRIVATE = "private"
    PUBLIC = "public"
    UNVERIFIED = "unverified"


class Exit(StrEnum):
    """A kind of exit to the internet, as `allowedExits` and `advisoryExits` name it.

    An internet gateway is none of them: it lets connections in as well, so no configuration allows
    it. A carrier gateway does the same, and can be made advisory at most.
    """

    NAT = "nat"
    NAT_INSTANCE = "nat-instance"
    EGRESS_ONLY = "egress-only"
    CARRIER = "carrier"


_WORD: Final = r"(?:^|[^a-z]|(?-i:(?<=[a-z])(?=[A-Z])))"
"""Where a word begins: the names of subnets are written this-way, this_way and ThisWay."""
_PRIVATE_NAMES: Final = (
    r"(?<!non)(?<!non[-_. ])private|isolated",
    rf"{_WORD}(intra|internal|(no|non|not|un)[-_. ]?public)",
)
_PUBLIC_NAMES: Final = (
    # A republic, publications, a company of that name and the public sector are no public subnets.
    r"(?-i:(?<![Rr]e)public|Public|PUBLIC)(?!ati|is|ity|[-_. ]?(sector|health|safety|affairs))",
    rf"{_WORD}dmz",
)

_TYPE_TAGS: Final = ("SubnetType", "subnet-type", "subnet_type", "Type", "cpco.io/subnet/type")
"""Keys under which a type is written: awsx's, people's, Cloud Posse's modules'."""


def _private_tags() -> dict[str, frozenset[str]]:
    return {
        "Tier": frozenset({"private", "isolated", "intra", "database", "internal", "closed"}),
        **dict.fromkeys(_TYPE_TAGS, frozenset({"private", "isolated", "internal"})),
        "aws-cdk:subnet-type": frozenset({"private", "isolated", "privatewithegress"}),
        "Network": frozenset({"private", "isolated", "internal"}),
        "kubernetes.io/role/internal-elb": frozenset({"1", "", "true"}),
    }


def _public_tags() -> dict[str, frozenset[str]]:
    return {
        "Tier": frozenset({"public", "dmz"}),
        **dict.fromkeys(_TYPE_TAGS, frozenset({"public"})),
        "aws-cdk:subnet-type": frozenset({"public"}),
        "Network": frozenset({"public"}),
        "kubernetes.io/role/elb": frozenset({"1", "", "true"}),
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class Configuration:
    """Everything a user may configure. Keys are URNs, URN patterns (`*`, `?`) or AWS ids.

    Tag keys are compared whatever their case, values likewise; `private_names` and `public_names`
    are regular expressions searched in a subnet's name without regard to case.

    Raises ValueError with every range, virtual IP and regular expression that cannot be read.
    """

    private_subnets: tuple[str, ...] = ()
    public_subnets: tuple[str, ...] = ()
    private_tags: Mapping[str, frozenset[str]] = field(default_factory=_private_tags)
    public_tags: Mapping[str, frozenset[str]] = field(default_factory=_public_tags)
    private_names: tuple[str, ...] = _PRIVATE_NAMES
    public_names: tuple[str, ...] = _PUBLIC_NAMES
    unclassified: Unclassified = Unclassified.UNVERIFIED
    internal_ranges: tuple[str, ...] = ()
    """Public address ranges that the organisation uses inside: no internet behind them."""
    allowed_exits: frozenset[Exit] = frozenset()
    """Kinds of exit that a private subnet may use."""
    advisory_exits: frozenset[Exit] = frozenset()
    """Kinds of exit whose use is a violation that only advises."""
    closed_tables: frozenset[str] = frozenset()
    """Route tables outside of the stack that are known to have no egress."""
    closed_targets: frozenset[str] = frozenset()
    """Route targets behind which, out of sight, nothing is known to lead to the internet."""
    https_only_groups: frozenset[str] = frozenset()
    """Security groups outside of the stack that are known to admit tcp/443 and nothing else."""
    vpc_ranges: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    """All ranges of a VPC, by the VPC's key or id: complete, in place of what is visible."""
    virtual_ips: tuple[str, ...] = ()
    endpoint_like: frozenset[str] = frozenset()
    """`Endpoint.kind`s of other services that are judged too (`aws:opensearch/vpcEndpoint`)."""

    def __post_init__(self) -> None:
        names = (*self.private_names, *self.public_names)
        faults = [
            *_faults(names, read_name),
            *_faults(self.internal_ranges, read_internal_range),
            *_faults(chain.from_iterable(self.vpc_ranges.values()), read_vpc_range),
            *_faults(self.virtual_ips, read_virtual_ip),
        ]
        if faults:
            raise ValueError("\n".join(faults))
        read_internal_ranges(self.internal_ranges)


def read_internal_ranges(texts: Iterable[str]) -> tuple[Block, ...]:
    """Read ranges that one organisation may have inside. Raises AddressError."""
    blocks = tuple(map(read_internal_range, texts))
    total = sum(each.size for each in merge(public_part(blocks)) if each.version == V4)
    if total > _MOST_INSIDE:
        raise AddressError("together they are more of the internet than any organisation has")
    return blocks


def read_internal_range(text: str) -> Block:
    """Read a range that an organisation may have inside. Raises AddressError."""
    block = _read_range(text)
    if is_broad(public_part((block,))):
        raise AddressError(f"{text!r} is more of the internet than any organisation has inside")
    return block


def read_vpc_range(text: str) -> Block:
    """Read a range that a VPC may have. Raises AddressError."""
    block = _read_range(text)
    if block.is_host:
        raise AddressError(f"{text!r} is one address, not the range of a VPC")
    return block


def read_virtual_ip(text: str) -> Block:
    """Read one address that a machine can have. Raises AddressError."""
    return refuse_reserved(parse_host(text))


@lru_cache(maxsize=1 << 16)
def refuse_reserved(address: Block) -> Block:
    """Return an address that a machine can have. Raises AddressError for any other."""
    if contains(NOT_UNICAST, address):
        raise AddressError(f"{show(address)} is reserved: no machine can have it")
    return address


def _read_range(text: str) -> Block:
    """Read a range. AWS clears host bits; in what a person writes they are a slip."""
    block = parse_range(text)
    try:
        ip_network(text)
    except ValueError as error:
        raise AddressError(str(error)) from None
    return block


def _faults(texts: Iterable[str], read: Callable[[str], object]) -> Iterator[str]:
    for text in texts:
        try:
            read(text)
        except ValueError as error:
            yield f"{text!r} cannot be read: {error}"
