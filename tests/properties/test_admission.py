"""Admission as ranges agrees with asking for each port and each address alone."""

from ipaddress import ip_address, ip_network
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from guardrails.addresses import parse_range, show
from ops.verify.admission import (
    INBOUND,
    LAST_RULE,
    Answer,
    Peer,
    Ports,
    acl_denies,
    groups_admit,
)

RANGES = ["10.0.0.0/29", "10.0.0.0/30", "10.0.0.4/30", "10.0.0.2/31", "10.0.0.5/32"]
GROUPS = ["sg-a", "sg-b", "sg-c"]
PORT = st.integers(20, 26)
PROTOCOLS = {"-1": ("tcp", "udp"), "6": ("tcp",), "17": ("udp",), "tcp": ("tcp",), "udp": ("udp",)}
SPANS = st.tuples(PORT, PORT).map(sorted)


@st.composite
def ports_asked(draw: st.DrawFn) -> Ports:
    return Ports(draw(st.sampled_from(["tcp", "udp"])), *draw(SPANS))


@st.composite
def permissions(draw: st.DrawFn) -> dict[str, Any]:
    protocol = draw(st.sampled_from(["-1", "tcp", "udp"]))
    first, last = draw(SPANS)
    ranges = draw(st.lists(st.sampled_from(RANGES), max_size=2))
    pairs = draw(st.lists(st.sampled_from(GROUPS), max_size=1))
    lists = draw(st.lists(st.just("pl-1"), max_size=1))
    return {
        "IpProtocol": protocol,
        **({} if protocol == "-1" else {"FromPort": first, "ToPort": last}),
        "IpRanges": [{"CidrIp": each} for each in ranges],
        "UserIdGroupPairs": [{"GroupId": each} for each in pairs],
        "PrefixListIds": [{"PrefixListId": each} for each in lists],
    }


@st.composite
def entries(draw: st.DrawFn, number: int) -> dict[str, Any]:
    protocol = draw(st.sampled_from(["-1", "6", "17"]))
    first, last = draw(SPANS)
    return {
        "RuleNumber": number,
        "Egress": draw(st.booleans()),
        "Protocol": protocol,
        "RuleAction": draw(st.sampled_from(["allow", "deny"])),
        "CidrBlock": draw(st.sampled_from([*RANGES, "0.0.0.0/0"])),
        **({} if protocol == "-1" else {"PortRange": {"From": first, "To": last}}),
    }


ACLS = st.permutations(range(1, 6)).flatmap(
    lambda numbers: st.tuples(*(entries(number) for number in numbers))
)


def is_about(rule: dict[str, Any], protocol: str, port: int) -> bool:
    written = rule.get("IpProtocol") or rule["Protocol"]
    span = rule.get("PortRange", {})
    first = rule.get("FromPort", span.get("From", 0))
    last = rule.get("ToPort", span.get("To", 65535))
    return protocol in PROTOCOLS[written] and first <= port <= last


def admits(rule: dict[str, Any], address: str, groups: set[str]) -> bool:
    named = {each["GroupId"] for each in rule["UserIdGroupPairs"]}
    ranges = (each["CidrIp"] for each in rule["IpRanges"])
    return bool(named & groups) or any(ip_address(address) in ip_network(each) for each in ranges)


def addresses(cidr: str) -> list[str]:
    return [str(each) for each in ip_network(cidr)]


@given(
    st.lists(permissions(), max_size=5),
    ports_asked(),
    st.sampled_from(RANGES),
    st.sets(st.sampled_from(GROUPS), max_size=2),
)
def test_groups_answer_as_for_each_port_and_address(
    rules: list[dict[str, Any]], ports: Ports, cidr: str, groups: set[str]
) -> None:
    peer = Peer((parse_range(cidr),), frozenset(groups))
    half = len(rules) // 2
    found = groups_admit(
        [{"IpPermissions": rules[:half]}, {"IpPermissions": rules[half:]}], INBOUND, ports, peer
    )
    by_port: set[Answer] = set()
    for port in range(ports.first, ports.last + 1):
        matching = [rule for rule in rules if is_about(rule, ports.protocol, port)]
        if all(any(admits(r, each, groups) for r in matching) for each in addresses(cidr)):
            by_port.add(Answer.ADMITTED)
        elif any(rule["PrefixListIds"] for rule in matching):
            by_port.add(Answer.UNKNOWN)
        else:
            by_port.add(Answer.REFUSED)
    worst = next(
        each for each in (Answer.REFUSED, Answer.UNKNOWN, Answer.ADMITTED) if each in by_port
    )
    assert found is worst


def deciding(acl: tuple[dict[str, Any], ...], ports: Ports, port: int, address: str) -> Any:
    """Return the rule that decides for one packet, as AWS describes it: the first that matches."""
    for rule in sorted(acl, key=lambda rule: rule["RuleNumber"]):
        inside = ip_address(address) in ip_network(rule["CidrBlock"])
        if rule["Egress"] and inside and is_about(rule, ports.protocol, port):
            return rule
    return {"RuleNumber": LAST_RULE, "RuleAction": "deny"}


@given(ACLS, ports_asked(), st.sampled_from(RANGES))
def test_an_acl_denies_as_for_each_packet(
    acl: tuple[dict[str, Any], ...], ports: Ports, cidr: str
) -> None:
    found = acl_denies(acl, "egress", ports, (parse_range(cidr),))
    packets = [
        (port, each) for port in range(ports.first, ports.last + 1) for each in addresses(cidr)
    ]
    rules = {packet: deciding(acl, ports, *packet) for packet in packets}
    if found is None:
        assert {rule["RuleAction"] for rule in rules.values()} == {"allow"}
        return
    for block in found.blocks:
        for port in (found.ports.first, found.ports.last):
            rule = rules[port, show(block._replace(last=block.first))]
            assert (rule["RuleNumber"], rule["RuleAction"]) == (found.rule, "deny")
