"""Whether a network that is there already can hold the cluster; pure."""

from collections.abc import Iterator
from ipaddress import IPv4Address, IPv4Network

from components.addressing import free_addresses
from components.partitions import endpoint_service
from settings import Fault, Settings

from .existing_network import ExistingNetwork, ExistingSubnet
from .faults import fault
from .live_cluster import LiveCluster

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
    yield from _vpc_faults(network)
    yield from _subnet_faults(settings, network)
    yield from _address_faults(settings, network, live)
    yield from _table_faults(settings, network, live)
    yield from _endpoint_faults(settings, network, owner)


def _vpc_faults(network: ExistingNetwork) -> Iterator[Fault]:
    if not network.resolves_names:
        commands = " and ".join(
            f"aws ec2 modify-vpc-attribute --vpc-id {network.vpc_id} {option} '{{\"Value\":true}}'"
            for option in ("--enable-dns-support", "--enable-dns-hostnames")
        )
        remedy = f"switch both DNS attributes on, which private DNS rests on: {commands}"
        yield fault(f"{KEY}.vpcId", network.vpc_id, remedy)


def _subnet_faults(settings: Settings, network: ExistingNetwork) -> Iterator[Fault]:
    subnets = network.private_subnets
    for letter, subnet in subnets.items():
        key = f"{KEY}.privateSubnetIds.{letter}"
        if subnet.vpc_id != network.vpc_id:
            yield fault(key, subnet.subnet_id, f"name a subnet of {network.vpc_id}")
            continue
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
    for cidr_block in network.vpc_cidr_blocks:
        if IPv4Address(settings.virtual_ip) in IPv4Network(cidr_block):
            remedy = f"choose an address outside the VPC's range {cidr_block}"
            yield fault("virtualIp", settings.virtual_ip, remedy)


def _outside(key: str, address: str, subnet: ExistingSubnet) -> Iterator[Fault]:
    first, last = free_addresses(IPv4Network(subnet.cidr_block))
    if not first <= IPv4Address(address) <= last:
        yield fault(key, address, f"choose from {first} to {last}, free in {subnet.subnet_id}")


def _table_faults(
    settings: Settings, network: ExistingNetwork, live: LiveCluster
) -> Iterator[Fault]:
    """Yield routes that the cluster did not make and that compete with its own."""
    own = {node.interface_id for node in live.nodes.values()}
    virtual_ip = IPv4Address(settings.virtual_ip)
    for table in network.tables:
        for destination, target in sorted(table.routes.items()):
            if ":" in destination or destination == "0.0.0.0/0" or target in own:
                continue
            if virtual_ip in IPv4Network(destination) and target != "local":
                remedy = (
                    f"choose another address, or delete the route: {table.table_id} leads "
                    f"{destination} to {target} already"
                )
                yield fault("virtualIp", settings.virtual_ip, remedy)


def _endpoint_faults(settings: Settings, network: ExistingNetwork, owner: str) -> Iterator[Fault]:
    found, existing = network.endpoint, settings.existing_network
    if found is None or existing is None:
        return
    service = endpoint_service(settings.region, "ec2")
    key = f"{KEY}.endpointId"
    if existing.endpoint_id is None:
        if found.private_dns and found.owner != owner:
            remedy = (
                f"set it to {found.endpoint_id}, which has the private DNS name of the EC2 API in "
                f"{network.vpc_id} already: a VPC cannot have two of them"
            )
            yield fault(key, None, remedy)
        return
    if found.vpc_id != network.vpc_id or found.service_name != service:
        yield fault(key, found.endpoint_id, f"name an endpoint of {network.vpc_id} for {service}")
    elif not found.private_dns or found.state != "available":
        state = found.state if found.private_dns else "without private DNS"
        yield fault(key, found.endpoint_id, f"name one that is ready: this one is {state}")
