"""Whether the nodes' security groups admit clients, and the nodes to each other."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Final

from guardrails.addresses import parse_host, parse_range
from guardrails.findings import Severity
from ops.cluster import Node
from ops.described import Described
from ops.engine import Engine
from ops.errors import NotCheckedError
from ops.verify.admission import INBOUND, OUTBOUND, Answer, Direction, Peer, Ports, groups_admit
from ops.verify.check import RESTORE, Check, Fault
from ops.verify.situation import Situation

_ECHO_REQUEST: Final = Ports("icmp", 8, 8)


def asked_of_peers(engine: Engine) -> Iterator[Ports]:
    """Return what a node must reach on the other one; of ICMP, what a ping sends."""
    for protocol, first, last in engine.peer_ports:
        yield _ECHO_REQUEST if protocol == "icmp" else Ports(protocol, first, last)


def client_port_closed(situation: Situation) -> Iterator[Fault]:
    """Find ports that clients use and a node's groups do not admit (F19)."""
    if situation.cluster.ports is None:
        raise NotCheckedError("the clients' ports are in the stack's outputs: give --outputs")
    closed = _Closed(situation)
    for node in situation.cluster.nodes:
        for port in situation.cluster.ports:
            for source in port.sources:
                ports = Ports(port.protocol, port.port, port.port)
                peer = Peer((parse_range(source),))
                closed.ask(node, INBOUND, ports, peer, f"{ports} from {source}")
    yield from closed.faults("clients' ports open")


def peer_port_closed(situation: Situation) -> Iterator[Fault]:
    """Find ports of the engine that one node's groups do not admit for the other (F20)."""
    closed, engine = _Closed(situation), situation.cluster.engine
    for node in situation.cluster.nodes:
        for other in situation.cluster.nodes:
            interface = situation.interfaces.get(other.network_interface_id)
            if node == other or interface is None:
                continue
            peer = Peer((parse_host(other.private_ip),), frozenset(_group_ids(interface)))
            for ports in asked_of_peers(engine):
                closed.ask(node, INBOUND, ports, peer, f"{ports} from the other node")
                closed.ask(node, OUTBOUND, ports, peer, f"{ports} to the other node")
    yield from closed.faults(f"ports of {engine.title} open between the nodes")


class _Closed:
    """What is closed, by the group that all nodes have, or by the interface of one node."""

    def __init__(self, situation: Situation) -> None:
        self._situation = situation
        self._lines: dict[str, dict[str, None]] = defaultdict(dict)
        self._involved: dict[str, set[str]] = defaultdict(set)
        self._unknown: dict[str, None] = {}

    def ask(self, node: Node, direction: Direction, ports: Ports, peer: Peer, line: str) -> None:
        """Note `line` when the groups of a node's interface refuse; a missing one has none."""
        interface = self._situation.interfaces.get(node.network_interface_id)
        if interface is None:
            return
        groups = [self._situation.groups.get(each) for each in _group_ids(interface)]
        answer = groups_admit(groups, direction, ports, peer)
        if answer is Answer.UNKNOWN:
            self._unknown[line] = None
        if answer is Answer.REFUSED:
            subject = self._subject(interface)
            self._lines[subject][line] = None
            self._involved[subject] |= {node.network_interface_id, *_group_ids(interface)}

    def faults(self, expected: str) -> Iterator[Fault]:
        """Return a fault for each subject. Raises NotCheckedError where only doubt is left."""
        for subject, lines in self._lines.items():
            yield Fault(
                subject,
                expected,
                f"closed: {', '.join(lines)}",
                RESTORE,
                tuple(sorted(self._involved[subject])),
            )
        if self._unknown and not self._lines:
            raise NotCheckedError(
                f"{', '.join(self._unknown)}: depends on a prefix list, or on a group of another "
                "VPC, which are not read"
            )

    def _subject(self, interface: Described) -> str:
        """Return the first group when every node has the same ones, else the interface."""
        ids = (node.network_interface_id for node in self._situation.cluster.nodes)
        found = (self._situation.interfaces.get(each) for each in ids)
        sets = {tuple(_group_ids(each)) for each in found if each is not None}
        groups = _group_ids(interface)
        return groups[0] if len(sets) == 1 and groups else interface["NetworkInterfaceId"]


def _group_ids(interface: Described) -> list[str]:
    return [each["GroupId"] for each in interface.get("Groups", [])]


CHECKS = (
    Check(id="client-port-closed", severity=Severity.HIGH, judge=client_port_closed),
    Check(id="peer-port-closed", severity=Severity.CRITICAL, judge=peer_port_closed),
)
