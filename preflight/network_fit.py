"""Whether a network that is there already can hold the cluster; pure."""

from collections.abc import Iterator
from ipaddress import IPv4Address, IPv4Network

from components.addressing import free_addresses
from settings import Fault, Settings

from .existing_network import ExistingNetwork
from .faults import REBUILD, fault
from .live_cluster import LiveCluster
from .network_lookups import ExistingSubnet
from .vpc_fit import vpc_faults

# Targets by which a private subnet would reach the internet, by how their ids begin.
WAYS_OUT = {
    "igw-": "an internet gateway",
    "nat-": "a NAT gateway",
    "eigw-": "an egress-only gateway",
    "cagw-": "a carrier gateway",
}
KEY = "existingNetwork"


def network_faults(
    settings: Settings, network: ExistingNetwork, live: LiveCluster, owner: str
) -> Iterator[Fault]:
    """Yield everything in the network that would keep the cluster from working.

    `owner` is this project and stack, as `project/stack`.
    """
    yield from vpc_faults(settings, network, live, owner)
    yield from _subnet_faults(settings, network, owner)
    yield from _address_faults(settings, network, live)
    yield from _gateway_faults(settings, network, owner)


def _subnet_faults(settings: Settings, network: ExistingNetwork, owner: str) -> Iterator[Fault]:
    subnets = network.private_subnets
    for letter, subnet in subnets.items():
        key = f"{KEY}.privateSubnetIds.{letter}"
        if subnet.vpc_id != network.vpc_id:
            yield fault(key, subnet.subnet_id, f"name a subnet of {network.vpc_id}")
            continue
        if subnet.owner == owner:
            remedy = "restore network: this stack made the subnet, and would delete it"
            yield fault(key, subnet.subnet_id, f"{remedy} ({REBUILD})")
        table = network.table_of(subnet)
        for destination, target in sorted(table.routes.items()):
            way = next((text for each, text in WAYS_OUT.items() if target.startswith(each)), None)
            if way:
                remedy = (
                    f"name a closed subnet: {table.table_id} leads {destination} to {target}, {way}"
                )
                yield fault(key, subnet.subnet_id, remedy)
    if len({subnet.zone for subnet in subnets.values()}) < len(subnets):
        zone = next(iter(subnets.values())).zone
        remedy = f"name a subnet in another zone: both are in {zone}, and would fail together"
        yield fault(f"{KEY}.privateSubnetIds.b", subnets["b"].subnet_id, remedy)
    if settings.existing_network and settings.existing_network.route_table_ids:
        known = set(network.route_table_ids)
        for table_id in settings.existing_network.route_table_ids:
            if table_id not in known:
                yield fault(
                    f"{KEY}.routeTableIds", table_id, f"name a route table of {network.vpc_id}"
                )


def _address_faults(
    settings: Settings, network: ExistingNetwork, live: LiveCluster
) -> Iterator[Fault]:
    own = {node.interface_id for node in live.nodes.values()}
    for letter, address in settings.nodes.addresses.items():
        key = f"nodes.addresses.{letter}"
        subnet = network.private_subnets[letter]
        yield from _outside(key, address, subnet)
        taker = network.takers.get(address)
        if taker and taker not in own:
            yield fault(key, address, f"choose a free address: {taker} has it")


def _outside(key: str, address: str, subnet: ExistingSubnet) -> Iterator[Fault]:
    first, last = free_addresses(IPv4Network(subnet.cidr_block))
    if not first <= IPv4Address(address) <= last:
        yield fault(key, address, f"choose from {first} to {last}, free in {subnet.subnet_id}")


def _gateway_faults(settings: Settings, network: ExistingNetwork, owner: str) -> Iterator[Fault]:
    """Yield tables of the nodes in which another gateway endpoint leads to S3 already."""
    gateway = network.others.get("s3")
    tables = sorted(gateway.table_ids & {*network.private_route_table_ids}) if gateway else []
    if gateway and tables and gateway.owner != owner:
        taken = " ".join(tables)
        remedy = (
            f"take {taken} from {gateway.endpoint_id}, as a table has one endpoint for S3: aws ec2 "
            f"modify-vpc-endpoint --vpc-endpoint-id {gateway.endpoint_id} "
            f"--remove-route-table-ids {taken}"
        )
        yield fault("endpoints", list(settings.endpoints), remedy)
