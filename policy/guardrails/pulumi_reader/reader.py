"""Fills a `Topology` from the resources of a Pulumi stack: preview, up, or exported state.

Every type is one line in the table of its noun's module. What is not in a table is passed over
unless it can write routes (`unseen_writers`).
"""

from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from guardrails.model.machines import Instance, NetworkInterface, VirtualIp
from guardrails.model.network import OpaqueWriter, Subnet, Vpc, VpcRange
from guardrails.model.routing import (
    Association,
    Gateway,
    MainAssociation,
    PrefixList,
    PrefixListEntry,
    Propagation,
    Route,
    RouteTable,
    TransitAttachment,
    TransitRoute,
)
from guardrails.model.security import (
    Endpoint,
    ExclusiveRules,
    GroupAttachment,
    GroupRule,
    SecurityGroup,
)
from guardrails.model.topology import Topology
from guardrails.pulumi_reader.attachments import ADDERS, add_everything
from guardrails.pulumi_reader.identities import HANDING_ON
from guardrails.pulumi_reader.kinds import KINDS
from guardrails.pulumi_reader.read_cluster import VIRTUAL_IPS
from guardrails.pulumi_reader.read_gateways import GATEWAYS
from guardrails.pulumi_reader.read_machines import MACHINES
from guardrails.pulumi_reader.read_routes import ROUTES
from guardrails.pulumi_reader.read_security import ACCESS
from guardrails.pulumi_reader.read_vpc import NETWORK
from guardrails.pulumi_reader.resource import Resource
from guardrails.pulumi_reader.stack import Stack
from guardrails.pulumi_reader.unseen_writers import may_be_opaque, read_opaque

READERS: Final[Mapping[str, Callable[[Resource, Stack], Iterator[object]]]] = {
    **NETWORK,
    **ROUTES,
    **GATEWAYS,
    **MACHINES,
    **ACCESS,
    **VIRTUAL_IPS,
}
"""How each type is read, by its token."""

_PLACES: Final[Mapping[type, str]] = {
    Vpc: "vpcs",
    VpcRange: "vpc_ranges",
    Subnet: "subnets",
    RouteTable: "route_tables",
    Route: "routes",
    Propagation: "propagations",
    Association: "associations",
    MainAssociation: "main_associations",
    Gateway: "gateways",
    TransitAttachment: "transit_attachments",
    TransitRoute: "transit_routes",
    PrefixList: "prefix_lists",
    PrefixListEntry: "prefix_list_entries",
    NetworkInterface: "network_interfaces",
    Instance: "instances",
    Endpoint: "endpoints",
    SecurityGroup: "security_groups",
    GroupRule: "group_rules",
    GroupAttachment: "group_attachments",
    ExclusiveRules: "exclusive_rules",
    VirtualIp: "virtual_ips",
    OpaqueWriter: "opaque_writers",
}


@dataclass(frozen=True, slots=True)
class Fault:
    """A resource that could not be read although it is of a modelled type: a defect of the pack."""

    urn: str
    error: str


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read: the topology, the stack to look ids up in, and what failed."""

    topology: Topology
    stack: Stack
    faults: tuple[Fault, ...]


def concerns(token: str, properties: Container[str]) -> bool:
    """Tell whether resources of the type with such properties have to be read at all."""
    modelled = token in READERS or token in ADDERS or token in KINDS
    return modelled or token in HANDING_ON or may_be_opaque(token, properties)


def read(
    resources: Iterable[Resource], others: Iterable[str] = (), *, preview: bool = False
) -> Reading:
    """Read a stack. A resource that cannot be read becomes a fault and hides no other.

    `others` are the URNs of those resources in the stack that concern no reader. In a `preview`
    resources without an id are new, so that no id which somebody names can be theirs.
    """
    return read_stack(Stack(resources, others, preview=preview))


def read_stack(stack: Stack) -> Reading:
    """Read the resources of a stack."""
    faults: list[Fault] = []
    elements: dict[str, list[Any]] = {name: [] for name in _PLACES.values()}
    add_everything(stack)
    for resource in sorted(stack.resources.values(), key=lambda each: each.urn):
        _read_one(resource, stack, elements, faults)
    for element in stack.stand_ins.values():
        elements[_PLACES[type(element)]].append(element)
    topology = Topology(**{name: tuple(found) for name, found in elements.items()})
    return Reading(topology, stack, tuple(faults))


def _read_one(
    resource: Resource, stack: Stack, elements: dict[str, list[Any]], faults: list[Fault]
) -> None:
    reader = READERS.get(resource.type)
    try:
        found = list(read_opaque(resource) if reader is None else reader(resource, stack))
    except Exception as error:  # noqa: BLE001 - one resource must not silence the pack
        faults.append(Fault(resource.urn, f"{type(error).__name__} while reading it"))
        return
    for element in found:
        elements[_PLACES[type(element)]].append(element)
