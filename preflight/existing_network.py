"""A network that is there already, as AWS shows it: ranges, subnets, tables, the API's endpoint."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components import documents
from components.partitions import endpoint_service
from settings import ExistingNetworkSettings, NetworkSettings, Settings

from .faults import NAMESPACE


@dataclass(frozen=True)
class ExistingSubnet:
    """A subnet with its range and the name of its zone."""

    subnet_id: str
    vpc_id: str
    cidr_block: str
    zone: str


@dataclass(frozen=True)
class ExistingTable:
    """A route table: the subnets that are bound to it, and the target of each range."""

    table_id: str
    is_main: bool
    subnet_ids: frozenset[str]
    routes: Mapping[str, str]


@dataclass(frozen=True)
class ExistingEndpoint:
    """An interface endpoint for the EC2 API; `owner` is the project and stack that made it."""

    endpoint_id: str
    vpc_id: str
    service_name: str
    state: str
    private_dns: bool
    owner: str


@dataclass(frozen=True)
class ExistingNetwork:
    """The network with what the components take: ids, ranges, zones, tables.

    `left_out` are the tables of the VPC that get no route to the virtual IP. `takers` are the
    interfaces that have the nodes' addresses, by address.
    """

    vpc_id: str
    vpc_arn: str
    vpc_cidr_blocks: Sequence[str]
    resolves_names: bool
    private_subnets: Mapping[str, ExistingSubnet]
    public_subnet_ids: Mapping[str, str]
    tables: Sequence[ExistingTable]
    left_out: Sequence[ExistingTable]
    endpoint: ExistingEndpoint | None
    takers: Mapping[str, str]

    @property
    def availability_zones(self) -> Mapping[str, str]:
        """Name of each zone by its letter."""
        return {letter: subnet.zone for letter, subnet in self.private_subnets.items()}

    @property
    def subnet_ids(self) -> Mapping[str, str]:
        """Ids as the stack's output has them."""
        private = {
            f"private_{letter}": subnet.subnet_id for letter, subnet in self.private_subnets.items()
        }
        return {f"public_{key}": each for key, each in self.public_subnet_ids.items()} | private

    @property
    def route_table_ids(self) -> Mapping[str, str]:
        """The tables that get the virtual IP's route, each under its own id."""
        return {table.table_id: table.table_id for table in self.tables}

    @property
    def route_table_arns(self) -> Mapping[str, str]:
        """The same tables by ARN."""
        return {
            name: documents.route_table_arn(self.vpc_arn, name) for name in self.route_table_ids
        }

    @property
    def private_route_table_ids(self) -> list[str]:
        """The tables that rule the private subnets."""
        return sorted({self.table_of(each).table_id for each in self.private_subnets.values()})

    def table_of(self, subnet: ExistingSubnet) -> ExistingTable:
        """Return the table that rules a subnet: the bound one, or the VPC's main table."""
        known = [*self.tables, *self.left_out]
        bound = [table for table in known if subnet.subnet_id in table.subnet_ids]
        return next(iter(bound or [table for table in known if table.is_main]))

    def as_settings(self) -> NetworkSettings:
        """Return the network as if it had been configured."""
        return NetworkSettings(
            cidr=next(iter(self.vpc_cidr_blocks)),
            zones=self.availability_zones,
            public_subnets={},
            private_subnets={
                letter: subnet.cidr_block for letter, subnet in self.private_subnets.items()
            },
        )


def find_existing_network(settings: Settings) -> ExistingNetwork | None:
    """Look up the network that the configuration names; None where the stack builds its own.

    Raises RunError where it is not there, or AWS refuses a look-up.
    """
    wanted = settings.existing_network
    if wanted is None:
        return None
    try:
        return _look_up(settings, wanted)
    except Exception as error:  # noqa: BLE001 - the SDK raises nothing narrower
        raise pulumi.RunError(f"{NAMESPACE}:existingNetwork cannot be looked up: {error}") from None


