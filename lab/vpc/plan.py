"""Which hosts the lab has, and where each is attached to the VPC's router."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from ipaddress import IPv4Address, IPv4Network

from lab.errors import LabError
from lab.vpc.snapshot import Snapshot, address_of, addresses_of
from ops.cluster import Cluster

INTERNET = IPv4Network("192.0.2.0/24")
"""Addresses of the internet that belong to nobody (RFC 5737)."""
ROUTER = "vpc"
"""The namespace of the VPC's router."""


class Kind(StrEnum):
    """What a host stands for."""

    NODE = "node"
    ENDPOINT = "endpoint"
    CLIENT = "client"
    INTERNET = "internet"


@dataclass(frozen=True)
class Host:
    """A namespace with one interface, `eth0`, whose other end `port` is in the router.

    A client stands for any machine of its subnet: it has no network interface in AWS, so no
    security group of the stack guards it. One host stands for the internet, and is in no subnet: it
    is reached wherever a route leads to an internet gateway or a NAT gateway.
    """

    name: str
    kind: Kind
    port: str
    address: IPv4Address
    network: IPv4Network
    subnet_id: str
    subnet: str
    """The subnet's name in the stack's outputs, such as `private_a`."""
    interface_id: str = ""
    mac: str = ""

    @property
    def gateway(self) -> IPv4Address:
        """The router's address in the subnet: AWS's is the first one after the network's own."""
        return self.network[1]


@dataclass(frozen=True)
class Plan:
    """All hosts of the lab."""

    hosts: tuple[Host, ...]

    def of_kind(self, kind: Kind) -> list[Host]:
        """Return the hosts of one kind."""
        return [host for host in self.hosts if host.kind is kind]

    def at(self, interface_id: str) -> Host | None:
        """Return the host that stands for a network interface."""
        found = (host for host in self.hosts if interface_id and host.interface_id == interface_id)
        return next(found, None)

    def host(self, name: str) -> Host:
        """Return a host by its name."""
        return next(host for host in self.hosts if host.name == name)


def plan_lab(cluster: Cluster, snapshot: Snapshot) -> Plan:
    """Place the nodes, the EC2 API's endpoint in each of its subnets, and a client in each subnet.

    Raises LabError for a cluster that the lab cannot show.
    """
    names = {identity: name for name, identity in cluster.subnet_ids.items()}
    places = [
        *(_attached(snapshot, Kind.NODE, n.name, n.network_interface_id) for n in cluster.nodes),
        *_endpoint_places(cluster, snapshot, names),
        *_client_places(cluster, snapshot),
    ]
    subnets = {each["SubnetId"]: IPv4Network(each["CidrBlock"]) for each in snapshot.subnets}
    hosts = [
        Host(
            name=place.name,
            kind=place.kind,
            port=f"port{number}",
            address=place.address,
            network=subnets[place.subnet_id],
            subnet_id=place.subnet_id,
            subnet=names.get(place.subnet_id, place.subnet_id),
            interface_id=place.interface_id,
            mac=place.mac,
        )
        for number, place in enumerate(places, start=1)
    ]
    return Plan((*hosts, _internet(f"port{len(hosts) + 1}")))


def _internet(port: str) -> Host:
    return Host(
        name="internet",
        kind=Kind.INTERNET,
        port=port,
        address=INTERNET[10],
        network=INTERNET,
        subnet_id="",
        subnet="",
    )


@dataclass(frozen=True)
class _Place:
    kind: Kind
    name: str
    subnet_id: str
    address: IPv4Address
    interface_id: str = ""
    mac: str = ""


def _attached(snapshot: Snapshot, kind: Kind, name: str, interface_id: str) -> _Place:
    interface = snapshot.interface(interface_id)
    if interface is None:
        raise LabError(
            f"{interface_id} of {name} does not exist in {snapshot.vpc['VpcId']}: the stack's "
            "outputs are older than its cloud. Remedy: pulumi up --refresh, then lab up again"
        )
    address = IPv4Address(address_of(interface))
    return _Place(kind, name, interface["SubnetId"], address, interface_id, interface["MacAddress"])


def _endpoint_places(
    cluster: Cluster, snapshot: Snapshot, names: Mapping[str, str]
) -> Iterator[_Place]:
    for endpoint in snapshot.endpoints:
        if endpoint["VpcEndpointId"] == cluster.endpoint_ids.get("ec2"):
            for identity in endpoint["NetworkInterfaceIds"]:
                subnet = (snapshot.interface(identity) or {}).get("SubnetId", identity)
                name = f"ec2-{_dashed(names.get(subnet, subnet))}"
                yield _attached(snapshot, Kind.ENDPOINT, name, identity)


def _client_places(cluster: Cluster, snapshot: Snapshot) -> Iterator[_Place]:
    ranges = {each["SubnetId"]: IPv4Network(each["CidrBlock"]) for each in snapshot.subnets}
    taken = {address for each in snapshot.interfaces for address in addresses_of(each)}
    for name, identity in cluster.subnet_ids.items():
        address = _free(ranges[identity], taken)
        yield _Place(Kind.CLIENT, f"client-{_dashed(name)}", identity, address)


def _free(network: IPv4Network, taken: set[str]) -> IPv4Address:
    """Return the last address of a subnet that nobody has; AWS keeps the very last one."""
    for number in range(network.num_addresses - 2, 3, -1):
        if str(network[number]) not in taken:
            return network[number]
    raise LabError(f"no address of {network} is free for a client. Remedy: use a larger subnet")


def _dashed(name: str) -> str:
    return name.replace("_", "-")
