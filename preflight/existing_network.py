"""A network that is there already, as AWS shows it: ranges, subnets, tables, the API's endpoint."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import pulumi_aws as aws

from components import documents
from settings import ExistingNetworkSettings, NetworkSettings, Settings

from .faults import NAMESPACE, looking_up
from .network_lookups import (
    ExistingSubnet,
    ExistingTable,
    FoundVpc,
    find_endpoint,
    find_other_endpoints,
    find_subnet,
    find_tables,
    find_vpc,
)


@dataclass(frozen=True)
class ExistingNetwork(FoundVpc):
    """The network with what the components take: ids, ranges, zones, tables.

    `left_out` are the tables of the VPC that get no route to the virtual IP. `takers` are the
    interfaces that have the nodes' addresses, by address.
    """

    private_subnets: Mapping[str, ExistingSubnet]
    public_subnet_ids: Mapping[str, str]
    left_out: Sequence[ExistingTable]
    takers: Mapping[str, str]

    @property
    def vpc_id(self) -> str:
        """ID of the VPC."""
        return self.vpc.vpc_id

    @property
    def vpc_cidr_blocks(self) -> Sequence[str]:
        """Every range of the VPC, the first one first."""
        return self.vpc.cidr_blocks

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
            name: documents.route_table_arn(self.vpc.arn, name) for name in self.route_table_ids
        }

    @property
    def private_route_table_ids(self) -> list[str]:
        """The tables that rule the private subnets."""
        return sorted({table.table_id for table in self.node_tables})

    @property
    def node_tables(self) -> list[ExistingTable]:
        """The same tables as AWS shows them, one for each subnet."""
        return [self.table_of(each) for each in self.private_subnets.values()]

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
    with looking_up(f"{NAMESPACE}:existingNetwork"):
        return _look_up(settings, wanted)


def _look_up(settings: Settings, wanted: ExistingNetworkSettings) -> ExistingNetwork:
    vpc = find_vpc(wanted.vpc_id)
    tables = find_tables(vpc.vpc_id)
    chosen = [
        table
        for table in tables
        if wanted.route_table_ids is None or table.table_id in wanted.route_table_ids
    ]
    return ExistingNetwork(
        vpc=vpc,
        private_subnets={
            letter: find_subnet(each) for letter, each in wanted.private_subnet_ids.items()
        },
        public_subnet_ids=wanted.public_subnet_ids,
        tables=chosen,
        left_out=[table for table in tables if table not in chosen],
        endpoint=find_endpoint(settings.region, vpc.vpc_id, wanted.endpoint_id),
        others=find_other_endpoints(settings.region, vpc.vpc_id, settings.endpoint_services),
        takers=dict(_takers(vpc.vpc_id, settings.nodes.addresses.values())),
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