def _look_up(settings: Settings, wanted: ExistingNetworkSettings) -> ExistingNetwork:
    vpc = aws.ec2.get_vpc(id=wanted.vpc_id)
    tables = [_table(each) for each in aws.ec2.get_route_tables(vpc_id=vpc.id).ids]
    chosen = [
        table
        for table in tables
        if wanted.route_table_ids is None or table.table_id in wanted.route_table_ids
    ]
    return ExistingNetwork(
        vpc_id=vpc.id,
        vpc_arn=vpc.arn,
        vpc_cidr_blocks=_ranges(vpc),
        resolves_names=vpc.enable_dns_support and vpc.enable_dns_hostnames,
        private_subnets={
            letter: _subnet(each) for letter, each in wanted.private_subnet_ids.items()
        },
        public_subnet_ids=wanted.public_subnet_ids,
        tables=chosen,
        left_out=[table for table in tables if table not in chosen],
        endpoint=_endpoint(settings, wanted),
        takers=dict(_takers(vpc.id, settings.nodes.addresses.values())),
    )


def _ranges(vpc: aws.ec2.AwaitableGetVpcResult) -> list[str]:
    """Return the VPC's ranges, the first one first."""
    others = [
        each.cidr_block
        for each in vpc.cidr_block_associations
        if each.state == "associated" and each.cidr_block != vpc.cidr_block
    ]
    return [vpc.cidr_block, *sorted(others)]


def _subnet(identity: str) -> ExistingSubnet:
    found = aws.ec2.get_subnet(id=identity)
    return ExistingSubnet(identity, found.vpc_id, found.cidr_block, found.availability_zone)


def _table(identity: str) -> ExistingTable:
    found = aws.ec2.get_route_table(route_table_id=identity)
    return ExistingTable(
        identity,
        is_main=any(each.main for each in found.associations),
        subnet_ids=frozenset(each.subnet_id for each in found.associations if each.subnet_id),
        routes={
            each.cidr_block or each.ipv6_cidr_block: _target(each)
            for each in found.routes
            if each.cidr_block or each.ipv6_cidr_block
        },
    )


def _target(route: aws.ec2.outputs.GetRouteTableRouteResult) -> str:
    targets = (
        route.gateway_id,
        route.nat_gateway_id,
        route.egress_only_gateway_id,
        route.network_interface_id,
        route.transit_gateway_id,
        route.vpc_peering_connection_id,
        route.carrier_gateway_id,
        route.local_gateway_id,
        route.core_network_arn,
    )
    return next((each for each in targets if each), "")


def _endpoint(settings: Settings, wanted: ExistingNetworkSettings) -> ExistingEndpoint | None:
    """Return the endpoint that is named, or one for the EC2 API that is in the way."""
    service = endpoint_service(settings.region, "ec2")
    try:
        if wanted.endpoint_id:
            found = aws.ec2.get_vpc_endpoint(id=wanted.endpoint_id)
        else:
            found = aws.ec2.get_vpc_endpoint(
                vpc_id=wanted.vpc_id, service_name=service, state="available"
            )
    except Exception as error:
        if not wanted.endpoint_id and "no matching" in str(error):
            return None
        raise
    return ExistingEndpoint(
        found.id,
        found.vpc_id,
        found.service_name,
        found.state,
        found.private_dns_enabled,
        "/".join(found.tags.get(f"hacluster:{each}", "") for each in ("project", "stack")),
    )


def _takers(vpc_id: str, addresses: Iterable[str]) -> Iterator[tuple[str, str]]:
    for address in addresses:
        wanted = {"vpc-id": vpc_id, "addresses.private-ip-address": address}
        filters = [
            aws.ec2.GetNetworkInterfacesFilterArgs(name=name, values=[value])
            for name, value in wanted.items()
        ]
        for interface in aws.ec2.get_network_interfaces(filters=filters).ids:
            yield address, interface
