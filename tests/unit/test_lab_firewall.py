"""Security groups as nftables' rules: who may send what to whom, enforced in the router."""

from typing import Any

import pytest

from lab.vpc.firewall import Cut, ruleset
from lab.vpc.snapshot import Snapshot
from tests.support.lab_vpc import SNAPSHOT, admit, changed, group, plan, with_interface

EVERYWHERE = admit("-1", "0.0.0.0/0")


def chain(text: str, name: str) -> list[str]:
    """The rules of one chain."""
    return text.partition(f"chain {name} {{\n")[2].partition("\n}")[0].split("\n")


def inbound(*permissions: dict[str, Any]) -> list[str]:
    """What node-a's port admits when its group has these permissions."""
    return chain(ruleset(plan(), of_nodes(*permissions)), "to_port1")


def of_nodes(*permissions: dict[str, Any], outbound: tuple[dict[str, Any], ...] = ()) -> Snapshot:
    nodes = group("sg-nodes", list(permissions), list(outbound))
    return changed(groups=[nodes, group("sg-endpoint", [])])


def test_the_rules_replace_all_that_was_there() -> None:
    assert ruleset(plan(), SNAPSHOT).startswith("flush ruleset\ntable ip vpc {\n")


def test_a_group_without_permissions_drops_everything() -> None:
    text = ruleset(plan(), SNAPSHOT)
    for port in ("port1", "port2", "port3"):
        assert chain(text, f"to_{port}") == ["drop"]
        assert chain(text, f"from_{port}") == ["drop"]


def test_no_group_guards_the_clients() -> None:
    text = ruleset(plan(), SNAPSHOT)
    assert 'iifname vmap { "port1" : jump from_port1, "port2" : jump from_port2, ' in text
    assert all(port not in text for port in ("port4", "port5", "port6"))


@pytest.mark.parametrize(
    ("permission", "rule"),
    [
        (admit("tcp", "10.0.10.0/24", ports=(443, 443)), "{ 10.0.10.0/24 } tcp dport 443-443"),
        (admit("udp", "10.0.10.0/24", ports=(1, 65535)), "{ 10.0.10.0/24 } udp dport 1-65535"),
        (admit("icmp", "10.0.10.0/24", ports=(8, 0)), "{ 10.0.10.0/24 } icmp type 8"),
        (admit("icmp", "10.0.10.0/24", ports=(-1, -1)), "{ 10.0.10.0/24 } ip protocol icmp"),
        (admit("50", "10.0.10.0/24"), "{ 10.0.10.0/24 } ip protocol 50"),
        (admit("-1", "0.0.0.0/0"), "{ 0.0.0.0/0 } "),
    ],
)
def test_a_permission_names_its_sources_and_what_they_may_send(
    permission: dict[str, Any], rule: str
) -> None:
    assert inbound(permission) == [f"ip saddr {rule} return", "drop"]


def test_a_group_as_source_means_the_addresses_of_its_members() -> None:
    assert inbound(admit("udp", "sg-nodes", "sg-endpoint", ports=(5405, 5405))) == [
        "ip saddr { 10.0.110.10/32, 10.0.110.20/32, 10.0.120.10/32 } udp dport 5405-5405 return",
        "drop",
    ]


def test_a_group_as_source_that_nobody_is_in_admits_nothing() -> None:
    assert inbound(admit("-1", "sg-of-nobody")) == ["drop"]


def test_ranges_that_overlap_become_one_because_nftables_refuses_them() -> None:
    [rule, _] = inbound(
        admit("-1", "10.0.110.0/24", "10.0.0.0/16", "10.1.0.0/16", "10.0.110.9/32", "sg-nodes")
    )
    assert rule == "ip saddr { 10.0.0.0/15 }  return"


def test_outbound_permissions_guard_what_a_node_sends() -> None:
    text = ruleset(plan(), of_nodes(outbound=(admit("tcp", "sg-endpoint", ports=(443, 443)),)))
    assert chain(text, "from_port1") == [
        "ip daddr { 10.0.110.20/32 } tcp dport 443-443 return",
        "drop",
    ]
    assert chain(text, "to_port1") == ["drop"]


def test_permissions_of_all_groups_of_an_interface_add_up() -> None:
    snapshot = with_interface("eni-a", Groups=[{"GroupId": "sg-one"}, {"GroupId": "sg-other"}])
    groups = [
        group("sg-one", [admit("tcp", "10.0.1.0/24", ports=(1, 1))]),
        group("sg-other", [admit("tcp", "10.0.2.0/24", ports=(2, 2))]),
        group("sg-of-others", [EVERYWHERE]),
    ]
    text = ruleset(plan(), changed(interfaces=snapshot.interfaces, groups=groups))
    assert chain(text, "to_port1") == [
        "ip saddr { 10.0.1.0/24 } tcp dport 1-1 return",
        "ip saddr { 10.0.2.0/24 } tcp dport 2-2 return",
        "drop",
    ]


def test_an_interface_whose_check_is_on_sends_and_takes_its_own_address_alone() -> None:
    text = ruleset(plan(), SNAPSHOT)
    assert 'iifname "port3" ip saddr != { 10.0.110.20 } drop' in text
    assert 'oifname "port3" ip daddr != { 10.0.110.20 } drop' in text
    assert "daddr != { 10.0.110.10 }" not in text


def test_an_interface_that_was_given_more_addresses_may_use_them_too() -> None:
    more = [
        {"PrivateIpAddress": "10.0.110.20", "Primary": True},
        {"PrivateIpAddress": "10.0.110.21", "Primary": False},
    ]
    text = ruleset(plan(), with_interface("eni-ec2", PrivateIpAddresses=more))
    assert 'iifname "port3" ip saddr != { 10.0.110.20, 10.0.110.21 } drop' in text


def test_a_nodes_check_that_is_turned_on_drops_what_comes_for_the_virtual_ip() -> None:
    text = ruleset(plan(), with_interface("eni-b", SourceDestCheck=True))
    assert 'oifname "port2" ip daddr != { 10.0.120.10 } drop' in text


def test_cuts_and_address_checks_come_before_connections_that_are_known() -> None:
    lines = chain(ruleset(plan(), SNAPSHOT, [Cut("node-a", "node-b", "udp dport 5405")]), "forward")
    assert lines == [
        "type filter hook forward priority 0; policy accept;",
        'iifname "port1" oifname "port2" udp dport 5405 drop',
        'iifname "port2" oifname "port1" udp dport 5405 drop',
        'iifname "port3" ip saddr != { 10.0.110.20 } drop',
        'oifname "port3" ip daddr != { 10.0.110.20 } drop',
        "ct state established,related accept",
        (
            'iifname vmap { "port1" : jump from_port1, "port2" : jump from_port2, '
            '"port3" : jump from_port3 }'
        ),
        (
            'oifname vmap { "port1" : jump to_port1, "port2" : jump to_port2, '
            '"port3" : jump to_port3 }'
        ),
    ]


def test_the_same_cuts_make_the_same_text_whatever_their_order() -> None:
    cuts = [Cut("node-a", "node-b"), Cut("node-a", "ec2-private-a")]
    assert ruleset(plan(), SNAPSHOT, cuts) == ruleset(plan(), SNAPSHOT, cuts[::-1])


def test_an_interface_that_is_gone_is_guarded_no_longer() -> None:
    gone = changed(interfaces=SNAPSHOT.interfaces[:2])
    assert "port3" not in ruleset(plan(), gone)
