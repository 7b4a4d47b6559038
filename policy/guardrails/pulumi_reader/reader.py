"""Fills a `Topology` from the resources of a Pulumi stack: preview, up, or exported state.

Every type has one row in `types`, whose role says which function reads it. A type without a row is
passed over unless it can write routes (`read_unseen_writers`).
"""

from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from guardrails.model.network import IgnoredChanges
from guardrails.model.topology import PLACES, Topology
from guardrails.pulumi_reader.attachments import attach_everything
from guardrails.pulumi_reader.read_cluster import read_cluster
from guardrails.pulumi_reader.read_core_network import (
    read_core_attachment,
    read_core_network,
    read_core_policy,
)
from guardrails.pulumi_reader.read_firewalls import read_firewall
from guardrails.pulumi_reader.read_gateways import (
    read_gateway,
    read_nat_gateway,
    read_peering,
    read_transit_attachment,
    read_transit_route,
)
from guardrails.pulumi_reader.read_machines import read_instance, read_interface
from guardrails.pulumi_reader.read_prefix_lists import read_prefix_list, read_prefix_list_entry
from guardrails.pulumi_reader.read_routes import (
    read_association,
    read_gateway_propagation,
    read_main_association,
    read_route,
    read_route_table,
    read_server_propagation,
)
from guardrails.pulumi_reader.read_security import (
    read_endpoint,
    read_endpoint_attachment,
    read_exclusive_rules,
    read_group,
    read_ingress_rule,
    read_interface_attachment,
    read_rule,
)
from guardrails.pulumi_reader.read_services import read_service_endpoint
from guardrails.pulumi_reader.read_unseen_writers import may_write_unseen, read_unseen_writer
from guardrails.pulumi_reader.read_vpc import (
    read_public_access_exclusion,
    read_range,
    read_subnet,
    read_vpc,
)
from guardrails.pulumi_reader.resource import Resource
from guardrails.pulumi_reader.settle_seen import settle_seen
from guardrails.pulumi_reader.stack import Stack
from guardrails.pulumi_reader.types.table import TYPES, row_of
from guardrails.pulumi_reader.types.type_row import Role
from guardrails.pulumi_reader.written_inside import parts_of

Reader: TypeAlias = Callable[[Resource, Stack], Iterator[object]]

_BY_ROLE: Final[Mapping[Role, Reader]] = {
    Role.VPC: read_vpc,
    Role.VPC_RANGE: read_range,
    Role.SUBNET: read_subnet,
    Role.PUBLIC_ACCESS_EXCLUSION: read_public_access_exclusion,
    Role.INTERFACE: read_interface,
    Role.INSTANCE: read_instance,
    Role.CLUSTER: read_cluster,
    Role.ROUTE_TABLE: read_route_table,
    Role.ROUTE: read_route,
    Role.ASSOCIATION: read_association,
    Role.MAIN_ASSOCIATION: read_main_association,
    Role.GATEWAY_PROPAGATION: read_gateway_propagation,
    Role.SERVER_PROPAGATION: read_server_propagation,
    Role.PREFIX_LIST: read_prefix_list,
    Role.PREFIX_LIST_ENTRY: read_prefix_list_entry,
    Role.GATEWAY: read_gateway,
    Role.NAT_GATEWAY: read_nat_gateway,
    Role.PEERING: read_peering,
    Role.FIREWALL: read_firewall,
    Role.TRANSIT_ATTACHMENT: read_transit_attachment,
    Role.TRANSIT_ROUTE: read_transit_route,
    Role.CORE_NETWORK: read_core_network,
    Role.CORE_ATTACHMENT: read_core_attachment,
    Role.CORE_POLICY: read_core_policy,
    Role.ENDPOINT: read_endpoint,
    Role.SERVICE_ENDPOINT: read_service_endpoint,
    Role.GROUP: read_group,
    Role.GROUP_RULE: read_rule,
    Role.INGRESS_RULE: read_ingress_rule,
    Role.EXCLUSIVE_RULES: read_exclusive_rules,
    Role.ENDPOINT_ATTACHMENT: read_endpoint_attachment,
    Role.GROUP_ON_INTERFACE: read_interface_attachment,
}
READERS: Final[dict[str, Reader]] = {
    token: _BY_ROLE[row.role] for token, row in TYPES.items() if row.role in _BY_ROLE
}
"""How each type is read, by its token."""


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
    modelled = token in TYPES and row_of(token).role not in {Role.UNSEEN_WRITER, Role.HARMLESS}
    return modelled or may_write_unseen(token, properties)


def read(
    resources: Iterable[Resource], others: Iterable[str] = (), *, preview: bool = False
) -> Reading:
    """Read a stack. A resource that cannot be read becomes a fault and hides no other.

    `others` are the URNs of those resources in the stack that concern no reader. In a `preview`
    resources without an id are new: no id that a property names can be theirs.
    """
    shown = list(resources)
    written = (each for each in parts_of(shown) if concerns(each.type, each.properties))
    return read_stack(Stack([*shown, *written], others, preview=preview))


def read_stack(stack: Stack) -> Reading:
    """Read the resources of a stack."""
    faults: list[Fault] = []
    elements: dict[str, list[Any]] = {name: [] for name in PLACES.values()}
    attach_everything(stack)
    for resource in sorted(stack.resources.values(), key=lambda each: each.urn):
        _read_one(resource, stack, elements, faults)
    for element in stack.stand_ins.values():
        elements[PLACES[type(element)]].append(element)
    settle_seen(elements)
    topology = Topology(**{name: tuple(found) for name, found in elements.items()})
    return Reading(topology, stack, tuple(faults))


def _read_one(
    resource: Resource, stack: Stack, elements: dict[str, list[Any]], faults: list[Fault]
) -> None:
    reader = READERS.get(resource.type)
    try:
        found = list(read_unseen_writer(resource) if reader is None else reader(resource, stack))
    except Exception as error:  # noqa: BLE001 - one resource must not silence the pack
        faults.append(Fault(resource.urn, f"{type(error).__name__} while reading it"))
        return
    if resource.ignored_when_judged:
        found.append(IgnoredChanges(key=resource.urn, properties=resource.ignored_when_judged))
    for element in found:
        elements[PLACES[type(element)]].append(element)
