"""How packets go: route tables, routes, what binds tables to subnets, and what routes lead to."""

from dataclasses import dataclass
from enum import StrEnum

from guardrails.model.knowledge import Many, Maybe, Reference, Sure

MAIN_TABLE = "#main-route-table"


def main_table_of(vpc: str) -> str:
    """Return the key of the main route table that AWS makes with the VPC of key `vpc`."""
    return vpc + MAIN_TABLE


def firewall_endpoint_of(firewall: str, number: int) -> str:
    """Return the key of one of a network firewall's endpoints, counted from 0."""
    return f"{firewall}[{number}]"


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
    FIREWALL = "firewall endpoint"
    LOCAL_GATEWAY = "local gateway"
    CORE_NETWORK = "core network"
    ODB_NETWORK = "ODB network"
    ROUTE_SERVER = "route server"
    OTHER = "target of a type that is not modelled"


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
    AWS said when the route was last read: its target was gone, detached or stopped. `doubt` is the
    fact that decides whether the route is there at all, "" if it is declared.
    """

    key: str
    table: Reference
    cidr: Maybe[str] = None
    prefix_list: Reference = None
    via: Sure[TargetKind]
    target: Reference
    blackhole: Sure[bool] = False
    doubt: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Propagation:
    """`gateway` (a virtual private gateway or a route server) writes routes into `table`.

    `doubt`: as of a route.
    """

    key: str
    table: Reference
    via: TargetKind
    gateway: Reference
    doubt: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Association:
    """Binds `table` to a subnet; to a gateway (an edge table) when `subnet` is None."""

    key: str
    table: Reference
    subnet: Reference


@dataclass(frozen=True, slots=True, kw_only=True)
class MainAssociation:
    """Makes `table` the main table of `vpc`. `doubt`: as of a route."""

    key: str
    vpc: Reference
    table: Reference
    doubt: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gateway:
    """Any target of a route other than an interface, an instance or an endpoint.

    `vpc` is the VPC it is attached to; `peer` the other VPC of a peering connection. `private`
    matters for a NAT gateway only: True for private connectivity.
    `subnets` are those in which it sits. A network firewall is one `Gateway` per endpoint.
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
    """An entry of a prefix list that is written apart from it. `doubt`: as of a route."""

    key: str
    prefix_list: Reference
    cidr: Sure[str]
    doubt: str = ""
