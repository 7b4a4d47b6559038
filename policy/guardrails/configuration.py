"""What the judge is told from outside: which subnets are private, virtual IPs, known facts."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import chain

from guardrails.addresses import parse_range


class Unclassified(StrEnum):
    """What a subnet is that nothing classifies."""

    PRIVATE = "private"
    PUBLIC = "public"
    UNVERIFIED = "unverified"


def _private_tags() -> dict[str, frozenset[str]]:
    return {
        "Tier": frozenset({"private", "isolated", "intra", "database", "internal", "closed"}),
        "SubnetType": frozenset({"private", "isolated"}),
        "aws-cdk:subnet-type": frozenset({"private", "isolated", "privatewithegress"}),
        "Network": frozenset({"private", "isolated", "internal"}),
        "kubernetes.io/role/internal-elb": frozenset({"1", "", "true"}),
    }


def _public_tags() -> dict[str, frozenset[str]]:
    return {
        "Tier": frozenset({"public", "dmz"}),
        "SubnetType": frozenset({"public"}),
        "aws-cdk:subnet-type": frozenset({"public"}),
        "Network": frozenset({"public"}),
        "kubernetes.io/role/elb": frozenset({"1", "", "true"}),
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class Configuration:
    """Everything a user may tell the judge. Keys are URNs, URN patterns (`*`, `?`) or AWS ids.

    Tag keys are compared whatever their case, values likewise; `private_names` and `public_names`
    are regular expressions searched in a subnet's name without regard to case. A malformed virtual
    IP is a violation, not an error.

    Raises ValueError with every range and regular expression that cannot be read.
    """

    private_subnets: tuple[str, ...] = ()
    public_subnets: tuple[str, ...] = ()
    private_tags: Mapping[str, frozenset[str]] = field(default_factory=_private_tags)
    public_tags: Mapping[str, frozenset[str]] = field(default_factory=_public_tags)
    private_names: tuple[str, ...] = (r"private|isolated|(^|[^a-z])(intra|internal)",)
    public_names: tuple[str, ...] = (r"public|(^|[^a-z])dmz",)
    unclassified: Unclassified = Unclassified.UNVERIFIED
    internal_ranges: tuple[str, ...] = ()
    """Public address ranges that the organisation uses inside: no internet behind them."""
    closed_tables: frozenset[str] = frozenset()
    """Route tables outside of the stack that are known to hold no way out."""
    https_only_groups: frozenset[str] = frozenset()
    """Security groups outside of the stack that are known to admit tcp/443 and nothing else."""
    vpc_ranges: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    """All ranges of a VPC, by the VPC's key or id: complete, in place of what is visible."""
    virtual_ips: tuple[str, ...] = ()
    endpoint_like: frozenset[str] = frozenset()
    """`Endpoint.kind`s of other services that are judged too (`aws:opensearch/vpcEndpoint`)."""

    def __post_init__(self) -> None:
        names = (*self.private_names, *self.public_names)
        ranges = (*self.internal_ranges, *chain.from_iterable(self.vpc_ranges.values()))
        faults = [*_faults(names, re.compile), *_faults(ranges, parse_range)]
        if faults:
            raise ValueError("\n".join(faults))


def _faults(texts: tuple[str, ...], read: Callable[[str], object]) -> Iterator[str]:
    for text in texts:
        try:
            read(text)
        except (ValueError, re.error) as error:
            yield f"{text!r} cannot be read: {error}"
