"""Whether the network ACLs of the subnets let the cluster's traffic through, both ways."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, summarize_address_range
from typing import Final, NamedTuple

from guardrails.addresses import Block, intersect, parse_host, parse_range, show, subtract
from guardrails.findings import Severity
from ops.cluster import Node, Port
from ops.described import Described, is_windows
from ops.verify.admission import LAST_RULE, Denial, Ports, Side, acl_denies
from ops.verify.check import Check, Fault
from ops.verify.filter_checks import asked_of_peers
from ops.verify.situation import Situation

# Where answers go to: the ports from which a system opens connections. Each system's own default;
# which one a client has is not known, so of clients it is what both have in common.
# https://docs.aws.amazon.com/vpc/latest/userguide/custom-network-acl.html#nacl-ephemeral-ports
_LINUX: Final = (32_768, 60_999)
_WINDOWS: Final = (49_152, 65_535)
_CLIENTS: Final = (49_152, 60_999)
_ECHO_REPLY: Final = Ports("icmp", 0, 0)
_NUMBERS: Final = {"icmp": 1, "tcp": 6, "udp": 17}
_SHOWN: Final = 3
_FIRST_RULE: Final = 100


@dataclass(frozen=True, slots=True)
class _End:
    """One end of a connection: by its addresses the other end knows it.

    `subnet` is empty outside the VPC. `answers_to` are the ports from which it opens connections.
    """

    name: str
    subnet: str
    blocks: tuple[Block, ...]
    answers_to: tuple[int, int] = _CLIENTS


class _Crossing(NamedTuple):
    """Packets that leave a subnet for `others`, or come into it from them."""

    subnet: str
    side: Side
    ports: Ports
    others: tuple[Block, ...]
    purpose: str


def network_acl_blocks(situation: Situation) -> Iterator[Fault]:
    """Find ACLs that deny what nodes, endpoints and clients say to each other (F21)."""
    acls = _acls_by_subnet(situation)
    denied: dict[str, dict[tuple[Side, Denial], str]] = {}
    for crossing in _crossings(situation):
        acl = acls.get(crossing.subnet)
        if acl is None:
            continue
        denial = acl_denies(acl.get("Entries", []), crossing.side, crossing.ports, crossing.others)
        if denial:
            found = denied.setdefault(acl["NetworkAclId"], {})
            found.setdefault((crossing.side, denial), crossing.purpose)
    by_id = {acl["NetworkAclId"]: acl for acl in acls.values()}
    for key, found in denied.items():
        yield _fault(by_id[key], found)


def _acls_by_subnet(situation: Situation) -> Mapping[str, Described]:
    return {
        association["SubnetId"]: acl
        for acl in situation.snapshot.get("network_acls")
        for association in acl.get("Associations", [])
    }


def _crossings(situation: Situation) -> Iterator[_Crossing]:
    nodes = {node: end for node in situation.cluster.nodes if (end := _node_end(situation, node))}
    for node, end in nodes.items():
        for endpoint in _endpoint_ends(situation):
            yield from _connection(end, endpoint, Ports("tcp", 443, 443))
        for other, other_end in nodes.items():
            if other != node:
                for ports in asked_of_peers(situation.cluster.engine):
                    yield from _connection(end, other_end, ports, answered=ports.protocol != "udp")
        for port in situation.cluster.ports or ():
            for client in _client_ends(situation, end, port):
                yield from _connection(
                    client,
                    _as_virtual_ip(situation, end),
                    Ports(port.protocol, port.port, port.port),
                )


def _connection(
    source: _End, target: _End, ports: Ports, *, answered: bool = True
) -> Iterator[_Crossing]:
    """Return where a connection crosses borders of subnets; ACLs keep no state.

    Inside a subnet no ACL is asked. UDP between nodes needs no answer: each node sends its own.
    """
    if source.subnet == target.subnet:
        return
    purpose = f"{source.name} to {target.name}, {ports}"
    yield _Crossing(source.subnet, "egress", ports, target.blocks, purpose)
    yield _Crossing(target.subnet, "ingress", ports, source.blocks, purpose)
    if answered:
        answer = (
            _ECHO_REPLY if ports.protocol == "icmp" else Ports(ports.protocol, *source.answers_to)
        )
        purpose = f"answers of {purpose}"
        yield _Crossing(target.subnet, "egress", answer, source.blocks, purpose)
        yield _Crossing(source.subnet, "ingress", answer, target.blocks, purpose)


def _node_end(situation: Situation, node: Node) -> _End | None:
    interface = situation.interfaces.get(node.network_interface_id)
    if interface is None:
        return None
    ports = _WINDOWS if is_windows(situation.instance_of_node(node) or {}) else _LINUX
    address = (parse_host(node.private_ip),)
    return _End(node.name, interface.get("SubnetId", ""), address, ports)


def _as_virtual_ip(situation: Situation, node: _End) -> _End:
    address = parse_host(situation.cluster.virtual_ip)
    return _End(f"the virtual IP on {node.name}", node.subnet, (address,))


def _endpoint_ends(situation: Situation) -> Iterator[_End]:
    for name, key in situation.cluster.endpoint_ids.items():
        for interface_id in situation.endpoints.get(key, {}).get("NetworkInterfaceIds", []):
            interface = situation.interfaces.get(interface_id, {})
            written = interface.get("PrivateIpAddress")
            if written:
                address = (parse_host(written),)
                yield _End(f"endpoint {name}", interface.get("SubnetId", ""), address)


def _client_ends(situation: Situation, node: _End, port: Port) -> Iterator[_End]:
    """Cut the ranges of a port's clients by the VPC's subnets; the rest is outside the VPC."""
    left = tuple(parse_range(source) for source in port.sources)
    for key, subnet in situation.subnets.items():
        block = subnet.get("CidrBlock")
        inside = intersect(left, (parse_range(block),)) if block else ()
        left = subtract(left, inside)
        if inside and key != node.subnet:
            yield _End(f"clients in {key}", key, inside)
    if left:
        yield _End("clients outside the VPC", "", left)


def _fault(acl: Described, found: Mapping[tuple[Side, Denial], str]) -> Fault:
    lines = [
        f"rule {denial.rule} denies {denial.ports} {'to' if side == 'egress' else 'from'} "
        f"{', '.join(map(show, denial.blocks))} ({purpose})"
        for (side, denial), purpose in found.items()
    ]
    more = f"; and {len(lines) - _SHOWN} more" if len(lines) > _SHOWN else ""
    remedies = list(_remedies(acl, found))
    is_partial = len(remedies) > _SHOWN or any(len(_networks(each)) > 1 for _, each in found)
    return Fault(
        acl["NetworkAclId"],
        "nodes, endpoints and clients reach each other",
        "; ".join(lines[:_SHOWN]) + more,
        "; ".join(remedies[:_SHOWN]) + ("; then verify again" if is_partial else ""),
        tuple(each["SubnetId"] for each in acl.get("Associations", [])),
    )


def _remedies(acl: Described, found: Iterable[tuple[Side, Denial]]) -> Iterator[str]:
    """Yield the commands that allow what is denied, each under a rule number of its own.

    A rule that denies stays: somebody may want it for other traffic.
    """
    taken = {(each["Egress"], each["RuleNumber"]) for each in acl.get("Entries", [])}
    for side, denial in found:
        is_egress = side == "egress"
        number = _free({each for egress, each in taken if egress is is_egress}, denial.rule)
        if number is None:
            yield (
                f"give rule {denial.rule} of --{side} a higher number: no number below it is free"
            )
            continue
        taken.add((is_egress, number))
        yield _allowing(acl["NetworkAclId"], side, denial, number)


def _allowing(acl: str, side: Side, denial: Denial, number: int) -> str:
    protocol, first, last = denial.ports
    what = (
        f"--icmp-type-code Type={first},Code=-1"
        if protocol == "icmp"
        else f"--port-range From={first},To={last}"
    )
    return (
        f"aws ec2 create-network-acl-entry --network-acl-id {acl} --{side} --rule-number {number} "
        f"--protocol {_NUMBERS[protocol]} {what} --cidr-block {_networks(denial)[0]} "
        "--rule-action allow"
    )


def _networks(denial: Denial) -> list[IPv4Network]:
    """Return what is denied as CIDRs: an ACL's rule names nothing else, not even one address."""
    return [
        network
        for block in denial.blocks
        for network in summarize_address_range(IPv4Address(block.first), IPv4Address(block.last))
    ]


def _free(taken: Collection[int], denying: int) -> int | None:
    """Return a free number below a rule's: close to it, so that other rules keep their effect."""
    highest_first = range(denying - 1, 0, -1)
    candidates = range(_FIRST_RULE, LAST_RULE) if denying == LAST_RULE else highest_first
    return next((each for each in candidates if each not in taken), None)


CHECKS = (Check(id="network-acl-blocks", severity=Severity.CRITICAL, judge=network_acl_blocks),)
