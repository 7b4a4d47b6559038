"""A VPC that is there already, in which the stack makes its own private subnets."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from ipaddress import IPv4Network

import pulumi_aws as aws

from settings import Fault, NetworkSettings, Settings

from .faults import NAMESPACE, fault, looking_up
from .live_cluster import LiveCluster
from .network_lookups import (
    ExistingSubnet,
    FoundVpc,
    find_endpoint,
    find_other_endpoints,
    find_subnet,
    find_tables,
    find_vpc,
)
from .vpc_fit import vpc_faults


@dataclass(frozen=True)
class HostVpc(FoundVpc):
    """The VPC with its subnets and tables, without those that this stack made."""

    subnets: Sequence[ExistingSubnet]

    @property
    def route_table_ids(self) -> Mapping[str, str]:
        """The tables by the names that their routes get: `main`, every other under its id."""
        return {"main" if each.is_main else each.table_id: each.table_id for each in self.tables}

    def complete(self, network: NetworkSettings) -> NetworkSettings:
        """Return the configured network with the VPC's range."""
        return replace(network, cidr=next(iter(self.vpc.cidr_blocks)))


def find_host_vpc(settings: Settings, stack: str) -> HostVpc | None:
    """Look up the VPC that `network` names; None where the stack makes or finds its own network.

    `stack` is this project and stack, as `project/stack`. Raises RunError where the VPC is not
    there, or AWS refuses a look-up.
    """
    wanted = settings.network
    if wanted.vpc_id is None:
        return None
    with looking_up(f"{NAMESPACE}:network.vpcId"):
        ids = aws.ec2.get_subnets(filters=[{"name": "vpc-id", "values": [wanted.vpc_id]}]).ids
        return HostVpc(
            vpc=find_vpc(wanted.vpc_id),
            subnets=[each for each in map(find_subnet, ids) if each.owner != stack],
            tables=[each for each in find_tables(wanted.vpc_id) if each.owner != stack],
            endpoint=find_endpoint(settings.region, wanted.vpc_id, wanted.endpoint_id),
            others=find_other_endpoints(settings.region, wanted.vpc_id, settings.endpoint_services),
        )


def host_faults(
    settings: Settings, host: HostVpc, live: LiveCluster, stack: str
) -> Iterator[Fault]:
    """Yield everything in the VPC that would keep subnets or cluster out of it."""
    yield from vpc_faults(settings, host, live, stack)
    ranges = [IPv4Network(each) for each in host.vpc.cidr_blocks]
    for letter, text in settings.network.private_subnets.items():
        key, wanted = f"network.privateSubnets.{letter}", IPv4Network(text)
        if not any(wanted.subnet_of(each) for each in ranges):
            places = " or ".join(map(str, ranges))
            yield fault(key, text, f"move it inside {places}, the ranges of {host.vpc.vpc_id}")
        for subnet in host.subnets:
            if wanted.overlaps(IPv4Network(subnet.cidr_block)):
                remedy = f"choose a free range: {subnet.subnet_id} has {subnet.cidr_block}"
                yield fault(key, text, remedy)
