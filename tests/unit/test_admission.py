"""What groups and ACLs let through, case by case, in the words of AWS's describe calls."""

from typing import Any

import pytest

from guardrails.addresses import parse_range
from ops.verify.admission import (
    INBOUND,
    LAST_RULE,
    OUTBOUND,
    Answer,
    Denial,
    Peer,
    Ports,
    acl_denies,
    groups_admit,
)

HTTPS = Ports("tcp", 443, 443)
PING, PONG = Ports("icmp", 8, 8), Ports("icmp", 0, 0)
OFFICE = parse_range("10.0.10.0/24")
NODE = parse_range("10.0.110.10")


def permission(
    protocol: str, first: int | None = None, last: int | None = None, **peers: Any
) -> Any:
    ports = {} if first is None else {"FromPort": first, "ToPort": first if last is None else last}
    ranges = [{"CidrIp": each} for each in peers.get("cidrs", [])]
    pairs = [{"GroupId": each, "UserId": "1"} for each in peers.get("groups", [])]
    lists = [{"PrefixListId": each} for each in peers.get("lists", [])]
    return {
        "IpProtocol": protocol,
        **ports,
        "IpRanges": ranges,
        "Ipv6Ranges": [{"CidrIpv6": each} for each in peers.get("cidrs_v6", [])],
        "UserIdGroupPairs": pairs,
        "PrefixListIds": lists,
    }


def group(*permissions: Any) -> Any:
    return {"GroupId": "sg-1", "IpPermissions": permissions, "IpPermissionsEgress": []}


def admitted(ports: Ports, *permissions: Any, blocks: Any = (OFFICE,), groups: Any = ()) -> Answer:
    peer = Peer(tuple(blocks), frozenset(groups))
    return groups_admit([group(*permissions)], INBOUND, ports, peer)


@pytest.mark.parametrize(
    ("ports", "rule"),
    [
        (HTTPS, permission("tcp", 443, cidrs=["10.0.10.0/24"])),
        (HTTPS, permission("tcp", 0, 65535, cidrs=["10.0.0.0/16"])),
        (HTTPS, permission("tcp", 443, cidrs=["10.0.10.0/25", "10.0.10.128/25"])),
        (HTTPS, permission("6", 443, cidrs=["0.0.0.0/0"])),
        (HTTPS, permission("-1", cidrs=["0.0.0.0/0"])),
        (PING, permission("icmp", -1, -1, cidrs=["0.0.0.0/0"])),
        (PING, permission("icmp", 8, -1, cidrs=["0.0.0.0/0"])),
        (PING, permission("icmp", 8, 0, cidrs=["0.0.0.0/0"])),
    ],
)
def test_a_rule_that_covers_ports_and_addresses_admits(ports: Ports, rule: Any) -> None:
    assert admitted(ports, rule) is Answer.ADMITTED


@pytest.mark.parametrize(
    ("ports", "rule"),
    [
        (HTTPS, permission("tcp", 444, cidrs=["10.0.10.0/24"])),
        (HTTPS, permission("udp", 443, cidrs=["10.0.10.0/24"])),
        (HTTPS, permission("tcp", 443, cidrs=["10.0.10.0/25"])),
        (HTTPS, permission("tcp", 443, cidrs_v6=["::/0"])),
        (HTTPS, permission("tcp", 443, groups=["sg-2"])),
        (Ports("tcp", 443, 444), permission("tcp", 443, cidrs=["10.0.10.0/24"])),
        (PING, permission("icmp", 0, -1, cidrs=["0.0.0.0/0"])),
        (PING, permission("icmp", 8, 3, cidrs=["0.0.0.0/0"])),
        (PING, permission("icmpv6", -1, -1, cidrs_v6=["::/0"])),
    ],
)
def test_a_rule_that_leaves_a_part_out_refuses(ports: Ports, rule: Any) -> None:
    assert admitted(ports, rule) is Answer.REFUSED


def test_a_peer_is_admitted_by_its_group() -> None:
    rule = permission("tcp", 443, groups=["sg-nodes"])
    assert admitted(HTTPS, rule, groups=["sg-other", "sg-nodes"]) is Answer.ADMITTED


def test_rules_of_all_groups_count_together() -> None:
    low, high = (
        group(permission("tcp", first, last, cidrs=["10.0.10.0/24"]))
        for first, last in ((29000, 29004), (29005, 29010))
    )
    ports, peer = Ports("tcp", 29000, 29010), Peer((OFFICE,))
    assert groups_admit([low, high], INBOUND, ports, peer) is Answer.ADMITTED
    assert groups_admit([low], INBOUND, ports, peer) is Answer.REFUSED


def test_inbound_rules_say_nothing_of_outbound_traffic() -> None:
    rules = group(permission("-1", cidrs=["0.0.0.0/0"]))
    assert groups_admit([rules], OUTBOUND, HTTPS, Peer((OFFICE,))) is Answer.REFUSED


