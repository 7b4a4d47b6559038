"""The places of a network: VPCs, their ranges, subnets; and who may change them out of sight."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from guardrails.model.knowledge import Many, Maybe, Reference, Sure, Unknown

Tags = Mapping[str, Sure[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Vpc:
    """A VPC that the stack makes, adopts or reads.

    `default` is AWS's default VPC, whose main table leads to the internet; `may_be_default` is one
    that looks like it. `managed` is False for one that is only read: what AWS or others put into
    its main table cannot be seen.
    """

    key: str
    scope: str
    name: str
    default: bool = False
    may_be_default: bool = False
    managed: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class VpcRange:
    """A range of a VPC from any source: its own, secondary, IPv6, IPAM, secondary network.

    `within` are ranges of the IPAM pool that `cidr` is taken from: an upper bound while `cidr` is
    unknown. Empty: no bound. `version` (4 or 6) matters while `cidr` is unknown; None: either.
    """

    key: str
    vpc: Reference
    cidr: Sure[str]
    within: Many[str] = ()
    version: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Subnet:
    """A subnet. `cidrs` are its IPv4 and IPv6 ranges; `name` is the name its author gave it.

    `tags` unite every source: own, provider defaults, stand-alone tag resources.
    """

    key: str
    scope: str
    name: str
    vpc: Reference
    cidrs: Many[str] = ()
    tags: Tags | Unknown = field(default_factory=dict[str, str | Unknown])
    maps_public_address: Maybe[bool] = None
    default: bool = False

    @property
    def hands_out_public_addresses(self) -> Sure[bool]:
        """Tell whether machines get public addresses: AWS's default subnets do (AWS VPC guide)."""
        return self.default if self.maps_public_address is None else self.maps_public_address


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicAccessExclusion:
    """Exempts a VPC, or one subnet, from the account's VPC Block Public Access."""

    key: str
    vpc: Reference
    subnet: Reference


@dataclass(frozen=True, slots=True, kw_only=True)
class IgnoredChanges:
    """The program leaves `properties` of the resource `key` alone (`ignoreChanges`).

    They are among those by which rules decide about it.
    """

    key: str
    properties: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class UnseenWriter:
    """Something that may write to the network out of sight; `what` says how ("a template").

    `certain`: what is visible of it says that it makes VPCs, subnets or routes.
    """

    key: str
    scope: str
    what: str
    certain: bool = False
