"""What a row of the tables of types says of one Pulumi type."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum, auto

from guardrails.model.routing import TargetKind
from guardrails.pulumi_reader.types.kinds import Kind


class Role(Enum):
    """How resources of a type are read: types that say the same in both providers share a role."""

    VPC = auto()
    VPC_RANGE = auto()
    SUBNET = auto()
    PUBLIC_ACCESS_EXCLUSION = auto()
    INTERFACE = auto()
    INSTANCE = auto()
    CLUSTER = auto()
    ROUTE_TABLE = auto()
    ROUTE = auto()
    ASSOCIATION = auto()
    MAIN_ASSOCIATION = auto()
    GATEWAY_PROPAGATION = auto()
    SERVER_PROPAGATION = auto()
    PREFIX_LIST = auto()
    PREFIX_LIST_ENTRY = auto()
    GATEWAY = auto()
    NAT_GATEWAY = auto()
    PEERING = auto()
    FIREWALL = auto()
    TRANSIT_ATTACHMENT = auto()
    TRANSIT_ROUTE = auto()
    CORE_NETWORK = auto()
    CORE_ATTACHMENT = auto()
    CORE_POLICY = auto()
    ENDPOINT = auto()
    SERVICE_ENDPOINT = auto()
    GROUP = auto()
    GROUP_RULE = auto()
    INGRESS_RULE = auto()
    EXCLUSIVE_RULES = auto()
    ENDPOINT_ATTACHMENT = auto()
    GROUP_ON_INTERFACE = auto()
    # Read first, because they attach something to the resources above.
    TAG = auto()
    INTERFACE_ON_INSTANCE = auto()
    SUBNET_OF_ENDPOINT = auto()
    POOL = auto()
    POOL_RANGE = auto()
    TRANSIT_ASSOCIATION = auto()
    TRANSIT_DEFAULT = auto()
    # No element of a topology.
    UNSEEN_WRITER = auto()
    HARMLESS = auto()
    """Has a property that sounds like a route of a VPC but writes none."""


class Written(Enum):
    """In which form a resource holds others: a template, one as JSON text, or one as a mapping."""

    TEMPLATE = auto()
    DESIRED_STATE = auto()
    PROPERTIES = auto()


@dataclass(frozen=True, slots=True)
class ServiceEndpoint:
    """Where another service's endpoint names its security groups: under property `groups`.

    `within` is the property that holds groups and subnets, if they are not the resource's own.
    `open_without`: without groups it lets everything in, instead of getting the VPC's default one.
    """

    groups: str
    within: str = ""
    vpc: str = "vpcId"
    subnets: str = "subnetIds"
    open_without: bool = False


@dataclass(frozen=True, slots=True)
class TypeRow:
    """One Pulumi type. `kind`: what it is to a property that refers to it, None if none does.

    `adopts`: it takes over the table or group that AWS made with a VPC.
    `passes_on_ids`: its outputs echo ids of its inputs; programs use them to add a dependency.
    `part_of`: the properties whose ids say what it belongs to; it merely uses its other ids, as
    many resources may. None: it belongs to all that it names, which is slower and as right.
    `spelling`: how its schema spells properties, by the names that readers use.
    `required`: what AWS cannot make it without, each with its alternatives.
    `defaulted`: what the provider writes into the inputs of what it manages.
    `judged`: the properties by which rules decide about it, and which a program had better manage.
    `leads_to` belongs to the roles GATEWAY and CORE_NETWORK, `endpoint` to SERVICE_ENDPOINT,
    `writes`, `holds` (how what it writes may be seen) and `runs` (it writes nothing unless it has
    one of these properties) to UNSEEN_WRITER.
    """

    role: Role | None = None
    kind: Kind | None = None
    adopts: bool = False
    passes_on_ids: bool = False
    part_of: tuple[str, ...] | None = None
    spelling: Mapping[str, str] = field(default_factory=dict[str, str])
    required: tuple[tuple[str, ...], ...] = ()
    defaulted: tuple[str, ...] = ()
    judged: tuple[str, ...] = ()
    leads_to: TargetKind = TargetKind.OTHER
    endpoint: ServiceEndpoint | None = None
    writes: str = ""
    holds: Written | None = None
    runs: tuple[str, ...] = ()
