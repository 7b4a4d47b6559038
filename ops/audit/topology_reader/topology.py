"""Makes one topology of the inventories of several regions."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final, TypeAlias

from guardrails.model.topology import PLACES, Topology
from ops.audit.inventory import Inventory
from ops.audit.topology_reader.core_network import read_core_attachments, read_core_routes
from ops.audit.topology_reader.gateways import (
    read_firewalls,
    read_gateways,
    read_nat_gateways,
    read_peerings,
)
from ops.audit.topology_reader.machines import read_instances, read_interfaces
from ops.audit.topology_reader.network import read_exclusions, read_subnets, read_vpcs
from ops.audit.topology_reader.references import References
from ops.audit.topology_reader.routing import read_prefix_lists, read_tables
from ops.audit.topology_reader.security import read_endpoints, read_groups, read_rules
from ops.audit.topology_reader.transit import read_transit_attachments, read_transit_routes

Reader: TypeAlias = Callable[[Inventory, References], Iterator[object]]

_READERS: Final[tuple[Reader, ...]] = (
    read_vpcs,
    read_subnets,
    read_exclusions,
    read_tables,
    read_prefix_lists,
    read_gateways,
    read_nat_gateways,
    read_peerings,
    read_firewalls,
    read_transit_attachments,
    read_transit_routes,
    read_core_attachments,
    read_core_routes,
    read_endpoints,
    read_groups,
    read_rules,
    read_interfaces,
    read_instances,
)


def read_topology(inventories: Sequence[Inventory]) -> Topology:
    """Read all regions together, because peering connections join them."""
    references = References(inventories)
    elements: dict[str, list[Any]] = {name: [] for name in PLACES.values()}
    for inventory in inventories:
        for reader in _READERS:
            for element in reader(inventory, references):
                elements[PLACES[type(element)]].append(element)
    return Topology(**{name: tuple(found) for name, found in elements.items()})
