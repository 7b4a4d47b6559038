"""Which machine has an address as its own: network interfaces and instances, with their VPC."""

from collections.abc import Iterator
from typing import TypeAlias

from guardrails.addresses import Block
from guardrails.analysis.destinations import read
from guardrails.analysis.graph import Graph
from guardrails.analysis.labels import step
from guardrails.findings import Step
from guardrails.model.anchors import Anchor, anchors_of
from guardrails.model.network import Subnet

Machine: TypeAlias = tuple[Step, Anchor | None, str]
"""A machine's address, its VPC, and what hides the VPC."""


class MachineAddresses:
    """Knows which machines have an address, as one of their own or within a delegated prefix."""

    def __init__(self, graph: Graph) -> None:
        self._machines: dict[Block, list[Machine]] = {}
        for block, machine in _addresses(graph):
            self._machines.setdefault(block, []).append(machine)
        self._sizes = sorted({block.size for block in self._machines}, reverse=True)

    def of(self, address: Block) -> list[Machine]:
        """Return the machines that have `address`, one address, those by a prefix first."""
        found: list[Machine] = []
        for size in self._sizes:
            start = address.first - address.first % size
            block = Block(address.version, start, start + size - 1)
            found += self._machines.get(block, ())
        return found


def _addresses(graph: Graph) -> Iterator[tuple[Block, Machine]]:
    for noun, machines in (
        ("network interface", graph.topology.network_interfaces),
        ("instance", graph.topology.instances),
    ):
        for machine in machines:
            subnets, fact = anchors_of(machine.subnet)
            subnet = graph.subnets.get(subnets[0]) if subnets and not fact else None
            at = step(f"address of {noun}", machine.key)
            blocks, _ = read(machine.addresses)
            yield from ((block, (at, *_vpc(subnet, fact))) for block in blocks)


def _vpc(subnet: Subnet | None, fact: str) -> tuple[Anchor | None, str]:
    if subnet is None:
        return None, fact or "the VPC of a machine that has the virtual IP as its own address"
    anchors, unseen = anchors_of(subnet.vpc)
    return (anchors[0], "") if anchors and not unseen else (None, unseen)
