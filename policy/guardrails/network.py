"""The elements that carry traffic: VPCs, subnets, tables, routes, gateways, interfaces."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from guardrails.values import Many, Maybe, Reference, Sure, Unknown

Tags = Mapping[str, Sure[str]]
MAIN_TABLE = "#main-route-table"


def main_table_of(vpc: str) -> str:
    """Return the key of the main route table that AWS makes with the VPC of key `vpc`."""
    return vpc + MAIN_TABLE


class TargetKind(StrEnum):
    """What a route's target can be; values are the words used in messages."""

    GATEWAY = "gateway"
    """`gatewayId` before it is known what it names: internet, virtual private, endpoint, local."""
    INTERNET = "internet gateway"
    VIRTUAL_PRIVATE = "virtual private gateway"
    LOCAL = "local"
    NAT = "NAT gateway"
    EGRESS_ONLY = "egress-only internet gateway"
    CARRIER = "carrier gateway"
    TRANSIT = "transit gateway"
    PEERING = "VPC peering connection"
    INTERFACE = "network interface"
    INSTANCE = "instance"
    ENDPOINT = "VPC endpoint"
    LOCAL_GATEWAY = "local gateway"
    CORE_NETWORK = "core network"
    ODB_NETWORK = "ODB network"
    ROUTE_SERVER = "route server"
    OTHER = "target of a type that is not modelled"


@dataclass(frozen=True, slots=True, kw_only=True)
class Vpc:
    """A VPC that the stack makes, adopts or reads.

    `default` is AWS's default VPC, whose main table leads to the internet. `managed` is False for
    one that is only read: what AWS or others put into its main table cannot be seen.
    """

    key: str
    scope: str
    name: str
    default: bool = False
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


@dataclass(frozen=True, slots=True, kw_only=True)
class RouteTable:
    """A route table. `main_of` is the VPC whose AWS-made main table this is (adopted or live)."""

    key: str
    scope: str
    name: str
    vpc: Reference
    main_of: Reference = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """One route of a table, inline or stand-alone.

    The destination is either `cidr` (IPv4 or IPv6) or `prefix_list`. `via` says what the target is
    as far as the property that names it tells; `target` is the target itself. An inline list that
    cannot be seen is one `Route` whose `cidr`, `via` and `target` are unknown. `blackhole` is what
    AWS said when the route was last read: its target was gone, detached or stopped.
    """

    key: str
    table: Reference
    cidr: Maybe[str] = None
    prefix_list: Reference = None
    via: Sure[TargetKind]
    target: Reference
    blackhole: Sure[bool] = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Propagation:
    """`gateway` (a virtual private gateway or a route server) writes routes into `table`."""

    key: str
    table: Reference
    via: TargetKind
    gateway: Reference


@dataclass(frozen=True, slots=True, kw_only=True)
class Association:
    """Binds `table` to a subnet; to a gateway (an edge table) when `subnet` is None."""

    key: str
    table: Reference
    subnet: Reference


@dataclass(frozen=True, slots=True, kw_only=True)
class MainAssociation:
    """Makes `table` the main table of `vpc`."""

    key: str
    vpc: Reference
    table: Reference


@dataclass(frozen=True, slots=True, kw_only=True)
class Gateway:
    """Anything a route may lead to that is no interface, instance or endpoint of its own class.

    `vpc` is the VPC it is attached to; `peer` the other VPC of a peering connection. `private`
    matters for a NAT gateway only: True for private connectivity.
    `subnets` are those in which it sits or has attachments.
    """

    key: str
    scope: str
    kind: TargetKind
    vpc: Reference = None
    peer: Reference = None
    private: Sure[bool] = False
    subnets: tuple[Reference, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TransitAttachment:
    """Joins a VPC to a transit gateway. `table` is the transit gateway's table it looks up."""

    key: str
    transit: Reference
    vpc: Reference
    subnets: tuple[Reference, ...]
    table: Reference


@dataclass(frozen=True, slots=True, kw_only=True)
class TransitRoute:
    """A static route in a transit gateway's route table, to a range or to a whole prefix list.

    A black hole leads nowhere.
    """

    key: str
    table: Reference
    cidr: Maybe[str] = None
    prefix_list: Reference = None
    attachment: Reference
    blackhole: Sure[bool] = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PrefixList:
    """A managed prefix list; `entries` of its own, others come as `PrefixListEntry`."""

    key: str
    scope: str
    entries: Many[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PrefixListEntry:
    """An entry of a prefix list that is written apart from it."""

    key: str
    prefix_list: Reference
    cidr: Sure[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkInterface:
    """A network interface, stand-alone or of an instance. `addresses` are private ones."""

    key: str
    scope: str
    name: str
    subnet: Reference = None
    instance: Reference = None
    addresses: Many[str] = ()
    source_dest_check: Sure[bool] = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Instance:
    """An instance with the interfaces it is known to have; `subnet` is that of its first one.

    `primary` is the interface that it was given as its first one; None: AWS makes it with the
    instance. `source_dest_check` is the check of its first interface as the instance shows it;
    None: it shows none, and that of `primary` counts. `switches_check_on`: the next update switches
    that check on, whatever `primary` says.
    """

    key: str
    scope: str
    name: str
    subnet: Reference = None
    interfaces: tuple[Reference, ...] = ()
    addresses: Many[str] = ()
    primary: Reference = None
    source_dest_check: Maybe[bool] = True
    switches_check_on: Sure[bool] = False


@dataclass(frozen=True, slots=True, kw_only=True)
class VirtualIp:
    """An address that a cluster declares as its virtual one; `vpc` None: wherever it is routed."""

    key: str
    address: Sure[str]
    vpc: Reference = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OpaqueWriter:
    """Something that may write to the network out of sight; `what` says how ("a template").

    `certain`: what is visible of it says that it makes VPCs, subnets or routes.
    """

    key: str
    scope: str
    what: str
    certain: bool = False
