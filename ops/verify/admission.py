"""What security groups and network ACLs let through; pure, from AWS's own descriptions."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final, Literal, NamedTuple

from guardrails.addresses import Block, contains, intersect, parse_range, subtract

Described = Mapping[str, Any]
Direction = Literal["IpPermissions", "IpPermissionsEgress"]
Side = Literal["ingress", "egress"]
"""What an ACL sees: packets that come into its subnets, or leave them."""

INBOUND: Final = "IpPermissions"
OUTBOUND: Final = "IpPermissionsEgress"
LAST_RULE: Final = 32_767
"""The number of every ACL's last rule, which denies what no other one matched; 32768 for IPv6."""

_EVERY_PROTOCOL: Final = "-1"
_EVERY_PORT: Final = (0, 65_535)
_EVERY_CODE: Final = -1
# https://www.iana.org/assignments/protocol-numbers: ACLs write numbers, groups names.
_NAMES: Final = {"1": "icmp", "6": "tcp", "17": "udp"}

_Span = tuple[int, int]


class Ports(NamedTuple):
    """Ports from `first` to `last`, both included; of `icmp`, types, each with code 0."""

    protocol: str
    first: int
    last: int

    def __str__(self) -> str:
        what = "icmp type" if self.protocol == "icmp" else self.protocol
        last = "" if self.first == self.last else f"-{self.last}"
        return f"{what} {self.first}{last}"


@dataclass(frozen=True, slots=True)
class Peer:
    """The other end of a connection: its addresses, and the security groups that it has."""

    blocks: tuple[Block, ...]
    groups: frozenset[str] = frozenset()


class Answer(Enum):
    """Whether something passes. UNKNOWN: it depends on a rule that was not read."""

    ADMITTED = "admitted"
    REFUSED = "refused"
    UNKNOWN = "unknown"


class Denial(NamedTuple):
    """The ACL's rule that denies, and the first part of the traffic that it denies."""

    rule: int
    ports: Ports
    blocks: tuple[Block, ...]


def groups_admit(
    groups: Iterable[Described | None], direction: Direction, ports: Ports, peer: Peer
) -> Answer:
    """Say whether an interface with these groups admits all `ports` for all addresses of `peer`.

    A group that was not read is None. Groups only allow, so the rules of all of them count
    together. Entries of a prefix list are not part of a group's description.
    """
    known = list(groups)
    rules = [
        (span, rule)
        for group in known
        if group is not None
        for rule in group.get(direction, [])
        if (span := _span_of_permission(rule, ports.protocol))
    ]
    answers = {
        _part_admitted([rule for span, rule in rules if _spans(span, part.first)], peer)
        for part in _parts(ports, [span for span, _ in rules])
    }
    if Answer.REFUSED in answers:
        return Answer.UNKNOWN if None in known else Answer.REFUSED
    return Answer.UNKNOWN if Answer.UNKNOWN in answers else Answer.ADMITTED


def acl_denies(
    entries: Iterable[Described], side: Side, ports: Ports, others: tuple[Block, ...]
) -> Denial | None:
    """Return what of the traffic with `others` an ACL denies; None when all of it passes.

    For each port and address the rule with the lowest number that matches decides.
    """
    rules = [
        (span, entry)
        for entry in sorted(entries, key=lambda entry: entry["RuleNumber"])
        if entry["Egress"] is (side == "egress") and (span := _span_of_entry(entry, ports.protocol))
    ]
    for part in _parts(ports, [span for span, _ in rules]):
        left = others
        for span, entry in rules:
            block = _block_of(entry)
            if block is None or not _spans(span, part.first):
                continue
            denied = intersect(left, (block,)) if entry["RuleAction"] == "deny" else ()
            if denied:
                return Denial(entry["RuleNumber"], part, denied)
            left = subtract(left, (block,))
        if left:
            return Denial(LAST_RULE, part, left)
    return None


def _part_admitted(rules: Sequence[Described], peer: Peer) -> Answer:
    pairs = (pair for rule in rules for pair in rule.get("UserIdGroupPairs", []))
    if any(pair.get("GroupId") in peer.groups for pair in pairs):
        return Answer.ADMITTED
    ranges = (each["CidrIp"] for rule in rules for each in rule.get("IpRanges", []))
    ranges_v6 = (each["CidrIpv6"] for rule in rules for each in rule.get("Ipv6Ranges", []))
    blocks = [parse_range(text) for text in (*ranges, *ranges_v6)]
    if all(contains(blocks, block) for block in peer.blocks):
        return Answer.ADMITTED
    by_list = any(rule.get("PrefixListIds") for rule in rules)
    return Answer.UNKNOWN if by_list else Answer.REFUSED


def _parts(ports: Ports, spans: Iterable[_Span]) -> Iterator[Ports]:
    """Cut `ports` where a rule begins or ends: the same rules match all ports of a part."""
    edges = {edge for first, last in spans for edge in (first, last + 1)}
    starts = sorted({ports.first, *(edge for edge in edges if ports.first < edge <= ports.last)})
    for start, following in zip(starts, (*starts[1:], ports.last + 1), strict=True):
        yield Ports(ports.protocol, start, following - 1)


def _spans(span: _Span, port: int) -> bool:
    return span[0] <= port <= span[1]


def _span_of_permission(rule: Described, protocol: str) -> _Span | None:
    first, last = rule.get("FromPort", _EVERY_CODE), rule.get("ToPort", _EVERY_CODE)
    return _span(rule["IpProtocol"], protocol, first, last)


def _span_of_entry(entry: Described, protocol: str) -> _Span | None:
    if protocol == "icmp":
        written: Described = entry.get("IcmpTypeCode") or {}
        first, last = written.get("Type", _EVERY_CODE), written.get("Code", _EVERY_CODE)
    else:
        written = entry.get("PortRange") or {}
        first, last = written.get("From", _EVERY_CODE), written.get("To", _EVERY_CODE)
    return _span(entry["Protocol"], protocol, first, last)


def _span(written: str, protocol: str, first: int, last: int) -> _Span | None:
    """Return which ports, or ICMP types, of `protocol` a rule is about; None for none of them.

    Of ICMP, rules write type and code where others write the first and the last port.
    """
    if written == _EVERY_PROTOCOL:
        return _EVERY_PORT
    if _NAMES.get(written, written) != protocol:
        return None
    if first == _EVERY_CODE:
        return _EVERY_PORT
    if protocol == "icmp":
        return (first, first) if last in (_EVERY_CODE, 0) else None
    return first, last


def _block_of(entry: Described) -> Block | None:
    written = entry.get("CidrBlock") or entry.get("Ipv6CidrBlock")
    return parse_range(written) if written else None
