"""Which machine has an address as its own: network interfaces and instances, with their VPC."""

from guardrails.addresses import AddressError, Block, parse_range
from guardrails.analysis.graph import Graph
from guardrails.analysis.labels import step
from guardrails.findings import Step
from guardrails.model.anchors import Anchor, anchors_of
from guardrails.model.network import Subnet


def machines_by_address(graph: Graph) -> dict[Block, list[tuple[Step, Anchor | None, str]]]:
    """Index machines by their private addresses, with their VPC or what hides it."""
    found: dict[Block, list[tuple[Step, Anchor | None, str]]] = {}
    for noun, machines in (
        ("network interface", graph.topology.network_interfaces),
        ("instance", graph.topology.instances),
    ):
        for machine in machines:
            for text in machine.addresses:
                try:
                    block = parse_range(text) if isinstance(text, str) else None
                except AddressError:
                    continue
                if block:
                    subnets, fact = anchors_of(machine.subnet)
                    subnet = graph.subnets.get(subnets[0]) if subnets and not fact else None
                    at = step(f"address of {noun}", machine.key)
                    found.setdefault(block, []).append((at, *_vpc(subnet, fact)))
    return found


def _vpc(subnet: Subnet | None, fact: str) -> tuple[Anchor | None, str]:
    if subnet is None:
        return None, fact or "the VPC of a machine that has the virtual IP as its own address"
    anchors, unseen = anchors_of(subnet.vpc)
    return (anchors[0], "") if anchors and not unseen else (None, unseen)
