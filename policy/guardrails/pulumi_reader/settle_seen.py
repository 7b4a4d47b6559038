"""Settles what only outputs show: dropped where something declares it, else it stays doubted."""

from collections.abc import Callable, Hashable, Iterable
from dataclasses import replace
from ipaddress import IPv4Network, ip_network
from typing import Any, Final

from guardrails.model.knowledge import Maybe, Unknown
from guardrails.model.routing import (
    MainAssociation,
    PrefixList,
    PrefixListEntry,
    Propagation,
    Route,
)
from guardrails.model.security import GroupRule

_PROTOCOLS: Final = {"6": "tcp", "17": "udp", "1": "icmp", "58": "icmpv6", "-1": "all"}
_INTERNAL: Final = tuple(
    ip_network(text)
    for text in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fc00::/7")
)
"""Entries within these (RFC 1918, 6598, 4193) lead to no internet, be they there or not."""


def settle_seen(elements: dict[str, list[Any]]) -> None:
    """Settle, among all elements of a stack by their place, those that only outputs show."""
    for place, identity in _IDENTITIES.items():
        declared = {identity(each) for each in elements[place] if not each.doubt}
        elements[place] = [
            each for each in elements[place] if not each.doubt or identity(each) not in declared
        ]
    elements["prefix_list_entries"] = _settled_entries(
        elements["prefix_list_entries"], elements["prefix_lists"]
    )


def _route(route: Route) -> Hashable:
    """Return what a table has one route for."""
    return route.table, _range(route.cidr), route.prefix_list


def _propagation(propagation: Propagation) -> Hashable:
    return propagation.table, propagation.gateway


def _main_association(association: MainAssociation) -> Hashable:
    return association.vpc


def _rule(rule: GroupRule) -> Hashable:
    """AWS shows rules of the same ports as one, from all their sources."""
    protocol = str(rule.protocol).lower()
    protocol = _PROTOCOLS.get(protocol, protocol)
    ports = () if protocol == "all" else (rule.from_port, rule.to_port)
    return rule.group, protocol, ports


_IDENTITIES: Final[dict[str, Callable[[Any], Hashable]]] = {
    "routes": _route,
    "propagations": _propagation,
    "main_associations": _main_association,
    "group_rules": _rule,
}
"""By the place of elements: what is equal for one that is seen and one that declares it."""


def _settled_entries(
    entries: Iterable[PrefixListEntry], lists: Iterable[PrefixList]
) -> list[PrefixListEntry]:
    declared = {(each.prefix_list, _range(each.cidr)) for each in entries if not each.doubt}
    declared |= {(each.key, _range(cidr)) for each in lists for cidr in each.entries}
    return [
        _doubted(each)
        for each in entries
        if not each.doubt or (each.prefix_list, _range(each.cidr)) not in declared
    ]


def _doubted(entry: PrefixListEntry) -> PrefixListEntry:
    if not entry.doubt or (isinstance(entry.cidr, str) and _is_internal(entry.cidr)):
        return entry
    return replace(entry, cidr=Unknown(entry.doubt))


def _is_internal(cidr: str) -> bool:
    try:
        network = ip_network(cidr)
    except ValueError:
        return False
    if isinstance(network, IPv4Network):
        return any(network.subnet_of(e) for e in _INTERNAL if isinstance(e, IPv4Network))
    return any(network.subnet_of(e) for e in _INTERNAL if not isinstance(e, IPv4Network))


def _range(cidr: Maybe[str]) -> Hashable:
    """Return a range as all its spellings are equal."""
    try:
        return ip_network(cidr) if isinstance(cidr, str) else cidr
    except ValueError:
        return cidr
