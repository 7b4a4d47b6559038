"""The subnets that the stack made, and which of them a change would take away from somebody."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

import pulumi_aws as aws

from settings import Fault, NetworkSettings

from .faults import REBUILD, fault, looking_up
from .live_cluster import LiveCluster


@dataclass(frozen=True)
class OwnSubnet:
    """A subnet by its tier and zone letter, with the interfaces of others than nodes in it."""

    tier: str
    letter: str
    subnet_id: str
    cidr_block: str
    zone: str
    interface_ids: Sequence[str]


def find_own_subnets(tags: Mapping[str, str], live: LiveCluster) -> list[OwnSubnet]:
    """Look up the subnets that carry the stack's tags, as they were made.

    Raises RunError where AWS refuses a look-up.
    """
    nodes = {node.interface_id for node in live.nodes.values()}
    with looking_up("the stack's subnets"):
        found = [aws.ec2.get_subnet(id=each) for each in aws.ec2.get_subnets(tags=tags).ids]
        return [_own_subnet(each, nodes) for each in found if {"Tier", "Name"} <= each.tags.keys()]


def subnet_faults(
    network: NetworkSettings, subnets: Iterable[OwnSubnet], live: LiveCluster
) -> Iterator[Fault]:
    """Yield what would replace or delete a subnet in which something stands; pure.

    AWS deletes no subnet that is in use. The provider would try for 20 minutes, with the subnet's
    route table unbound by then. What is said of the nodes' own subnets and zones is not repeated.
    """
    ranges = {"public": network.public_subnets, "private": network.private_subnets}
    for subnet in subnets:
        letter, users = subnet.letter, ", ".join(subnet.interface_ids)
        wanted, zone = ranges[subnet.tier].get(letter), network.zones.get(letter)
        of_node = letter in live.nodes
        why = f"{users} in {subnet.subnet_id} would lose its place ({REBUILD})"
        if users and wanted != subnet.cidr_block and not (of_node and subnet.tier == "private"):
            key = f"network.{subnet.tier}Subnets.{letter}"
            yield fault(key, wanted, f"restore {subnet.cidr_block}: {why}")
        elif users and wanted and zone != subnet.zone and not of_node:
            yield fault(f"network.zones.{letter}", zone, f"restore {subnet.zone}: {why}")


def _own_subnet(found: aws.ec2.AwaitableGetSubnetResult, nodes: AbstractSet[str]) -> OwnSubnet:
    inside = aws.ec2.get_network_interfaces(
        filters=[{"name": "subnet-id", "values": [found.id]}]
    ).ids
    return OwnSubnet(
        tier=found.tags["Tier"],
        letter=found.tags["Name"][-1],
        subnet_id=found.id,
        cidr_block=found.cidr_block,
        zone=found.availability_zone,
        interface_ids=sorted({*inside} - nodes),
    )