def test_without_a_group_nothing_is_admitted() -> None:
    assert groups_admit([], INBOUND, HTTPS, Peer((OFFICE,))) is Answer.REFUSED


def test_a_prefix_list_makes_the_answer_unknown_where_it_depends_on_it() -> None:
    by_list = permission("tcp", 443, lists=["pl-1"])
    assert admitted(HTTPS, by_list) is Answer.UNKNOWN
    assert admitted(HTTPS, by_list, permission("tcp", 443, cidrs=["10.0.0.0/8"])) is Answer.ADMITTED
    assert admitted(Ports("tcp", 22, 22), by_list) is Answer.REFUSED
    assert admitted(Ports("tcp", 443, 444), by_list) is Answer.REFUSED


def test_a_group_that_was_not_read_may_admit_what_the_others_refuse() -> None:
    assert groups_admit([None, group()], INBOUND, HTTPS, Peer((OFFICE,))) is Answer.UNKNOWN
    open_group = group(permission("-1", cidrs=["0.0.0.0/0"]))
    assert groups_admit([None, open_group], INBOUND, HTTPS, Peer((OFFICE,))) is Answer.ADMITTED


def entry(number: int, action: str, protocol: str = "-1", **more: Any) -> Any:
    written = {"Egress": False, "CidrBlock": "0.0.0.0/0", **more}
    return {"RuleNumber": number, "RuleAction": action, "Protocol": protocol, **written}


ALLOW, LAST = entry(100, "allow"), entry(LAST_RULE, "deny")
ON_443 = {"PortRange": {"From": 443, "To": 443}}


def denied(*entries: Any, ports: Ports = HTTPS, blocks: Any = (OFFICE,)) -> Denial | None:
    return acl_denies(entries, "ingress", ports, tuple(blocks))


def test_the_default_acl_lets_everything_through() -> None:
    for ports in (HTTPS, Ports("udp", 29000, 29010), PING):
        assert denied(LAST, ALLOW, ports=ports) is None


def test_what_no_rule_matches_the_last_one_denies() -> None:
    assert denied(LAST) == Denial(LAST_RULE, HTTPS, (OFFICE,))
    assert denied() == Denial(LAST_RULE, HTTPS, (OFFICE,))


def test_the_rule_with_the_lowest_number_decides() -> None:
    assert denied(ALLOW, entry(90, "deny", "6", **ON_443)) == Denial(90, HTTPS, (OFFICE,))
    assert denied(ALLOW, entry(110, "deny", "6", **ON_443)) is None


@pytest.mark.parametrize(
    "rule",
    [
        entry(90, "deny", "17", **ON_443),
        entry(90, "deny", "6", PortRange={"From": 22, "To": 80}),
        entry(90, "deny", "6", **ON_443, CidrBlock="10.0.110.0/24"),
        entry(90, "deny", "6", **ON_443, Egress=True),
        entry(90, "deny", "6", **ON_443, CidrBlock=None, Ipv6CidrBlock="::/0"),
    ],
)
def test_a_rule_about_something_else_is_passed_over(rule: Any) -> None:
    assert denied(rule, ALLOW, LAST) is None


def test_a_rule_of_a_protocol_without_ports_is_about_all_of_them() -> None:
    assert denied(entry(90, "deny", "6"), ALLOW) == Denial(90, HTTPS, (OFFICE,))


def test_a_part_of_the_ports_is_enough_for_a_denial() -> None:
    narrow = entry(100, "allow", "6", PortRange={"From": 49152, "To": 65535})
    found = denied(narrow, LAST, ports=Ports("tcp", 32768, 60999))
    assert found == Denial(LAST_RULE, Ports("tcp", 32768, 49151), (OFFICE,))


def test_a_part_of_the_addresses_is_enough_for_a_denial() -> None:
    found = denied(entry(90, "deny", CidrBlock="10.0.10.128/25"), ALLOW)
    assert found == Denial(90, HTTPS, (parse_range("10.0.10.128/25"),))


def test_an_earlier_allowance_shields_addresses_from_a_denial() -> None:
    allowed = entry(80, "allow", CidrBlock="10.0.110.10/32")
    assert denied(allowed, entry(90, "deny"), blocks=[NODE]) is None


def test_pings_need_their_type_let_through() -> None:
    requests = entry(100, "allow", "1", IcmpTypeCode={"Type": 8, "Code": -1})
    assert denied(requests, LAST, ports=PING) is None
    assert denied(requests, LAST, ports=PONG) == Denial(LAST_RULE, PONG, (OFFICE,))


@pytest.mark.parametrize(
    ("ports", "shown"),
    [
        (HTTPS, "tcp 443"),
        (Ports("udp", 29000, 29010), "udp 29000-29010"),
        (PING, "icmp type 8"),
    ],
)
def test_ports_read_as_people_write_them(ports: Ports, shown: str) -> None:
    assert str(ports) == shown
