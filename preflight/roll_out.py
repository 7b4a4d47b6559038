"""Which node an update may replace or restart, and where the virtual IP leads meanwhile.

Pure: settings and the live cluster in; faults, notices and the plan out.
"""

from collections.abc import Iterator

from settings import Fault, Settings

from .faults import NAMESPACE, OTHER_ENGINE, REBUILD, fault
from .live_cluster import LiveCluster, LiveNode


def fixed_faults(settings: Settings, live: LiveCluster) -> Iterator[Fault]:
    """Yield what would replace the network under the nodes, or an address without a roll-out."""
    network = settings.network
    if live.nodes and settings.makes_vpc:
        yield from _own_vpc_faults(network.cidr, live)
    systems = {node.instance.system for node in live.nodes.values() if node.instance}
    for system in systems - {settings.nodes.os, ""}:
        remedy = f"restore {system}: another system is another cluster ({REBUILD})"
        yield fault("nodes.os", settings.nodes.os, remedy)
    engines = {node.instance.engine for node in live.nodes.values() if node.instance}
    for engine in sorted(engines - {settings.nodes.engine, ""}):
        remedy = (
            f"restore {engine}: another engine is another cluster, and closes the ports of this "
            f"one ({OTHER_ENGINE})"
        )
        yield fault("nodes.engine", settings.nodes.engine, remedy)
    for letter, node in live.nodes.items():
        zone, subnet = f"network.zones.{letter}", f"network.privateSubnets.{letter}"
        if settings.existing_network:
            zone = subnet = f"existingNetwork.privateSubnetIds.{letter}"
        given = [
            (zone, network.zones[letter], node.zone),
            (subnet, network.private_subnets[letter], node.subnet_cidr),
        ]
        for key, wanted, actual in given:
            if wanted != actual:
                remedy = f"restore {actual}: node-{letter} and its disk are there ({REBUILD})"
                yield fault(key, wanted, remedy)
        address = settings.nodes.addresses[letter]
        if address != node.address and settings.roll_out != letter:
            yield fault(
                f"nodes.addresses.{letter}",
                address,
                f"restore {node.address}, or set rollOut: {letter}: another address replaces "
                f"the interface and the instance of node-{letter}",
            )


def _own_vpc_faults(cidr_block: str, live: LiveCluster) -> Iterator[Fault]:
    """Yield why the stack cannot make a VPC for these nodes; vpc_fit compares one that is named."""
    if not live.owns_vpc:
        remedy = (
            f"restore {live.vpc_id}, in network or existingNetwork as it was: the nodes are there, "
            f"and this stack did not make it ({REBUILD}). To take over a VPC that was built by "
            "hand, give it the stack's tags first (docs/adopting.md)"
        )
        yield fault("network.vpcId", None, remedy)
    elif live.vpc_cidr != cidr_block:
        remedy = f"restore {live.vpc_cidr}: a VPC keeps its range ({REBUILD})"
        yield fault("network.cidr", cidr_block, remedy)


def roll_out_faults(settings: Settings, live: LiveCluster) -> Iterator[Fault]:
    """Yield why the node in `rollOut` must not be touched now."""
    rolled = settings.roll_out
    if rolled is None:
        if settings.roll_out_owner:
            yield fault("rollOutOwner", "true", "remove it, or name the node in rollOut")
        return
    holders = live.holders(settings.virtual_ip)
    other = _other(rolled)
    if rolled in live.nodes and not _is_up(live, other):
        yield fault(
            "rollOut",
            rolled,
            f"bring node-{other} up first: it does not run, and no node would",
        )
    if rolled in live.nodes and live.nodes[rolled].ends_with:
        remedy = f"keep its interface first: {_ending(live.nodes[rolled])}"
        yield fault("rollOut", rolled, remedy)
    if len(holders) > 1:
        yield fault("rollOut", rolled, f"fail over first: {_disagreement(settings, live)}")
    elif rolled in holders and not settings.roll_out_owner:
        yield fault(
            "rollOut",
            rolled,
            f"fail over to node-{other} first: node-{rolled} holds the virtual IP. Only if the "
            "cluster cannot do it, set rollOutOwner: true, which leads the routes to "
            f"node-{other} before node-{rolled} goes down",
        )


def plan_roll_out(settings: Settings, live: LiveCluster) -> tuple[str | None, bool]:
    """Return the interface to which new routes lead, and whether existing ones are led there."""
    if not live.nodes:
        return None, False
    holders = live.holders(settings.virtual_ip)
    owner = max(
        holders, key=lambda each: (holders[each], each == settings.initial_owner), default=None
    )
    if owner is None:
        first = settings.initial_owner
        owner = _other(first) if first == settings.roll_out else first
        return live.nodes[owner].interface_id if owner in live.nodes else None, False
    if owner == settings.roll_out:
        return live.nodes[_other(owner)].interface_id, True
    return live.nodes[owner].interface_id, False


def notices(settings: Settings, live: LiveCluster) -> Iterator[str]:
    """Yield what the operator should know although nothing stops the update."""
    if settings.engine.is_pacemaker and not settings.engine.fences:
        yield (
            "nodes.pacemaker.fencing is false: nodes that lose each other both become active "
            "(docs/pacemaker.md, Fencing)"
        )
    if len(live.holders(settings.virtual_ip)) > 1:
        yield _disagreement(settings, live)
    for address in live.former_addresses(settings.virtual_ip):
        yield (
            f"this update takes {address} away: the running cluster manages it until you give its "
            f"resource awsvip1 the new address {settings.virtual_ip} (docs/runbook.md)"
        )
    own = {node.interface_id for node in live.nodes.values()}
    for table, target in sorted(live.targets(settings.virtual_ip).items()):
        if target not in own:
            yield (
                f"{table} leads {settings.virtual_ip} to {target}, which is not an interface of "
                "this cluster: packets are lost. Let the cluster take the address over again, "
                "or replace the route (docs/runbook.md)"
            )
    for letter in sorted(live.nodes):
        yield from _node_notices(settings, live, letter)
    if settings.roll_out:
        yield (
            f"rollOut: this update may replace or restart node-{settings.roll_out}. Remove the "
            f"key afterwards: pulumi config rm {NAMESPACE}:rollOut"
        )


def _node_notices(settings: Settings, live: LiveCluster, letter: str) -> Iterator[str]:
    node = live.nodes[letter]
    if node.instance and node.instance.source_dest_check:
        yield (
            f"node-{letter} drops packets for {settings.virtual_ip}: {node.interface_id} "
            "checks source and destination. Run pulumi up --refresh"
        )
    if not node.is_up:
        yield _down(letter, node)
    if node.ends_with:
        yield f"node-{letter} must not end before its interface is kept: {_ending(node)}"
    if letter != settings.roll_out:
        yield from _pending(settings, live, letter)


def _pending(settings: Settings, live: LiveCluster, letter: str) -> Iterator[str]:
    instance, nodes = live.nodes[letter].instance, settings.nodes
    if instance is None:
        return
    kept: list[str] = []
    if not nodes.image_is_parameter and instance.image_id != nodes.image:
        kept.append(f"image {instance.image_id} (not {nodes.image})")
    if instance.instance_type != nodes.instance_type:
        kept.append(f"type {instance.instance_type} (not {nodes.instance_type})")
    if kept:
        what = " and ".join(kept)
        yield f"node-{letter} keeps {what} until it is rolled out: see docs/runbook.md"


def _down(letter: str, node: LiveNode) -> str:
    """Say that a node does not run: an update that failed may have left it so."""
    why = f"{node.interface_id} has no instance"
    remedy = "If this update makes no other one, run pulumi up --refresh"
    if node.instance:
        identity, state = node.instance.instance_id, node.instance.state
        why = f"{identity} is {state}"
        if state in ("stopping", "stopped"):
            start = f"aws ec2 start-instances --instance-ids {identity}"
            remedy = f"If nobody stopped it on purpose: {start}"
    return f"node-{letter} does not run: {why}. {remedy}"


def _ending(node: LiveNode) -> str:
    return (
        f"AWS deletes {node.interface_id} with its instance, and the virtual IP's routes would "
        "lead nowhere. Run aws ec2 modify-network-interface-attribute --network-interface-id "
        f"{node.interface_id} --attachment AttachmentId={node.ends_with},DeleteOnTermination=false"
    )


def _disagreement(settings: Settings, live: LiveCluster) -> str:
    targets = sorted(live.targets(settings.virtual_ip).items())
    places = ", ".join(f"{table} to {target}" for table, target in targets)
    return f"the route tables lead {settings.virtual_ip} to different nodes, {places}"


def _is_up(live: LiveCluster, letter: str) -> bool:
    return letter in live.nodes and live.nodes[letter].is_up


def _other(letter: str) -> str:
    return "b" if letter == "a" else "a"
